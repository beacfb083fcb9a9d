"""How much there is of what an operator looks at, counted by the database."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, text

from adapter.ledger.dead import DIED
from adapter.ledger.schema import DELIVERIES, HOLDS

_SIZE = {
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
    "postgresql": "SELECT pg_database_size(current_database())",
}


@dataclass(frozen=True, slots=True)
class Counts:
    """Deliveries that are dead, by source, stage and code; that are held, by source; and bytes of it all."""

    dead: Mapping[tuple[str, str, str], int]
    held: Mapping[str, int]
    size: int


def count_all(connection: Connection) -> Counts:
    """What an index or a small table knows; no payload is loaded."""
    named = DELIVERIES.c.source, DELIVERIES.c.stage, DELIVERIES.c.code
    dead = select(*named, func.count()).where(DIED).group_by(*named)
    held = select(DELIVERIES.c.source, func.count()).join(HOLDS, HOLDS.c.delivery == DELIVERIES.c.id)
    return Counts(
        {(source, stage, code or ""): count for source, stage, code, count in connection.execute(dead)},
        {source: count for source, count in connection.execute(held.group_by(DELIVERIES.c.source))},
        int(connection.execute(text(_SIZE[connection.dialect.name])).scalar() or 0),
    )
