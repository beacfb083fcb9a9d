"""A folder that a partner puts files into: taken when they are complete, moved away when they are kept."""

import json
import os
import re
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

import structlog

from adapter.findings import Unavailable
from adapter.relay.arrival import LONGEST_REFERENCE
from adapter.relay.broker import Parcel
from adapter.relay.endpoints.folder import SIDECAR, keep_names
from adapter.relay.endpoints.label import ID, parcel_of
from adapter.relay.names import inbox
from adapter.relay.receiving.keeper import Keeper
from adapter.relay.receiving.source import Outage

DONE, BAD = "done", "bad"
LOOK_EVERY = 0.5
"""Seconds between two looks into a folder without anything new."""
AT_ONCE = 64
READABLE = re.compile(rf"[!-~]{{1,{LONGEST_REFERENCE}}}")
MOST_SIDECAR = 64 * 1024

log = structlog.get_logger()


class Unreadable(Exception):
    """A file that is no message, and why."""


class FolderSource:
    """Brings in the files of a partner's folder, oldest first; what no one can read goes to `bad`, kept ones to `done`.

    Hidden files are not complete, nor is `<id>.headers.json` a message: it says what is written on one.
    """

    def __init__(
        self, partner: str, folder: Path, keeper: Keeper, most: int, outage: Outage,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        self._partner, self._folder, self._keeper = partner, folder, keeper
        self._most, self._outage, self._pause = most, outage, pause

    def run(self, until: Callable[[], bool]) -> None:
        """Look again and again."""
        while not until():
            try:
                found = self.step()
            except Unavailable as trouble:
                self._outage.wait(trouble, until)
                continue
            except OSError as error:
                self._outage.wait(Unavailable(f"{self._folder}: {error.strerror}"), until)
                continue
            self._outage.end()
            if not found:
                self._pause(LOOK_EVERY)

    def step(self) -> int:
        """Keep what is there now, and move it away; how many files that were."""
        for name in (DONE, BAD):
            (self._folder / name).mkdir(mode=0o700, exist_ok=True)
        files = list(self._complete())[:AT_ONCE]
        readable: list[tuple[Path, Parcel]] = []
        for file in files:
            try:
                readable.append((file, self._read(file)))
            except FileNotFoundError:
                continue
            except (Unreadable, OSError) as error:
                self._set_aside(file, error)
        if readable:
            self._keeper.keep([parcel for _, parcel in readable])
            for file, _ in readable:
                self._move(file, DONE)
            keep_names(self._folder)
        return len(files)

    def _complete(self) -> Iterator[Path]:
        """Files that are no sidecars and not hidden, in the order in which they were written."""
        with os.scandir(self._folder) as entries:
            found = [
                (each.stat(follow_symlinks=False).st_mtime_ns, each.name) for each in entries
                if not each.name.startswith(".") and not each.name.endswith(SIDECAR)
                and not each.is_dir(follow_symlinks=False)
            ]  # fmt: skip
        return (self._folder / name for _, name in sorted(found))

    def _read(self, file: Path) -> Parcel:
        body = _bytes(file, self._most)
        sidecar = file.parent / f"{file.stem}{SIDECAR}"
        try:
            said = json.loads(_bytes(sidecar, MOST_SIDECAR)) if os.path.lexists(sidecar) else {}
        except (ValueError, RecursionError):
            raise Unreadable("what lies beside it is no JSON") from None
        if not isinstance(said, dict):
            raise Unreadable("what lies beside it is no JSON object")
        id = said.get(ID, unquote(file.stem))
        if not isinstance(id, str) or not READABLE.fullmatch(id):
            raise Unreadable(f"its id is not 1 to {LONGEST_REFERENCE} printable ASCII characters")
        return parcel_of(said, inbox(self._partner), body, id)

    def _set_aside(self, file: Path, error: Exception) -> None:
        reason = str(error) if isinstance(error, Unreadable) else getattr(error, "strerror", "") or ""
        log.warning("a file that is no message is set aside", partner=self._partner, file=file.name, trouble=reason)
        self._move(file, BAD)

    def _move(self, file: Path, where: str) -> None:
        """The sidecar goes last, so that the file never stands without it; a link leads nothing to anywhere else."""
        folder = os.open(self._folder / where, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            for each in (file, file.parent / f"{file.stem}{SIDECAR}"):
                if os.path.lexists(each):
                    os.replace(each, each.name, dst_dir_fd=folder)
        finally:
            os.close(folder)


def _bytes(file: Path, most: int) -> bytes:
    """A regular file's bytes; no link is followed and no pipe waited for. Raises OSError or Unreadable."""
    handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as opened:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise Unreadable("it is no file")
        body = opened.read(most + 1)
    if len(body) > most:
        raise Unreadable(f"it is larger than {most} bytes")
    return body
