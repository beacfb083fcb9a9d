"""What died, by what it died of and whose it is; a list never loads a payload."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, func, select

from adapter.ledger.engine import moment
from adapter.ledger.entries import DISMISSED, DONE, LIVING
from adapter.ledger.payload import unpacked
from adapter.ledger.schema import DEAD, DELIVERIES, OUTBOX
from adapter.ledger.shown import Dead
from adapter.ledger.statements import columns_of

COLUMNS = (
    "id", "source", "message_id", "kind", "agreement", "number", "partner", "stage", "code", "message", "digest",
    "size", "received_at", "dropped_at",
)  # fmt: skip
_whose = func.coalesce(DELIVERIES.c.partner, DELIVERIES.c.source)
"""The partner that it concerns, as far as that is known, else the system that it came from."""
_SEEN_TO = (*(each for each in LIVING if each != DONE), DISMISSED)
DIED = and_(DELIVERIES.c.stage != DONE, *(DELIVERIES.c.stage != each for each in _SEEN_TO))
"""What is dead: not done, held or corrected, nor dismissed since."""


@dataclass(frozen=True, slots=True)
class DeadGroup:
    """What died of one code and belongs to one system."""

    code: str
    system: str
    count: int
    first: datetime
    last: datetime


def group_dead(connection: Connection) -> list[DeadGroup]:
    """How many died of what, the largest groups first."""
    time = DELIVERIES.c.received_at
    counted = select(DELIVERIES.c.code, _whose, func.count(), func.min(time), func.max(time)).where(DIED)
    found = [
        DeadGroup(code or "", system, count, moment(first), moment(last))
        for code, system, count, first, last in connection.execute(counted.group_by(DELIVERIES.c.code, _whose))
    ]
    return sorted(found, key=lambda each: (-each.count, each.code, each.system))


def group_dead_messages(connection: Connection) -> list[DeadGroup]:
    """How many messages their destinations will never take, by code and receiver."""
    columns = OUTBOX.c
    counted = (func.count(), func.min(columns.died_at), func.max(columns.died_at))
    rows = connection.execute(
        select(columns.code, columns.receiver, *counted).where(DEAD).group_by(columns.code, columns.receiver)
    )
    found = [DeadGroup(code or "", who, count, moment(first), moment(last)) for code, who, count, first, last in rows]
    return sorted(found, key=lambda each: (-each.count, each.code, each.system))


def dead_newest(limit: int, code: str | None = None, system: str | None = None) -> Select[*tuple[Any, ...]]:
    """What died last, of one code and one system if they are named."""
    order = (DELIVERIES.c.received_at.desc(), DELIVERIES.c.id.desc())
    return select(*columns_of(DELIVERIES, COLUMNS)).where(DIED, *_only(code, system)).order_by(*order).limit(limit)


def list_dead(connection: Connection, limit: int, code: str | None, system: str | None) -> list[Dead]:
    """The deliveries that died last, newest first, without their bytes."""
    return [_dead(row) for row in connection.execute(dead_newest(limit, code, system)).mappings()]


def dead_ids(connection: Connection, code: str, system: str) -> list[str]:
    """All that died of this code and belong to this system, oldest first."""
    order = (DELIVERIES.c.received_at, DELIVERIES.c.id)
    return list(
        connection.execute(select(DELIVERIES.c.id).where(DIED, *_only(code, system)).order_by(*order)).scalars()
    )


def dead_message_ids(connection: Connection, code: str, receiver: str) -> list[str]:
    """All messages that died of this code and were for this receiver, in the order of their sending."""
    group = DEAD, OUTBOX.c.code == code, OUTBOX.c.receiver == receiver
    return list(connection.execute(select(OUTBOX.c.id).where(*group).order_by(OUTBOX.c.place)).scalars())


def one_dead(connection: Connection, id: str) -> Dead | None:
    """One that died, or in whose place another was taken in, with its findings and its bytes."""
    chosen = select(*columns_of(DELIVERIES, (*COLUMNS, "findings", "coding", "body"))).where(DELIVERIES.c.id == id)
    row = connection.execute(chosen).mappings().first()
    return _dead(row) if row and row["code"] else None


def stages(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """The stage of each of these deliveries that are there."""
    chosen = select(DELIVERIES.c.id, DELIVERIES.c.stage).where(DELIVERIES.c.id.in_(ids))
    return {id: stage for id, stage in connection.execute(chosen)}


def _only(code: str | None, system: str | None) -> list[ColumnElement[bool]]:
    return [*([DELIVERIES.c.code == code] if code else []), *([_whose == system] if system else [])]


def _dead(row: RowMapping) -> Dead:
    values: dict[str, Any] = dict(row)
    findings = tuple(json.loads(values.pop("findings", None) or "[]"))
    coding, body = values.pop("coding", None), values.pop("body", None)
    values |= {"received_at": moment(values["received_at"]), "findings": findings, "code": values["code"] or ""}
    values |= {"dropped_at": values["dropped_at"] and moment(values["dropped_at"])}
    return Dead(**values | {"message": values["message"] or ""}, body=None if body is None else unpacked(coding, body))
