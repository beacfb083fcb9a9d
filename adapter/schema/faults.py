"""What is wrong with a document by its schema, in our words: the engines' own may quote the document."""

from collections.abc import Iterable
from typing import NamedTuple

from lxml import etree

from adapter.schema.model import Facets, Type

MOST_FAULTS = 100
"""Faults told of one document; more help nobody."""
MOST_NAMES = 12
"""Values or names written out in `allowed`."""

MESSAGES = {
    "XSD-MISSING": "a required part is absent",
    "XSD-UNEXPECTED": "a part stands where it may not",
    "XSD-LENGTH": "a text is too long or too short",
    "XSD-PATTERN": "a text has not the form it must have",
    "XSD-ENUMERATION": "a value is not one of those allowed",
    "XSD-DIGITS": "a number has too many digits",
    "XSD-RANGE": "a value is out of range",
    "XSD-TYPE": "a value is of the wrong kind",
    "XSD-ROOT": "the document begins with another element",
    "XSD-OTHER": "the schema does not allow this",
}
"""The codes, stable, for XML and JSON alike, with the words of each."""


class Fault(NamedTuple):
    """One thing wrong in a document: never a value of the document, only where it stands and what was allowed."""

    code: str
    message: str
    allowed: str | None = None
    line: int | None = None
    steps: tuple[tuple[str, int], ...] = ()
    """Names from the root, each with its place among siblings of that name, from 0.

    XSD-MISSING ends in what is absent.
    """
    attribute: str | None = None
    element: etree._Element | None = None
    """Where it stands, or where what is absent should stand; None in JSON."""


def allowed(code: str, type: Type | None) -> str | None:
    """What the schema allows in place of a value refused with this code."""
    if type is None:
        return None
    facets = type.facets
    told = {
        "XSD-LENGTH": length(facets),
        "XSD-PATTERN": " and ".join(f"the pattern {pattern}" for pattern in facets.patterns),
        "XSD-ENUMERATION": f"one of {listed(facets.enumeration)}" if facets.enumeration else "",
        "XSD-DIGITS": digits(facets),
        "XSD-RANGE": reach(facets),
        "XSD-TYPE": KINDS[type.value],
    }.get(code)
    return told or None


KINDS = {
    "text": "text",
    "decimal": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "date": "a date, CCYY-MM-DD",
    "datetime": "a date and time, CCYY-MM-DDThh:mm:ss",
    "none": "no text, only parts",
}


def length(facets: Facets) -> str:
    """The lengths allowed, in words."""
    least, most = facets.min_length, facets.max_length
    if least is not None and least == most:
        return f"exactly {count(least, 'character')}"
    if least and most is not None:
        return f"from {least} to {count(most, 'character')}"
    if most is not None:
        return f"at most {count(most, 'character')}"
    return f"at least {count(least, 'character')}" if least is not None else ""


def digits(facets: Facets) -> str:
    """The digits allowed, in words."""
    total, fraction = facets.total_digits, facets.fraction_digits
    if total is None:
        return f"at most {count(fraction, 'decimal')}" if fraction is not None else ""
    return f"up to {count(total, 'digit')}" + (f", {fraction} of them decimals" if fraction is not None else "")


def reach(facets: Facets) -> str:
    """The range allowed, in words."""
    bounds = (
        ("at least", facets.at_least),
        ("more than", facets.above),
        ("at most", facets.at_most),
        ("less than", facets.below),
    )
    return " and ".join(f"{words} {bound}" for words, bound in bounds if bound is not None)


def listed(names: Iterable[str]) -> str:
    """Names or values in a row, shortened where they are many."""
    every = list(names)
    shown = ", ".join(every[:MOST_NAMES])
    return f"{shown} and {len(every) - MOST_NAMES} more" if len(every) > MOST_NAMES else shown


def count(number: int | None, noun: str) -> str:
    """A number with its noun."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition("}")[2]
