"""What is done to a delivery or message later: looked at again, corrected, sent again; by whom, and why.

What a delivery died of is kept each time before it becomes another.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, literal, literal_column, null, select, update

from adapter.ledger.engine import moment, put
from adapter.ledger.entries import CORRECTED, DISMISSED, HELD, LIVING, SETTLED, Deed, Outcome, Outpaced
from adapter.ledger.many import put_new
from adapter.ledger.payload import packed
from adapter.ledger.schema import DEAD, DELIVERIES, INTERVENTIONS, OUTBOX
from adapter.ledger.statements import columns_of

COLUMNS = ("subject", "number", "what", "at", "by", "why", "stage", "code", "other", "message", "findings")
SAID = slice(0, 9)
"""What the journal is told of a row."""
AGAIN = "again"
"""What the relay does when what died comes again from its sender."""
ENDPOINT = "endpoint"
"""Where a message dies that its destination will never take."""
AT_ONCE = 500

InterventionRow = tuple[Any, ...]

_BARE = (DELIVERIES.c.body.is_(None) & DELIVERIES.c.dropped_at.is_(None)).label("bare")
_STOOD = select(*columns_of(DELIVERIES, ("stage", "code", "message", "findings")), _BARE).where(
    DELIVERIES.c.id == bindparam("this")
)
_LAST = select(func.coalesce(func.max(INTERVENTIONS.c.number), 0)).where(INTERVENTIONS.c.subject == bindparam("this"))
_CORRECT = (
    update(DELIVERIES)
    .values(stage=literal_column(f"'{CORRECTED}'"))
    .where(DELIVERIES.c.id == bindparam("this"))
)  # fmt: skip
_DISMISS = (
    update(DELIVERIES)
    .values(stage=literal_column(f"'{DISMISSED}'"))
    .where(DELIVERIES.c.id == bindparam("this"))
)  # fmt: skip
_KEEP = (
    update(DELIVERIES)
    .values(body=bindparam("new_body"), coding=bindparam("new_coding"))
    .where(DELIVERIES.c.id == bindparam("this"))
)
_OTHER = (
    select(INTERVENTIONS.c.other)
    .where(INTERVENTIONS.c.subject == bindparam("this"), INTERVENTIONS.c.other.is_not(None))
    .order_by(INTERVENTIONS.c.number.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Intervention:
    """One thing that was done to a delivery or message after it was written."""

    subject: str
    number: int
    what: str
    at: datetime
    by: str | None
    """Nobody where the relay did it by itself."""
    why: str | None
    stage: str | None
    code: str | None
    """What it had died of until then."""
    other: str | None
    """The delivery that was taken in in its place."""
    message: str | None = field(default=None, repr=False)


def look_again(connection: Connection, outcome: Outcome, at: int) -> list[InterventionRow]:
    """Keep what a delivery had died of; Outpaced where another worker was luckier and nothing is left to decide.

    Its bytes are kept too, where they were not: what was too large or unreadable then is not now.
    """
    entry = outcome.entry
    stood = connection.execute(_STOOD.with_for_update(), {"this": entry.id}).first()
    if stood is None or stood.stage in SETTLED:
        raise Outpaced
    if stood.bare and entry.body is not None:
        put(connection, _KEEP, [(*packed(entry.body), entry.id)])
    if stood.stage == HELD:
        return []
    return [_write(connection, entry.id, outcome.deed or Deed(AGAIN, ""), at, stood)]


def correct(connection: Connection, outcome: Outcome, at: int) -> list[InterventionRow]:
    """Another delivery was taken in in the place of a dead one; Outpaced where that is not dead any more."""
    assert outcome.deed and outcome.deed.corrects
    dead = outcome.deed.corrects
    stood = connection.execute(_STOOD.with_for_update(), {"this": dead}).first()
    if stood is None or stood.stage in LIVING:
        raise Outpaced
    put(connection, _CORRECT, [(dead,)])
    return [_write(connection, dead, outcome.deed, at, stood, outcome.entry.id)]


def dismiss(connection: Connection, ids: Iterable[str], deed: Deed, at: int) -> list[InterventionRow]:
    """Those of these that are dead are seen to: what they died of is kept with the reason."""
    rows = []
    for id in sorted(set(ids)):
        stood = connection.execute(_STOOD.with_for_update(), {"this": id}).first()
        if stood and stood.stage not in (*LIVING, DISMISSED):
            put(connection, _DISMISS, [(id,)])
            rows.append(_write(connection, id, deed, at, stood))
    return rows


def died_of(connection: Connection, messages: Iterable[str]) -> dict[str, Any]:
    """What those of these messages had died of that were dead, by id."""
    columns = (OUTBOX.c.id, literal(ENDPOINT).label("stage"), OUTBOX.c.code, OUTBOX.c.first_error.label("message"))
    chosen = select(*columns, null().label("findings")).where(OUTBOX.c.id.in_(sorted(messages)), DEAD)
    return {row.id: row for row in connection.execute(chosen)}


def note(
    connection: Connection, subjects: Mapping[str, Any], deed: Deed | None, at: int
) -> list[InterventionRow]:  # fmt: skip
    """What was done to messages, each with what it had died of."""
    return [_write(connection, id, deed, at, stood) for id, stood in sorted(subjects.items())] if deed else []


def settled_by(connection: Connection, delivery: str) -> str:
    """The delivery that stands in the place of this one in the end: itself, unless it was corrected."""
    while other := connection.execute(_OTHER, {"this": delivery}).scalar():
        delivery = other
    return delivery


def read_interventions(connection: Connection, subjects: Sequence[str]) -> list[Intervention]:
    """What was done to these deliveries and messages, oldest first."""
    found: list[Intervention] = []
    columns, wanted = columns_of(INTERVENTIONS, COLUMNS[:10]), sorted(set(subjects))
    for start in range(0, len(wanted), AT_ONCE):
        chosen = select(*columns).where(INTERVENTIONS.c.subject.in_(wanted[start : start + AT_ONCE]))
        found += [_intervention(row) for row in connection.execute(chosen)]
    return sorted(found, key=lambda each: (each.at, each.subject, each.number))


def _intervention(row: Any) -> Intervention:
    values: dict[str, Any] = dict(row._mapping)
    return Intervention(**values | {"at": moment(row.at)})


def _write(
    connection: Connection, subject: str, deed: Deed, at: int, stood: Any = None, other: str | None = None
) -> InterventionRow:
    """One row; Outpaced where another worker wrote that number."""
    number = connection.execute(_LAST, {"this": subject}).scalar_one() + 1
    died = (stood.stage, stood.code) if stood else (None, None)
    said = (stood.message, stood.findings) if stood else (None, None)
    row = (subject, number, deed.what, at, deed.by or None, deed.why, *died, other, *said)
    if put_new(connection, INTERVENTIONS, COLUMNS, [row]) != 1:
        raise Outpaced
    return row[SAID]
