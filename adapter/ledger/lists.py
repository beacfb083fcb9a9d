"""What the ledger shows to people; a list never loads a payload."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, case, func, select

from adapter.ledger.engine import micros, moment
from adapter.ledger.entries import Standing
from adapter.ledger.schema import CERTIFICATES, DEAD, DELIVERIES, OPEN, OUTBOX
from adapter.ledger.shown import Backlog
from adapter.ledger.statements import STANDING, columns_of
from adapter.states import State


def list_standings(connection: Connection, limit: int) -> list[Standing]:
    """The certificates that came last, newest first."""
    newest = CERTIFICATES.c.received_at.desc()
    rows = connection.execute(select(*columns_of(CERTIFICATES, STANDING)).order_by(newest).limit(limit))
    return [standing(row) for row in rows]


def standing(row: Sequence[Any]) -> Standing:
    """A certificate from its row."""
    *said, received_at, changed_at, issued_on, original, form, earlier, draws_on, valid_from = row
    named = (original, form, earlier, draws_on)
    values: list[Any] = [*said, moment(received_at), moment(changed_at), _day(issued_on), *named, _day(valid_from)]
    return Standing(*values)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def list_backlogs(connection: Connection, at: datetime) -> list[Backlog]:
    """What is open for each receiver, how much of it is due, and what died."""
    is_due = case((OUTBOX.c.next_attempt_at <= micros(at), 1), else_=0)
    counted = (func.count(), func.sum(is_due), func.min(OUTBOX.c.created_at), func.min(OUTBOX.c.place))
    rows = connection.execute(select(OUTBOX.c.receiver, *counted).where(OPEN).group_by(OUTBOX.c.receiver))
    found = {receiver: (count, int(due), moment(oldest)) for receiver, count, due, oldest, _ in rows}
    died = connection.execute(select(OUTBOX.c.receiver, func.count()).where(DEAD).group_by(OUTBOX.c.receiver))
    dead: dict[str, int] = {receiver: count for receiver, count in died}
    backlogs = []
    for receiver in sorted({*found, *dead}):
        count, due, oldest = found.get(receiver, (0, 0, None))
        error = _first_error(connection, receiver)
        backlogs.append(Backlog(receiver, count, due, oldest, error, dead.get(receiver, 0)))
    return backlogs


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


def list_ended(connection: Connection, certificates: Sequence[str]) -> dict[str, str]:
    """The states of those of these certificates that were cancelled or superseded, by id."""
    chosen = select(CERTIFICATES.c.id, CERTIFICATES.c.state).where(CERTIFICATES.c.id.in_(sorted(set(certificates))))
    over = chosen.where(CERTIFICATES.c.state.in_([State.CANCELLED.value, State.SUPERSEDED.value]))
    return {id: state for id, state in connection.execute(over)}
