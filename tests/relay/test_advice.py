"""For every trouble there is something that an operator may do, and the log says it."""

import sqlite3

import psycopg
import pytest

from adapter.findings import Trouble, Unavailable
from adapter.ledger.trouble import trouble_of
from adapter.relay.advice import ADVICE, advise


def test_every_trouble_has_its_advice() -> None:
    assert set(ADVICE) == set(Trouble)
    assert len(set(ADVICE.values())) == len(Trouble)


def test_a_line_says_what_is_wrong_where_and_what_to_do() -> None:
    assert advise(Unavailable("ledger at sqlite:///x.db: database or disk is full", Trouble.FULL)) == {
        "trouble": "ledger at sqlite:///x.db: database or disk is full",
        "advice": "disk full: make room where it keeps its files; it goes on by itself",
    }


def test_what_nothing_is_known_of_is_away() -> None:
    assert Unavailable("nobody answers").trouble is Trouble.AWAY
    assert trouble_of(psycopg.OperationalError("connection refused")) is Trouble.AWAY


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (psycopg.errors.DiskFull, Trouble.FULL),
        (psycopg.errors.IoError, Trouble.FAILING),
        (psycopg.errors.LockNotAvailable, Trouble.LOCKED),
        (psycopg.errors.ReadOnlySqlTransaction, Trouble.FORBIDDEN),
        (psycopg.errors.TooManyConnections, Trouble.CROWDED),
        (psycopg.errors.OutOfMemory, Trouble.CROWDED),
        (psycopg.errors.AdminShutdown, Trouble.AWAY),
    ],
)
def test_postgresql_says_by_its_sqlstate_what_is_wrong(error: type[psycopg.Error], trouble: Trouble) -> None:
    assert trouble_of(error()) is trouble


def test_sqlite_says_by_its_result_code_what_is_wrong() -> None:
    database = sqlite3.connect(":memory:")
    database.execute("PRAGMA max_page_count = 2")
    with pytest.raises(sqlite3.OperationalError) as full:
        database.executescript("CREATE TABLE a (b); CREATE TABLE c (d);")
    assert trouble_of(full.value) is Trouble.FULL
    database.execute("PRAGMA query_only = ON")
    with pytest.raises(sqlite3.OperationalError) as read_only:
        database.execute("CREATE TABLE e (f)")
    assert trouble_of(read_only.value) is Trouble.FORBIDDEN
    database.close()
