"""The states of certificates: each change is kept with its cause, in the transaction that makes it."""

from collections.abc import Iterable, Sequence
from operator import itemgetter

from sqlalchemy import Connection, bindparam, select, update

from adapter.ledger.engine import moment, put
from adapter.ledger.entries import Change, Outcome, Step
from adapter.ledger.schema import CERTIFICATES, HISTORY
from adapter.ledger.statements import columns_of, put_new

COLUMNS = ("certificate", "number", "state", "at", "cause")
AT_ONCE = 500
"""How many certificates one question may name."""

Row = tuple[str, int, str, int, str]
"""A step as it is written: certificate, number, state, at, cause."""

_MOVE = (
    update(CERTIFICATES)
    .values(state=bindparam("next"), changed_at=bindparam("at"), changes=bindparam("number"))
    .where(CERTIFICATES.c.id == bindparam("this"))
)
_BY_PLACE = itemgetter(0, 1)


def write_steps(connection: Connection, outcomes: Sequence[Outcome], at: int) -> list[Row]:
    """The first state of each new certificate, then every change that is taken from a state before it."""
    steps: list[Row] = [
        (each.certificate.id, 1, each.certificate.state, at, each.entry.id) for each in outcomes if each.certificate
    ]
    if changes := [(change, each.entry.id) for each in outcomes for change in each.changes]:
        steps += _move(connection, changes, at)
    put(connection, put_new(HISTORY, COLUMNS, connection.dialect.name), sorted(steps, key=_BY_PLACE))
    return steps


def read_steps(connection: Connection, certificate: str) -> list[Step]:
    """The certificate's states, oldest first."""
    columns = columns_of(HISTORY, ("state", "at", "cause"))
    rows = connection.execute(select(*columns).where(HISTORY.c.certificate == certificate).order_by(HISTORY.c.number))
    return [Step(state, moment(at), cause) for state, at, cause in rows]


def _move(connection: Connection, changes: Iterable[tuple[Change, str]], at: int) -> list[Row]:
    changes = list(changes)
    standing = _lock(connection, sorted({change.certificate for change, _ in changes}))
    steps: list[Row] = []
    for change, cause in changes:
        state, number = standing.get(change.certificate, ("", 0))
        if state in change.before:
            standing[change.certificate] = change.state, number + 1
            steps.append((change.certificate, number + 1, change.state, at, cause))
    moved = sorted({certificate for certificate, *_ in steps})
    put(connection, _MOVE, [(standing[id][0], at, standing[id][1], id) for id in moved])
    return steps


def _lock(connection: Connection, ids: list[str]) -> dict[str, tuple[str, int]]:
    """State and number of changes by id; locked in sorted order, so that nobody moves them meanwhile."""
    found: dict[str, tuple[str, int]] = {}
    for start in range(0, len(ids), AT_ONCE):
        wanted = CERTIFICATES.c.id.in_(ids[start : start + AT_ONCE])
        chosen = select(*columns_of(CERTIFICATES, ("id", "state", "changes"))).where(wanted)
        for id, state, number in connection.execute(chosen.order_by(CERTIFICATES.c.id).with_for_update()):
            found[id] = state, number
    return found
