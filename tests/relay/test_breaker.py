"""A destination that refuses again and again is left alone, asked with one message, and served again in order."""

import json
from datetime import timedelta

import pytest
from post_office import START, PostOffice, fixture, kinds, record
from test_dispatch import Moody, moody

from adapter.ledger import Position
from adapter.relay.breaker import FIRST_REST, TRIPS_AT, Breakers
from adapter.relay.broker import Outcome


def number(place: int) -> str:
    return f"K001-25-{place:07d}"


def positions(office: PostOffice, receiver: str = "ID") -> list[Position]:
    return [turn.position for turn in office.ledger.turns_of(receiver)]


@pytest.fixture
def refusing(office: PostOffice) -> Moody:
    """A broker whose queue of one partner refuses, after which the breaker is open."""
    broker = moody(office)
    broker.mood = Outcome.REFUSED
    for place in range(TRIPS_AT):
        office.put("kcci", record(number(place)), f"m-{place}")
    office.work()
    return broker


def test_a_destination_that_refuses_in_a_row_is_left_alone(office: PostOffice, refusing: Moody) -> None:
    assert positions(office) == [Position.OPEN]
    asked = refusing.asked
    office.put("kcci", record(number(50)), "m-50")
    office.clock.forward(seconds=10)
    office.work()
    assert refusing.asked == asked


def test_it_is_asked_with_one_message_when_it_has_rested(office: PostOffice, refusing: Moody) -> None:
    asked = refusing.asked
    office.clock.forward(seconds=FIRST_REST.total_seconds() + 1)
    office.work()
    assert refusing.asked == asked + 1
    assert positions(office) == [Position.OPEN, Position.PROBING, Position.OPEN]


def test_each_time_it_refuses_it_rests_longer(office: PostOffice, refusing: Moody) -> None:
    for _ in range(4):
        office.clock.forward(hours=1)
        office.work()
    rests = [turn.until - turn.at for turn in office.ledger.turns_of("ID") if turn.position is Position.OPEN]
    assert rests == sorted(rests) and rests[-1] == 16 * rests[0] == timedelta(minutes=8)


def test_the_first_message_that_it_takes_lets_the_others_go(office: PostOffice, refusing: Moody) -> None:
    refusing.mood = None
    office.clock.forward(hours=1)
    office.work()
    office.work()
    assert kinds(office.take("ID")) == ["certificate"] * TRIPS_AT
    assert positions(office) == [Position.OPEN, Position.PROBING, Position.CLOSED]


def test_what_was_on_its_way_before_and_arrives_late_does_not_end_the_rest() -> None:
    breakers = Breakers(lambda: 1.0)
    for _ in range(TRIPS_AT):
        breakers.failed("ID", "its queue is full", START)
    breakers.delivered("ID", START)
    assert [turn.position for turn in breakers.turns] == [Position.OPEN]
    assert breakers.holds("ID")


def test_a_connection_that_is_lost_says_nothing_of_a_destination(office: PostOffice) -> None:
    moody(office).mood = Outcome.LOST
    for place in range(2 * TRIPS_AT):
        office.put("kcci", record(number(place)), f"m-{place}")
    office.work()
    assert positions(office) == []


def test_a_relay_started_anew_knows_who_is_left_alone(office: PostOffice, refusing: Moody) -> None:
    asked = refusing.asked
    office.relay = office.open(refusing)  # type: ignore[arg-type]
    office.clock.forward(seconds=5)
    office.work()
    assert refusing.asked == asked


def test_others_are_served_meanwhile(office: PostOffice, refusing: Moody) -> None:
    office.put("kcci", fixture("kcci/certificate/kr-cn-1-item.json"), "m-cn")
    office.work()
    assert kinds(office.take("CN")) == ["certificate"]


def test_what_is_about_one_certificate_keeps_its_order_through_a_rest(office: PostOffice, refusing: Moody) -> None:
    cancellation = json.loads(fixture("kcci/cancellation/ik-cepa-replaced.json"))
    office.put("kcci", json.dumps(cancellation | {"certificateNo": number(0)}).encode(), "m-c")
    office.work()
    refusing.mood = None
    for _ in range(3):
        office.clock.forward(hours=1)
        office.work()
    about = [sent.headers["type"] for sent in office.take("ID") if sent.headers["number"] == number(0)]
    assert about == ["certificate", "cancellation"]
