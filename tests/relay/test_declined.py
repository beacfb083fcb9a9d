"""What a partner declines for good, and what is only not its turn yet."""

import json

from post_office import PostOffice, fixture, kinds, record
from structlog.testing import capture_logs
from test_breaker import number, positions
from test_dispatch import Moody, moody

from adapter.ledger import Position
from adapter.relay.breaker import TRIPS_AT
from adapter.relay.broker import Outcome, Receipt

NUMBER = "K001-25-0000001"


def cancellation(of: str) -> bytes:
    said = json.loads(fixture("kcci/cancellation/ik-cepa-replaced.json"))
    return json.dumps(said | {"certificateNo": of}).encode()


def declining(office: PostOffice) -> Moody:
    broker = moody(office)
    broker.mood = Outcome.DECLINED
    return broker


def test_what_is_declined_is_dead_and_never_tried_again_by_itself(office: PostOffice) -> None:
    broker = declining(office)
    office.put("kcci", record(NUMBER))
    with capture_logs() as logs:
        office.work()
    (dead,) = office.ledger.dead_messages()
    assert (dead.number, dead.code, dead.first_error) == (NUMBER, "END-01", "to.id: declined: so it is")
    told = [each for each in logs if each["event"] == "declined"]
    assert [(each["id"], each["receiver"], each["code"]) for each in told] == [(dead.id, "ID", "END-01")]
    asked = broker.asked
    office.clock.forward(days=3)
    office.work()
    assert broker.asked == asked


def test_a_declined_certificate_holds_back_its_cancellation_until_it_is_sent_after_all(office: PostOffice) -> None:
    broker = declining(office)
    office.put("kcci", record(NUMBER), "m-1")
    office.work()
    broker.mood = None
    office.put("kcci", cancellation(NUMBER), "m-2")
    office.work()
    assert office.take("ID") == []
    (dead,) = office.ledger.dead_messages()
    office.ledger.revive([dead.id], office.clock.now)
    office.clock.forward(seconds=1)
    office.work()
    assert kinds(office.take("ID")) == ["certificate", "cancellation"]
    assert office.ledger.verify().is_sound


def test_another_certificate_is_not_held_back(office: PostOffice) -> None:
    broker = declining(office)
    office.put("kcci", record(NUMBER), "m-1")
    office.work()
    broker.mood = None
    office.put("kcci", record(number(2)), "m-2")
    office.work()
    assert [each.headers["number"] for each in office.take("ID")] == [number(2)]


def test_whoever_declines_answers_and_is_not_left_alone(office: PostOffice) -> None:
    declining(office)
    for place in range(TRIPS_AT + 1):
        office.put("kcci", record(number(place)), f"m-{place}")
    office.work()
    assert positions(office) == []
    assert len(office.ledger.dead_messages()) == TRIPS_AT + 1


def test_what_asks_a_destination_that_was_left_alone_may_be_declined(office: PostOffice) -> None:
    broker = moody(office)
    broker.mood = Outcome.REFUSED
    for place in range(TRIPS_AT):
        office.put("kcci", record(number(place)), f"m-{place}")
    office.work()
    broker.mood = Outcome.DECLINED
    office.clock.forward(minutes=1)
    office.work()
    assert positions(office)[-1] is Position.CLOSED


class Postponing(Moody):
    """Everything for the queue is not its turn, for so many seconds."""

    def receipts(self, wait: float) -> list[Receipt]:
        told = super().receipts(wait)
        return [
            Receipt(each.message_id, each.queue, each.outcome, after=5.0) if each.outcome is self.mood else each
            for each in told
        ]


def test_what_is_not_its_turn_is_due_a_moment_later_and_that_was_no_attempt_and_no_failure(office: PostOffice) -> None:
    broker = Postponing(office.broker, "to.id")
    office.relay = office.open(broker)  # type: ignore[arg-type]
    broker.mood = Outcome.POSTPONED
    for place in range(TRIPS_AT + 1):
        office.put("kcci", record(number(place)), f"m-{place}")
    office.work()
    assert broker.asked == TRIPS_AT + 1
    assert positions(office) == []
    waiting = [each for place in range(TRIPS_AT + 1) for each in office.ledger.messages_of(number(place))]
    assert {(each.attempts, each.first_error) for each in waiting if each.receiver == "ID"} == {(0, None)}
    broker.mood = None
    office.work()
    assert office.take("ID") == []
    office.clock.forward(seconds=5)
    office.work()
    assert len(office.take("ID")) == TRIPS_AT + 1


def test_a_refusal_that_says_when_to_come_again_is_obeyed(office: PostOffice) -> None:
    broker = Postponing(office.broker, "to.id")
    office.relay = office.open(broker)  # type: ignore[arg-type]
    broker.mood = Outcome.REFUSED
    office.put("kcci", record(NUMBER))
    office.work()
    broker.mood = None
    office.clock.forward(seconds=4)
    office.work()
    assert office.take("ID") == []
    office.clock.forward(seconds=1)
    office.work()
    assert kinds(office.take("ID")) == ["certificate"]
