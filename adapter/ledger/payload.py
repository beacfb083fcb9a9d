"""How bytes are stored: compressed where that makes them smaller; digests are over the bytes themselves."""

import zlib

ZLIB = "zlib"
DROPPED = "dropped"
"""The coding of bytes that retention ended for: only their digest is left."""
SMALL = 200
"""Bytes under which compressing gains less than it costs."""
_LEVEL, _WINDOW, _MEMORY = 1, 13, 6
"""zlib's usual tables of 256 KB are cleared for every body: these fit the processor's cache, and a usual body takes
a quarter of the time and comes out as small."""


def packed(body: bytes) -> tuple[bytes, str | None]:
    """The bytes to store and their coding, None for bytes as they are."""
    if len(body) < SMALL:
        return body, None
    writer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW, _MEMORY)
    short = writer.compress(body) + writer.flush()
    return (short, ZLIB) if len(short) < len(body) else (body, None)


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
