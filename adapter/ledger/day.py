"""What was exchanged with a partner on a day: messages that its end confirmed, deliveries that came from it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Select, func, select

from adapter.ledger.engine import micros
from adapter.ledger.entries import DONE
from adapter.ledger.known import DayAsked, DayBook, Exchanged
from adapter.ledger.payload import unpacked
from adapter.ledger.schema import DELIVERIES, OUTBOX
from adapter.messages import Kind

AT_ONCE = 500
"""How many ids one question may name."""
UNREAD = "unread"
"""The kind of a delivery that could not be read."""
NAME = func.coalesce(DELIVERIES.c.reference, DELIVERIES.c.message_id, DELIVERIES.c.digest)
"""What its sender calls a delivery."""


def read_day(connection: Connection, asked: DayAsked) -> DayBook:
    """The day (UTC) as the ledger has it, what it has of the ids asked for, and what the partner told of the day."""
    begin, end = _span(asked.day)
    ours = (*_sent_on(connection, asked.partner, begin, end), *_received_on(connection, asked.partner, begin, end))
    return DayBook(ours, tuple(_elsewhere(connection, asked)), tuple(_told(connection, asked.partner, begin)))


def _span(day: date) -> tuple[int, int]:
    begin = datetime.combine(day, time(), UTC)
    return micros(begin), micros(begin + timedelta(days=1))


def sent_between(partner: str, begin: int, end: int) -> Select[*tuple[Any, ...]]:
    """Messages that the partner's end confirmed, in that order; what is kept until it is asked for did not leave."""
    columns = OUTBOX.c
    on_the_day = columns.receiver == partner, columns.closed_at >= begin, columns.closed_at < end
    was_sent = *on_the_day, columns.attempts > 0, columns.died_at.is_(None)
    return select(columns.kind, columns.id, columns.digest).where(*was_sent).order_by(columns.closed_at)


def received_between(partner: str, begin: int, end: int) -> Select[*tuple[Any, ...]]:
    """Deliveries that came from the partner, in that order."""
    columns = DELIVERIES.c
    came = columns.received_at >= begin, columns.received_at < end, columns.source == partner
    chosen = select(func.coalesce(columns.kind, UNREAD), NAME, columns.digest)
    return chosen.where(*came).order_by(columns.received_at, columns.id)


def _sent_on(connection: Connection, partner: str, begin: int, end: int) -> list[Exchanged]:
    rows = connection.execute(sent_between(partner, begin, end))
    return [Exchanged(kind, "sent", id, digest) for kind, id, digest in rows]


def _received_on(connection: Connection, partner: str, begin: int, end: int) -> list[Exchanged]:
    rows = connection.execute(received_between(partner, begin, end))
    return [Exchanged(kind, "received", id, digest) for kind, id, digest in rows]


def _elsewhere(connection: Connection, asked: DayAsked) -> list[Exchanged]:
    found: list[Exchanged] = []
    for start in range(0, len(asked.ids), AT_ONCE):
        some = asked.ids[start : start + AT_ONCE]
        found += _messages_of(connection, asked.partner, some) + _deliveries_of(connection, asked.partner, some)
    return found


def _messages_of(connection: Connection, partner: str, ids: Sequence[str]) -> list[Exchanged]:
    columns = OUTBOX.c
    wanted = columns.id.in_(ids), columns.receiver == partner
    rows = connection.execute(select(columns.kind, columns.id, columns.digest).where(*wanted))
    return [Exchanged(kind, "sent", id, digest) for kind, id, digest in rows]


def _deliveries_of(connection: Connection, partner: str, ids: Sequence[str]) -> list[Exchanged]:
    """Each by the name that it has: three indexes, or a whole table."""
    columns, found = DELIVERIES.c, []
    for name in (columns.reference, columns.message_id):
        chosen = select(func.coalesce(columns.kind, UNREAD), NAME, columns.digest)
        rows = connection.execute(chosen.where(name.in_(ids), name.is_not(None), columns.source == partner))
        found += [Exchanged(kind, "received", id, digest) for kind, id, digest in rows]
    return found


def _told(connection: Connection, partner: str, begin: int) -> list[bytes]:
    columns = DELIVERIES.c
    came = columns.received_at >= begin, columns.source == partner, columns.kind == Kind.RECONCILIATION.value
    chosen = select(columns.coding, columns.body).where(*came, columns.stage == DONE, columns.body.is_not(None))
    rows = connection.execute(chosen.order_by(columns.received_at, columns.id))
    return [unpacked(coding, body) for coding, body in rows]
