"""The numbers of a crew: each worker writes its own down, and the crew adds them up, those of the dead too.

A file for each worker, written whole or not at all: a worker that is killed leaves what it wrote last, at most a second
old, and the one started after it begins a file of its own, so that no number ever goes back. Beside it lies a lock that
the worker holds while it lives, however it ends; its process's number may be another's by then.
"""

import fcntl
import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock

from adapter.files import write_whole
from adapter.watch.station import Report
from adapter.watch.tally import Sheet, Tally

EVERY = 1.0
"""Seconds after which a worker writes its numbers down again."""
ALIVE = ".alive"


class Written(Tally):
    """A tally that is written into a file of this folder whenever the relay lives for a second longer."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(clock)
        self._place, self._again_at = folder / f"{os.getpid()}-{time.time_ns()}.json", 0.0
        self._alive = self._place.with_suffix(ALIVE).open("wb")
        fcntl.flock(self._alive, fcntl.LOCK_EX)
        self.beat()

    def beat(self) -> None:
        """The relay lives; a full disk leaves the numbers that were written before."""
        super().beat()
        if self.beat_at >= self._again_at:
            self._again_at = self.beat_at + EVERY
            self._write()

    def close(self) -> None:
        """Write the last numbers down: the worker is about to end."""
        self._write()
        self._alive.close()

    def _write(self) -> None:
        said = {"beat": self.beat_at, **self.copy().as_json()}
        with suppress(OSError):
            write_whole(self._place, json.dumps(said).encode())


class Sheets:
    """The folder that the workers of a crew write into."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._past, self._lock = folder, Sheet(), Lock()

    def report(self) -> Report:
        """The numbers of all workers that there were; what a dead one left is kept here, and its file removed."""
        sheet, beats = Sheet(), []
        with self._lock:  # two that ask at once must not count the dead twice
            for place in sorted(self._folder.glob("[0-9]*.json")):
                lives = is_held(place.with_suffix(ALIVE))  # asked first: the dead write no more
                said = json.loads(place.read_bytes())
                (sheet if lives else self._past).add(Sheet.from_json(said))
                if lives:
                    beats.append(float(said["beat"]))
                else:
                    place.unlink()
                    place.with_suffix(ALIVE).unlink()
            sheet.add(self._past)
        return Report(sheet, beats)


def is_held(place: Path) -> bool:
    """Whether a process holds the lock on this file."""
    with place.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
