"""What is handed out of the outbox: as much as fits, and only as it was written."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from adapter.delivery import Message
from adapter.envelope import digest
from adapter.ledger.engine import moment
from adapter.ledger.payload import unpacked
from adapter.ledger.schema import BODIES, OUTBOX
from adapter.ledger.statements import MESSAGE, rows_of
from adapter.messages import Function, Kind

BODY = ("id", "coding", "body")


def fitting(rows: Iterable[Any], most_bytes: int) -> dict[str, int]:
    """Attempts by id of as many messages as fit, but at least one."""
    chosen: dict[str, int] = {}
    size = 0
    for id, bytes_, attempts in rows:
        size += bytes_
        if chosen and size > most_bytes:
            break
        chosen[id] = attempts
    return chosen


def messages_of(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[Message, datetime]]:
    """The messages of these ids and since when the ledger has them, but for those that are not as they were written."""
    stored = {id: (coding, body) for id, coding, body in rows_of(connection, BODIES, BODY, BODIES.c.id, ids)}
    rows = rows_of(connection, OUTBOX, (*MESSAGE, "created_at"), OUTBOX.c.id, ids)
    read = ((_message(row, stored), row.created_at) for row in rows)
    return {message.id: (message, moment(since)) for message, since in read if message}


def _message(row: Any, stored: Mapping[str, tuple[str | None, bytes]]) -> Message | None:
    values: dict[str, Any] = {name: row._mapping[name] for name in MESSAGE}
    try:
        values |= {"kind": Kind(row.kind), "function": Function(row.function), "body": unpacked(*stored[row.id])}
        return Message(**values) if digest(values["body"]) == row.digest else None
    except (KeyError, ValueError, TypeError):
        return None
