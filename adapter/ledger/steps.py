"""What is only added to a certificate: decisions on its items, questions and replies of verifications."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, slots=True)
class ItemStep:
    """How an item of a certificate stands after one more decision."""

    certificate: str
    item: int
    number: int
    """Counted from 1; the last one counts."""
    status: str = ""
    """Granted, denied, suspended or pending; nothing before anything was decided."""
    decided_on: date | None = None
    unit: str | None = None
    """The unit of the quantities, where they are debited."""
    quantity: Decimal | None = None
    """What this decision used."""
    balance: Decimal | None = None
    """What may still be used; absent where nobody debits."""
    feedback: str | None = None
    """Digest of what decided."""
    claim: str | None = None
    """Match key of the import declaration that it was decided on, where that was said."""
    at: datetime | None = field(default=None, compare=False)
    """When it was written down."""


Part = Literal["request", "information"]
"""The questions of a verification: the first one, and the one for more."""


@dataclass(frozen=True, slots=True)
class VerificationStep:
    """A question of a verification, or a reply to one."""

    request: str
    """The asker's own number of the verification."""
    asker: str
    """The importing side's system."""
    step: int
    """Counted from 1."""
    part: Part
    is_reply: bool
    answerer: str
    """The system that replies."""
    agreement: str
    number: str
    key: str
    certificate: str | None
    """Id of the certificate, where the ledger knows it."""
    digest: str
    """SHA-256 of what was said."""
    result: str | None
    said_on: date
    at: datetime | None = None
