"""Texts as the hub holds them."""

import sys
from unicodedata import category

from adapter.text import FORBIDDEN, TURNING


def test_nothing_printable_is_a_character_that_the_hub_refuses():
    """Texts that are printable are not looked at letter by letter."""
    printable = [letter for letter in map(chr, range(sys.maxunicode + 1)) if letter.isprintable()]
    assert {category(letter) for letter in printable}.isdisjoint(FORBIDDEN)
    assert TURNING.isdisjoint(printable)
