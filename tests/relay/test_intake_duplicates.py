"""What is sent twice, in every way that things are sent twice."""

import json
from dataclasses import replace

import pytest
from post_office import START, PostOffice, acknowledge, catalogue, feed_back, fixture, kinds, record, said
from structlog.testing import capture_logs

from adapter.delivery import Delivery
from adapter.envelope import digest
from adapter.ledger.retention import Retention
from adapter.relay.arrival import arrive
from adapter.relay.broker import Parcel
from adapter.relay.exchange import Exchange

NUMBER = "K001-25-0000001"


def test_the_same_content_again_is_acknowledged_and_not_sent_again(any_office: PostOffice) -> None:
    any_office.put("kcci", record(NUMBER), "m-1")
    any_office.work()
    any_office.put("kcci", record(NUMBER), "m-2")
    any_office.work()
    assert kinds(any_office.take("ID")) == ["certificate"]
    assert [told.headers["correlation_id"] for told in any_office.take("kcci")] == ["m-1", "m-2"]
    assert any_office.ledger.dead() == []


def test_the_same_message_again_is_acknowledged_again_with_the_same_id_and_bytes(any_office: PostOffice) -> None:
    any_office.put("kcci", record(NUMBER), "m-1")
    any_office.work()
    any_office.clock.forward(minutes=5)
    any_office.put("kcci", record(NUMBER), "m-1")
    assert any_office.work().repeated == 1
    first, second = any_office.take("kcci")
    assert (first.message_id, first.body) == (second.message_id, second.body)
    assert kinds(any_office.take("ID")) == ["certificate"]


def test_a_repetition_whose_answer_retention_dropped_is_told_in_the_log(office: PostOffice) -> None:
    office.put("kcci", record(NUMBER), "m-1")
    office.work()
    office.clock.forward(days=20 * 366)
    office.ledger.prune(Retention.of(catalogue().agreements), office.clock.now, apply=True)
    office.take("kcci")
    office.put("kcci", record(NUMBER), "m-1")
    with capture_logs() as log:
        office.work()
    assert office.take("kcci") == []
    (line,) = (line for line in log if line["event"].startswith("not answered again"))
    assert (line["source"], line["message_id"]) == ("kcci", "m-1")


def test_five_of_the_same_in_one_window_are_processed_once(any_office: PostOffice) -> None:
    for time in range(5):
        any_office.put("kcci", record(NUMBER), f"m-{time}")
    any_office.work()
    assert kinds(any_office.take("ID")) == ["certificate"]
    assert kinds(any_office.take("kcci")) == ["acknowledgement"] * 5


def test_other_content_under_the_same_number_is_rejected(any_office: PostOffice) -> None:
    any_office.put("kcci", record(NUMBER), "m-1")
    any_office.work()
    any_office.put("kcci", record(NUMBER, vesselName="ANOTHER VESSEL"), "m-2")
    any_office.work()
    assert [(dead.stage, dead.code) for dead in any_office.ledger.dead()] == [("duplicate", "DUP-01")]
    assert kinds(any_office.take("ID")) == ["certificate"]
    _, told = any_office.take("kcci")
    assert said(told)["findings"][0]["code"] == "DUP-01"  # type: ignore[index]


def test_a_number_with_and_without_hyphens_is_one_number(office: PostOffice) -> None:
    office.put("kcci", record(NUMBER), "m-1")
    office.put("kcci", record(NUMBER.replace("-", " ").lower()), "m-2")
    office.work()
    assert [dead.code for dead in office.ledger.dead()] == ["DUP-01"]


def test_a_reused_message_id_with_another_certificate_is_another_message(office: PostOffice) -> None:
    office.put("kcci", record(NUMBER), "m-1")
    office.put("kcci", record("K001-25-0000002"), "m-1")
    office.work()
    assert {sent.headers["number"] for sent in office.take("ID")} == {NUMBER, "K001-25-0000002"}
    assert len({told.message_id for told in office.take("kcci")}) == 2


def test_without_a_message_id_an_answer_refers_to_the_digest(office: PostOffice) -> None:
    office.put("kcci", record(NUMBER), "")
    office.work()
    (told,) = office.take("kcci")
    assert told.headers["correlation_id"] == said(told)["sha256"]


def test_a_resend_is_sent_again_under_the_same_id(office: PostOffice) -> None:
    office.put("kcci", record(NUMBER), "m-1")
    office.work()
    office.put("kcci", record(NUMBER, transaction="AGAIN"), "m-2")
    office.work()
    first, second = office.take("ID")
    assert (first.message_id, first.body) == (second.message_id, second.body)


def test_a_partners_certificate_again_is_accepted_again_and_not_delivered_again(office: PostOffice) -> None:
    for id in ("c-1", "c-2"):
        office.put("CN", fixture("cn/certificate/kr-cn-import-3-items.xml"), id)
        office.work()
    assert kinds(office.take("unipass")) == ["certificate"]
    assert kinds(office.take("CN")) == ["acknowledgement", "response"] * 2


def test_a_replacement_supersedes_what_it_names(office: PostOffice) -> None:
    office.put("kcci", record(NUMBER), "m-1")
    replaced = {"replacedNo": NUMBER, "replacedDate": "2025-05-14"}
    office.put("kcci", record("K001-25-0000002", "ik-cepa-1-item-replacement", **replaced), "m-2")
    office.work()
    assert office.ledger.dead() == []
    assert office.states() == {NUMBER: "superseded", "K001-25-0000002": "sent"}


