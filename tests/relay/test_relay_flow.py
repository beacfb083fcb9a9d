"""The main job through queues: records out, answers back, partners' certificates in."""

import json

import pytest
from post_office import PostOffice, acknowledge, catalogue, feed_back, fixture, kinds, record, respond, said
from sqlalchemy import text
from structlog.testing import capture_logs

from adapter import translate
from adapter.delivery import Delivery
from adapter.messages import Response
from adapter.relay.names import inbox


@pytest.fixture
def sent(office: PostOffice) -> Delivery:
    """A certificate that has reached the partner."""
    office.put("kcci", record("K001-25-0000001"), "m-1")
    office.work()
    office.take("kcci")
    return office.take("ID")[0]


def test_a_record_reaches_the_partner_and_its_sender_is_told_that_it_arrived(any_office: PostOffice) -> None:
    any_office.put("kcci", record("K001-25-0000001"), "m-1")
    any_office.work()
    assert kinds(any_office.take("ID")) == ["certificate"]
    (told,) = any_office.take("kcci")
    assert (told.headers["type"], told.headers["correlation_id"]) == ("acknowledgement", "m-1")
    assert any_office.broker.depths([inbox("kcci")]) == {inbox("kcci"): 0}


def test_what_the_partner_takes_is_a_valid_message(office: PostOffice, sent: Delivery) -> None:
    reading = translate.read(Delivery(sent.body, "ID"), catalogue())
    assert reading.certificate.number == "K001-25-0000001"
    assert reading.header.id == sent.message_id


def test_an_invalid_record_comes_back_with_complaints(any_office: PostOffice) -> None:
    any_office.put("kcci", record("K001-25-0000001", departureDate="2025-01-01"), "m-1")
    any_office.work()
    (told,) = any_office.take("kcci")
    assert (told.headers["type"], said(told)["result"]) == ("response", "REJECTED")
    assert any_office.take("ID") == []


def test_a_rejected_record_is_kept_with_stage_code_findings_and_bytes(any_office: PostOffice) -> None:
    body = record("K001-25-0000001", departureDate="2025-01-01")
    any_office.put("kcci", body, "m-1")
    any_office.work()
    (dead,) = any_office.ledger.dead()
    assert (dead.stage, dead.number, dead.message_id) == ("rules", "K001-25-0000001", "m-1")
    whole = any_office.ledger.dead_letter(dead.id)
    assert whole is not None and whole.body == body
    assert dead.code in {finding["code"] for finding in whole.findings}


def test_no_secret_of_a_rejected_record_is_told_or_listed(office: PostOffice) -> None:
    office.put("kcci", record("K001-25-0000001", exporterPhone="SECRET\u0007", departureDate="no day"), "m-1")
    office.work()
    (dead,) = office.ledger.dead()
    whole = office.ledger.dead_letter(dead.id)
    (told,) = office.take("kcci")
    assert whole is not None
    assert "SECRET" not in f"{dead} {whole.findings} {told.headers}" and b"SECRET" not in told.body


def test_an_acknowledgement_makes_the_certificate_acknowledged(office: PostOffice, sent: Delivery) -> None:
    acknowledge(office, "ID", sent)
    office.work()
    assert office.states() == {"K001-25-0000001": "acknowledged"}
    assert office.take("kcci") == []


def test_a_response_is_passed_on_under_the_senders_own_message_id(any_office: PostOffice) -> None:
    any_office.put("kcci", record("K001-25-0000001"), "m-1")
    any_office.work()
    any_office.take("kcci")
    respond(any_office, "ID", any_office.take("ID")[0], "accepted")
    any_office.work()
    (told,) = any_office.take("kcci")
    assert (told.headers["type"], told.headers["correlation_id"]) == ("response", "m-1")
    assert said(told)["receivedMessageId"] == "m-1"
    assert any_office.states() == {"K001-25-0000001": "accepted"}


