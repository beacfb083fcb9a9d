"""Files that commands leave behind: whole or not at all, and as readable as any file that is made here."""

import os
from pathlib import Path

from adapter.files import write_whole


def keep_for_good(place: Path, data: bytes, private: bool = False) -> None:
    """Keep a file that outlives a crash of the machine in the next moment; raises OSError.

    A private one may be read by whoever runs the command, and by nobody else.
    """
    (write_whole if private else keep)(place, data)
    for each in (place, place.parent):
        handle = os.open(each, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def keep(place: Path, data: bytes) -> None:
    """Write a file as write_whole does, with the permissions that the user's umask gives; raises OSError."""
    mask = os.umask(0o077)
    os.umask(mask)
    write_whole(place, data)
    place.chmod(0o666 & ~mask)
