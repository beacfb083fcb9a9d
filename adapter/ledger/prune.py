"""Bytes whose retention is over are dropped; rows, states and digests stay."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Select, Table, bindparam, func, null, select, tuple_, update

from adapter.ledger.engine import moment, put, reading
from adapter.ledger.facts import Facts
from adapter.ledger.payload import DROPPED
from adapter.ledger.retention import Retention, latest, today
from adapter.ledger.schema import BODIES, CERTIFICATES, DEAD, DELIVERIES, OPEN, OUTBOX

AT_ONCE = 500
"""Rows in one look, and at most in one transaction."""
NO_CERTIFICATE = ""

Key = tuple[Any, ...]
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row with bytes that may be dropped, unless its day has not come."""

    id: str
    key: str | None
    size: int
    came_at: datetime
    delivery: str


@dataclass(slots=True)
class Pruned:
    """What was dropped, or would be: counted by agreement, `""` for what belongs to no certificate."""

    deliveries: Counter[str] = field(default_factory=Counter)
    messages: Counter[str] = field(default_factory=Counter)
    bytes: Counter[str] = field(default_factory=Counter)
    """As they came; they may be stored compressed."""

    def count(self, table: Table, agreement: str, size: int) -> None:
        """One more."""
        (self.deliveries if table is DELIVERIES else self.messages)[agreement] += 1
        self.bytes[agreement] += size


def over(
    engine: Engine, table: Table, retention: Retention, at: datetime, tell: Tell
) -> Iterator[list[tuple[Candidate, str]]]:
    """The rows of a table whose bytes may go, with the agreement that says so, some at once; each is looked at once."""
    name, behind, done = table.name, (0, ""), 0
    with reading(engine) as connection:
        of = connection.execute(select(func.count()).select_from(table)).scalar_one()
    while True:
        with reading(engine) as connection:
            page = connection.execute(_page(table, behind)).all()
            rows = [Candidate(id, key, size, moment(came), delivery) for id, key, size, came, delivery, *_ in page]
            free = list(_free(connection, rows, retention, today(at)))
        if not page:
            tell(name, of, of)
            return
        behind, done = tuple(page[-1][5:]), done + len(page)
        tell(name, min(done, of), of)
        if free:
            yield free


def drop(connection: Connection, table: Table, ids: Sequence[str], at: int, facts: Facts) -> list[str]:
    """The rows that lost their bytes: a message that was opened again meanwhile keeps them."""
    has_ended = [table.c.dropped_at.is_(None), *([OUTBOX.c.closed_at.is_not(None)] if table is OUTBOX else [])]
    held = select(table.c.id).where(table.c.id.in_(ids), *has_ended).order_by(table.c.id).with_for_update()
    found = list(connection.execute(held).scalars())
    if table is DELIVERIES:
        put(connection, _DROP_DELIVERY, [(at, id) for id in found])
        facts.dropped_deliveries += found
    else:
        put(connection, _MARK_MESSAGE, [(at, id) for id in found])
        put(connection, _DROP_BODY, [(b"", DROPPED, id) for id in found])
        facts.dropped_messages += found
    return found


_DROP_DELIVERY = (
    update(DELIVERIES)
    .values(dropped_at=bindparam("at"), body=null(), coding=null())
    .where(DELIVERIES.c.id == bindparam("this"))
)
_MARK_MESSAGE = update(OUTBOX).values(dropped_at=bindparam("at")).where(OUTBOX.c.id == bindparam("this"))
# The row stays, so that a message of the same id that is decided again brings no bytes back.
_DROP_BODY = (
    update(BODIES).values(body=bindparam("nothing"), coding=bindparam("how")).where(BODIES.c.id == bindparam("this"))
)


def _page(table: Table, behind: Key) -> Select[*tuple[Any, ...]]:
    """The next rows that have bytes: id, key, size, when they came, delivery, and where the page ends."""
    if table is DELIVERIES:
        columns = DELIVERIES.c
        order = (columns.received_at, columns.id)
        chosen = select(columns.id, columns.key, columns.size, columns.received_at, columns.id, *order)
        has_bytes = columns.body.is_not(None) & columns.dropped_at.is_(None)
        return chosen.where(tuple_(*order) > tuple_(*behind), has_bytes).order_by(*order).limit(AT_ONCE)
    columns = OUTBOX.c
    chosen = select(columns.id, columns.key, columns.size, columns.created_at, columns.delivery, columns.place)
    has_bytes = columns.closed_at.is_not(None) & columns.dropped_at.is_(None)
    return chosen.where(columns.place > behind[0], has_bytes).order_by(columns.place).limit(AT_ONCE)


def _free(
    connection: Connection, rows: Sequence[Candidate], retention: Retention, day: date
) -> Iterator[tuple[Candidate, str]]:
    """Those whose last day is past and of whose exchange nothing is under way."""
    known = _certificates(connection, {row.key for row in rows if row.key})
    past: list[tuple[Candidate, str]] = []
    for row in rows:
        agreement, last = _end(row, known.get(row.key or "", ()), retention)
        if last is not None and last < day:
            past.append((row, agreement))
    keys, deliveries = _under_way(connection, [row for row, _ in past])
    yield from ((row, agreement) for row, agreement in past if row.key not in keys and row.delivery not in deliveries)


def _end(row: Candidate, certificates: Sequence[tuple[str, date]], retention: Retention) -> tuple[str, date | None]:
    """The agreement that says how long a row's bytes are kept, and the last day; of several certificates the latest."""
    if not certificates:
        return NO_CERTIFICATE, retention.last_day_without(row.came_at)
    days = [retention.last_day(agreement, issued_on, row.came_at) for agreement, issued_on in certificates]
    return certificates[-1][0], latest(days)


def _certificates(connection: Connection, keys: set[str]) -> dict[str, list[tuple[str, date]]]:
    """Agreement and day of issue of the certificates of each match key; without a day, the one on which it came."""
    columns = CERTIFICATES.c
    chosen = select(columns.key, columns.agreement, columns.issued_on, columns.received_at)
    found: dict[str, list[tuple[str, date]]] = {}
    for key, agreement, issued_on, received_at in connection.execute(chosen.where(columns.key.in_(sorted(keys)))):
        issued = date.fromisoformat(issued_on) if issued_on else moment(received_at).date()
        found.setdefault(key, []).append((agreement, issued))
    return found


def _under_way(connection: Connection, rows: Sequence[Candidate]) -> tuple[set[str], set[str]]:
    """The keys and deliveries of these that messages belong to which are open, or dead and may be sent after all."""
    if not rows:
        return set(), set()
    columns = OUTBOX.c
    keys = sorted({row.key for row in rows if row.key})
    deliveries = sorted({row.delivery for row in rows})
    under_way: tuple[set[str], set[str]] = set(), set()
    for waits in (OPEN, DEAD):  # each of them has an index; both in one question have none
        for found, column, some in zip(under_way, (columns.key, columns.delivery), (keys, deliveries), strict=True):
            found.update(connection.execute(select(column).where(waits, column.in_(some))).scalars())
    return under_way
