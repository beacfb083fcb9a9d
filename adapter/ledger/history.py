"""The states of certificates: each change is kept with its cause, in the transaction that makes it."""

from collections.abc import Iterable, Sequence
from operator import itemgetter

from sqlalchemy import BigInteger, Connection, bindparam, insert, literal, literal_column, select, update

from adapter.ledger.engine import moment, put
from adapter.ledger.entries import Change, Outcome, Outpaced, Step
from adapter.ledger.many import among, put_new
from adapter.ledger.schema import CERTIFICATES, HISTORY, OUTBOX
from adapter.ledger.statements import columns_of
from adapter.messages import Kind
from adapter.states import Event, State, before

COLUMNS = ("certificate", "number", "state", "at", "cause")
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
CARRIED = select(OUTBOX.c.certificate, OUTBOX.c.id).where(
    among(OUTBOX.c.id, "these"), OUTBOX.c.kind == Kind.CERTIFICATE.value
)
STOOD = (
    select(*columns_of(CERTIFICATES, ("id", "state", "changes")))
    .where(among(CERTIFICATES.c.id, "these"))
    .order_by(CERTIFICATES.c.id)
    .with_for_update()
)
SEND = (
    update(CERTIFICATES)
    .values(state=_SENT, changed_at=_NOW, changes=CERTIFICATES.c.changes + literal_column("1"))
    .where(among(CERTIFICATES.c.id, "these"))
)
SENT_BY = insert(HISTORY).from_select(
    COLUMNS,
    select(CERTIFICATES.c.id, CERTIFICATES.c.changes, literal(_SENT), _NOW, OUTBOX.c.id)
    .join_from(OUTBOX, CERTIFICATES, CERTIFICATES.c.id == OUTBOX.c.certificate)
    .where(among(OUTBOX.c.id, "these")),
)
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
        put_new(connection, HISTORY, COLUMNS, sorted(steps + moved, key=_BY_PLACE))
        return [*steps, *moved, *_send(connection, carried, stood, at)]
    put_new(connection, HISTORY, COLUMNS, sorted(steps, key=_BY_PLACE))
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
    rows = connection.execute(CARRIED, {"these": closed}) if closed else ()
    return {certificate: message for certificate, message in rows if certificate}


def _send(connection: Connection, carried: dict[str, str], stood: Stood, at: int) -> list[Row]:
    """What was only issued is sent; all at once, for nearly every message is one of these."""
    steps: list[Row] = [
        (id, number + 1, _SENT, at, carried[id])
        for id, (state, number) in stood.items()
        if id in carried and state in _UNSENT
    ]
    if steps:
        connection.execute(SEND, {"moment": at, "these": [id for id, *_ in steps]})
        connection.execute(SENT_BY, {"moment": at, "these": [message for *_, message in steps]})
    return steps


def _lock(connection: Connection, ids: list[str]) -> Stood:
    """State and number of changes by id; locked in sorted order, so that nobody moves them meanwhile."""
    return {id: (state, number) for id, state, number in connection.execute(STOOD, {"these": ids})}
