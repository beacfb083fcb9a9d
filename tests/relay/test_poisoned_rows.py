"""Rows that nobody of ours wrote so: whatever one of them says, the others' messages go on."""

import sqlite3
from pathlib import Path

import pytest
from post_office import PostOffice, kinds, record
from test_dispatch import moody

from adapter.relay.breaker import TRIPS_AT
from adapter.relay.broker import Outcome

POISON = {
    "a position that there is none of": "UPDATE turns SET state = 'ajar'",
    "a rest beyond the calendar": "UPDATE turns SET until = 9000000000000000000",
    "a turn before the calendar": "UPDATE turns SET at = -9000000000000000000",
    "a message beyond the calendar": "UPDATE outbox SET created_at = 9000000000000000000 WHERE closed_at IS NULL",
    "a message due beyond it": "UPDATE outbox SET next_attempt_at = 9000000000000000000 WHERE closed_at IS NULL",
    "a kind that there is none of": "UPDATE outbox SET kind = 'pamphlet' WHERE closed_at IS NULL",
    "a state that there is none of": "UPDATE certificates SET state = 'ajar'",
    "an error that is none": "UPDATE outbox SET first_error = x'ff00ff' WHERE closed_at IS NULL",
}


@pytest.mark.parametrize("statement", POISON.values(), ids=POISON)
def test_one_bad_row_keeps_nobody_else_waiting(office: PostOffice, tmp_path: Path, statement: str) -> None:
    broker = moody(office)
    broker.mood = Outcome.REFUSED
    for place in range(TRIPS_AT):
        office.put("kcci", record(f"K001-25-{place:07d}"), f"m-{place}")
    office.work()
    assert len(office.ledger.turns_of("ID")) == 1
    with sqlite3.connect(tmp_path / "ledger.db") as database:
        assert database.execute(statement).rowcount > 0
    database.close()
    broker.mood = None
    office.clock.forward(hours=2)
    office.put("kcci", record("K001-25-0000099", "kr-cn-1-item"), "m-99")
    office.work()
    assert kinds(office.take("CN")) == ["certificate"]
