"""What the ledger shows to people; a list never loads a payload."""

import json
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, case, func, select

from adapter.ledger.engine import micros, moment
from adapter.ledger.entries import DONE, HELD, Standing
from adapter.ledger.payload import unpacked
from adapter.ledger.schema import CERTIFICATES, DELIVERIES, OPEN, OUTBOX
from adapter.ledger.schema import DEAD as DEAD_MESSAGE
from adapter.ledger.shown import Backlog, Dead
from adapter.ledger.statements import STANDING, columns_of

DEAD = ("id", "source", "message_id", "kind", "agreement", "number", "stage", "code", "message", "size", "received_at")


def list_standings(connection: Connection, limit: int) -> list[Standing]:
    """The certificates that came last, newest first."""
    newest = CERTIFICATES.c.received_at.desc()
    rows = connection.execute(select(*columns_of(CERTIFICATES, STANDING)).order_by(newest).limit(limit))
    return [standing(row) for row in rows]


def standing(row: Sequence[Any]) -> Standing:
    """A certificate from its row."""
    *said, received_at, changed_at, issued_on, original = row
    day = date.fromisoformat(issued_on) if issued_on else None
    values: list[Any] = [*said, moment(received_at), moment(changed_at), day, original]
    return Standing(*values)


def list_backlogs(connection: Connection, at: datetime) -> list[Backlog]:
    """What is open for each receiver, how much of it is due, and what died."""
    is_due = case((OUTBOX.c.next_attempt_at <= micros(at), 1), else_=0)
    counted = (func.count(), func.sum(is_due), func.min(OUTBOX.c.created_at), func.min(OUTBOX.c.place))
    rows = connection.execute(select(OUTBOX.c.receiver, *counted).where(OPEN).group_by(OUTBOX.c.receiver))
    found = {receiver: (count, int(due), moment(oldest)) for receiver, count, due, oldest, _ in rows}
    died = connection.execute(select(OUTBOX.c.receiver, func.count()).where(DEAD_MESSAGE).group_by(OUTBOX.c.receiver))
    dead: dict[str, int] = {receiver: count for receiver, count in died}
    backlogs = []
    for receiver in sorted({*found, *dead}):
        count, due, oldest = found.get(receiver, (0, 0, None))
        error = _first_error(connection, receiver)
        backlogs.append(Backlog(receiver, count, due, oldest, error, dead.get(receiver, 0)))
    return backlogs


def list_dead(connection: Connection, limit: int) -> list[Dead]:
    """The deliveries that died last, newest first, without their bytes."""
    died = (DELIVERIES.c.stage != DONE) & (DELIVERIES.c.stage != HELD)
    chosen = select(*columns_of(DELIVERIES, DEAD)).where(died).order_by(DELIVERIES.c.received_at.desc()).limit(limit)
    return [_dead(row) for row in connection.execute(chosen).mappings()]


def one_dead(connection: Connection, id: str) -> Dead | None:
    """One that died, with its findings and its bytes."""
    columns = columns_of(DELIVERIES, (*DEAD, "findings", "coding", "body"))
    row = (
        connection.execute(select(*columns).where(DELIVERIES.c.id == id, DELIVERIES.c.stage.not_in((DONE, HELD))))
        .mappings()
        .first()
    )
    return _dead(row) if row else None


def _dead(row: RowMapping) -> Dead:
    values: dict[str, Any] = dict(row)
    findings = tuple(json.loads(values.pop("findings", None) or "[]"))
    coding, body = values.pop("coding", None), values.pop("body", None)
    values |= {"received_at": moment(values["received_at"]), "findings": findings}
    return Dead(**values, body=None if body is None else unpacked(coding, body))


def _first_error(connection: Connection, receiver: str) -> str | None:
    failed = (OUTBOX.c.receiver == receiver) & OUTBOX.c.closed_at.is_(None) & OUTBOX.c.first_error.is_not(None)
    return connection.execute(select(OUTBOX.c.first_error).where(failed).order_by(OUTBOX.c.place).limit(1)).scalar()


def list_reused(connection: Connection, ids: Collection[str]) -> list[tuple[str, str]]:
    """Source and message id of those of these ids that more than one delivery of a source bears."""
    named = (DELIVERIES.c.source, DELIVERIES.c.message_id)
    borne = select(*named).where(DELIVERIES.c.message_id.in_(ids), DELIVERIES.c.message_id.is_not(None))
    twice = borne.group_by(*named).having(func.count() > 1).order_by(*named)
    return [(source, message_id) for source, message_id in connection.execute(twice)]


def list_unanswerable(connection: Connection, ids: Collection[str]) -> list[str]:
    """Those of these deliveries of which an answer lost its bytes to retention."""
    chosen = select(DELIVERIES.c.id, DELIVERIES.c.answers).where(DELIVERIES.c.id.in_(sorted(ids)))
    answers = {id: set((said or "").split()) for id, said in connection.execute(chosen)}
    gone = set(list_dropped(connection, set().union(*answers.values())))
    return sorted(id for id, each in answers.items() if each & gone)


def list_dropped(connection: Connection, messages: Collection[str]) -> list[str]:
    """Those of these messages that lost their bytes to retention."""
    was_dropped = OUTBOX.c.id.in_(sorted(messages)) & OUTBOX.c.dropped_at.is_not(None)
    return sorted(connection.execute(select(OUTBOX.c.id).where(was_dropped)).scalars())
