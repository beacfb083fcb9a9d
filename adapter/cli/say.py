"""What commands say: results on standard output, everything else on standard error, safe on any terminal."""

import os
import sys
from typing import Any, TextIO

EXAMPLE = "://USER:PASSWORD@"
"""How an error that shows what a URL should look like begins it."""


def tell(*lines: str) -> None:
    """Lines on standard error, safe on any terminal."""
    _write(sys.stderr, "".join(f"{masked(printable(line))}\n" for line in lines).encode(errors="replace"))


def put(said: str | bytes) -> None:
    """Bytes or text on standard output; a reader that went away is no error."""
    _write(sys.stdout, said if isinstance(said, bytes) else said.encode(errors="backslashreplace"))


def pour(data: bytes) -> None:
    """Bytes on standard output, whole; raises OSError where its reader went away, for then nobody has them."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _forget(sys.stdout)
        raise


def put_json(said: object) -> None:
    """A value as JSON on standard output."""
    import json

    put(json.dumps(said, ensure_ascii=False, indent=2, default=str) + "\n")


def printable(text: str) -> str:
    """The text on one line, with everything escaped that a terminal might obey."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else f"\\u{ord(character):04x}" for character in text)


def _write(stream: TextIO, data: bytes) -> None:
    try:
        stream.flush()
        stream.buffer.write(data)
        stream.buffer.flush()
    except BrokenPipeError:
        _forget(stream)


def _forget(stream: Any) -> None:
    """Lets nothing more be written to a pipe that nobody reads, not even at the interpreter's end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def masked(line: str) -> str:
    """The line without the user and password of a URL, and without what stands behind its question mark.

    A database's password may hold blanks and slashes, and stand among the options: rather too much is masked. What our
    own errors give as an example stays: it has nothing in it but the words for what is to stand there.
    """
    return EXAMPLE.join(map(_masked, line.split(EXAMPLE)))


def _masked(line: str) -> str:
    if "://" not in line:
        return line
    import re

    return re.sub(r"(://[^?\s]*\?)\S+", r"\1***", re.sub(r"(?<=://).*@", "***@", line))