def test_a_rejection_by_the_partner_is_passed_on(office: PostOffice, sent: Delivery) -> None:
    respond(office, "ID", sent, "rejected")
    office.work()
    (told,) = office.take("kcci")
    assert said(told)["result"] == "REJECTED"
    assert office.states() == {"K001-25-0000001": "rejected"}


def test_feedback_is_passed_on_to_the_system_that_issued_the_certificate(office: PostOffice, sent: Delivery) -> None:
    acknowledge(office, "ID", sent)
    feed_back(office, "ID", "K001-25-0000001", "granted")
    office.work()
    assert kinds(office.take("kcci")) == ["feedback"]
    assert kinds(office.take("ID")) == ["acknowledgement", "response"]
    assert office.states() == {"K001-25-0000001": "used"}


def test_an_acknowledgement_that_comes_late_changes_nothing(office: PostOffice, sent: Delivery) -> None:
    respond(office, "ID", sent, "accepted")
    feed_back(office, "ID", "K001-25-0000001", "denied")
    acknowledge(office, "ID", sent)
    office.work()
    assert office.states() == {"K001-25-0000001": "denied"}


def test_a_cancellation_goes_where_the_certificate_went(office: PostOffice, sent: Delivery) -> None:
    cancellation = json.loads(fixture("kcci/cancellation/ik-cepa-replaced.json"))
    office.put("kcci", json.dumps(cancellation | {"certificateNo": "K001 25 0000001"}).encode(), "m-2")
    office.work()
    assert kinds(office.take("ID")) == ["cancellation"]
    assert kinds(office.take("kcci")) == ["acknowledgement"]
    assert office.states() == {"K001-25-0000001": "cancelled"}


def test_a_certificate_and_its_cancellation_in_one_window_arrive_in_order(office: PostOffice) -> None:
    cancellation = json.loads(fixture("kcci/cancellation/ik-cepa-replaced.json"))
    office.put("kcci", record("K001-25-0000001"), "m-1")
    office.put("kcci", json.dumps(cancellation | {"certificateNo": "K001-25-0000001"}).encode(), "m-2")
    office.work()
    assert kinds(office.take("ID")) == ["certificate", "cancellation"]


def test_a_cancellation_of_an_unknown_certificate_is_held_and_refused_when_none_comes(any_office: PostOffice) -> None:
    any_office.put("kcci", fixture("kcci/cancellation/ik-cepa-replaced.json"), "m-1")
    any_office.work()
    assert any_office.ledger.dead() == []
    assert kinds(any_office.take("kcci")) == ["acknowledgement"]
    any_office.clock.forward(hours=25)
    any_office.work()
    assert [(dead.stage, dead.code) for dead in any_office.ledger.dead()] == [("refer", "REF-01")]
    assert kinds(any_office.take("kcci")) == ["response"]


def test_a_cancellation_that_came_before_its_certificate_follows_it_by_itself(any_office: PostOffice) -> None:
    cancellation = json.loads(fixture("kcci/cancellation/ik-cepa-replaced.json"))
    any_office.put("kcci", json.dumps(cancellation | {"certificateNo": "K001-25-0000001"}).encode(), "m-2")
    any_office.work()
    assert any_office.take("ID") == []
    any_office.put("kcci", record("K001-25-0000001"), "m-1")
    any_office.work()
    any_office.clock.forward(minutes=1)
    any_office.work()
    assert kinds(any_office.take("ID")) == ["certificate", "cancellation"]
    assert any_office.states() == {"K001-25-0000001": "cancelled"}
    assert kinds(any_office.take("kcci")) == ["acknowledgement", "acknowledgement"]


def test_what_is_held_and_sent_again_is_held_once(office: PostOffice) -> None:
    for _ in range(2):
        office.put("kcci", fixture("kcci/cancellation/ik-cepa-replaced.json"), "m-1")
        office.work()
    office.clock.forward(hours=25)
    office.work()
    assert len(office.ledger.dead()) == 1


