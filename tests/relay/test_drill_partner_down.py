"""A partner is down for three days on the clock while 10 000 messages for it pile up; then it takes them all."""

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from outage import LASTS, STEP, STEPS, number
from post_office import START

from adapter.ledger import Ledger, Position, Turn
from adapter.ledger.engine import reading
from adapter.ledger.schema import OUTBOX
from adapter.relay.backoff import LONGEST
from adapter.relay.breaker import FIRST_REST, TRIPS_AT

FEW, MANY = 1_000, 10_000
LATE = 300
"""Seconds after which an outage that is not played to its end is given up."""
TESTS = Path(__file__).parent


@dataclass(frozen=True)
class Played:
    """What an outage left behind, and what its process told in the end."""

    folder: Path
    peak: int
    asked: int

    def taken(self) -> list[list[str]]:
        """Number, kind and id of each message that the partner took, in order."""
        return [line.split() for line in (self.folder / "taken").read_text().splitlines()]

    def turns(self) -> list[Turn]:
        with closing(Ledger.open(self.url)) as ledger:
            return ledger.turns_of("ID")

    def sent(self) -> list[str]:
        """Ids of the messages that the ledger has for the partner; each is closed."""
        with closing(Ledger.open(self.url)) as ledger, reading(ledger._engine) as connection:
            chosen = connection.execute(OUTBOX.select().where(OUTBOX.c.receiver == "ID")).all()
        assert all(row.closed_at for row in chosen)
        return [row.id for row in chosen]

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder / 'ledger.db'}"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Played]]:
    """Both outages, each in a process of its own, side by side."""
    folders = {count: tmp_path_factory.mktemp(f"outage-{count}") for count in (FEW, MANY)}
    running = {count: start(folder, count) for count, folder in folders.items()}
    try:
        yield {count: Played(folders[count], **told(process)) for count, process in running.items()}
    finally:
        for process in running.values():
            process.kill()
            process.wait()


def start(folder: Path, count: int) -> "subprocess.Popen[str]":
    command = [sys.executable, str(TESTS / "outage.py"), str(folder), str(count)]
    place = os.environ | {"PYTHONPATH": f"{TESTS}:{TESTS.parent}"}
    return subprocess.Popen(command, env=place, stdout=subprocess.PIPE, text=True)


def told(process: "subprocess.Popen[str]") -> dict[str, int]:
    said, _ = process.communicate(timeout=LATE)
    assert process.returncode == 0
    peak: dict[str, int] = json.loads(said.splitlines()[-1])
    return peak


def test_every_message_is_delivered_once(played: dict[int, Played]) -> None:
    ids = [id for _, _, id in played[MANY].taken()]
    assert len(ids) == MANY
    assert sorted(ids) == sorted(played[MANY].sent())


def test_what_is_about_one_certificate_comes_in_order(played: dict[int, Played]) -> None:
    about = defaultdict(list)
    for certificate, kind, _ in played[MANY].taken():
        about[certificate].append(kind)
    assert dict(about) == {number(place): ["certificate", "cancellation"] for place in range(MANY // 2)}


def test_the_partner_is_asked_with_one_message_each_time_it_has_rested(played: dict[int, Played]) -> None:
    asking = [Position.PROBING, Position.OPEN]
    history = [turn.position for turn in played[MANY].turns()]
    assert history == [Position.OPEN, *asking * STEPS, Position.PROBING, Position.CLOSED]
    assert played[MANY].asked == TRIPS_AT + STEPS


def test_it_rests_twice_as_long_each_time_up_to_the_longest(played: dict[int, Played]) -> None:
    opened = [turn for turn in played[MANY].turns() if turn.position is Position.OPEN]
    grown = [min(LONGEST, FIRST_REST * 2 ** min(trips, 20)) for trips in range(STEPS + 1)]
    assert [turn.until - turn.at for turn in opened] == grown
    assert [turn.trips for turn in opened] == list(range(1, STEPS + 2))


def test_it_was_down_for_three_days_and_served_at_the_next_question(played: dict[int, Played]) -> None:
    first, last = played[MANY].turns()[0], played[MANY].turns()[-1]
    assert first.at == START
    assert last.at - first.at == LASTS + STEP > timedelta(days=3)


def test_ten_times_as_many_that_wait_take_no_more_memory(played: dict[int, Played]) -> None:
    assert played[MANY].peak <= 1.2 * played[FEW].peak
