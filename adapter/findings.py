"""What is found wrong, where, and what that makes of the whole."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    UNDECIDED = "undecided"
    """A check that could not be made: it lacks a fact, or it crashed."""
    WARNING = "warning"
    INFO = "info"


class Verdict(StrEnum):
    """What the findings make of a document or certificate."""

    VALID = "valid"
    INVALID = "invalid"
    INDETERMINATE = "indeterminate"


LONGEST = 300
"""Characters of a value or path that a finding tells; a hostile one may have millions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found: its code, where it stands, what stood there if that is public, and what was allowed."""

    code: str
    message: str
    severity: Severity = Severity.ERROR
    field: str | None = None
    """Our field, as a mapping table writes it, with the item's place: `items[2].hs`, counted from 0."""
    path: str | None = None
    """The document's path, as a mapping table writes it."""
    record: str | None = None
    """The path in the record that the document was written from: what is to be corrected there."""
    line: int | None = None
    found: str | None = None
    """The value, only where the field is mapped and public."""
    allowed: str | None = None
    clause: str | None = None
    """The article, form or code list that the check rests on."""

    def __post_init__(self) -> None:
        for name in ("found", "path"):
            text = getattr(self, name)
            if text is not None and len(text) > LONGEST:
                object.__setattr__(self, name, f"{text[:LONGEST]}…")

    def __str__(self) -> str:
        where = " ".join(part for part in (self.field, self.path and f"({self.path})") if part)
        line = f"line {self.line}: " if self.line else ""
        found = f"; found {self.found!r}" if self.found is not None else ""
        allowed = f"; allowed: {self.allowed}" if self.allowed else ""
        record = f"; in the record: {self.record}" if self.record else ""
        clause = f" [{self.clause}]" if self.clause else ""
        told = f"{line}{where}{': ' if where else ''}{self.message}{found}{allowed}{record}{clause}"
        return f"{self.severity} {self.code} {told}"

    def as_dict(self) -> dict[str, Any]:
        """The finding as JSON values, absent parts left out."""
        return {name: value for name, value in asdict(self).items() if value is not None}


def verdict(findings: Sequence[Finding]) -> Verdict:
    """Invalid if anything is an error, else indeterminate if anything is undecided, else valid."""
    if not findings:
        return Verdict.VALID
    severities = {finding.severity for finding in findings}
    if Severity.ERROR in severities:
        return Verdict.INVALID
    return Verdict.INDETERMINATE if Severity.UNDECIDED in severities else Verdict.VALID


class Rejected(Exception):
    """A delivery, record or message that is wrong in itself: trying again does not help."""

    def __init__(self, *findings: Finding, stage: str = "") -> None:
        self.findings = findings
        self.stage = stage
        """Where it was refused: read, schema, signature, mapping, rules, write."""
        super().__init__("; ".join(str(finding) for finding in findings))


class Trouble(StrEnum):
    """What is wrong with a broker, database or partner; for each there is something that an operator may do."""

    AWAY = "away"
    """It does not answer, or lets nobody in."""
    DENIED = "denied"
    """It does not let this user in, or not do this; or what the user is to enter is not there."""
    FULL = "full"
    """Its disk is full."""
    FAILING = "failing"
    """Its disk cannot be read or written."""
    LOCKED = "locked"
    """Somebody else is writing, and does not come to an end."""
    FORBIDDEN = "forbidden"
    """It may be read only."""
    CROWDED = "crowded"
    """It has no memory or connection left."""
    BLOCKED = "blocked"
    """It takes nothing until it has memory and disk again."""
    MISSING = "missing"
    """A queue is not there."""
    OUTPACED = "outpaced"
    """Other workers were first, again and again."""
    REFUSING = "refusing"
    """A destination takes no messages."""


LASTING = (Trouble.DENIED, Trouble.FORBIDDEN, Trouble.MISSING)
"""What does not pass unless somebody does something about it."""


class Unavailable(Exception):
    """A broker, database or partner that does not answer now: trying again helps, or will when it was seen to."""

    def __init__(self, message: str, trouble: Trouble = Trouble.AWAY) -> None:
        self.trouble = trouble
        super().__init__(message)