def test_what_is_held_and_damaged_in_the_ledger_stays_held_and_holds_up_nothing(office: PostOffice) -> None:
    office.put("kcci", fixture("kcci/cancellation/ik-cepa-replaced.json"), "m-1")
    office.work()
    with office.ledger._engine.begin() as connection:
        connection.execute(text("UPDATE deliveries SET body = substr(body, 1, 100)"))
    number = office.ledger.held(1)[0].key
    office.put("kcci", record(number), "m-2")
    with capture_logs() as logs:
        office.work()
        office.clock.forward(minutes=1)
        office.work()
    assert kinds(office.take("ID")) == ["certificate"]
    assert len(office.ledger.held(9)) == 1
    assert "a delivery stays held" in {each["event"].partition(":")[0] for each in logs}


def test_what_is_held_and_was_lost_from_what_is_looked_at_is_held_again_when_a_relay_starts(
    office: PostOffice,
) -> None:
    cancellation = json.loads(fixture("kcci/cancellation/ik-cepa-replaced.json"))
    for place in (1, 2):
        said = cancellation | {"certificateNo": f"K001-25-000000{place}"}
        office.put("kcci", json.dumps(said).encode(), f"m-{place}")
    office.work()
    with office.ledger._engine.begin() as connection:
        connection.execute(text("DELETE FROM holds"))
    assert [finding.code for finding in office.ledger.verify().findings] == ["LED-16", "LED-16"]
    with capture_logs() as logs:
        office.relay = office.open(office.broker)
        office.put("kcci", record("K001-25-0000001"), "m-3")
        office.work()
        office.clock.forward(minutes=1)
        office.work()
    assert kinds(office.take("ID")) == ["certificate", "cancellation"]
    assert sum("held with nothing that says how long" in each["event"] for each in logs) == 2
    assert office.ledger.verify().is_sound
    office.clock.forward(hours=24)
    office.work()
    assert [dead.code for dead in office.ledger.dead()] == ["REF-01"]


def test_what_was_held_by_a_clock_that_was_ahead_goes_on_when_its_certificate_comes(office: PostOffice) -> None:
    office.clock.forward(days=365)
    office.put("kcci", fixture("kcci/cancellation/ik-cepa-replaced.json"), "m-1")
    office.work()
    office.clock.forward(days=-365)
    office.put("kcci", record(office.ledger.held(1)[0].key), "m-2")
    office.work()
    office.clock.forward(minutes=1)
    office.work()
    assert kinds(office.take("ID")) == ["certificate", "cancellation"]


def test_what_waits_in_vain_beside_another_certificate_of_its_number_is_looked_at_ever_more_seldom(
    office: PostOffice, sent: Delivery
) -> None:
    feed_back(office, "CN", "K001-25-0000001", "granted", "kr-cn")  # its number is there, but went to another partner
    office.work()
    before = _links(office)
    for _ in range(2 * 23):
        office.clock.forward(minutes=30)
        office.relay.step()
    assert 5 < _links(office) - before < 15
    assert [dead.code for dead in office.ledger.dead()] == []
    office.clock.forward(hours=1)
    office.work()
    assert [dead.code for dead in office.ledger.dead()] == ["REF-01"]


def _links(office: PostOffice) -> int:
    return office.ledger.verify().checked["links"]


def test_feedback_that_came_before_the_ledger_knew_its_certificate_is_held(office: PostOffice) -> None:
    feed_back(office, "ID", "K001-25-0000001", "granted")
    office.work()
    office.put("kcci", record("K001-25-0000001"), "m-1")
    office.work()
    acknowledge(office, "ID", office.take("ID")[-1])
    office.work()
    office.clock.forward(minutes=1)
    office.work()
    assert office.states() == {"K001-25-0000001": "used"}
    assert "feedback" in kinds(office.take("kcci"))


