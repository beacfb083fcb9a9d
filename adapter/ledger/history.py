"""The states of certificates: each change is kept with its cause, in the transaction that makes it."""

from collections.abc import Iterable, Sequence
from operator import itemgetter

from sqlalchemy import BigInteger, Connection, bindparam, insert, literal, literal_column, select, update

from adapter.ledger.engine import moment, put
from adapter.ledger.entries import Change, Outcome, Outpaced, Step
from adapter.ledger.schema import CERTIFICATES, HISTORY, OUTBOX
from adapter.ledger.statements import columns_of, put_new
from adapter.messages import Kind
from adapter.states import Event, State, before

COLUMNS = ("certificate", "number", "state", "at", "cause")
AT_ONCE = 500
"""How many certificates or messages one question may name."""

Row = tuple[str, int, str, int, str]
"""A step as it is written: certificate, number, state, at, cause."""
Stood = dict[str, tuple[str, int]]
"""State and number of changes by certificate."""

_MOVE = (
    update(CERTIFICATES)
    .values(state=bindparam("next"), changed_at=bindparam("at"), changes=bindparam("number"))
    .where(CERTIFICATES.c.id == bindparam("this"))
)
_BY_PLACE = itemgetter(0, 1)
_SENT = State.SENT.value
_NOW = bindparam("moment", type_=BigInteger)
_SEND = update(CERTIFICATES).values(state=_SENT, changed_at=_NOW, changes=CERTIFICATES.c.changes + literal_column("1"))
_SENT_BY = select(
    CERTIFICATES.c.id, CERTIFICATES.c.changes, literal(_SENT), _NOW, OUTBOX.c.id
).join_from(OUTBOX, CERTIFICATES, CERTIFICATES.c.id == OUTBOX.c.certificate)  # fmt: skip
_UNSENT = tuple(state.value for state in before(Event.HANDED_OVER, State.SENT))


def write_steps(connection: Connection, outcomes: Sequence[Outcome], closed: Sequence[str], at: int) -> list[Row]:
    """The first state of each new certificate, the changes that are taken from a state before, and what was sent.

    `closed` are the messages that their destinations confirmed. All that may change is locked together, in sorted
    order, so that workers side by side cannot wait for each other in a ring.
    """
    steps: list[Row] = [
        (each.certificate.id, 1, each.certificate.state, at, each.entry.id) for each in outcomes if each.certificate
    ]
    changes = [(change, change.cause or each.entry.id) for each in outcomes for change in each.changes]
    carried = _carried(connection, closed)
    if changes or carried:
        stood = _lock(connection, sorted({change.certificate for change, _ in changes} | set(carried)))
        moved = _move(connection, changes, stood, at)
        put(connection, put_new(HISTORY, COLUMNS, connection.dialect.name), sorted(steps + moved, key=_BY_PLACE))
        return [*steps, *moved, *_send(connection, carried, stood, at)]
    put(connection, put_new(HISTORY, COLUMNS, connection.dialect.name), sorted(steps, key=_BY_PLACE))
    return steps


def read_steps(connection: Connection, certificate: str) -> list[Step]:
    """The certificate's states, oldest first."""
    columns = columns_of(HISTORY, ("state", "at", "cause"))
    rows = connection.execute(select(*columns).where(HISTORY.c.certificate == certificate).order_by(HISTORY.c.number))
    return [Step(state, moment(at), cause) for state, at, cause in rows]


def _move(connection: Connection, changes: Iterable[tuple[Change, str]], stood: Stood, at: int) -> list[Row]:
    steps: list[Row] = []
    for change, cause in changes:
        state, number = stood.get(change.certificate, ("", 0))
        if state in change.before:
            if change.silent:
                continue
            stood[change.certificate] = change.state, number + 1
            steps.append((change.certificate, number + 1, change.state, at, cause))
        elif change.firm:
            raise Outpaced
    moved = sorted({certificate for certificate, *_ in steps})
    put(connection, _MOVE, [(stood[id][0], at, stood[id][1], id) for id in moved])
    return steps


def _carried(connection: Connection, closed: Sequence[str]) -> dict[str, str]:
    """The messages among these that carry a certificate, by the certificate's id."""
    found: dict[str, str] = {}
    for start in range(0, len(closed), AT_ONCE):
        wanted = OUTBOX.c.id.in_(closed[start : start + AT_ONCE]), OUTBOX.c.kind == Kind.CERTIFICATE.value
        rows = connection.execute(select(OUTBOX.c.certificate, OUTBOX.c.id).where(*wanted))
        found.update((certificate, message) for certificate, message in rows if certificate)
    return found


def _send(connection: Connection, carried: dict[str, str], stood: Stood, at: int) -> list[Row]:
    """What was only issued is sent; all at once, for nearly every message is one of these."""
    steps: list[Row] = [
        (id, number + 1, _SENT, at, carried[id])
        for id, (state, number) in stood.items()
        if id in carried and state in _UNSENT
    ]
    for start in range(0, len(steps), AT_ONCE):
        some = steps[start : start + AT_ONCE]
        connection.execute(_SEND.where(CERTIFICATES.c.id.in_([id for id, *_ in some])), {"moment": at})
        sent = OUTBOX.c.id.in_([message for *_, message in some])
        connection.execute(insert(HISTORY).from_select(COLUMNS, _SENT_BY.where(sent)), {"moment": at})
    return steps


def _lock(connection: Connection, ids: list[str]) -> Stood:
    """State and number of changes by id; locked in sorted order, so that nobody moves them meanwhile."""
    found: Stood = {}
    for start in range(0, len(ids), AT_ONCE):
        wanted = CERTIFICATES.c.id.in_(ids[start : start + AT_ONCE])
        chosen = select(*columns_of(CERTIFICATES, ("id", "state", "changes"))).where(wanted)
        for id, state, number in connection.execute(chosen.order_by(CERTIFICATES.c.id).with_for_update()):
            found[id] = state, number
    return found
