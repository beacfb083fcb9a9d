"""Laying the dead down, whatever the broker does meanwhile."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from post_office import PostOffice, kinds, record

from adapter.delivery import Delivery
from adapter.findings import Unavailable
from adapter.ledger import Ledger, Outpaced, ledger
from adapter.relay.broker import Broker, Outcome, Parcel, Receipt
from adapter.relay.embedded import Embedded
from adapter.relay.intake import RACES, Intake
from adapter.relay.names import DEAD, inbox
from adapter.schema import Limits

NUMBER = "K001-25-0000001"
LARGE = b"{" + b" " * 10_000
SMALL = Limits(size=10_000)


class Undertaker:
    """A broker that takes nothing for the dead, or that cannot acknowledge while parcels lie there."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.full = self.away = self.gone = False
        self.tries = self.waits = 0
        self.refused: list[Receipt] = []

    def send(self, parcels: Sequence[Parcel]) -> None:
        if self.gone and any(parcel.queue == DEAD for parcel in parcels):
            self.waits += 1
            raise Unavailable("nobody answers")
        self.tries += sum(parcel.queue == DEAD for parcel in parcels)
        if self.full:
            self.refused += [Receipt(each.message_id, DEAD, Outcome.REFUSED) for each in parcels if each.queue == DEAD]
            parcels = [each for each in parcels if each.queue != DEAD]
        self.broker.send(parcels)

    def receipts(self, wait: float) -> list[Receipt]:
        refused, self.refused = self.refused, []
        return [*refused, *sorted(self.broker.receipts(wait), key=lambda each: each.queue != DEAD)]

    def acknowledge(self, deliveries: Iterable[Delivery]) -> None:
        held = list(deliveries)
        if self.away and any(len(each.body) == 0 for each in held):
            raise Unavailable("nobody answers")
        self.broker.acknowledge(held)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.broker, name)


def buried_by(office: PostOffice) -> tuple[PostOffice, Undertaker]:
    broker = Undertaker(office.broker)
    return PostOffice(broker, office.ledger, office.clock, limits=SMALL), broker  # type: ignore[arg-type]


def test_a_grave_that_cannot_be_closed_strands_no_message(tmp_path: Path) -> None:
    now = [1_000.0]
    embedded = Embedded(tmp_path / "broker.db", clock=lambda: now[0])
    office, broker = buried_by(PostOffice(embedded, Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}")))
    broker.away = True
    office.put("kcci", LARGE, "m-1")
    office.put("kcci", record(NUMBER), "m-2")
    office.work()
    assert kinds(office.take("ID")) == ["certificate"]
    assert [each for each in office.ledger.queue(office.clock.now) if each.receiver == "ID"] == []
    broker.away = False
    now[0] += 61  # the broker's lease on the corpse has ended
    office.work()
    now[0] += 61
    assert embedded.depths([inbox("kcci")]) == {inbox("kcci"): 0}
    embedded.close()
    office.ledger.close()


def test_a_grave_that_the_broker_refuses_is_tried_again_after_a_while(office: PostOffice) -> None:
    office, broker = buried_by(office)
    broker.full = True
    office.put("kcci", LARGE, "m-1")
    office.work()
    assert (broker.tries, office.take_queue(DEAD)) == (1, [])
    office.clock.forward(seconds=1)
    office.work()
    assert broker.tries == 2
    broker.full = False
    office.clock.forward(minutes=15)
    office.work()
    assert [buried.body for buried in office.take_queue(DEAD)] == [LARGE]
    assert len(office.ledger.dead()) == 1


def test_for_many_graves_the_broker_is_waited_for_once(office: PostOffice) -> None:
    office, broker = buried_by(office)
    broker.gone = True
    for place in range(5):
        office.put("kcci", LARGE + b" " * place, f"m-{place}")
    office.relay.step(0.05)
    assert broker.waits == 1
    office.clock.forward(minutes=1)
    office.relay.step()
    assert broker.waits == 2
    broker.gone = False
    office.clock.forward(minutes=15)
    office.work()
    assert len(office.take_queue(DEAD)) == 5


def test_the_same_corpse_twice_is_laid_down_once_and_acknowledged_twice(office: PostOffice) -> None:
    office, broker = buried_by(office)
    for _ in range(2):
        office.put("kcci", LARGE, "m-1")
    office.work()
    assert len(office.take_queue(DEAD)) == 1
    assert office.broker.depths([inbox("kcci")]) == {inbox("kcci"): 0}
    assert broker.tries == 1


def test_a_relay_that_waited_for_its_broker_makes_its_queues_again(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared: list[list[str]] = []
    take = office.broker.take

    def once_away(*asked: Any) -> list[Delivery]:
        monkeypatch.setattr(office.broker, "take", take)
        raise Unavailable("there is no queue; declare it")

    monkeypatch.setattr(office.broker, "declare", lambda names: declared.append(list(names)) or [])
    monkeypatch.setattr(office.broker, "take", once_away)
    relay = PostOffice(office.broker, office.ledger, pause=lambda seconds: None).relay
    declared.clear()
    steps: list[object] = []
    relay.run(until=lambda: bool(steps), on_step=steps.append)
    assert len(declared) == 1


def test_a_clock_that_is_put_back_keeps_nothing_waiting(office: PostOffice) -> None:
    dispatch, asked = office.relay._dispatch, []
    lease = office.ledger.lease_due
    office.ledger.lease_due = lambda at, *rest: asked.append(at) or lease(at, *rest)  # type: ignore[method-assign, func-returns-value]
    dispatch.send_due(office.clock.now, hurry=True)
    dispatch.send_due(office.clock.now, hurry=True)
    office.clock.forward(hours=-6)
    dispatch.send_due(office.clock.now, hurry=True)
    assert len(asked) == 2


def test_the_last_of_many_races_tells_what_was_written(office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    write, races = ledger.write_window, []

    def outpaced(*written: Any) -> None:
        races.append(written)
        if len(races) <= RACES:
            raise Outpaced
        write(*written)

    monkeypatch.setattr(ledger, "write_window", outpaced)
    intake: Intake = office.relay._intake
    [(taken,)] = intake.take_in([Delivery(record(NUMBER), inbox("kcci"), "m-1")], [], office.clock.now)
    assert [post.direct for post in taken.outcome.posts] == [False, False]
    assert races[-1][1] == [taken.outcome]
