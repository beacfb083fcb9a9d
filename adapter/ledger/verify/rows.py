"""Every row, held to what the journal says of it."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Connection, Select, Table, and_, func, select

from adapter.envelope import digest
from adapter.findings import Finding
from adapter.ledger.entries import SETTLED
from adapter.ledger.holds import list_lost
from adapter.ledger.payload import DROPPED, unpacked
from adapter.ledger.schema import BODIES, CERTIFICATES, DELIVERIES, HISTORY, OUTBOX
from adapter.ledger.verify.findings import (
    DISPUTED,
    GONE,
    NO_BODY,
    OTHER_BODY,
    OTHER_DIGEST,
    OTHER_END,
    OTHER_STATE,
    OTHER_STEP,
    OTHER_VALUE,
    UNKNOWN,
    UNWATCHED,
    as_stored,
    found,
)
from adapter.ledger.verify.scratch import STEPS, Scratch, keys_of

MANY, FEW = 500, 16
"""Rows that are read at once, and rows with their bytes."""

Count = Callable[[str, int, int], None]
Rows = Iterator[Any]


def check_deliveries(connection: Connection, scratch: Scratch, count: Count) -> Iterator[Finding]:
    """Digest, stage and bytes of each delivery, and that somebody will look at what is held."""
    chosen = select(*as_stored(DELIVERIES, "id", "digest", "stage", "size", "body", "coding"))
    for row in _walk(connection, chosen, DELIVERIES, FEW, "deliveries", scratch, count):
        said = scratch.said("deliveries", "digest, stage, revised, bare OR dropped", row.id)
        if said is None or said[0] is None:
            yield found(UNKNOWN, "deliveries", row.id)
            continue
        sealed, stage, revised, is_bare = said
        if row.digest != sealed:
            yield found(OTHER_DIGEST, "deliveries", row.id)
        if row.stage not in _stages(stage, revised):
            yield found(OTHER_VALUE, "deliveries", row.id, "stage", value=row.stage)
        yield from _check_body(row, sealed, is_bare, "deliveries")
    yield from _gone_or_disputed(scratch, "deliveries")
    for id in list_lost(connection):
        yield found(UNWATCHED, "deliveries", id)


def check_messages(connection: Connection, scratch: Scratch, count: Count) -> Iterator[Finding]:
    """Digest, receiver, bytes and end of each message."""
    columns = as_stored(OUTBOX, "id", "digest", "receiver", "size", "closed_at", "died_at")
    chosen = select(*columns, *as_stored(BODIES, "body", "coding")).select_from(
        OUTBOX.outerjoin(BODIES, BODIES.c.id == OUTBOX.c.id)
    )
    for row in _walk(connection, chosen, OUTBOX, FEW, "messages", scratch, count):
        said = scratch.said("messages", "digest, receiver, dropped, closed, again, died, revived, given_up", row.id)
        if said is None or said[0] is None:
            yield found(UNKNOWN, "messages", row.id)
            continue
        sealed, receiver, is_bare, *ends = said
        if row.digest != sealed:
            yield found(OTHER_DIGEST, "messages", row.id)
        if row.receiver != receiver:
            yield found(OTHER_VALUE, "messages", row.id, "receiver", value=row.receiver)
        if not _ended_so(row, *ends):
            yield found(OTHER_END, "messages", row.id)
        yield from _check_body(row, sealed, is_bare, "messages")
    yield from _gone_or_disputed(scratch, "messages")


def check_certificates(connection: Connection, scratch: Scratch, count: Count) -> Iterator[Finding]:
    """Digest and state of each certificate version: both its history and the journal must lead there."""
    is_last = and_(HISTORY.c.certificate == CERTIFICATES.c.id, HISTORY.c.number == CERTIFICATES.c.changes)
    columns = as_stored(CERTIFICATES, "id", "digest", "state", "changes")
    chosen = select(*columns, HISTORY.c.state.label("led")).select_from(CERTIFICATES.outerjoin(HISTORY, is_last))
    for row in _walk(connection, chosen, CERTIFICATES, MANY, "certificates", scratch, count):
        said = scratch.said("certificates", "digest", row.id)
        if said is None:
            yield found(UNKNOWN, "certificates", row.id)
            continue
        if row.digest != said[0]:
            yield found(OTHER_DIGEST, "certificates", row.id)
        if row.led != row.state or scratch.last_state(row.id) != (row.changes, row.state):
            yield found(OTHER_STATE, "certificates", row.id, value=row.state)
    yield from _gone_or_disputed(scratch, "certificates")


def check_steps(connection: Connection, table: Table, scratch: Scratch, count: Count) -> Iterator[Finding]:
    """Each row of a table that is only added to: a step of a certificate, an item or a verification."""
    name = table.name
    keys, values = STEPS[name]
    for row in _walk(connection, select(*as_stored(table, *keys, *values)), table, MANY, name, scratch, count):
        place = tuple(getattr(row, key) for key in keys)
        said = scratch.said(name, ", ".join(values), *place)
        if said is None:
            yield found(UNKNOWN, name, *place)
        elif said != tuple(getattr(row, value) for value in values):
            yield found(OTHER_STEP, name, *place)
    yield from _gone_or_disputed(scratch, name)


def _walk(
    connection: Connection, chosen: Select[*tuple[Any, ...]], table: Table, at_once: int, name: str, scratch: Scratch,
    count: Count,
) -> Rows:  # fmt: skip
    """The rows, each marked as seen."""
    of = connection.execute(select(func.count()).select_from(table)).scalar_one()
    keys, done = keys_of(name), 0
    for several in connection.execute(chosen, execution_options={"yield_per": at_once}).partitions():
        scratch.see(name, [tuple(getattr(row, key) for key in keys) for row in several])
        yield from several
        done += len(several)
        count(name, done, of)


def _check_body(row: Any, sealed: str, is_bare: bool, name: str) -> Iterator[Finding]:
    if row.body is None or row.coding == DROPPED:
        if not is_bare:
            yield found(NO_BODY, name, row.id)
        return
    try:
        is_whole = digest(unpacked(row.coding, row.body, most=row.size)) == sealed
    except (ValueError, TypeError):
        is_whole = False
    if not is_whole:
        yield found(OTHER_BODY, name, row.id)


def _ended_so(row: Any, closed: int, again: int, died: int, revived: int, given_up: int) -> bool:
    """Whether it can stand as it does: what left may have been opened again, what died may have left after all."""
    is_closed, is_dead = row.closed_at is not None, row.died_at is not None
    left = is_closed == bool(closed or given_up) or ((closed or given_up) and again)
    return bool(left and (is_dead == bool(died) or (died and (revived or closed or (given_up and again)))))


def _stages(first: str, revised: str | None) -> set[str]:
    """Where a delivery may stand: looked at again it is done or corrected for good, or died once more."""
    stages = set((revised or first).split(" "))
    return stages.intersection(SETTLED) or stages


def _gone_or_disputed(scratch: Scratch, name: str) -> Iterator[Finding]:
    for key in scratch.unseen(name):
        yield found(GONE, name, *key)
    for key in scratch.disputed(name):
        yield found(DISPUTED, name, *key)
