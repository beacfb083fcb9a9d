"""Documents wrong all over: their beginning says enough, and lxml's log of the whole would fill the memory."""

from collections.abc import Iterator

from lxml import etree

from adapter.schema.door import parser
from adapter.schema.faults import MOST_FAULTS

PIECE = 16_384
"""Bytes read before the errors so far are counted."""


def flooded(schema: etree.XMLSchema, data: bytes) -> etree._Element | None:
    """The document's beginning with its first errors if it has more of them than are told; None if it has not."""
    reading = parser(schema=schema)
    for start in range(0, len(data), PIECE):
        end = start + PIECE
        try:
            reading.feed(data[start:end])
        except etree.XMLSyntaxError:
            return None
        log: list[object] = reading.feed_error_log
        if len(log) > MOST_FAULTS:
            whole = data.rfind(b">", 0, end) + 1
            return etree.fromstring(data[:whole], parser(recover=True))
    return None


def spine(root: etree._Element) -> Iterator[etree._Element]:
    """The last element of each level, from the root down."""
    last: etree._Element | None = root
    while last is not None:
        yield last
        last = last[-1] if len(last) else None
