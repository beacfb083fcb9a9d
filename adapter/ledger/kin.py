"""Certificates that hang together: an original, its copies, what replaces it, what draws on it back-to-back.

Whatever is decided on one hangs on which others there are. A certificate that names another may come first, by another
worker too: of two such that are written side by side, the later one must see the earlier.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection

from adapter.ledger.entries import Outcome, Outpaced, Standing
from adapter.ledger.lists import standing
from adapter.ledger.schema import CERTIFICATES
from adapter.ledger.statements import STANDING, rows_of

NAMING = ("earlier", "draws_on")
"""The columns in which a certificate names another."""
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
    found = {row.id for row in rows_of(connection, CERTIFICATES, ("id",), CERTIFICATES.c.earlier, alone)}
    hanging = [each.kin for each in outcomes if each.kin]
    if hanging:
        keys = {key for each in hanging for key in each.keys}
        found |= {row.id for row in _rows(connection, keys, ("id", "original"))}
    if found:
        own = {each.certificate.id for each in outcomes if each.certificate}
        if found - own.union(*(each.ids for each in hanging)):
            raise Outpaced


def _rows(connection: Connection, keys: Collection[str], names: tuple[str, ...]) -> list[Any]:
    found: dict[str, Any] = {}

    def add(column: str, values: Collection[str]) -> None:
        found.update((row.id, row) for row in rows_of(connection, CERTIFICATES, names, CERTIFICATES.c[column], values))

    for column in ("key", *NAMING):
        add(column, keys)
    first = {row.original or row.id for row in found.values()}
    add("id", first - found.keys())
    add("original", first)
    return list(found.values())
