"""Deliveries that are held: they wait for a certificate still to come, and are looked at again when it is there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, delete, exists, select, update

from adapter.ledger.engine import micros, moment, put
from adapter.ledger.entries import DONE, HELD, Outcome
from adapter.ledger.many import put_new
from adapter.ledger.originals import Original, read_originals
from adapter.ledger.schema import CERTIFICATES, DELIVERIES, HOLDS
from adapter.ledger.statements import columns_of
from adapter.states import WAITING

COLUMNS = ("delivery", "key", "next_look_at", "until", "certificate")
AHEAD = 2 * 86_400_000_000
"""Microseconds; no look is put off for longer, but by a clock that was ahead."""
_WAITING = tuple(state.value for state in WAITING)
_HOLD_ON = (
    update(HOLDS)
    .values(next_look_at=bindparam("at"), certificate=bindparam("what"))
    .where(HOLDS.c.delivery == bindparam("this"))
)
_FREE = delete(HOLDS).where(HOLDS.c.delivery == bindparam("this"))


@dataclass(frozen=True, slots=True)
class Waits:
    """A delivery that is held, without its bytes."""

    id: str
    source: str
    message: str | None
    key: str
    until: datetime
    certificate: str | None = None
    """Id of the certificate that is there, and has to come into another state."""


def write_holds(connection: Connection, outcomes: Iterable[Outcome], at: int) -> None:
    """Hold what is to be held, and let go of what was held and is decided; what is held on may wait for more."""
    held, on, freed = [], [], []
    for each in outcomes:
        if each.hold:
            held.append((each.entry.id, each.hold.key, at, micros(each.hold.until), each.hold.certificate))
            look = micros(each.hold.in_vain) if each.hold.in_vain else at
            on += [(look, each.hold.certificate, each.entry.id)] if each.revised else []
        elif each.revised:
            freed.append((each.entry.id,))
    put_new(connection, HOLDS, COLUMNS, sorted(held, key=itemgetter(0)))
    put(connection, _HOLD_ON, sorted(on, key=itemgetter(2)))
    put(connection, _FREE, sorted(freed))


def adopt_held(connection: Connection, at: int, until: int) -> list[str]:
    """Hold again what stands as held but has lost its row, as in a restored backup; gives the ids."""
    columns = columns_of(DELIVERIES, ("id", "key"))
    chosen = select(*columns).where(*_lost()).order_by(DELIVERIES.c.received_at, DELIVERIES.c.id)
    rows = [(id, key or "", at, until, None) for id, key in connection.execute(chosen)]
    put_new(connection, HOLDS, COLUMNS, rows)
    return [row[0] for row in rows]


def list_lost(connection: Connection) -> list[str]:
    """The ids of the deliveries that stand as held but have no row that says for how long."""
    return list(connection.execute(select(DELIVERIES.c.id).where(*_lost()).order_by(DELIVERIES.c.id)).scalars())


def _lost() -> tuple[ColumnElement[bool], ...]:
    """Said twice, so that the index over all that is not done is used."""
    has_row = exists().where(HOLDS.c.delivery == DELIVERIES.c.id)
    return DELIVERIES.c.stage != DONE, DELIVERIES.c.stage == HELD, ~has_row


def holds_until(connection: Connection, deliveries: Sequence[str]) -> dict[str, datetime]:
    """How long those of these deliveries are held that are, by id."""
    chosen = select(HOLDS.c.delivery, HOLDS.c.until).where(HOLDS.c.delivery.in_(deliveries))
    return {delivery: moment(until) for delivery, until in connection.execute(chosen)}


def lease_held(connection: Connection, at: int, next_look_at: int, most: int) -> list[Original]:
    """Deliveries whose certificate has come, or into another state, or that have waited long enough.

    Nobody else gets them until their next look.
    """
    has_come = HOLDS.c.certificate.is_(None) & exists().where(CERTIFICATES.c.key == HOLDS.c.key)
    has_moved = exists().where(CERTIFICATES.c.id == HOLDS.c.certificate, CERTIFICATES.c.state.not_in(_WAITING))
    chosen = (
        select(HOLDS.c.delivery)
        .where(
            (HOLDS.c.next_look_at <= at) | (HOLDS.c.next_look_at > at + AHEAD),
            has_come | has_moved | (HOLDS.c.until <= at),
        )
        .order_by(HOLDS.c.next_look_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    ids = [delivery for (delivery,) in connection.execute(chosen)]
    if not ids:
        return []
    connection.execute(HOLDS.update().where(HOLDS.c.delivery.in_(ids)).values(next_look_at=next_look_at))
    return read_originals(connection, ids)


def list_held(connection: Connection, limit: int) -> list[Waits]:
    """What is held, what has waited longest first."""
    return _waits(connection, _held().limit(limit))


def held_about(connection: Connection, key: str) -> list[Waits]:
    """What is held for the certificates of this match key; what is held is little, and gone through."""
    return _waits(connection, _held().where(HOLDS.c.key == key))


def _held() -> Select[*tuple[Any, ...]]:
    columns = (*columns_of(DELIVERIES, ("id", "source", "kind")), *columns_of(HOLDS, ("key", "until", "certificate")))
    return select(*columns).join(HOLDS, HOLDS.c.delivery == DELIVERIES.c.id).order_by(HOLDS.c.until, HOLDS.c.delivery)


def _waits(connection: Connection, chosen: Select[*tuple[Any, ...]]) -> list[Waits]:
    rows = connection.execute(chosen)
    return [Waits(id, source, kind, key, moment(until), other) for id, source, kind, key, until, other in rows]
