"""A pair: how a value is read from a document's text and written back, side by side, each undoing the other."""

from collections.abc import Callable
from typing import Any, NamedTuple


class Pair(NamedTuple):
    """A conversion both ways; either side may give None, which is an absent element."""

    read: Callable[[str], Any]
    """From the document's text to what the hub's model accepts."""
    write: Callable[[Any], str | None]
    """From the hub's value to the document's text; Unmappable where the text could not be read back."""
    shape: str
    """What the text must look like, for findings."""
    fails: bool = True
    """Whether writing may refuse a value that the hub's model admits."""
    leaves_out: bool = False
    """Whether writing may give None."""
