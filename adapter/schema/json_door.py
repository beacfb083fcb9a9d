"""JSON read exactly: every digit kept, no key twice, no number that is none or that explodes when written out."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import jiter

from adapter.findings import Finding

DIGITS = 40
"""Most digits of a number, and the largest power of ten it may be written with."""
DEEPEST = 200
"""jiter refuses deeper documents by itself."""

# Numbers with an exponent or very many digits are looked for in compiled code, on a copy in which every digit is 0.
SIGNS = b"+-"
SHAPES = bytes(ord("0") if 48 <= byte <= 57 else ord("e") if byte in b"eE" else ord("x") for byte in range(256))
PLACE = re.compile(r"at line (\d+) column (\d+)$")
NOT_NUMBERS = (b"NaN", b"Infinity", b"-Infinity", b"nan", b"inf", b"-inf")

MESSAGES = (
    ("duplicate key", "DOC-DUPLICATE", "a key stands twice in one object"),
    ("recursion limit", "DOC-DEPTH", "objects and lists stand too deep inside each other"),
    ("number out of range", "DOC-NUMBER", "a number has too many digits"),
    ("InvalidOperation", "DOC-NUMBER", "a number has too large an exponent"),
    ("invalid unicode", "DOC-ENCODING", "the document is not in UTF-8"),
    ("control character", "DOC-CHARACTER", "a control character in a text"),
    ("surrogate", "DOC-CHARACTER", "half of a character"),
    ("hex escape", "DOC-CHARACTER", "half of a character, or an escape that names none"),
)
"""What jiter's messages contain -> code and words of ours: its own may quote the document and are never told."""
ALLOWED = {
    "DOC-NUMBER": f"numbers of at most {DIGITS} digits, exponent from -{DIGITS} to {DIGITS}",
    "DOC-ENCODING": "UTF-8",
}


def read_json(data: bytes, depth: int, items: int) -> dict[str, Any] | Finding:
    """The object that the document is, or the one finding that makes it unreadable."""
    try:
        document = jiter.from_json(
            data, float_mode="decimal", catch_duplicate_keys=True, allow_inf_nan=False, cache_mode="keys"
        )
    except ValueError as error:
        return _unreadable(str(error), data)
    if not isinstance(document, dict):
        return Finding(
            code="DOC-SHAPE", message="the document is not one JSON object", line=1, allowed="one object {…}"
        )
    if _suspect(data, depth):
        return _inspect(document, depth, items) or document
    # A list that long has as many commas, and so has many a document with none; `0,` is the shortest item.
    if len(data) > 2 * items and data.count(b",") >= items and _has_long_list(document.values(), items):
        return _long_list(items)
    return document


def _suspect(data: bytes, depth: int) -> bool:
    """Whether a number or the depth could break a limit; text may look like numbers: a suspect is looked at in full."""
    shapes = data.translate(SHAPES, SIGNS)
    # What is so short is found from the end in half the time that it takes from the beginning.
    return (
        shapes.rfind(b"0e0") >= 0
        or b"0" * DIGITS in shapes
        or (depth < DEEPEST and data.count(b"{") + data.count(b"[") > depth)
    )


def _has_long_list(parts: Iterable[Any], items: int) -> bool:
    for part in parts:
        kind = type(part)
        if kind is dict:
            if _has_long_list(part.values(), items):
                return True
        elif kind is list and (len(part) > items or _has_long_list(part, items)):
            return True
    return False


def _inspect(document: Any, depth: int, items: int) -> Finding | None:
    level, deep = [document], 0
    while level:
        deep += 1
        if deep > depth:
            return Finding(code="DOC-DEPTH", message=MESSAGES[1][2], allowed=f"{depth} levels")
        below: list[Any] = []
        for part in level:
            if isinstance(part, list) and len(part) > items:
                return _long_list(items)
            for value in part.values() if isinstance(part, dict) else part:
                if isinstance(value, dict | list):
                    below.append(value)
                elif isinstance(value, Decimal | int) and _explodes(value):
                    return Finding(code="DOC-NUMBER", message="a number is too long", allowed=ALLOWED["DOC-NUMBER"])
        level = below
    return None


def _long_list(items: int) -> Finding:
    return Finding(code="DOC-ITEMS", message="a list is too long", allowed=f"{items} items")


def _explodes(value: Decimal | int) -> bool:
    if isinstance(value, int):
        return value.bit_length() > 133  # 10 ** 40
    _, digits, exponent = value.as_tuple()
    return not isinstance(exponent, int) or len(digits) > DIGITS or abs(exponent) > DIGITS


def _unreadable(message: str, data: bytes) -> Finding:
    place = PLACE.search(message)
    line, column = (int(place[1]), int(place[2])) if place else (None, 0)
    for words, code, ours in MESSAGES:
        if words in message:
            return Finding(code=code, message=ours, line=line, allowed=ALLOWED.get(code))
    text = data.split(b"\n", line)[line - 1] if line else b""
    if text[max(column - 2, 0) :].lstrip(b" ,:[").startswith(NOT_NUMBERS):
        message = "NaN and infinity are no numbers"
        return Finding(code="DOC-NUMBER", message=message, line=line, allowed=ALLOWED["DOC-NUMBER"])
    return Finding(code="DOC-SYNTAX", message="the document is not well-formed JSON", line=line)
