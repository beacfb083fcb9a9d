"""Contents whose every value is its own, and where a table says that each stands: apart from its reader and writer."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import chain, count
from typing import Any, NamedTuple

import shelf
from candidates import candidates
from generate import complete, numbered, put
from lxml import etree
from scopes import Leaf, Scope, scopes
from values import Value

from adapter.certificate import Criterion, Part
from adapter.mapping.path import Path, Step
from adapter.mapping.plan import Plan
from adapter.mapping.table import Table

MARKER = "Q{:04}Z"
"""What stands in every text that may be anything; no document has it by itself."""
CRITERION = "wholly_obtained"


class Mark(NamedTuple):
    """A value of a content, and whether no other value of it reads the same."""

    field: str
    indexes: tuple[int, ...]
    value: Any
    own: bool


class Marked(NamedTuple):
    """A content with all that a table can say, and each value of it."""

    content: Part
    marks: list[Mark]


def marked(plan: Plan, beside: Plan | None = None, agreement: str | None = None, section: str = "fields") -> Marked:
    """All that the first table can say, in values that the second can say too where it has the field."""
    scope, marks = scopes(plan, section), list[Mark]()
    others = dict(_values(scopes(beside, section))) if beside else {}
    numbers = count(1 if section == "fields" else 5_000)
    values = _filled(scope, others, numbers, (), marks)
    if agreement and "agreement" in values:
        values["agreement"] = agreement
        marks[:] = [mark for mark in marks if mark.field != "agreement"]
    return Marked(complete(scope, values), marks)


def _values(scope: Scope) -> Iterator[tuple[str, Value]]:
    for path, leaf in scope.leaves.items():
        if leaf.value is None:
            yield from _values(scope.inner[path])
        else:
            yield path, leaf.value


def _filled(
    scope: Scope, others: dict[str, Value], numbers: "count[int]", indexes: tuple[int, ...], marks: list[Mark]
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for path, leaf in scope.leaves.items():
        if leaf.value is None:
            inner = [_filled(scope.inner[path], others, numbers, (*indexes, nth), marks) for nth in (0, 1)]
            put(values, leaf.levels, [numbered(each, nth) for nth, each in enumerate(inner)])
            continue
        if ".criterion." in path and not path.endswith(".kind"):
            continue  # what goes together in a criterion differs by agreement: this one is the same under all of them
        at = (*indexes, 0) if path.endswith("[]") else indexes
        value, own = _value(leaf, others.get(path), next(numbers))
        put(values, leaf.levels, [value] if path.endswith("[]") else value)
        if path.rpartition(".")[2] != "number" or not isinstance(value, int):
            marks.append(Mark(path, at, value, own))
    return values


def _value(leaf: Leaf, other: Value | None, number: int) -> tuple[Any, bool]:
    """A value that both tables' documents admit: one of its own where there are enough of them."""
    both = [value for value in (leaf.value, other) if value]
    if "criterion" in leaf.path:
        return Criterion(kind=CRITERION) if leaf.path.endswith("criterion") else CRITERION, False
    longest = min(value.longest for value in both)
    own = _own(both[0].kind, number)
    tried = chain(own, *(candidates(value.bound, longest) for value in both))
    for nth, value in enumerate(tried):
        if all(each.good(value) for each in both):
            return value, nth < len(own)
    raise LookupError(f"{leaf.path}: no value that both documents admit")


def _own(kind: str, number: int) -> tuple[Any, ...]:
    unlike: dict[str, tuple[Any, ...]] = {
        "text": (MARKER.format(number),),
        "number": (Decimal(70_000 + number),),
        "day": (date(1990, 1, 1) + timedelta(days=number),),
        "moment": (datetime(1990, 1, 1, tzinfo=UTC) + timedelta(days=number),),
    }
    return unlike.get(kind, ())


def misplaced(plan: Plan, body: bytes, said: Marked, section: str = "fields") -> list[str]:
    """Every value that stands elsewhere in the document than the table's rows say, or that no row lets in."""
    root = shelf.parse(plan.table, body)
    texts = Counter(_texts(root, plan.table))
    rows = {bound.row.field: bound for bound in plan.rows if bound.row.section == section and bound.row.only != "read"}
    made = Counter(_computed(plan, said.content) if section == "fields" else ())
    wrong = []
    for mark in said.marks:
        bound = rows.get(mark.field)
        written = bound.pair.write(mark.value) if bound else str(mark.value)
        paths = bound.row.paths if bound and written is not None else ()
        there = [_at(root, plan.table, path, mark.indexes) for path in paths]
        times = len(paths) + made[written]
        if there != [written] * len(paths):
            wrong.append(f"{mark.field}{list(mark.indexes)}: {there} instead of {written!r}")
        elif mark.own and texts[written] != times:
            wrong.append(f"{mark.field}{list(mark.indexes)}: {written!r} {texts[written]} times instead of {times}")
    return wrong


def _computed(plan: Plan, content: Part) -> Iterator[str | None]:
    """What the hub computes from other fields and the document has too, as the key of a number."""
    for bound in plan.rows:
        if bound.field.computed and (value := getattr(content, bound.field.path)) is not None:
            yield bound.pair.write(value)


def _texts(root: Any, table: Table) -> Iterator[str]:
    if not table.is_json:
        for element in root.iter("*"):
            yield from element.attrib.values()
            if element.text and element.text.strip():
                yield element.text
    elif isinstance(root, dict | list):
        for inner in root.values() if isinstance(root, dict) else root:
            yield from _texts(inner, table)
    else:
        yield _said(root)


def _at(root: Any, table: Table, path: Path, indexes: tuple[int, ...]) -> str | None:
    """What stands at a row's path, with its `[]` filled in: XPath finds it, or the names of JSON lead to it."""
    steps = path.steps if path.absolute else (*table.root.steps, *path.steps)
    if table.is_json:
        return _in_json(root, path.steps, list(indexes))
    left, spaces = list(indexes), dict[str, str]()
    found = root.getroottree().xpath(
        "/".join(["", *(_step(step, left, spaces) for step in steps), *_attribute(path, spaces)]), namespaces=spaces
    )
    if not found:
        return None
    return str(found[0]) if path.attribute else str(found[0].text)


def _step(step: Step, left: list[int], spaces: dict[str, str]) -> str:
    where = "".join(
        f"[@{_name(name[1:], spaces)}='{value}']" if name.startswith("@") else f"[{_name(name, spaces)}='{value}']"
        for name, value in step.where
    )
    return _name(step.name, spaces) + where + (f"[{left.pop(0) + 1}]" if step.many else "")


def _attribute(path: Path, spaces: dict[str, str]) -> list[str]:
    return [f"@{_name(path.attribute, spaces)}"] if path.attribute else []


def _name(name: str, spaces: dict[str, str]) -> str:
    """A name in Clark notation as XPath takes it."""
    tag = etree.QName(name)
    if tag.namespace is None:
        return tag.localname
    prefix = f"n{len(tag.namespace)}_{abs(hash(tag.namespace)) % 997}"
    spaces[prefix] = tag.namespace
    return f"{prefix}:{tag.localname}"


def _in_json(here: Any, steps: tuple[Step, ...], left: list[int]) -> str | None:
    for step in steps:
        here = here.get(step.name) if isinstance(here, dict) else None
        if isinstance(here, list) and step.where:
            here = [one for one in here if all(one.get(name) == value for name, value in step.where)]
        if isinstance(here, list) and here:
            here = here[left.pop(0) if step.many else 0]
    return None if here is None or isinstance(here, dict | list) else _said(here)


def _said(value: Any) -> str:
    """A value of JSON as its text has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
