"""The trade's traps of a certificate's life, named after what each test guards; the others: tests/test_traps.py."""

import json
from collections import defaultdict
from datetime import timedelta
from pathlib import Path

from outage import LASTS, Outage, number
from post_office import PostOffice, acknowledge, answer, feed_back, fixture, kinds, record, said

from adapter.messages import Feedback, ItemFeedback

ONE, THREE = "K001-25-0000001", "K001-25-0000003"
MINUTE = {"minutes": 1}


def issue(office: PostOffice, under: str, items: int = 1) -> None:
    """A certificate that its partner has acknowledged; nothing of what was told about that is left lying."""
    (goods,) = json.loads(record(under))["goods"]
    several = [goods | {"lineNo": item} for item in range(1, items + 1)]
    office.put("kcci", record(under, goods=several), f"issue-{under}")
    office.work()
    acknowledge(office, "ID", office.take("ID")[-1])
    office.work()
    office.take("kcci")


def test_k_feedback_before_the_acknowledgement_waits_for_it_and_is_not_lost(office: PostOffice) -> None:
    office.put("kcci", record(ONE))
    office.work()
    (sent,) = office.take("ID")
    feed_back(office, "ID", ONE, "granted")
    office.work()
    assert office.states() == {ONE: "sent"}
    assert "feedback" not in kinds(office.take("kcci"))
    acknowledge(office, "ID", sent)
    office.work()
    office.clock.forward(**MINUTE)
    office.work()
    assert office.states() == {ONE: "used"}
    assert "feedback" in kinds(office.take("kcci"))
    assert office.ledger.dead() == []


def test_k_feedback_twice_decides_once_and_is_answered_both_times(office: PostOffice) -> None:
    issue(office, ONE)
    feed_back(office, "ID", ONE, "granted", id="f-1")
    office.work()
    decided, told = office.ledger.verify().checked["items"], kinds(office.take("kcci"))
    feed_back(office, "ID", ONE, "granted", id="f-1")
    feed_back(office, "ID", ONE, "granted", id="f-2")
    office.work()
    assert told == ["feedback"]
    assert office.ledger.verify().checked["items"] == decided == 1
    assert office.states() == {ONE: "used"}
    answers = [delivery for delivery in office.take("ID") if delivery.headers["type"] == "response"]
    assert len({delivery.message_id for delivery in answers}) == 2
    assert office.ledger.dead() == []


def test_k_feedback_on_an_unknown_number_is_held_for_a_day_and_then_refused_with_a_response(office: PostOffice) -> None:
    feed_back(office, "ID", ONE, "granted")
    office.work()
    assert kinds(office.take("ID")) == ["acknowledgement"]
    assert [waits.key for waits in office.ledger.held()] == ["K001250000001"]
    office.clock.forward(hours=24, minutes=1)
    office.work()
    assert [(dead.stage, dead.code) for dead in office.ledger.dead()] == [("refer", "REF-01")]
    assert kinds(office.take("ID")) == ["response"]
    assert office.take("kcci") == []


def test_l_what_was_used_cannot_be_cancelled_and_its_partner_hears_nothing_of_it(office: PostOffice) -> None:
    issue(office, ONE)
    feed_back(office, "ID", ONE, "granted")
    office.work()
    office.take("kcci"), office.take("ID")
    cancellation = json.loads(fixture("kcci/cancellation/ik-cepa-replaced.json"))
    office.put("kcci", json.dumps(cancellation | {"certificateNo": ONE}).encode(), "m-2")
    office.work()
    refused = [delivery for delivery in office.take("kcci") if delivery.headers["type"] == "response"]
    assert [complaint["code"] for complaint in said(refused[0])["findings"]] == ["STA-02"]
    assert office.states() == {ONE: "used"}
    assert office.take("ID") == []


def test_m_one_item_of_three_that_is_denied_delays_neither_of_the_others(office: PostOffice) -> None:
    issue(office, THREE, items=3)
    decide(office, {1: "granted"}, "f-1")
    assert office.states() == {THREE: "partly_used"}
    decide(office, {3: "denied"}, "f-2")
    assert office.states() == {THREE: "partly_used"}
    decide(office, {2: "granted"}, "f-3")
    told = [said(each)["goods"] for each in office.take("kcci") if each.headers["type"] == "feedback"]
    assert [[(line["lineNo"], line["result"]) for line in goods] for goods in told] == [
        [(1, "PREFERENCE GIVEN")],
        [(3, "PREFERENCE NOT GIVEN")],
        [(2, "PREFERENCE GIVEN")],
    ]
    assert office.ledger.dead() == []


def decide(office: PostOffice, statuses: dict[int, str], id: str) -> None:
    """Feedback of the importing customs on these items alone."""
    items = tuple(
        ItemFeedback.model_validate({"number": item, "status": status, "reason": "other"})
        for item, status in statuses.items()
    )
    day = office.clock.now.date()
    answer(office, "ID", Feedback(number=THREE, agreement="ik-cepa", decided_on=day, items=items), id)
    office.work()


def test_n_what_waited_three_days_for_its_partner_comes_all_and_in_order(tmp_path: Path) -> None:
    outage = Outage(tmp_path)
    outage.begin()
    outage.last(100)
    assert timedelta(days=3) <= LASTS
    with (tmp_path / "taken").open("w") as taken:
        outage.end(taken)
    lines = [line.split() for line in (tmp_path / "taken").read_text(encoding="utf-8").splitlines()]
    about = defaultdict(list)
    for certificate, kind, _ in lines:
        about[certificate].append(kind)
    assert dict(about) == {number(place): ["certificate", "cancellation"] for place in range(100)}
    assert len({id for _, _, id in lines}) == len(lines) == 200
    outage.ledger.close()
    outage.broker.close()
