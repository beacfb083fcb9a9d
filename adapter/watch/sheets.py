"""The numbers of a crew: each worker writes its own down, and the crew adds them up, those of the dead too.

A file for each worker, written whole or not at all: a worker that is killed leaves what it wrote last, at most a second
old, and the one started after it begins a file of its own, so that no number ever goes back.
"""

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


class Written(Tally):
    """A tally that is written into a file of this folder whenever the relay lives for a second longer."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(clock)
        self._place, self._again_at = folder / f"{os.getpid()}-{time.time_ns()}.json", 0.0
        self.beat()

    def beat(self) -> None:
        """The relay lives; a full disk leaves the numbers that were written before."""
        super().beat()
        if self.beat_at >= self._again_at:
            self._again_at = self.beat_at + EVERY
            self.close()

    def close(self) -> None:
        """Write the numbers down, as they are now."""
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
                is_alive = is_running(int(place.name.partition("-")[0]))  # asked first: the dead write no more
                said = json.loads(place.read_bytes())
                (sheet if is_alive else self._past).add(Sheet.from_json(said))
                if is_alive:
                    beats.append(float(said["beat"]))
                else:
                    place.unlink()
            sheet.add(self._past)
        return Report(sheet, beats)


def is_running(process: int) -> bool:
    """Whether there is such a process, or one that nobody has asked after since it ended."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
