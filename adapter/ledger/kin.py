"""Certificates that hang together: an original, its copies, what replaces it, what draws on it back-to-back.

Whatever is decided on one hangs on which others there are. A certificate that names another may come first, by another
worker too: of two such that are written side by side, the later one must see the earlier.
"""

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection

from adapter.ledger.entries import Outcome, Outpaced, Standing
from adapter.ledger.lists import standing
from adapter.ledger.schema import CERTIFICATES
from adapter.ledger.statements import AT_ONCE, STANDING, rows_of

_LOCK = "SELECT pg_advisory_xact_lock{}(20862)"


def find_kin(connection: Connection, keys: Collection[str]) -> list[Standing]:
    """Every version of the certificates that bear or name these match keys, and all that are one with them, by age."""
    return sorted(map(standing, _rows(connection, keys, STANDING)), key=lambda each: (str(each.received_at), each.id))


def keep_apart(connection: Connection, outcomes: Iterable[Outcome]) -> None:
    """Before anything is written: what names an earlier certificate waits for all that is being taken in, and back.

    SQLite lets only one write at a time anyway.
    """
    taken = [each.certificate for each in outcomes if each.certificate]
    if taken and connection.dialect.name == "postgresql":
        names_one = any(each.earlier is not None for each in taken)
        connection.exec_driver_sql(_LOCK.format("" if names_one else "_shared"))


def require_known(connection: Connection, outcomes: Sequence[Outcome]) -> None:
    """Outpaced where there are kin that were not known when this was decided; one look for all that hang on none."""
    alone = [each.certificate.key for each in outcomes if each.certificate and not each.kin]
    found = {
        id for place in range(0, len(alone), AT_ONCE) for id in _naming(connection, alone[place : place + AT_ONCE])
    }
    hanging = [each.kin for each in outcomes if each.kin]
    if hanging:
        keys = {key for each in hanging for key in each.keys}
        found |= {row.id for row in _rows(connection, keys, ("id", "original"))}
    if found:
        own = {each.certificate.id for each in outcomes if each.certificate}
        if found - own.union(*(each.ids for each in hanging)):
            raise Outpaced


def _naming(connection: Connection, keys: Sequence[str]) -> Iterable[str]:
    """Ids of what copies or replaces what bears these keys; plain values, for every window is asked this."""
    return connection.exec_driver_sql(_sql(connection.dialect.name, len(keys)), tuple(keys)).scalars()


@cache
def _sql(dialect: str, count: int) -> str:
    marks = ", ".join(["?" if dialect == "sqlite" else "%s"] * count)
    return f"SELECT id FROM certificates WHERE earlier IN ({marks})"


def _rows(connection: Connection, keys: Collection[str], names: tuple[str, ...]) -> list[Any]:
    columns, found = CERTIFICATES.c, dict[str, Any]()
    if not keys:
        return []

    def add(column: Any, values: Collection[str]) -> None:
        found.update((row.id, row) for row in rows_of(connection, CERTIFICATES, names, column, values))

    for column in (columns.key, columns.earlier, columns.draws_on):
        add(column, keys)
    first = {row.original or row.id for row in found.values()}
    add(columns.id, first - found.keys())
    add(columns.original, first)
    return list(found.values())
