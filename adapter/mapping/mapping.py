"""A compiled table: its two functions."""

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from adapter.certificate import Part
from adapter.findings import Finding, Rejected, Severity
from adapter.mapping.notes import Notes
from adapter.mapping.plan import Plan
from adapter.mapping.read_json import JsonReader
from adapter.mapping.read_xml import XmlReader
from adapter.mapping.tell import Teller, unfit
from adapter.mapping.write_json import JsonWriter
from adapter.mapping.write_xml import XmlWriter
from adapter.messages import MODELS, Header


class Read(NamedTuple):
    """What a document says: header and content as far as they are sound, findings, and what no row claims."""

    header: Header | None
    content: Any
    findings: tuple[Finding, ...]
    teller: Teller
    notes: Notes

    @property
    def left_behind(self) -> int:
        """How many parts of the document no row claims."""
        return sum(1 for _ in self.notes.leftovers)

    @property
    def leftovers(self) -> tuple[str, ...]:
        """Paths of what no row claims, names only; looked up when asked for."""
        return tuple(self.teller.path(element, name) for element, name in self.notes.leftovers)


class Mapping:
    """One table, compiled: reads its document and writes it; each function is made when first used."""

    def __init__(self, plan: Plan, cache: Path | None = None) -> None:
        self.plan, self._cache = plan, cache

    @cached_property
    def stateful(self) -> bool:
        """Whether its records say their state at home."""
        return any((bound.row.section, bound.row.field) == ("header", "state") for bound in self.plan.rows)

    @cached_property
    def _write(self) -> Callable[[Any, Header, Callable[..., str]], str]:
        writer = JsonWriter if self.plan.table.is_json else XmlWriter
        return writer(self.plan).compile().compile("write", self._cache)

    @cached_property
    def _read(self) -> Callable[[Any, Notes], tuple[dict[str, Any], dict[str, Any]]]:
        reader = JsonReader if self.plan.table.is_json else XmlReader
        return reader(self.plan).compile().compile("read", self._cache)

    def compile(self) -> "Mapping":
        """Makes both functions now: a process that serves should not pay at its first message."""
        for function in (self._write, self._read):
            assert callable(function)
        return self

    def write(self, content: Part, header: Header) -> bytes:
        """The document as bytes; Rejected with every value that cannot be written, none changed to fit."""
        findings: list[Finding] = []

        def fail(error: ValueError, row: int, indexes: tuple[int, ...]) -> str:
            found = self._public(header if self.plan.rows[row].row.section == "header" else content, row, indexes)
            findings.append(unfit(self.plan.rows[row], indexes, error, found))
            return ""

        text = self._write(content, header, fail)
        if findings:
            raise Rejected(*findings, stage="write")
        return text.encode()

    def read(self, document: Any) -> Read:
        """Header and content of a parsed document that its schema found valid."""
        notes, teller = Notes(), Teller(self.plan, document)
        header_values, content_values = self._read(document, notes)
        findings = [teller.odd(odd) for odd in notes.heard()] if notes.odd else []
        header = _model(Header, header_values, teller, findings)
        content = _model(MODELS[self.plan.table.message], content_values, teller, findings)
        if content is not None and notes.computed:
            findings += self._computed(content, teller, notes)
        return Read(header, content, tuple(findings), teller, notes)

    def _computed(self, content: Any, teller: Teller, notes: Notes) -> list[Finding]:
        """What is written because the hub computes it must say on reading what the hub says."""
        found = []
        for row, text, element in notes.computed:
            bound = self.plan.rows[row]
            value = getattr(content, bound.field.levels[0].name)
            wanted = None if value is None else bound.pair.write(value)
            if wanted != text.strip():
                found.append(teller.odd(("differs", element, row, wanted)))
        return found

    def _public(self, said: Any, row: int, indexes: Sequence[int]) -> str | None:
        """The hub's value of a row, as text, if its field is public."""
        bound, left = self.plan.rows[row], list(indexes)
        if bound.field.private is not None:
            return None
        for level in bound.field.levels:
            said = getattr(said, level.name)
            said = said[left.pop(0)] if level.many else said
        return said.as_json() if isinstance(said, Part) else str(said)


def _model(model: type[Part], values: dict[str, Any], teller: Teller, findings: list[Finding]) -> Any:
    """The model of what was read; None, with findings, where it refuses a value not already complained of."""
    try:
        return model.model_validate(values, extra="ignore")  # a plan names no field that the model has not
    except ValidationError as error:
        known = {finding.field for finding in findings if finding.severity is Severity.ERROR}
        told = teller.refused(error, model, "header" if model is Header else "fields")
        findings += [finding for finding in told if finding.field not in known]
        return None
