"""What died is decided again by an operator: from the raw original, once in effect, whoever else is at work."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from post_office import PostOffice, calendar, catalogue, kinds, record, respond

from adapter.delivery import Delivery
from adapter.ledger import CORRECTED, DONE, Deed, Known, Ledger, Question
from adapter.relay.arrival import arrive
from adapter.relay.embedded import Embedded
from adapter.relay.exchange import Exchange
from adapter.relay.intake import Intake
from adapter.relay.names import inbox
from adapter.relay.quarantine import Quarantine
from adapter.relay.taken import Taken
from adapter.relay.witness import Witness
from adapter.schema import Limits

NUMBER = "K001-25-0000001"
SMALL = Limits(size=100)
ROOMY = Limits()


def intake(office: PostOffice, deed: Deed, ledger: Ledger | None = None, limits: Limits = ROOMY) -> Intake:
    known = catalogue()
    exchange = Exchange(known, calendar(), limits)
    quarantine = Quarantine(known.folders, known.cache, limits)
    return Intake(ledger or office.ledger, exchange, quarantine, Witness(), hands_over=False, deed=deed)


def retry(office: PostOffice, *ids: str, by: str = "han", ledger: Ledger | None = None) -> list[Taken]:
    at_work = intake(office, Deed("retry", by, "tables were put right"), ledger)
    return at_work.retry(at_work.bring_up(office.ledger.originals(ids), office.clock.now), office.clock.now)


def correct(office: PostOffice, id: str, body: bytes) -> Taken:
    (original,) = office.ledger.originals([id])
    exchange = Exchange(catalogue(), calendar())
    delivery = Delivery(body, inbox(original.source), original.message_id, times=2)
    arrival = arrive(delivery, exchange, exchange.facts(office.clock.now))
    return intake(office, Deed("edit", "han", "a digit", corrects=id)).correct(arrival, office.clock.now)


def dead(office: PostOffice) -> list[str]:
    return [each.id for each in office.ledger.dead()]


def stage(office: PostOffice, id: str) -> str:
    return office.ledger.stages([id])[id]


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PostOffice]:
    """A post office with each database."""
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("database_url")
    with closing(Embedded(tmp_path / "queues.db")) as broker, closing(Ledger.open(url)) as ledger:
        yield PostOffice(broker, ledger)


@pytest.fixture
def crashed(office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> PostOffice:
    """An office in which a record died because we failed; what was wrong with us has been put right since."""
    from adapter.relay import decide

    def fail(*_: Any) -> Any:
        raise KeyError("a bug of ours")

    with monkeypatch.context() as patched:
        patched.setattr(decide, "vouch", fail)
        office.put("kcci", record(NUMBER), "m-1")
        office.work()
    assert [each.code for each in office.ledger.dead()] == ["REL-01"]
    assert kinds(office.take("kcci")) == ["response"]
    return office


def test_what_is_decided_again_goes_out_and_is_answered_under_the_same_name(crashed: PostOffice) -> None:
    (id,) = dead(crashed)
    (taken,) = retry(crashed, id)
    assert (taken.outcome.entry.stage, dead(crashed)) == (DONE, [])
    crashed.work()
    (sent,) = crashed.take("ID")
    assert sent.headers["number"] == NUMBER
    (answer,) = crashed.take("kcci")
    assert (answer.headers["type"], answer.headers["correlation_id"]) == ("acknowledgement", "m-1")
    respond(crashed, "ID", sent, "accepted")
    crashed.work()
    assert crashed.states() == {NUMBER: "accepted"}
    assert crashed.ledger.verify().findings == []


def test_what_it_died_of_before_is_kept_with_who_tried_again_and_why(crashed: PostOffice) -> None:
    (id,) = dead(crashed)
    retry(crashed, id)
    (done,) = crashed.ledger.interventions([id])
    assert (done.what, done.by, done.why, done.stage, done.code, done.at) == (
        "retry", "han", "tables were put right", "crash", "REL-01", crashed.clock.now,
    )  # fmt: skip


def test_what_dies_again_stays_dead_and_its_sender_is_not_told_the_same_twice(office: PostOffice) -> None:
    office.put("kcci", record(NUMBER, agreement="nobody's"), "m-1")
    office.work()
    assert kinds(office.take("kcci")) == ["response"]
    (id,) = dead(office)
    for _ in range(2):
        (taken,) = retry(office, id)
        assert taken.outcome.entry.stage not in (DONE, CORRECTED)
    office.work()
    assert (dead(office), office.take("kcci")) == ([id], [])
    assert len(office.ledger.interventions([id])) == 2
    assert office.ledger.verify().findings == []


def test_the_receiver_that_was_named_beside_a_record_is_kept_for_it(crashed: PostOffice) -> None:
    """Without it the second way would be another than the first."""
    crashed.put("kcci", b"{", "m-2", receiver="CN")
    crashed.work()
    named = {each.message_id: each.named for each in crashed.ledger.originals(dead(crashed))}
    assert named == {"m-1": None, "m-2": "CN"}
    (id,) = [each.id for each in crashed.ledger.dead() if each.message_id == "m-2"]
    at_work = intake(crashed, Deed("retry", "han"))
    (arrival,) = at_work.bring_up(crashed.ledger.originals([id]), crashed.clock.now)
    assert arrival.delivery.headers == {"receiver": "CN"}


def test_a_message_id_that_could_not_be_kept_as_it_came_makes_no_other_delivery(office: PostOffice) -> None:
    office.put("kcci", b"{", "ö 1")
    office.work()
    (id,) = dead(office)
    (taken,) = retry(office, id)
    assert (taken.outcome.entry.id, taken.outcome.revised) == (id, True)
    assert len(office.ledger.deliveries()) == 1


class Meanwhile(Ledger):
    """A ledger in which something happens between what is asked and what is written, once."""

    happens: Callable[[], object]

    def known(self, question: Question) -> Known:
        found = super().known(question)
        happens, self.happens = self.happens, lambda: None
        happens()
        return found


@pytest.fixture
def beside(crashed: PostOffice) -> Meanwhile:
    return Meanwhile(crashed.ledger._engine)


def test_two_operators_at_once_have_one_effect(crashed: PostOffice, beside: Meanwhile) -> None:
    (id,) = dead(crashed)
    beside.happens = lambda: retry(crashed, id, by="kim")
    (taken,) = retry(crashed, id, by="han", ledger=beside)
    assert (taken.outcome.entry.stage, taken.outcome.revised) == (DONE, False)
    assert [each.by for each in crashed.ledger.interventions([id])] == ["kim"]
    crashed.work()
    assert (kinds(crashed.take("ID")), kinds(crashed.take("kcci"))) == (["certificate"], ["acknowledgement"])
    assert crashed.ledger.verify().findings == []


def test_four_operators_who_retry_a_group_at_once_send_each_of_it_once(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    from adapter.relay import decide

    with monkeypatch.context() as patched:
        patched.setattr(decide, "vouch", lambda *_: 1 / 0)
        for place in range(20):
            office.put("kcci", record(f"K001-25-00000{place:02}"), f"m-{place}")
        office.work()
    office.take("kcci")
    ids = dead(office)
    ledgers = [Ledger(office.ledger._engine) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda ledger: retry(office, *ids, ledger=ledger), ledgers))
    office.work()
    assert dead(office) == []
    assert len({each.headers["number"] for each in office.take("ID")}) == len(office.take("kcci")) == 20
    assert len(office.ledger.interventions(ids)) == 20
    assert office.ledger.verify().findings == []


def test_a_relay_that_is_brought_the_same_meanwhile_has_the_effect_alone(
    crashed: PostOffice, beside: Meanwhile
) -> None:
    (id,) = dead(crashed)

    def comes_again() -> None:
        crashed.put("kcci", record(NUMBER), "m-1")
        crashed.work()

    beside.happens = comes_again
    retry(crashed, id, ledger=beside)
    crashed.work()
    assert (kinds(crashed.take("ID")), kinds(crashed.take("kcci"))) == (["certificate"], ["acknowledgement"])
    assert [(each.what, each.by) for each in crashed.ledger.interventions([id])] == [("again", None)]


def test_a_corrected_record_stands_in_the_place_of_the_first_and_both_are_kept(office: PostOffice) -> None:
    bad = record(NUMBER, agreement="nobody's")
    office.put("kcci", bad, "m-1")
    office.work()
    assert kinds(office.take("kcci")) == ["response"]
    (id,) = dead(office)
    taken = correct(office, id, record(NUMBER))
    office.work()
    assert (dead(office), stage(office, id), stage(office, taken.outcome.entry.id)) == ([], CORRECTED, DONE)
    first, second = office.ledger.originals([id, taken.outcome.entry.id])
    assert {first.body, second.body} == {bad, record(NUMBER)}
    (done,) = office.ledger.interventions([id])
    assert (done.what, done.by, done.why, done.other) == ("edit", "han", "a digit", taken.outcome.entry.id)
    (answer,) = office.take("kcci")
    assert (answer.headers["type"], answer.headers["correlation_id"]) == ("acknowledgement", "m-1")
    assert kinds(office.take("ID")) == ["certificate"]
    assert office.ledger.verify().findings == []


def test_a_sender_that_sends_the_first_again_is_told_what_came_of_the_second(office: PostOffice) -> None:
    bad = record(NUMBER, agreement="nobody's")
    office.put("kcci", bad, "m-1")
    office.work()
    (id,) = dead(office)
    correct(office, id, record(NUMBER))
    office.work()
    office.take("kcci"), office.take("ID")
    office.put("kcci", bad, "m-1")
    office.work()
    assert (kinds(office.take("kcci")), office.take("ID"), dead(office)) == (["acknowledgement"], [], [])


def test_a_correction_that_would_die_too_changes_nothing(office: PostOffice) -> None:
    office.put("kcci", record(NUMBER, agreement="nobody's"), "m-1")
    office.work()
    office.take("kcci")
    (id,) = dead(office)
    taken = correct(office, id, b"{")
    office.work()
    assert taken.outcome.entry.stage == "read"
    assert (dead(office), office.take("kcci"), office.ledger.interventions([id])) == ([id], [], [])
    assert len(office.ledger.deliveries()) == 1


def test_only_one_of_two_corrections_is_taken_in(office: PostOffice) -> None:
    from adapter.findings import Unavailable

    office.put("kcci", record(NUMBER, agreement="nobody's"), "m-1")
    office.work()
    (id,) = dead(office)
    correct(office, id, record(NUMBER))
    with pytest.raises(Unavailable, match="another was first"):
        correct(office, id, record("K001-25-0000002"))
    assert [each.number for each in office.ledger.standings()] == [NUMBER]


def test_what_was_altered_behind_the_ledgers_back_is_not_decided_again(crashed: PostOffice) -> None:
    (id,) = dead(crashed)
    with crashed.ledger._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE deliveries SET body = 'other', coding = NULL")
    (original,) = crashed.ledger.originals([id])
    assert (original.body, original.is_damaged) == (None, True)


def test_what_was_too_large_then_and_is_not_now_is_kept_whole(office: PostOffice) -> None:
    small = PostOffice(office.broker, office.ledger, office.clock, limits=SMALL)
    small.put("kcci", record(NUMBER), "m-1")
    small.work()
    (id,) = dead(office)
    (lies,) = office.take_queue("dead")
    office.put("kcci", lies.body, "m-1")
    office.work()
    (original,) = office.ledger.originals([id])
    assert (original.stage, original.body) == (DONE, record(NUMBER))
    assert office.ledger.verify().findings == []


def test_altering_what_was_done_is_found(crashed: PostOffice) -> None:
    retry(crashed, *dead(crashed))
    with crashed.ledger._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE interventions SET by = 'nobody'")
    assert [each.code for each in crashed.ledger.verify().findings] == ["LED-13"]
