"""What a database's error means for whoever runs it: SQLite by its result code, PostgreSQL by its SQLSTATE."""

import sqlite3
from collections.abc import Mapping

from adapter.findings import Trouble

SQLITE: Mapping[int, Trouble] = {
    sqlite3.SQLITE_FULL: Trouble.FULL,
    sqlite3.SQLITE_IOERR: Trouble.FAILING,
    sqlite3.SQLITE_BUSY: Trouble.LOCKED,
    sqlite3.SQLITE_LOCKED: Trouble.LOCKED,
    sqlite3.SQLITE_READONLY: Trouble.FORBIDDEN,
    sqlite3.SQLITE_PERM: Trouble.FORBIDDEN,
    sqlite3.SQLITE_CANTOPEN: Trouble.FORBIDDEN,
}
DENIALS = (
    "authentication failed",
    "no password supplied",
    "no pg_hba.conf entry",
    "does not exist",
    "permission denied",
)
READ_ONLY = "25006"
"""SQLSTATE of a server that is a mere copy since it, or another, failed over."""
POSTGRESQL: Mapping[str, Trouble] = {
    "28P01": Trouble.DENIED,
    "28000": Trouble.DENIED,
    "3D000": Trouble.DENIED,
    "53100": Trouble.FULL,
    "58030": Trouble.FAILING,
    "55P03": Trouble.LOCKED,
    READ_ONLY: Trouble.FORBIDDEN,
    "53000": Trouble.CROWDED,
    "53200": Trouble.CROWDED,
    "53300": Trouble.CROWDED,
}


def trouble_of(error: object) -> Trouble:
    """What is wrong with the database that raised this; whatever is not known here is a database that is away."""
    primary = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the higher bits say more about the same
    known = SQLITE.get(primary) or POSTGRESQL.get(getattr(error, "sqlstate", None) or "")
    return known or (Trouble.DENIED if _lets_nobody_in(str(error)) else Trouble.AWAY)


def _lets_nobody_in(said: str) -> bool:
    """Whether that is what a server says before there is a connection, and so without a SQLSTATE."""
    return any(word in said for word in DENIALS)
