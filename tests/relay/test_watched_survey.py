"""What is looked up in broker and ledger: deadlines, breakers, backlogs and what is held, on both databases."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from onlooker import numbers
from post_office import PostOffice, calendar, catalogue, fixture, record

from adapter.ledger import Ledger, Position, Turn
from adapter.relay.embedded import Embedded
from adapter.watch.exposition import Exposition
from adapter.watch.station import Alone, Station
from adapter.watch.survey import Survey
from adapter.watch.tally import Tally


@pytest.fixture
def office(tmp_path: Path, ledger_url: str) -> Iterator[PostOffice]:
    with closing(Embedded(tmp_path / "queues.db")) as broker, closing(Ledger.open(ledger_url)) as ledger:
        yield PostOffice(broker, ledger)


def page(office: PostOffice, url: str) -> str:
    """The numbers as they are now: a survey that has not looked yet."""
    survey = Survey(office.broker, url, catalogue(), calendar(), office.clock)
    with closing(survey):
        return Exposition(Station(Alone(Tally()), survey, "1")).page().decode()


def test_an_answer_that_is_owed_is_due_and_then_overdue(office: PostOffice, ledger_url: str) -> None:
    for nth in range(3):
        office.put("kcci", record(f"K001-25-000000{nth}"), f"m-{nth}")
    office.work()
    labels = "eodes_deadlines", "partner", "what", "status"
    assert numbers(page(office, ledger_url), *labels) == {("ID", "acknowledgement", "due"): 3}
    office.clock.forward(days=30)
    assert numbers(page(office, ledger_url), *labels) == {("ID", "acknowledgement", "overdue"): 3}


def test_a_destination_that_is_left_alone_shows_with_what_waits_for_it(office: PostOffice, ledger_url: str) -> None:
    at = office.clock.now
    turn = Turn("ID", 1, Position.OPEN, 1, at + timedelta(hours=1), at, "it refuses")
    office.ledger.settle([], [], at, [turn])
    office.relay._dispatch._breakers.learn({"ID": turn})
    office.put("kcci", record("K001-25-0000001"))
    office.relay.step(1.0)
    office.relay.settle()
    office.clock.forward(minutes=10)
    said = page(office, ledger_url)
    stands = numbers(said, "eodes_breaker", "receiver", "state")
    assert stands["ID", "open"] == stands["CN", "closed"] == 1
    assert not {("ID", "closed"), ("CN", "open")} & set(stands)
    assert numbers(said, "eodes_outbox_open", "receiver") == {("ID",): 1}
    assert numbers(said, "eodes_outbox_oldest_seconds", "receiver") == {("ID",): 600}
    assert 'eodes_outbox_open{receiver="CN"} 0.0' in said


def test_what_is_held_is_counted_and_no_dead(office: PostOffice, ledger_url: str) -> None:
    office.put("kcci", fixture("kcci/cancellation/ik-cepa-replaced.json"))
    office.work()
    said = page(office, ledger_url)
    assert numbers(said, "eodes_held", "source") == {("kcci",): 1}
    assert not numbers(said, "eodes_dead_now")


def test_a_ledger_has_a_size(office: PostOffice, ledger_url: str) -> None:
    (size,) = numbers(page(office, ledger_url), "eodes_ledger_bytes").values()
    assert size > 10_000


def test_a_ledger_that_is_not_there_yet_is_away_and_is_not_made(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    with closing(Embedded(tmp_path / "queues.db")) as broker:
        with closing(Survey(broker, url, catalogue(), calendar())) as survey:
            assert survey.books().trouble == "away"
        assert not (tmp_path / "ledger.db").exists()
        Ledger.open(url).close()
        with closing(Survey(broker, url, catalogue(), calendar())) as survey:
            assert survey.books().trouble is None