def test_a_system_cannot_cancel_what_another_issued(office: PostOffice, sent: Delivery) -> None:
    foreign = fixture("id/cancellation/ik-cepa-replaced.xml").decode()
    number = translate.read(Delivery(foreign.encode(), "ID"), catalogue()).content.number  # type: ignore[union-attr]
    foreign = foreign.replace(">KR<", ">?<").replace(">ID<", ">KR<").replace(">?<", ">ID<")
    office.put("ID", foreign.replace(number, "K001-25-0000001").encode(), "m-2")
    office.work()
    office.clock.forward(hours=25)
    office.work()
    assert [dead.code for dead in office.ledger.dead()] == ["REF-01"]
    assert office.states() == {"K001-25-0000001": "sent"}


def test_an_answer_by_one_who_did_not_get_the_message_is_dead_and_unanswered(
    office: PostOffice, sent: Delivery
) -> None:
    forged = fixture("cn/acknowledgement/cn-received.xml")
    office.put("CN", forged, "x-1")
    office.work()
    assert [(dead.source, dead.code) for dead in office.ledger.dead()] == [("CN", "REF-02")]
    assert office.take("CN") == []


def test_a_partners_certificate_reaches_the_importing_system(any_office: PostOffice) -> None:
    any_office.put("CN", fixture("cn/certificate/kr-cn-import-3-items.xml"), "c-1")
    any_office.work()
    assert kinds(any_office.take("unipass")) == ["certificate"]
    assert kinds(any_office.take("CN")) == ["acknowledgement", "response"]


def test_feedback_of_the_importing_system_goes_to_the_partner_that_issued(office: PostOffice) -> None:
    office.put("CN", fixture("cn/certificate/kr-cn-import-3-items.xml"), "c-1")
    office.work()
    office.take("CN")
    office.put("unipass", fixture("unipass/feedback/kr-cn-import-1-of-3-denied.xml"), "f-1")
    office.work()
    assert kinds(office.take("CN")) == ["feedback"]
    assert set(office.states().values()) == {"partly_used"}


def test_a_partners_invalid_message_is_answered_with_a_response(office: PostOffice) -> None:
    office.put("ID", fixture("id/certificate/ik-cepa-import-3-items.xml").replace(b"</", b"<odd/></", 1), "c-1")
    office.work()
    (told,) = office.take("ID")
    reading = translate.read(Delivery(told.body, "ID"), catalogue())
    assert isinstance(reading.content, Response) and reading.content.outcome == "rejected"


def test_a_broken_answer_is_not_answered(office: PostOffice) -> None:
    office.put("ID", fixture("id/response/ik-cepa-accepted.xml"), "r-1")
    office.work()
    assert [dead.code for dead in office.ledger.dead()] == ["REF-02"]
    assert office.take("ID") == []


def test_all_that_passes_about_a_certificate_is_found_by_its_number_with_its_partner(office: PostOffice) -> None:
    office.put("kcci", record("K001-25-0000001"))
    office.work()
    (sent,) = office.take("ID")
    acknowledge(office, "ID", sent)
    office.work()
    respond(office, "ID", sent, "accepted")
    feed_back(office, "ID", "K001250000001", "granted")
    office.work()
    found = office.ledger.deliveries_of("k001-25-0000001")
    assert sorted((each.source, each.kind, each.partner) for each in found) == [
        ("ID", "acknowledgement", "ID"),
        ("ID", "feedback", "ID"),
        ("ID", "response", "ID"),
        ("kcci", "certificate", "ID"),
    ]
    messages = office.ledger.messages_of("K001-25-0000001")
    assert {("ID", "certificate"), ("kcci", "acknowledgement"), ("kcci", "response"), ("kcci", "feedback")} <= {
        (each.receiver, each.kind) for each in messages
    }
    (certificate,) = office.ledger.standings()
    assert str(certificate.issued_on) == "2025-05-14"
