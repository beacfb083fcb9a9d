"""What is asked for by number, page by page, or because it is due; each question reads its own index and no payload."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, select, tuple_

from adapter.certificate import match_key
from adapter.ledger.engine import micros, moment
from adapter.ledger.schema import DEAD, DELIVERIES, OPEN, OUTBOX
from adapter.ledger.shown import Arrived, Place, Posted
from adapter.ledger.statements import columns_of

ARRIVED = (
    "id", "source", "message_id", "kind", "agreement", "number", "partner", "stage", "code", "digest", "size",
    "received_at", "dropped_at",
)  # fmt: skip
POSTED = (
    "id", "receiver", "sender", "kind", "function", "agreement", "number", "certificate", "delivery", "digest", "size",
    "attempts", "first_error", "created_at", "next_attempt_at", "closed_at", "dropped_at", "died_at", "code",
)  # fmt: skip
MOST = 1_000
"""How much one number may bring up."""

_by_time = (DELIVERIES.c.received_at, DELIVERIES.c.id)


def deliveries_about(number: str) -> Select[*tuple[Any, ...]]:
    """The deliveries about the certificate of this number, however it is spelt."""
    return select(*columns_of(DELIVERIES, ARRIVED)).where(DELIVERIES.c.key == match_key(number)).limit(MOST)


def messages_about(number: str) -> Select[*tuple[Any, ...]]:
    """The messages about the certificate of this number, and the answers to what came about it."""
    return select(*columns_of(OUTBOX, POSTED)).where(OUTBOX.c.key == match_key(number)).limit(MOST)


def messages_named(ids: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """The messages of these ids."""
    return select(*columns_of(OUTBOX, POSTED)).where(OUTBOX.c.id.in_(ids))


def sent_to(receiver: str, since: int, until: int, most: int, behind: tuple[int, int]) -> Select[*tuple[Any, ...]]:
    """A page of what a receiver's end confirmed in a time, oldest first, from behind this moment and place."""
    columns, order = OUTBOX.c, (OUTBOX.c.closed_at, OUTBOX.c.place)
    was_sent = columns.receiver == receiver, columns.closed_at >= since, columns.closed_at < until
    chosen = select(*columns_of(OUTBOX, POSTED), columns.place).where(*was_sent, columns.attempts > 0)
    return chosen.where(tuple_(*order) > tuple_(*behind)).order_by(*order).limit(most)


def page_before(place: Place | None, most: int) -> Select[*tuple[Any, ...]]:
    """So many deliveries, newest first, from behind this place."""
    page = select(*columns_of(DELIVERIES, ARRIVED)).order_by(*(column.desc() for column in _by_time)).limit(most)
    if place is None:
        return page
    return page.where(tuple_(*_by_time) < tuple_(micros(place.received_at), place.id))


def due_at(at: int, most: int) -> Select[*tuple[Any, ...]]:
    """So many messages that are due, those first that are due the longest; also such as wait for an earlier one."""
    is_due = OPEN, OUTBOX.c.next_attempt_at <= at
    chosen = select(*columns_of(OUTBOX, POSTED)).where(*is_due)
    return chosen.order_by(OUTBOX.c.next_attempt_at, OUTBOX.c.place).limit(most)


def dead_messages(most: int, code: str | None = None, receiver: str | None = None) -> Select[*tuple[Any, ...]]:
    """So many messages that their destinations will never take, of one code and receiver if they are named.

    Those come first that died last.
    """
    only = [column == value for column, value in ((OUTBOX.c.code, code), (OUTBOX.c.receiver, receiver)) if value]
    chosen = select(*columns_of(OUTBOX, POSTED)).where(DEAD, *only)
    return chosen.order_by(OUTBOX.c.died_at.desc(), OUTBOX.c.place.desc()).limit(most)


def arrived(connection: Connection, question: Select[*tuple[Any, ...]]) -> list[Arrived]:
    """The deliveries that a question brings up."""
    return [Arrived(**_timed(row)) for row in connection.execute(question).mappings()]


def posted(connection: Connection, question: Select[*tuple[Any, ...]]) -> list[Posted]:
    """The messages that a question brings up."""
    return [Posted(**_timed(row)) for row in connection.execute(question).mappings()]


def sent_page(
    connection: Connection, receiver: str, span: tuple[int, int], behind: tuple[int, int]
) -> tuple[list[Posted], tuple[int, int]]:
    """A page of what left, and where it ends."""
    rows = [dict(row) for row in connection.execute(sent_to(receiver, *span, MOST, behind)).mappings()]
    end = (rows[-1]["closed_at"], rows[-1].pop("place")) if rows else behind
    return [Posted(**_timed({name: row[name] for name in POSTED})) for row in rows], end


def _timed(row: Any) -> dict[str, Any]:
    return {name: moment(value) if name.endswith("_at") and value is not None else value for name, value in row.items()}
