"""The confidential parts of domestic records: where they stand, and how they may be broken."""

import copy
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import shelf
from disguise import disguised_json
from lxml import etree

from adapter.mapping.notes import Notes

MARKS = re.compile(r"SECRET|98765|19870605|XTS|ZZSEC")
"""What every confidential value of the fixtures bears; 9876543210 among them."""
UNMARKED = {
    *("WhollyObtainedIndicator", "TariffShiftIndicator", "ValueContentIndicator", "MinimumOperationIndicator"),
    *("AccumulationIndicator", "OutwardProcessingIndicator", "DirectConsignmentIndicator", "PrintIndicator"),
    *("TypeID", "LineNumeric", "@schemeAgencyID", "originating"),
    "Description",  # the criterion in words, as any form prints it
}
"""Parts left at home that can hold no mark: yes or no, a kind of number, three digits."""

XML_BREAKS = {
    "another text": "SECRET-BROKEN & <text>",
    "too long": "SECRET-" + "X" * 5_000,
    "a number beside itself": "98765.4321 98765",
    "a bare name": "XTS",
    "letters with marks": "SECRET-q\u0303",
}
JSON_BREAKS = {
    "another text": "SECRET-BROKEN",
    "too long": "SECRET-" + "X" * 5_000,
    "a control character": "SECRET-\u0007",
    "a negative number": Decimal("-98765.4321"),
    "too many digits": Decimal("9876598765.987654321"),
    "an object": {"SECRET": "SECRET"},
    "a list": ["SECRET", Decimal("98765")],
    "true": True,
    "nothing": None,
}
Broken = tuple[str, bytes]
"""What was broken and how, and the document."""


def secret_values(fixture: shelf.Fixture) -> Iterator[tuple[str, str]]:
    """Every value that stays at home: its own name and its text."""
    for name, text, _ in _values(fixture):
        yield name, text


def broken(fixture: shelf.Fixture) -> Iterator[Broken]:
    """The record once for every confidential value and every way to break it."""
    count = len(list(_values(fixture)))
    for nth in range(count):
        for how, value in (JSON_BREAKS if fixture.table.is_json else XML_BREAKS).items():
            record = copy.deepcopy(_kept(fixture))
            name, _, put = list(_values(fixture, record))[nth]
            put(value)
            yield f"{name}: {how}", _written(fixture, record)


def multiplied(fixture: shelf.Fixture) -> Iterator[Broken]:
    """An XML record once for every confidential element that stands twice, has a child, or an attribute too many."""
    count = sum(1 for name, _, _ in _values(fixture) if not name.startswith("@"))
    for nth in range(count):
        for how in ("twice", "with a child", "with an attribute"):
            record = copy.deepcopy(_kept(fixture))
            element = [holder for name, _, holder in _elements(fixture, record) if not name.startswith("@")][nth]
            if how == "twice":
                element.addnext(copy.deepcopy(element))
            elif how == "with a child":
                etree.SubElement(element, element.tag).text = "SECRET-CHILD"
            else:
                element.set("note", "SECRET-ATTRIBUTE")
            yield f"{element.tag.rpartition('}')[2]} {how}", _written(fixture, record)


def _kept(fixture: shelf.Fixture) -> Any:
    return shelf.parse(fixture.table, fixture.body)


def _written(fixture: shelf.Fixture, record: Any) -> bytes:
    return disguised_json(record, 1) if fixture.table.is_json else etree.tostring(record, encoding="UTF-8")


def _values(fixture: shelf.Fixture, record: Any = None) -> Iterator[tuple[str, str, Any]]:
    """Name, text and setter of every value that no row claims."""
    record = _kept(fixture) if record is None else record
    if not fixture.table.is_json:
        for name, text, element in _elements(fixture, record):
            yield name, text, (_attribute(element, name[1:]) if name.startswith("@") else _text(element))
        return
    for holder, name in _unclaimed(fixture, record):
        yield from _inner(holder, name)


def _elements(fixture: shelf.Fixture, record: Any) -> Iterator[tuple[str, str, Any]]:
    for element, name in _unclaimed(fixture, record):
        if name:
            yield name, element.get(name[1:]), element
            continue
        for inner in element.iter("*"):
            yield from ((f"@{key}", value, inner) for key, value in inner.attrib.items())
            if len(inner) == 0:
                yield inner.tag.rpartition("}")[2], inner.text or "", inner


def _inner(holder: Any, name: Any) -> Iterator[tuple[str, str, Any]]:
    value = holder[name]
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from _inner(value, key)
    else:
        yield str(name), str(value), lambda new: holder.__setitem__(name, new)


def _unclaimed(fixture: shelf.Fixture, record: Any) -> list[tuple[Any, str]]:
    notes = Notes()
    fixture.open().mapping._read(record, notes)
    return list(notes.leftovers)


def _text(element: Any) -> Any:
    return lambda value: setattr(element, "text", value)


def _attribute(element: Any, name: str) -> Any:
    return lambda value: element.set(name, value)