@pytest.fixture
def original(office: PostOffice) -> PostOffice:
    office.put("kcci", fixture("kcci/certificate/kr-cn-3-items.json"), "m-1")
    office.work()
    return office


def test_a_true_copy_of_a_known_original_is_no_duplicate(original: PostOffice) -> None:
    original.put("kcci", fixture("kcci/certificate/kr-cn-3-items-true-copy.json"), "m-2")
    original.work()
    assert original.ledger.dead() == []
    assert [sent.headers["function"] for sent in original.take("CN")] == ["issue", "copy"]


def test_a_true_copy_of_a_used_original_is_rejected(original: PostOffice) -> None:
    number = original.ledger.standings()[0].number
    acknowledge(original, "CN", original.take("CN")[0])
    original.work()
    feed_back(original, "CN", number, "granted", "kr-cn")
    original.work()
    original.put("kcci", fixture("kcci/certificate/kr-cn-3-items-true-copy.json"), "m-2")
    original.work()
    assert [(dead.stage, dead.code) for dead in original.ledger.dead()] == [("rules", "TRU-01")]


def test_a_true_copy_of_an_unknown_original_is_undecided_and_its_sender_told_so(office: PostOffice) -> None:
    office.put("kcci", fixture("kcci/certificate/kr-cn-3-items-true-copy.json"), "m-1")
    office.work()
    assert [(dead.stage, dead.code) for dead in office.ledger.dead()] == [("undecided", "TRU-01")]
    (told,) = office.take("kcci")
    assert [complaint["level"] for complaint in said(told)["findings"]] == ["UNDECIDED"]  # type: ignore[attr-defined]


def test_what_was_undecided_is_looked_at_again_when_its_sender_sends_it_again(office: PostOffice) -> None:
    copy = fixture("kcci/certificate/kr-cn-3-items-true-copy.json")
    office.put("kcci", copy, "m-1")
    office.work()
    office.put("kcci", fixture("kcci/certificate/kr-cn-3-items.json"), "m-2")
    office.put("kcci", copy, "m-1")
    office.work()
    assert office.ledger.dead() == []
    assert [sent.headers["function"] for sent in office.take("CN")] == ["issue", "copy"]


def test_the_id_of_a_delivery_does_not_depend_on_how_often_it_came() -> None:
    exchange = Exchange(catalogue())
    delivery = Delivery(record(NUMBER), "from.kcci", "m-1")
    facts = exchange.facts(START)
    ids = {arrive(replace(delivery, times=times, tag=times), exchange, facts).id for times in (1, 2, 3)}
    assert len(ids) == 1


def agreed_with(office: PostOffice, code: str, policy: str) -> None:
    """From now on the relay treats what this system sends twice as agreed."""
    systems = {each: system for each, system in catalogue().systems.items()}
    systems[code] = systems[code].model_copy(update={"duplicates": policy})
    office.relay._exchange.__dict__["systems"] = systems


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ("acknowledge", ["acknowledgement"]),
        ("flag", ["acknowledgement", "response"]),
        ("reject", ["response"]),
    ],
)
def test_a_certificate_that_comes_again_is_treated_as_agreed_with_its_sender(
    office: PostOffice, policy: str, told: list[str]
) -> None:
    agreed_with(office, "kcci", policy)
    office.put("kcci", record(NUMBER), "m-1")
    office.work()
    office.take("kcci")
    office.put("kcci", record(NUMBER), "m-2")
    office.work()
    assert kinds(office.take("kcci")) == told
    assert kinds(office.take("ID")) == ["certificate"]


def test_a_flagged_duplicate_is_accepted_with_a_warning(office: PostOffice) -> None:
    agreed_with(office, "kcci", "flag")
    for message in ("m-1", "m-2"):
        office.put("kcci", record(NUMBER), message)
        office.work()
    response = said(office.take("kcci")[-1])
    assert "DUP-02" in json.dumps(response)
    assert office.ledger.dead() == []


def test_a_record_that_is_to_be_sent_again_is_no_duplicate(office: PostOffice) -> None:
    agreed_with(office, "kcci", "reject")
    office.put("kcci", record(NUMBER), "m-1")
    office.work()
    office.put("kcci", record(NUMBER, transaction="AGAIN"), "m-2")
    office.work()
    assert office.ledger.dead() == []


def test_the_same_delivery_that_comes_again_is_answered_again_whatever_is_agreed(office: PostOffice) -> None:
    agreed_with(office, "kcci", "reject")
    for _ in range(2):
        office.put("kcci", record(NUMBER), "m-1")
        office.work()
    assert kinds(office.take("kcci")) == ["acknowledgement", "acknowledgement"]


def test_a_message_id_that_its_sender_used_before_is_told_in_the_log(
    any_office: PostOffice, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in ("K001-25-0000001", "K001-25-0000002"):
        any_office.put("kcci", record(number), "m-1")
        any_office.work()
    assert kinds(any_office.take("ID")) == ["certificate", "certificate"]
    told = capsys.readouterr().out
    assert "message id used for more than one message" in told and "m-1" in told


def test_what_has_no_message_id_is_answered_by_its_own_digest(office: PostOffice) -> None:
    body = record(NUMBER)
    office.broker.send([Parcel("from.kcci", "", body)])
    office.work()
    (told,) = office.take("kcci")
    assert told.headers["correlation_id"] == digest(body)
