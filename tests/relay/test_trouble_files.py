"""Ledger and queues in files: a disk that is full, a database that somebody else holds. Waited out, nothing lost."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from post_office import Clock, PostOffice
from structlog.testing import capture_logs
from trouble import Disk, Mend, assert_nothing_is_lost, numbers, put_records, run_until_quiet, waits

from adapter.ledger import Ledger
from adapter.ledger.engine import open_engine
from adapter.relay.embedded import Embedded

NUMBERS = numbers(200)
FULL = "disk full: make room where it keeps its files; it goes on by itself"


@pytest.fixture
def brisk(tmp_path: Path) -> Iterator[PostOffice]:
    """A post office whose broker goes by its clock, and whose ledger does not wait long for others."""
    clock = Clock()
    broker = Embedded(tmp_path / "broker.db", clock=lambda: clock.now.timestamp())
    with contextlib.closing(broker), contextlib.closing(ledger_of(tmp_path)) as ledger:
        yield PostOffice(broker, ledger, clock)


def ledger_of(tmp_path: Path) -> Ledger:
    return Ledger(open_engine(f"sqlite:///{tmp_path / 'ledger.db'}", busy=0.05))


def test_a_ledger_whose_disk_is_full_is_waited_for(brisk: PostOffice) -> None:
    put_records(brisk, NUMBERS)
    disk = Disk(brisk.ledger._engine)
    disk.fill()
    told = waits(run_until_quiet(brisk, Mend(disk.make_room)))
    assert {line["advice"] for line in told} == {FULL}
    assert all("ledger.db" in line["trouble"] and "full" in line["trouble"] for line in told)
    assert_nothing_is_lost(brisk, NUMBERS)


def test_queues_whose_disk_is_full_are_waited_for(brisk: PostOffice) -> None:
    put_records(brisk, NUMBERS)
    assert isinstance(brisk.broker, Embedded) and brisk.broker._connection
    brisk.broker._connection.execute("PRAGMA max_page_count = 1")
    with capture_logs() as told:
        brisk.work()
        brisk.broker._connection.execute(f"PRAGMA max_page_count = {Disk.MOST_PAGES}")
        brisk.clock.forward(hours=1)
        brisk.work()
    waiting = waits(told, "messages cannot be handed over; they wait in the ledger")
    assert {line["advice"] for line in waiting} == {FULL}
    assert all("broker.db" in line["trouble"] for line in waiting)
    assert told[-1]["event"] == "messages are handed over again"
    assert_nothing_is_lost(brisk, NUMBERS)


def test_a_ledger_that_another_program_holds_is_waited_for(brisk: PostOffice, tmp_path: Path) -> None:
    put_records(brisk, NUMBERS)
    other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    told = waits(run_until_quiet(brisk, Mend(other.rollback)))
    other.close()
    assert {line["advice"] for line in told} == {
        "another program holds it for writing: see which one, and let it end; it goes on by itself"
    }
    assert all("database is locked" in line["trouble"] for line in told)
    assert_nothing_is_lost(brisk, NUMBERS)
