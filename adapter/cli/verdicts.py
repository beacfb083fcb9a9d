"""What `map` and `validate` say of each file: findings on standard error, everything as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from adapter.cli.guard import INDETERMINATE, INVALID, VALID, worst
from adapter.cli.say import tell
from adapter.findings import Finding, Severity, Verdict, verdict
from adapter.translate import Reading

CODES = {Verdict.VALID: VALID, Verdict.INVALID: INVALID, Verdict.INDETERMINATE: INDETERMINATE}


class Judged(NamedTuple):
    """A file, what was read in it, and what was found on the way."""

    file: str
    reading: Reading
    findings: tuple[Finding, ...]
    stage: str
    strict: bool
    body: bytes | None = None
    """What it became, if it was mapped."""
    written: str | None = None
    """Where that was put."""

    @property
    def verdict(self) -> Verdict:
        """Valid, invalid or indeterminate; strictly judged, a warning is an error."""
        found = verdict(self.findings)
        warned = any(finding.severity is Severity.WARNING for finding in self.findings)
        return Verdict.INVALID if self.strict and warned else found

    @property
    def code(self) -> int:
        """The exit code of this file alone."""
        return CODES[self.verdict]

    def with_findings(self, findings: Sequence[Finding], stage: str) -> Judged:
        """The same with more found at a later stage."""
        return self._replace(findings=(*self.findings, *findings), stage=stage)

    def with_body(self, body: bytes) -> Judged:
        """The same with what it became."""
        return self._replace(body=body)

    def with_place(self, place: str) -> Judged:
        """The same with where that was put; the bytes are let go."""
        return self._replace(body=None, written=place)


def judged(file: str, reading: Reading, strict: bool) -> Judged:
    """A file as it was read."""
    return Judged(file, reading, reading.findings, reading.stage, strict)


def told(each: Judged) -> None:
    """One line for each finding, and one for what no row of the table claims."""
    lines = [f"{each.file}: {finding}" for finding in each.findings]
    if count := each.reading.left_behind:
        parts = "1 part" if count == 1 else f"{count} parts"
        lines.append(f"{each.file}: info {parts} of the document not mapped and left behind; --json names them")
    tell(*lines)


def as_json(every: Sequence[Judged]) -> dict[str, Any]:
    """All files as one JSON object."""
    names = {code: said for said, code in CODES.items()}
    return {"verdict": str(names[worst([each.code for each in every])]), "files": [_file(each) for each in every]}


def _file(each: Judged) -> dict[str, Any]:
    content, table = each.reading.content, each.reading.table
    return {
        "file": each.file,
        "verdict": str(each.verdict),
        "exit_code": each.code,
        "stage": each.stage or None,
        "system": each.reading.system.code,
        "message": str(table.message) if table else None,
        "table": table.name if table else None,
        "number": getattr(content, "number", None),
        "agreement": getattr(content, "agreement", None),
        "findings": [finding.as_dict() for finding in each.findings],
        "leftovers": list(each.reading.leftovers),
        "document": each.body.decode() if each.body is not None else None,
        "written": each.written,
    }
