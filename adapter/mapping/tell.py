"""Tells what is odd in a document in our own fields, with the document's paths and lines; never a private value."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import Any

from pydantic import ValidationError

from adapter.certificate import Part
from adapter.findings import Finding, Severity
from adapter.mapping import locate
from adapter.mapping.codes import Unmappable
from adapter.mapping.notes import Odd
from adapter.mapping.plan import Bound, Plan
from adapter.mapping.problems import problems
from adapter.schema import Fault

MESSAGES = {
    "again": ("MAP-SECOND", "appears a second time where one is read"),
    "constant": ("MAP-CONSTANT", "is not what this message must say here"),
    "differs": ("MAP-DIFFERS", "is said in two places, differently"),
    "unknown": ("MAP-UNKNOWN", "is not in our code list; kept as written"),
}
NUMBERED = re.compile(r"\[(\d+)\]")
MOST_PARTS = 3
"""How many places a field that is said in parts is told to stand in."""


def unfit(
    bound: Bound, indexes: Sequence[int], error: ValueError, found: str | None, line: int | None = None
) -> Finding:
    """A value that cannot be read or written as its row says."""
    known = error if isinstance(error, Unmappable) else Unmappable("does not fit here", bound.pair.shape)
    return Finding(
        code=known.code, message=known.message, field=locate.field_at(bound, indexes), line=line,
        path=locate.path_at(bound, indexes), found=found, allowed=known.allowed or bound.pair.shape,
    )  # fmt: skip


def path_of(plan: Plan, field: str) -> str | None:
    """Where a document of this plan says one of our fields; for one that it says in parts, the first of them."""
    near, indexes = _near(plan, field)
    return ", ".join(locate.path_at(bound, indexes) for bound in near[:MOST_PARTS]) or None


def _near(plan: Plan, field: str) -> tuple[tuple[Bound, ...], list[int]]:
    """The rows of a field, or of what lies in it, and the numbers of the elements that it stands in."""
    section = "header" if field.startswith("header.") else "fields"
    plain = NUMBERED.sub("[]", field.removeprefix("header."))
    return _rows_of(plan, section, plain), [int(number) for number in NUMBERED.findall(field)]


@lru_cache(maxsize=4096)
def _rows_of(plan: Plan, section: str, plain: str) -> tuple[Bound, ...]:
    """The same by the field without its numbers, of which there are few."""
    heads = (f"{plain}.", f"{plain}[")
    rows = (bound for bound in plan.rows if bound.row.section == section)
    return tuple(bound for bound in rows if bound.row.field == plain or bound.row.field.startswith(heads))


class Teller:
    """What a plan knows of one parsed document, asked only when there is something to tell."""

    def __init__(self, plan: Plan, document: Any) -> None:
        self.plan, self.document = plan, document

    def odd(self, odd: Odd) -> Finding:
        """What a reader noted on its way."""
        kind, element, row, known = odd
        place, indexes = self._where(element)
        bound = self.plan.rows[row] if row is not None else locate.row_at(place)
        found = self._found(bound, indexes) if bound else None
        if kind == "value" and bound:
            return unfit(bound, indexes, known, found, self._line(element))
        if kind == "again" and bound and found is not None and not self._json:
            found = element.text  # the second, not the first
        code, message = MESSAGES[kind]
        shape = bound.pair.shape if bound and kind == "unknown" else None
        return Finding(
            code=code, message=message, severity=Severity.WARNING if kind == "unknown" else Severity.ERROR,
            field=locate.field_at(bound, indexes) if bound else None,
            path=locate.path_at(bound, indexes) if bound else self.path(element, ""),
            line=self._line(element), found=found,
            allowed=known if kind in ("constant", "differs") else shape,
        )  # fmt: skip

    def fault(self, fault: Fault) -> Finding:
        """A schema's fault."""
        place, indexes = locate.find_steps(self.plan, self.document, fault)
        missing = fault.code == "XSD-MISSING" and not fault.attribute
        bound = locate.first_row(place) if missing else locate.row_at(place, fault.attribute)
        absent = fault.code in ("XSD-MISSING", "XSD-UNEXPECTED")
        return Finding(
            code=fault.code, message=fault.message, line=fault.line, allowed=fault.allowed,
            field=locate.field_at(bound, indexes) if bound else None,
            path=locate.path_at(bound, indexes) if bound else self._named(fault),
            found=None if absent or bound is None else self._found(bound, indexes),
        )  # fmt: skip

    def refused(self, error: ValidationError, model: type[Part], section: str) -> Iterator[Finding]:
        """What the hub's model refuses of the values that were read."""
        prefix = "header." if section == "header" else ""
        for field, _, code, message, allowed in problems(error, model):
            finding = Finding(code=code, message=message, field=prefix + field, allowed=allowed)
            yield self.placed(finding)

    def placed(self, finding: Finding) -> Finding:
        """A finding about one of our fields, with the path and line where the document says it."""
        if finding.field is None or finding.path is not None:
            return finding
        near, indexes = _near(self.plan, finding.field)
        if not near:
            return finding
        line = None if self._json else self._line(locate.element_at(self.plan, self.document, near[0], indexes))
        path = locate.path_at(near[0], indexes) if locate.field_at(near[0], indexes) == finding.field else None
        return replace(finding, path=path, line=line)

    def path(self, element: Any, name: str) -> str:
        """The path of what no row claims, with names only: never a value."""
        if self._json:
            steps = (*self._steps.get(id(element), ()), *((name,) if name else ()))
            return "/".join(f"[{step + 1}]" if isinstance(step, int) else step for step in steps).replace("/[", "[")
        line = [node.tag for node in (element, *element.iterancestors())][::-1]
        return "/".join([*(self._prefixed(tag) for tag in line), *((name,) if name else ())])

    @property
    def _json(self) -> bool:
        return self.plan.table.is_json

    def _where(self, element: Any) -> locate.Where:
        if not self._json:
            return locate.find_xml(self.plan, element)
        return locate.find_json(self.plan, self.document, self._steps.get(id(element), ()))

    @cached_property
    def _steps(self) -> dict[int, tuple[str | int, ...]]:
        """The names and numbers that lead to each object and list of a JSON document."""
        return locate.steps_to_all(self.document)

    def _found(self, bound: Bound, indexes: Sequence[int]) -> str | None:
        """The document's text for a row, if the row's field is public."""
        if bound.field.private is not None:
            return None
        if self._json:
            return locate.json_text(self.document, bound, indexes)
        element = locate.element_at(self.plan, self.document, bound, indexes)
        attribute = bound.row.paths[0].attribute
        text: str | None = element.get(attribute) if attribute else element.text
        return text

    def _line(self, element: Any) -> int | None:
        return None if self._json else getattr(element, "sourceline", None)

    def _named(self, fault: Fault) -> str:
        """A fault's path where no row stands there: names only."""
        names = [self._prefixed(name) + (f"[{place + 1}]" if place else "") for name, place in fault.steps]
        return "/".join([*names, *([f"@{fault.attribute}"] if fault.attribute else [])])

    def _prefixed(self, tag: str) -> str:
        uri, _, local = tag[1:].rpartition("}") if tag.startswith("{") else ("", "", tag)
        prefix = self.plan.table.prefixes.get(uri, "")
        return f"{prefix}:{local}" if prefix else local
