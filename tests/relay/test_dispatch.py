"""What leaves: pipelined, in order per certificate, put off and tried again, closed on a receipt."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from post_office import PostOffice, fixture, kinds, record
from sqlalchemy import event, text
from structlog.testing import capture_logs

from adapter.findings import Unavailable
from adapter.relay.backoff import LONGEST, back_off
from adapter.relay.breaker import TRIPS_AT
from adapter.relay.broker import Broker, Outcome, Parcel, Receipt
from adapter.relay.names import outbox

NUMBER = "K001-25-0000001"


class Moody:
    """A broker that answers hand-overs to one queue as it is told to; `gone` is a broker that cannot be reached."""

    def __init__(self, broker: Broker, queue: str) -> None:
        self.broker, self.queue = broker, queue
        self.mood: Outcome | None = None
        self.gone = False
        self.answered: list[Receipt] = []
        self.waits = 0
        """How often a hand-over waited for it in vain."""
        self.asked = 0
        """How many messages were to be handed over to that queue."""

    def send(self, parcels: Sequence[Parcel]) -> None:
        if self.gone:
            self.waits += 1
            raise Unavailable("nobody answers")
        self.asked += sum(parcel.queue == self.queue for parcel in parcels)
        mine = [parcel for parcel in parcels if self.mood and parcel.queue == self.queue]
        self.broker.send([parcel for parcel in parcels if parcel not in mine])
        self.answered += [Receipt(each.message_id, each.queue, self.mood, "so it is") for each in mine if self.mood]

    def receipts(self, wait: float) -> list[Receipt]:
        answered, self.answered = self.answered, []
        return answered + self.broker.receipts(wait)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.broker, name)


def moody(office: PostOffice) -> Moody:
    broker = Moody(office.broker, outbox("ID"))
    office.relay = office.open(broker)  # type: ignore[arg-type]
    return broker


def backlog(office: PostOffice) -> list[tuple[str, int, int]]:
    return [(each.receiver, each.open, each.due) for each in office.ledger.queue(office.clock.now)]


def test_a_refused_message_waits_and_is_tried_again(office: PostOffice) -> None:
    broker = moody(office)
    broker.mood = Outcome.REFUSED
    office.put("kcci", record(NUMBER))
    assert office.work().deferred == 1
    assert backlog(office) == [("ID", 1, 0)]
    broker.mood = None
    office.clock.forward(seconds=1)
    office.work()
    assert kinds(office.take("ID")) == ["certificate"]
    assert backlog(office) == []


def test_what_was_confirmed_is_not_sent_again_though_its_lease_ran_out_before_that_was_written_down(
    office: PostOffice,
) -> None:
    office.put("kcci", record(NUMBER))
    assert office.relay.step().sent > 0
    office.clock.forward(seconds=60)  # so long a pause, as a machine makes that was put to sleep
    office.work()
    assert kinds(office.take("ID")) == ["certificate"]
    assert kinds(office.take("kcci")) == ["acknowledgement"]


def test_what_was_declined_is_not_sent_again_though_the_ledger_was_away_for_longer_than_its_lease(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker = moody(office)
    broker.mood = Outcome.DECLINED

    def away(*_: object) -> None:
        raise Unavailable("the database is away")

    office.put("kcci", record(NUMBER))
    with monkeypatch.context() as while_away:
        while_away.setattr(office.ledger, "settle", away)
        with pytest.raises(Unavailable):
            office.relay.step()
    office.clock.forward(seconds=60)
    office.work()
    assert broker.asked == 1
    assert [dead.code for dead in office.ledger.dead_messages()] == ["END-01"]


def test_the_first_error_is_the_one_kept(office: PostOffice) -> None:
    broker = moody(office)
    broker.mood = Outcome.RETURNED
    office.put("kcci", record(NUMBER))
    office.work()
    broker.mood = Outcome.LOST
    office.clock.forward(minutes=1)
    office.work()
    (waiting,) = office.ledger.queue(office.clock.now)
    assert waiting.first_error == "to.id: returned: so it is"


def test_a_message_whose_receipt_was_lost_goes_out_again_under_the_same_id(office: PostOffice) -> None:
    broker = moody(office)
    broker.mood = Outcome.LOST
    office.put("kcci", record(NUMBER))
    office.work()
    message = office.ledger.standings()[0].message
    broker.mood = None
    office.clock.forward(minutes=1)
    office.work()
    assert [sent.message_id for sent in office.take("ID")] == [message]


def test_one_receivers_trouble_does_not_hold_up_another(office: PostOffice) -> None:
    moody(office).mood = Outcome.REFUSED
    office.put("kcci", record(NUMBER), "m-1")
    office.put("kcci", fixture("kcci/certificate/kr-cn-1-item.json"), "m-2")
    office.work()
    assert kinds(office.take("CN")) == ["certificate"]


def test_a_cancellation_waits_until_its_certificate_has_gone(office: PostOffice) -> None:
    broker = moody(office)
    broker.mood = Outcome.REFUSED
    office.put("kcci", record(NUMBER), "m-1")
    office.work()
    broker.mood = None
    cancellation = json.loads(fixture("kcci/cancellation/ik-cepa-replaced.json"))
    office.put("kcci", json.dumps(cancellation | {"certificateNo": NUMBER}).encode(), "m-2")
    office.work()
    assert office.take("ID") == []
    office.clock.forward(minutes=1)
    office.work()
    assert kinds(office.take("ID")) == ["certificate", "cancellation"]


def test_what_was_committed_while_the_broker_was_away_arrives_when_it_is_back(office: PostOffice) -> None:
    broker = moody(office)
    ids = set()
    for place in range(20):
        office.put("kcci", record(f"K001-25-{place:07d}"), f"m-{place}")
    broker.gone = True
    office.work()
    ids = {each.message for each in office.ledger.standings()}
    broker.gone = False
    office.clock.forward(hours=1)
    office.work()
    taken = [sent.message_id for sent in office.take("ID")]
    assert set(taken) == ids and len(taken) == 20


def test_a_broker_that_is_away_is_waited_for_once_in_a_round(office: PostOffice) -> None:
    broker = moody(office)
    broker.gone = True
    for place in range(3):
        office.put("kcci", record(f"K001-25-{place:07d}"), f"m-{place}")
        office.work()
        office.clock.forward(minutes=1)
        office.work()
        office.clock.forward(minutes=1)
    assert len({attempts for (attempts,) in _ask(office, "SELECT attempts FROM outbox")}) > 1
    office.clock.forward(hours=1)
    broker.waits = 0
    office.put("kcci", record("K001-25-0000009"), "m-9")
    office.relay.step()
    assert broker.waits == 1


def _ask(office: PostOffice, statement: str) -> Sequence[Any]:
    with office.ledger._engine.connect() as connection:
        return connection.execute(text(statement)).all()


def test_what_was_put_off_by_a_clock_that_was_ahead_does_not_wait_for_that_day(office: PostOffice) -> None:
    broker = moody(office)
    broker.mood = Outcome.REFUSED
    office.clock.forward(days=365)
    for place in range(TRIPS_AT + 1):
        office.put("kcci", record(f"K001-25-{place:07d}"), f"m-{place}")
        office.work()
    broker.mood = None
    office.clock.forward(days=-365)
    for _ in range(2):  # the first one asks
        office.work()
        office.clock.forward(minutes=1)
    assert len(office.take("ID")) == TRIPS_AT + 1


DAMAGED = {
    "bytes taken away": "DELETE FROM bodies WHERE id = :id",
    "bytes cut short": "UPDATE bodies SET body = substr(body, 1, 300) WHERE id = :id",
    "other bytes": "UPDATE bodies SET body = 'hm', coding = NULL WHERE id = :id",
    "a kind that there is not": "UPDATE outbox SET kind = 'hm' WHERE id = :id",
}


@pytest.mark.parametrize("statement", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_message_that_is_damaged_in_the_ledger_is_kept_back_and_holds_up_no_other(
    office: PostOffice, statement: str
) -> None:
    broker = moody(office)
    broker.gone = True
    for place in range(3):
        office.put("kcci", record(f"K001-25-{place:07d}"), f"m-{place}")
    office.work()
    broker.gone = False
    damaged = office.ledger.standings()[0].message
    with office.ledger._engine.begin() as connection:
        connection.execute(text(statement), {"id": damaged})
    office.clock.forward(minutes=1)
    with capture_logs() as logs:
        office.work()
    assert len(office.take("ID")) == 2
    assert backlog(office) == [("ID", 1, 0)]
    assert [each["id"] for each in logs if each["log_level"] == "error"] == [damaged]


def test_what_is_leased_to_one_process_is_not_sent_by_another(office: PostOffice) -> None:
    moody(office).mood = Outcome.REFUSED
    office.put("kcci", record(NUMBER))
    office.work()
    office.clock.forward(minutes=1)
    leased = office.ledger.lease_due(office.clock.now, 10, 10**9).waiting
    assert [each.message.number for each in leased] == [NUMBER]
    assert office.ledger.lease_due(office.clock.now, 10, 10**9).waiting == []


def test_a_lease_takes_no_more_bytes_than_asked_for_but_always_one(office: PostOffice) -> None:
    moody(office).mood = Outcome.REFUSED
    for place in range(3):
        office.put("kcci", record(f"K001-25-{place:07d}"), f"m-{place}")
    office.work()
    office.clock.forward(minutes=1)
    assert len(office.ledger.lease_due(office.clock.now, 10, 1).waiting) == 1


def test_after_a_commit_fresh_messages_are_not_read_back(office: PostOffice) -> None:
    asked: list[str] = []
    event.listen(office.ledger._engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    office.put("kcci", record(NUMBER))
    office.work()
    assert kinds(office.take("ID")) == ["certificate"]
    assert not [statement for statement in asked if "SELECT bodies" in statement]


def test_one_question_a_window_asks_for_all_it_depends_on(office: PostOffice) -> None:
    asked: list[str] = []
    office.put("kcci", record("K001-25-0000099"), "the day's first, which sets the day's anchor")
    office.work()
    for place in range(30):
        office.put("kcci", record(f"K001-25-{place:07d}"), f"m-{place}")
    event.listen(office.ledger._engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    office.relay.step()
    assert len([statement for statement in asked if statement.startswith("SELECT")]) <= 3
    written = [statement.split()[2] for statement in asked if statement.startswith(("INSERT", "UPDATE"))]
    assert sorted(written) == ["bodies", "certificates", "deliveries", "history", "journal", "outbox"]


def test_a_receipt_closes_its_message(office: PostOffice) -> None:
    office.put("kcci", record(NUMBER))
    office.work()
    with office.ledger._engine.connect() as connection:
        rows = connection.execute(text("SELECT attempts, closed_at IS NOT NULL FROM outbox")).fetchall()
    assert [tuple(row) for row in rows] == [(1, 1), (1, 1)]


def test_waiting_grows_up_to_a_quarter_of_an_hour() -> None:
    waits = [back_off(attempts, lambda: 1.0) for attempts in range(40)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(seconds=1), LONGEST)


def test_half_of_the_waiting_is_left_to_chance() -> None:
    assert back_off(3, lambda: 0.0) * 2 == back_off(3, lambda: 1.0)
