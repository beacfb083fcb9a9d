"""What is searched for: deliveries, certificates or messages, newest first, page by page, and never a payload.

A page walks an index of time or place from where the one before ended. A text that is a whole number, id or code is
found by an index of its own; a part of a number is looked for on the way.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, func, or_, select, tuple_

from adapter.certificate import match_key
from adapter.ledger.dead import DIED
from adapter.ledger.schema import CERTIFICATES, DEAD, DELIVERIES, OPEN, OUTBOX
from adapter.ledger.search import ARRIVED, POSTED
from adapter.ledger.statements import STANDING, columns_of

What = Literal["deliveries", "certificates", "messages"]
TABLES: Mapping[What, Table] = MappingProxyType(
    {"deliveries": DELIVERIES, "certificates": CERTIFICATES, "messages": OUTBOX}
)
SHOWN = MappingProxyType({"deliveries": ARRIVED, "certificates": STANDING, "messages": (*POSTED, "place")})
LATE = timedelta(minutes=5) // timedelta(microseconds=1)
"""Messages have their places in the order of their times, but for workers side by side, and their clocks."""
_SENT = OUTBOX.c.closed_at.is_not(None) & (OUTBOX.c.attempts > 0) & OUTBOX.c.died_at.is_(None)
_KEPT = OUTBOX.c.closed_at.is_not(None) & (OUTBOX.c.attempts == 0)
STATES: Mapping[str, ColumnElement[bool]] = MappingProxyType(
    {
        "open": OPEN,
        "sent": _SENT,
        "kept": _KEPT,
        "dead": DEAD,
        "given_up": and_(OUTBOX.c.closed_at.is_not(None), OUTBOX.c.died_at.is_not(None)),
    }
)
"""How a message stands."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is searched for; times are microseconds."""

    what: What = "deliveries"
    text: str | None = None
    partner: str | None = None
    kind: str | None = None
    state: str | None = None
    agreement: str | None = None
    since: int | None = None
    until: int | None = None
    after: tuple[int, str] | None = None
    """Where the page before ended: time and id, for messages place and nothing."""
    limit: int = 50


def search(connection: Connection, wanted: Wanted) -> list[dict[str, Any]]:
    """A page, each row by its columns' names."""
    narrow = _narrow(connection, wanted) if wanted.text else None
    span = _places(connection, wanted) if wanted.what == "messages" else ()
    return [dict(row) for row in connection.execute(page_of(wanted, narrow, span)).mappings()]


def page_of(
    wanted: Wanted, narrow: ColumnElement[bool] | None = None, span: tuple[ColumnElement[bool], ...] = ()
) -> Select[*tuple[Any, ...]]:
    """The question for a page, its text already made a condition."""
    columns = TABLES[wanted.what].c
    time = columns.created_at if wanted.what == "messages" else columns.received_at
    order = (columns.place,) if wanted.what == "messages" else (columns.received_at, columns.id)
    where = [*_filters(wanted), *span, *([narrow] if narrow is not None else [])]
    where += [time >= wanted.since] if wanted.since is not None else []
    where += [time < wanted.until] if wanted.until is not None else []
    if wanted.after:
        where.append(tuple_(*order) < tuple_(*wanted.after[: len(order)]))
    chosen = select(*columns_of(TABLES[wanted.what], SHOWN[wanted.what])).where(*where)
    return chosen.order_by(*(column.desc() for column in order)).limit(wanted.limit)


def _filters(wanted: Wanted) -> list[ColumnElement[bool]]:
    columns = TABLES[wanted.what].c
    found: list[ColumnElement[bool]] = []
    if wanted.partner:
        sides = {"deliveries": ("partner", "source"), "certificates": ("holder", "system"), "messages": ("receiver",)}
        found.append(or_(*(columns[side] == wanted.partner for side in sides[wanted.what])))
    if wanted.kind:
        found.append(columns.kind == wanted.kind)
    if wanted.agreement:
        found.append(columns.agreement == wanted.agreement)
    if wanted.state:
        found.append(_stands(wanted))
    return found


def _stands(wanted: Wanted) -> ColumnElement[bool]:
    if wanted.what == "messages":
        return STATES[wanted.state or ""]
    if wanted.what == "certificates":
        return CERTIFICATES.c.state == wanted.state
    return DIED if wanted.state == "dead" else DELIVERIES.c.stage == wanted.state


def _narrow(connection: Connection, wanted: Wanted) -> ColumnElement[bool]:
    """The text as a condition: the whole of something if there is such a thing, else a part of a number."""
    columns, text = TABLES[wanted.what].c, wanted.text or ""
    key = match_key(text)
    whole: list[ColumnElement[bool]] = [columns.id == text, *([columns.key == key] if key else [])]
    if wanted.what == "deliveries":
        whole += [columns.message_id == text, columns.reference == text, and_(DIED, columns.code == text.upper())]
    if wanted.what == "messages":
        whole.append(and_(DEAD, columns.code == text.upper()))
    there = [each for each in whole if connection.execute(select(columns.id).where(each).limit(1)).first()]
    return or_(*there) if there else columns.key.contains(key or text, autoescape=True)


def _places(connection: Connection, wanted: Wanted) -> tuple[ColumnElement[bool], ...]:
    """Between which places the messages of a time lie: found by halving, for no index is in order of time."""
    since = wanted.since is not None and OUTBOX.c.place >= _place_at(connection, wanted.since - LATE)
    until = wanted.until is not None and OUTBOX.c.place <= _place_at(connection, wanted.until + LATE)
    return tuple(each for each in (since, until) if each is not False)


def _place_at(connection: Connection, at: int) -> int:
    """The first place whose message was made at this moment or later, or one behind the last."""
    place, time = OUTBOX.c.place, OUTBOX.c.created_at
    last = connection.execute(select(func.max(place))).scalar() or 0
    low, high = 0, last + 1
    while low < high:
        middle = (low + high) // 2
        row = connection.execute(select(place, time).where(place >= middle).order_by(place).limit(1)).first()
        if row is None or row[1] >= at:
            high = middle
        else:
            low = row[0] + 1
    return low
