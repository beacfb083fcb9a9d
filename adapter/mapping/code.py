"""Compiled code on disk: by its source and the interpreter, and only where nobody else could have put it."""

import marshal
import os
from contextlib import suppress
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from types import CodeType

from adapter.files import write_whole
from adapter.schema.cache import checksum

OTHERS_MAY_WRITE = 0o022


def code_of(text: str, file: str, cache: Path | None) -> CodeType:
    """The code of this source; stored code that is not just this, whole and our own is compiled again."""
    if cache is None:
        return compile(text, file, "exec")
    place = cache / f"{checksum(file.encode())[:16]}.code"
    source = checksum(MAGIC_NUMBER + text.encode())
    return _stored(place, source) or _kept(place, source, compile(text, file, "exec"))


def _stored(place: Path, source: str) -> CodeType | None:
    """What lies there if it is this source's code, undamaged, and only this user can have written it."""
    try:
        with place.open("rb") as stored:
            about = os.fstat(stored.fileno())
            if about.st_uid != os.geteuid() or about.st_mode & OTHERS_MAY_WRITE:
                return None
            head, code = stored.read().split(b"\n", 1)
        if head.decode() != f"{source} {checksum(code)}":
            return None
        found: CodeType = marshal.loads(code)
        return found
    except (OSError, ValueError):  # absent, or damaged
        return None


def _kept(place: Path, source: str, made: CodeType) -> CodeType:
    code = marshal.dumps(made)
    with suppress(OSError):  # where nothing is writable it is compiled in every process
        place.parent.mkdir(parents=True, exist_ok=True)
        write_whole(place, f"{source} {checksum(code)}\n".encode() + code)
    return made
