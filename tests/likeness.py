"""When two documents are one: prefixes, comments, and blanks between elements say nothing."""

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import Any

from adapter.certificate import Part
from adapter.mapping.codes import CodeList
from adapter.mapping.mapping import Mapping
from adapter.mapping.notes import Notes
from adapter.mapping.plan import Place, Plan
from adapter.mapping.table import Table

SCHEMA_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"


def bare(table: Table, root: Any) -> Any:
    """A parsed document without what says nothing; numbers of JSON keep every digit."""
    return bare_json(root) if table.is_json else bare_xml(root)


def bare_xml(element: Any) -> Any:
    """An element as name, attributes, text and children."""
    children = [bare_xml(child) for child in element.iterchildren("*")]
    said = "" if children else (element.text or "")
    attributes = sorted((name, value) for name, value in element.attrib.items() if not name.startswith(SCHEMA_INSTANCE))
    return element.tag, attributes, said, children


def bare_json(value: Any) -> Any:
    """A JSON value with properties in order of name and numbers as their exact text."""
    if isinstance(value, dict):
        return {name: bare_json(inner) for name, inner in sorted(value.items())}
    if isinstance(value, list):
        return [bare_json(inner) for inner in value]
    return ("number", str(value)) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


def restricted(part: Part | None, plan: Plan, section: str = "fields") -> str | None:
    """A part of the hub as JSON text, only as far as the table's rows carry it both ways."""
    if part is None:
        return None
    both_ways = [bound for bound in plan.rows if bound.row.section == section and bound.row.only is None]
    known = {bound.field.path for bound in both_ways} | (
        {"agreement"} if plan.agreed and section == "fields" else set()
    )
    preferred = {
        bound.field.path: bound.row.codes
        for bound in both_ways
        if bound.row.codes and bound.row.convert is None and bound.field.type == "text"
    }
    kept = _keep(json.loads(part.as_json()), "", known, _leading(known), preferred)
    return type(part).model_validate_json(json.dumps(kept)).as_json()


def _leading(known: set[str]) -> set[str]:
    """The paths of all that these stand in, and their own."""
    names = [field.split(".") for field in known]
    return {".".join(each[:end]).removesuffix("[]") for each in names for end in range(1, len(each) + 1)}


def _keep(value: Any, path: str, known: set[str], leading: set[str], preferred: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return [_keep(inner, f"{path}[]", known, leading, preferred) for inner in value]
    if not isinstance(value, dict) or path in known:
        codes = preferred.get(path)
        return value if codes is None else _meant(codes, value)
    inner = ((name, f"{path}.{name}".removeprefix("."), below) for name, below in value.items())
    return {name: _keep(below, at, known, leading, preferred) for name, at, below in inner if at in leading}


def _meant(codes: Any, word: str) -> str:
    """Where two words of ours share one text, the one that the table prefers on reading."""
    return codes.read(codes.texts[word][0]) if word in codes.texts else word


def strip(mapping: Mapping, root: Any) -> None:
    """Takes out of a document what reading it reports as left over, and writes its codes as the table prefers."""
    plan, notes = mapping.plan, Notes()
    mapping._read(root, notes)
    for element, name in list(notes.leftovers):
        _remove(plan.table, root, element, name)
    for place, text, put in list(_texts(plan.root, root, plan.table.is_json)):
        bound = place.text.bound if place.text else None
        if bound and bound.row.codes and (preferred := _preferred(bound.row.codes, text)) != text:
            put(preferred)


def _remove(table: Table, root: Any, element: Any, name: str) -> None:
    if table.is_json:
        if name:
            element.pop(name, None)
        else:
            _drop(root, element)
    elif name.startswith("@"):
        element.attrib.pop(name[1:], None)
    elif element.getparent() is not None:
        element.getparent().remove(element)


def _drop(value: Any, wanted: Any) -> None:
    for inner in list(value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()):
        if isinstance(value, list) and inner is wanted:
            value[:] = [one for one in value if one is not wanted]
        else:
            _drop(inner, wanted)


Setter = Callable[[str], None]


def _texts(place: Place, element: Any, json: bool) -> Iterator[tuple[Place, str, Setter]]:
    """Every text of the document that a place of the table stands for, and how to change it."""
    for inner in place.children:
        if not json:
            for child in element.iterchildren(inner.step.name):
                yield inner, child.text or "", partial(setattr, child, "text")
                yield from _texts(inner, child, json)
        elif isinstance(held := element.get(inner.step.name), list):
            for nth, one in enumerate(held):
                if isinstance(one, dict):
                    yield from _texts(inner, one, json)
                else:
                    yield inner, str(one), partial(held.__setitem__, nth)
        elif isinstance(held, dict):
            yield from _texts(inner, held, json)
        elif isinstance(held, str):
            yield inner, held, partial(element.__setitem__, inner.step.name)


def _preferred(codes: CodeList, text: str) -> str:
    """The text with every word of the list as the table writes it."""
    word = codes.read(text)
    if word in codes.texts:
        return codes.texts[word][0]
    return " ".join(codes.texts[codes.words[part]][0] if part in codes.words else part for part in text.split(" "))
