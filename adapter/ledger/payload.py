"""How bytes are stored: compressed where that makes them smaller; digests are over the bytes themselves."""

import zlib

from isal import isal_zlib

ZLIB = "zlib"
DROPPED = "dropped"
"""The coding of bytes that retention ended for: only their digest is left."""
SMALL = 200
"""Bytes under which compressing gains less than it costs."""
_LEVEL = 1
"""More of it makes a usual body no smaller."""


def packed(body: bytes) -> tuple[bytes, str | None]:
    """The bytes to store and their coding, None for bytes as they are."""
    if len(body) < SMALL:
        return body, None
    short = squeezed(body)
    return (short, ZLIB) if len(short) < len(body) else (body, None)


def squeezed(bytes_: bytes) -> bytes:
    """As zlib has it, which reads it too; ISA-L takes a third of zlib's time for it."""
    return isal_zlib.compress(bytes_, _LEVEL)


def unpacked(coding: str | None, stored: bytes, most: int | None = None) -> bytes:
    """The bytes as they were, or the beginning of more than `most`; ValueError where they are not to be had."""
    if coding is None:
        return bytes(stored)
    if coding != ZLIB:
        raise ValueError(f"bytes stored as {coding!r} cannot be had")
    reader = zlib.decompressobj()
    try:
        body = reader.decompress(stored, 0 if most is None else most + 1)
    except zlib.error as error:
        raise ValueError("bytes that were not compressed here") from error
    if most is None and not reader.eof:
        raise ValueError("bytes of which the end is missing")
    return body
