"""A process that dies at the worst moments: nothing is lost, and nothing is done twice."""

from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from post_office import PostOffice, acknowledge, kinds, record

from adapter.delivery import Delivery
from adapter.ledger import Question, ledger
from adapter.relay.broker import Broker, Parcel

NUMBERS = [f"K001-25-{number:07d}" for number in range(5)]


class Killed(BaseException):
    """The process is no more."""


class DyingBroker:
    """A broker whose taker dies when it is about to do this."""

    def __init__(self, broker: Broker, verb: str) -> None:
        self.broker, self.verb = broker, verb
        self.held: list[Delivery] = []

    def take(self, queues: Sequence[str], most: int, most_bytes: int, wait: float) -> list[Delivery]:
        self.held = self.broker.take(queues, most, most_bytes, wait)
        return self.held

    def acknowledge(self, deliveries: Iterable[Delivery]) -> None:
        self.die_at("acknowledge")
        self.broker.acknowledge(deliveries)

    def send(self, parcels: Sequence[Parcel]) -> None:
        self.die_at("send")
        self.broker.send(parcels)

    def receipts(self, wait: float) -> list[Any]:
        if self.verb == "receipts":  # they were on their way when it died
            return []
        return self.broker.receipts(wait)

    def die_at(self, verb: str) -> None:
        if self.verb == verb:
            raise Killed

    def __getattr__(self, name: str) -> Any:
        return getattr(self.broker, name)


def die(office: PostOffice, verb: str) -> None:
    """A relay starts, dies before this verb, and what it held goes back; another one takes its place."""
    for place, number in enumerate(NUMBERS):
        office.put("kcci", record(number), f"m-{place}")
    dying = DyingBroker(office.broker, verb)
    relay = office.open(dying)  # type: ignore[arg-type]
    if verb == "receipts":
        relay.step(0.5)
        office.broker.receipts(0.5)
    else:
        with pytest.raises(Killed):
            while True:
                relay.step(0.1)
    if verb == "acknowledge":
        office.broker.release(dying.held)
    office.relay = office.open(office.broker)


def numbers(deliveries: list[Delivery]) -> list[str]:
    return sorted(delivery.headers["number"] for delivery in deliveries)


def test_dying_between_commit_and_acknowledge_repeats_nothing(any_office: PostOffice) -> None:
    die(any_office, "acknowledge")
    done = any_office.work(at_least=len(NUMBERS))
    assert (done.repeated, done.accepted) == (len(NUMBERS), 0)
    any_office.clock.forward(minutes=1)
    any_office.work()
    assert numbers(any_office.take("ID")) == NUMBERS
    assert kinds(any_office.take("kcci")) == ["acknowledgement"] * len(NUMBERS)
    assert len(any_office.ledger.standings()) == len(NUMBERS)


def test_dying_before_the_hand_over_sends_everything_once_the_lease_ends(office: PostOffice) -> None:
    die(office, "send")
    office.work()
    assert office.take("ID") == []
    office.clock.forward(minutes=1)
    office.work()
    assert numbers(office.take("ID")) == NUMBERS


def test_dying_before_the_receipts_sends_the_same_ids_and_bytes_again(office: PostOffice) -> None:
    die(office, "receipts")
    first = {(sent.message_id, sent.body) for sent in office.take("ID")}
    office.clock.forward(minutes=1)
    office.work()
    assert {(sent.message_id, sent.body) for sent in office.take("ID")} == first
    assert office.ledger.queue(office.clock.now) == []


def test_dying_before_the_commit_leaves_the_window_in_its_queue(office: PostOffice, monkeypatch: Any) -> None:
    for place, number in enumerate(NUMBERS):
        office.put("kcci", record(number), f"m-{place}")

    def die_here(*_: Any) -> None:
        raise Killed

    dying = DyingBroker(office.broker, "nothing")
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr("adapter.ledger.ledger.write_window", die_here)
        office.open(dying).step(0.1)  # type: ignore[arg-type]
    assert office.ledger.standings() == []
    office.broker.release(dying.held)
    office.work()
    assert numbers(office.take("ID")) == NUMBERS


def test_dying_between_the_parts_of_a_window_leaves_the_later_ones_in_their_queue(
    office: PostOffice, monkeypatch: Any
) -> None:
    monkeypatch.setattr("adapter.relay.intake.TOGETHER", 2)
    for place, number in enumerate(NUMBERS):
        office.put("kcci", record(number), f"m-{place}")
    pages_of, parts = ledger.pages_of, []

    def die_at_the_last(*part: Any) -> Any:
        parts.append(part)
        if len(parts) == 3:
            raise Killed
        return pages_of(*part)

    dying = DyingBroker(office.broker, "nothing")
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(ledger, "pages_of", die_at_the_last)
        office.open(dying).step(0.1)  # type: ignore[arg-type]
    assert numbers(office.take("ID")) == NUMBERS[:2]
    assert len(office.ledger.standings()) == 4  # the ledger owns what could not be let go any more
    office.broker.release(dying.held)
    office.clock.forward(minutes=1)
    office.work()
    assert sorted(numbers(office.take("ID"))) == NUMBERS  # the first ones again: their receipts died with the process
    assert office.ledger.queue(office.clock.now) == []


def test_confirmations_are_closed_though_no_delivery_of_the_first_part_is_decided_with_it(
    office: PostOffice, monkeypatch: Any
) -> None:
    monkeypatch.setattr("adapter.relay.intake.TOGETHER", 1)
    office.put("kcci", record(NUMBERS[0]))
    assert office.relay.step(0.1).sent == 2
    (sent,) = office.take("ID")
    for place in range(2):  # what refers to earlier messages is decided last
        acknowledge(office, "ID", sent, f"a-{place}")
    assert office.relay.step(0.1).confirmed == 2
    assert office.ledger.queue(office.clock.now) == []
    assert office.states() == {NUMBERS[0]: "acknowledged"}


def test_a_window_is_in_the_ledger_wholly_or_not_at_all(office: PostOffice, monkeypatch: Any) -> None:
    office.put("kcci", record(NUMBERS[0]), "m-1")

    def die_here(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr("adapter.ledger.window.close", die_here)
        office.relay.step(0.1)
    assert office.ledger.standings() == []
    assert office.ledger.known(Question(keys=("K001250000000",))).certificates == {}
