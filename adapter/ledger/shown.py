"""What the ledger shows in lists: never a payload."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits for one receiver."""

    receiver: str
    open: int
    due: int
    oldest: datetime | None
    first_error: str | None
    dead: int = 0
    """Messages that it will never take; they wait for an operator."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of deliveries ends."""

    received_at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """A delivery as lists show it, without its bytes."""

    id: str
    source: str
    message_id: str | None
    kind: str | None
    agreement: str | None
    number: str | None
    partner: str | None
    stage: str
    code: str | None
    digest: str
    size: int
    received_at: datetime
    dropped_at: datetime | None
    """When its bytes were dropped, retention being over."""

    @property
    def place(self) -> Place:
        """Where the page ends whose last this is."""
        return Place(self.received_at, self.id)


@dataclass(frozen=True, slots=True)
class Posted:
    """A message as lists show it, without its bytes: waiting until `closed_at`."""

    id: str
    receiver: str
    sender: str
    kind: str
    function: str
    agreement: str | None
    number: str | None
    certificate: str | None
    delivery: str
    digest: str
    size: int
    attempts: int
    first_error: str | None
    created_at: datetime
    next_attempt_at: datetime
    closed_at: datetime | None
    dropped_at: datetime | None
    died_at: datetime | None = None
    """When its destination said that it will never take it."""
    code: str | None = None
    """What that is called."""


@dataclass(frozen=True, slots=True)
class Dead:
    """A delivery that died, without its bytes unless they were asked for."""

    id: str
    source: str
    message_id: str | None
    kind: str | None
    agreement: str | None
    number: str | None
    partner: str | None
    stage: str
    code: str
    message: str
    digest: str
    size: int
    received_at: datetime
    dropped_at: datetime | None = None
    findings: tuple[Mapping[str, Any], ...] = ()
    body: bytes | None = field(default=None, repr=False)
