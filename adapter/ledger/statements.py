"""The ledger's statements, made once; rows are plain tuples in the order that the table has its columns in."""

from collections.abc import Collection, Iterable
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Table,
    Update,
    bindparam,
    exists,
    func,
    literal_column,
    null,
    select,
    update,
)  # fmt: skip

from adapter.ledger.entries import SETTLED
from adapter.ledger.many import among
from adapter.ledger.schema import DEAD, DELIVERIES, OPEN, OUTBOX

ENTRY = (
    "id", "source", "message_id", "reference", "digest", "size", "kind", "agreement", "number", "key", "partner",
    "stage", "code", "message", "findings", "answers", "received_at", "body", "coding", "named", "sealed",
)  # fmt: skip
REVISED = (*range(6, 16), -1)
"""What becomes another when a delivery is looked at again."""
STANDING = (
    "id", "country", "issuer", "agreement", "key", "version", "number", "system", "holder", "digest", "state", "items",
    "message", "delivery", "received_at", "changed_at", "issued_on", "original",
    "form", "earlier", "draws_on", "valid_from",
)  # fmt: skip
POST = (
    "id", "receiver", "sender", "kind", "function", "agreement", "number", "answers", "content_type", "digest", "size",
    "certificate", "delivery", "origin", "reference", "created_at", "next_attempt_at",
    "closed_at", "key",
)  # fmt: skip
MESSAGE = ("id", "kind", "function", "sender", "receiver", "content_type", "agreement", "number", "answers", "digest")
SENT = ("id", "kind", "receiver", "certificate", "origin", "reference", "number")


_ONE_MORE = OUTBOX.c.attempts + literal_column("1")

REVISE = (
    update(DELIVERIES)
    .values({name: bindparam(f"new_{name}") for name in (ENTRY[place] for place in REVISED)})
    .where(
        DELIVERIES.c.id == bindparam("this"), *(DELIVERIES.c.stage != literal_column(f"'{each}'") for each in SETTLED)
    )
)
"""A delivery that died came again and was looked at again; it stays done where another worker was luckier."""

ANSWERS = select(DELIVERIES.c.answers).where(DELIVERIES.c.id == bindparam("this"))

_TO_CLOSE = select(OUTBOX.c.id).where(among(OUTBOX.c.id, "these"), OUTBOX.c.closed_at.is_(None))
CLOSE = (
    update(OUTBOX)
    .values(closed_at=bindparam("at", type_=BigInteger), attempts=_ONE_MORE, died_at=null())
    .where(OUTBOX.c.id.in_(_TO_CLOSE.order_by(OUTBOX.c.id).with_for_update()))
)
"""Many at once, locked in sorted order, so that workers side by side cannot wait for each other in a ring."""

DEFER = (
    update(OUTBOX)
    .values(
        next_attempt_at=bindparam("at"),
        attempts=_ONE_MORE,
        first_error=func.coalesce(OUTBOX.c.first_error, bindparam("error")),
    )
    .where(OUTBOX.c.id == bindparam("this"), OUTBOX.c.closed_at.is_(None))
)

REOPEN = (
    update(OUTBOX)
    .values(next_attempt_at=bindparam("at"), closed_at=null(), died_at=null(), code=null())
    .where(OUTBOX.c.id == bindparam("this"), OUTBOX.c.closed_at.is_not(None), OUTBOX.c.dropped_at.is_(None))
)
"""A message is to be sent once more, if its bytes are still there; also one that was given up: somebody asks for it."""

DIE = (
    update(OUTBOX)
    .values(
        attempts=_ONE_MORE,
        first_error=func.coalesce(OUTBOX.c.first_error, bindparam("error")),
        died_at=bindparam("at"),
        code=bindparam("why"),
    )
    .where(OUTBOX.c.id == bindparam("this"), OPEN)
)
"""Its destination will never take it."""

REVIVE = (
    update(OUTBOX)
    .values(next_attempt_at=bindparam("at"), died_at=null(), code=null())
    .where(OUTBOX.c.id == bindparam("this"), DEAD)
)

GIVE_UP = update(OUTBOX).values(closed_at=bindparam("at")).where(OUTBOX.c.id == bindparam("this"), DEAD)

REPLAY = REOPEN.where(OUTBOX.c.attempts > literal_column("0"), OUTBOX.c.died_at.is_(None))
"""As that, for what left: not what is kept until somebody asks for it, nor what was given up."""

LEASE = update(OUTBOX).values(next_attempt_at=bindparam("at")).where(OUTBOX.c.id == bindparam("this"))


def due(at: int, most: int, apart: Collection[str] = (), only: str | None = None) -> Select[str, int, int]:
    """Id, size and attempts of messages that are due, unless an earlier one about their certificate is open or dead.

    For one that died may be sent after all: a certificate must not come into force after its own cancellation.
    They come in the order of the index of what is due: by place alone, all that ever left would be gone through. Those
    of some receivers may stand apart, or one receiver's be asked for alone.
    """
    earlier = OUTBOX.alias("earlier")
    wanted = [OPEN, OUTBOX.c.next_attempt_at <= at, ~_blocked(earlier)]
    wanted += [OUTBOX.c.receiver.not_in(sorted(apart))] if apart else []
    wanted += [OUTBOX.c.receiver == only] if only is not None else []
    return (
        select(OUTBOX.c.id, OUTBOX.c.size, OUTBOX.c.attempts)
        .where(*wanted)
        .order_by(OUTBOX.c.next_attempt_at, OUTBOX.c.place)
        .limit(most)
        .with_for_update(skip_locked=True, of=OUTBOX)
    )


def recall(at: int, latest: int) -> Update:
    """Makes due what is put off beyond the latest moment to which anything is put off: a clock was ahead then."""
    is_beyond = OPEN, OUTBOX.c.next_attempt_at > latest
    return update(OUTBOX).values(next_attempt_at=at).where(*is_beyond)


def _blocked(earlier: FromClause) -> ColumnElement[bool]:
    columns = earlier.c
    return exists().where(
        columns.certificate == OUTBOX.c.certificate,
        columns.receiver == OUTBOX.c.receiver,
        columns.closed_at.is_(None),
        columns.place < OUTBOX.c.place,
    )


def columns_of(table: Table, names: tuple[str, ...]) -> list[ColumnElement[Any]]:
    """These columns of the table, in this order."""
    return [table.c[name] for name in names]


def rows_of(
    connection: Connection, table: Table, names: tuple[str, ...], key: ColumnElement[Any], values: Iterable[str]
) -> list[Any]:
    """Rows whose key is one of the values."""
    wanted = sorted(set(values))
    return list(connection.execute(_chosen(table, names, key), {"these": wanted})) if wanted else []


@cache
def _chosen(table: Table, names: tuple[str, ...], key: ColumnElement[Any]) -> Select[Any]:
    return select(*columns_of(table, names)).where(among(key, "these"))
