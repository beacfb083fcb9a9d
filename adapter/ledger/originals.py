"""Deliveries as they came, to be decided again: only from these bytes, and only where they are what was written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from adapter.envelope import digest
from adapter.ledger.engine import moment
from adapter.ledger.payload import unpacked
from adapter.ledger.schema import BODIES, DELIVERIES, OUTBOX
from adapter.ledger.statements import columns_of

COLUMNS = (
    "id", "source", "message_id", "reference", "digest", "size", "kind", "stage", "code", "received_at", "dropped_at",
    "body", "coding", "named", "sealed",
)  # fmt: skip
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Original:
    """A delivery as it came."""

    id: str
    source: str
    """Code of the system that it came from, or the queue where that is none's."""
    message_id: str | None
    reference: str | None
    digest: str
    size: int
    kind: str | None
    stage: str
    code: str | None
    received_at: datetime
    dropped_at: datetime | None
    named: str | None
    """The receiver that its sender named beside it."""
    body: bytes | None = field(repr=False)
    """None where it is not here, or not as it was written any more."""
    sealed: bool = False
    """Whether its sender's messages were held to signatures when it came; of older ones nobody knows."""
    is_damaged: bool = False
    """Whether there are bytes, and other ones than were written."""


def read_originals(connection: Connection, ids: Sequence[str]) -> list[Original]:
    """These deliveries with their bytes, oldest first."""
    found: list[Original] = []
    for start in range(0, len(ids), AT_ONCE):
        wanted = DELIVERIES.c.id.in_(ids[start : start + AT_ONCE])
        found += [_original(row) for row in connection.execute(select(*columns_of(DELIVERIES, COLUMNS)).where(wanted))]
    return sorted(found, key=lambda each: (each.received_at, each.id))


def read_body(connection: Connection, message: str) -> bytes | None:
    """The bytes of one of our messages."""
    columns = (*columns_of(OUTBOX, ("digest",)), *columns_of(BODIES, ("body", "coding")))
    chosen = select(*columns).join(BODIES, BODIES.c.id == OUTBOX.c.id).where(OUTBOX.c.id == message)
    row = connection.execute(chosen).first()
    return _body(row) if row else None


def _original(row: Any) -> Original:
    values: dict[str, Any] = dict(row._mapping)
    del values["coding"]
    values |= {"received_at": moment(row.received_at), "dropped_at": row.dropped_at and moment(row.dropped_at)}
    body = _body(row)
    values |= {"body": body, "sealed": bool(row.sealed)}
    return Original(**values, is_damaged=row.body is not None and body is None)


def _body(row: Any) -> bytes | None:
    try:
        body = unpacked(row.coding, row.body)
    except (ValueError, TypeError):
        return None
    return body if digest(body) == row.digest else None
