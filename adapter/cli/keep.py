"""Files that commands leave behind: whole or not at all, and as readable as any file that is made here."""

import os
from pathlib import Path

from adapter.files import write_whole


def keep(place: Path, data: bytes) -> None:
    """Write a file as write_whole does, with the permissions that the user's umask gives; raises OSError."""
    mask = os.umask(0o077)
    os.umask(mask)
    write_whole(place, data)
    place.chmod(0o666 & ~mask)
