"""What a partner may not say, and whom a number alone does not find."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from post_office import PostOffice, answer, catalogue, fixture, kinds, record, respond
from sqlalchemy import Connection

from adapter import translate
from adapter.certificate import Certificate
from adapter.delivery import Delivery
from adapter.findings import Rejected, Severity
from adapter.ledger import Entry, Outcome, Post, Question, ledger
from adapter.messages import Feedback, ItemFeedback, Response
from adapter.relay.arrival import arrive
from adapter.relay.decide import decide_all
from adapter.relay.exchange import Exchange
from adapter.relay.origin import vouch

NUMBER, OTHER = "K001-25-0000001", "K001-25-0712345"
"""The second is the number of the importing system's own fixture."""


def cancellation(number: str, **changes: object) -> bytes:
    said = json.loads(fixture("kcci/cancellation/ik-cepa-replaced.json"))
    return json.dumps(said | {"certificateNo": number} | changes).encode()


def incoming(name: str = "id/certificate/ik-cepa-import-3-items.xml") -> translate.Reading:
    return translate.read(Delivery(fixture(name), "ID"), catalogue())


def findings(office: PostOffice) -> list[tuple[str, str]]:
    """Code and severity of all that the last dead delivery died of."""
    dead = office.ledger.dead_letter(office.ledger.dead()[0].id)
    assert dead
    return [(finding["code"], finding["severity"]) for finding in dead.findings]


def test_a_certificate_of_ours_that_comes_back_is_no_import(office: PostOffice) -> None:
    office.put("kcci", record(NUMBER))
    office.work()
    (sent,) = office.take("ID")
    office.put("ID", sent.body, "e-1")
    office.work()
    assert findings(office) == [("PTY-02", "error"), ("HDR-01", "error"), ("HDR-01", "error")]
    assert [dead.stage for dead in office.ledger.dead()] == ["rules"]
    assert office.take("unipass") == []
    assert kinds(office.take("ID")) == ["response"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"sender": "CN"}, [("HDR-01", "header.sender")]),
        ({"receiver": "CN"}, [("HDR-01", "header.receiver")]),
        ({"receiver": "unipass"}, []),
        ({"sender": None, "receiver": None}, []),
    ],
)
def test_a_partner_speaks_for_itself_and_to_us(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    reading = incoming()
    said = translate.Reading(reading.system, reading.header.model_copy(update=changes), reading.content, ())
    assert refused(said) == expected


def test_without_a_registered_body_the_exporters_country_is_where_it_was_issued() -> None:
    whole = incoming().certificate.model_copy(update={"issued_by": None})
    address = whole.exporter.address
    assert address
    abroad = whole.exporter.model_copy(update={"address": address.model_copy(update={"country": "KR"})})
    assert refused(holding(whole)) == []
    assert refused(holding(whole.model_copy(update={"exporter": abroad}))) == [("PTY-02", "exporter.address.country")]


def test_where_a_certificate_does_not_say_where_it_was_issued_nothing_is_decided() -> None:
    whole = incoming().certificate
    nowhere = whole.model_copy(
        update={"issued_by": None, "exporter": whole.exporter.model_copy(update={"address": None})}
    )
    with pytest.raises(Rejected) as refusal:
        vouch(holding(nowhere), Exchange(catalogue()))
    assert [(each.code, each.severity) for each in refusal.value.findings] == [("PTY-02", Severity.UNDECIDED)]


def holding(certificate: Certificate) -> translate.Reading:
    reading = incoming()
    return translate.Reading(reading.system, reading.header, certificate, ())


def refused(reading: translate.Reading) -> list[tuple[str, str | None]]:
    try:
        vouch(reading, Exchange(catalogue()))
    except Rejected as refusal:
        return [(finding.code, finding.field) for finding in refusal.findings]
    return []


def test_feedback_on_a_number_that_two_systems_gave_is_undecided_and_goes_to_neither(office: PostOffice) -> None:
    office.put("kcci", record(OTHER, issuerCode="KCS"), "k-1")
    office.put("unipass", fixture("unipass/certificate/ik-cepa-1-item.xml"), "u-1")
    office.work()
    standings = office.ledger.standings()
    assert len(standings) == 2
    for code in ("kcci", "unipass"):
        office.take(code)
    items = (ItemFeedback.model_validate({"number": 1, "status": "granted"}),)
    decided = Feedback(
        number=OTHER, agreement="ik-cepa", import_declaration="PIB-1", decided_on=date(2026, 3, 2), items=items
    )
    answer(office, "ID", decided, "f-1")
    office.work()
    assert findings(office) == [("REF-01", "undecided")]
    assert (office.take("kcci"), office.take("unipass")) == ([], [])
    assert {each.state for each in office.ledger.standings()} == {"sent"}


def test_a_cancellation_that_names_another_day_of_issue_cancels_nothing(office: PostOffice) -> None:
    office.put("kcci", record(NUMBER), "k-1")
    office.work()
    office.take("ID")
    office.put("kcci", cancellation(NUMBER, issueDate="2025-05-13"), "c-1")
    office.work()
    assert findings(office) == [("REF-01", "undecided")]
    assert (office.take("ID"), office.states()) == ([], {NUMBER: "sent"})


SAME = "C253702000410021"


@pytest.fixture
def twice(office: PostOffice) -> PostOffice:
    """An office with two certificates of a partner, under the number that two of its bodies gave."""
    body = fixture("cn/certificate/kr-cn-import-3-items.xml")
    office.put("CN", body, "c-1")
    office.put("CN", body.replace(b"IssuingPartyID>GACC<", b"IssuingPartyID>CCPIT<"), "c-2")
    office.work()
    assert {(each.number, each.issuer) for each in office.ledger.standings()} == {(SAME, "CCPIT"), (SAME, "GACC")}
    return office


def test_a_cancellation_of_a_number_that_two_bodies_gave_is_undecided_and_cancels_neither(twice: PostOffice) -> None:
    cancelled = fixture("cn/cancellation/kr-cn-import-exporter-request.xml")
    twice.put("CN", cancelled.replace(b"C253302000388105", SAME.encode()), "k-1")
    twice.work()
    assert findings(twice) == [("REF-01", "undecided")]
    assert {each.state for each in twice.ledger.standings()} == {"accepted"}


def test_feedback_on_a_number_that_two_bodies_gave_is_undecided_and_uses_neither(twice: PostOffice) -> None:
    twice.put("unipass", fixture("unipass/feedback/kr-cn-import-1-of-3-denied.xml"), "f-1")
    twice.work()
    assert findings(twice) == [("REF-01", "undecided")]
    assert {each.state for each in twice.ledger.standings()} == {"accepted"}


def test_a_cancellation_goes_to_every_partner_that_holds_the_number(office: PostOffice) -> None:
    exchange = Exchange(catalogue())
    office.put("kcci", record(NUMBER))
    office.work()
    known = office.ledger.known(Question(keys=("K001250000001",)))
    (first,) = known.of_key("K001250000001")
    known.learn(
        Outcome(
            Entry("x", "kcci", None, "0" * 64, 0, None),
            certificate=replace(first, id="other", version="true_copy", holder="unipass"),
        )
    )
    arrival = arrive(Delivery(cancellation(NUMBER), "from.kcci", "c-1"), exchange, exchange.facts(office.clock.now))
    (outcome,) = decide_all([arrival], known, exchange, office.clock.now)
    posts = [(post.message.receiver, post.certificate) for post in outcome.posts if post.origin]
    assert posts == [("ID", first.id), ("unipass", "other")]
    assert len({post.message.id for post in outcome.posts}) == 3


def test_a_response_about_another_certificate_than_it_answers_is_rejected(office: PostOffice) -> None:
    office.put("kcci", record(NUMBER))
    office.work()
    office.take("kcci")
    (sent,) = office.take("ID")
    values = {"received": sent.message_id, "number": OTHER, "agreement": "ik-cepa", "outcome": "rejected"}
    complaints = ({"code": "X", "severity": "error", "text": "not ours"},)
    wrong = Response.model_validate(values | {"responded_at": office.clock.now, "complaints": complaints})
    answer(office, "ID", wrong, "r-1")
    office.work()
    assert findings(office) == [("REF-02", "error")]
    assert (office.take("kcci"), office.states()) == ([], {NUMBER: "sent"})


def test_a_response_may_write_the_number_without_hyphens(office: PostOffice) -> None:
    office.put("kcci", record(NUMBER))
    office.work()
    (sent,) = office.take("ID")
    headers = {**sent.headers, "number": "k001250000001"}
    respond(office, "ID", Delivery(sent.body, sent.source, sent.message_id, headers), "accepted")
    office.work()
    assert office.states() == {NUMBER: "accepted"}


def test_a_cancelled_certificate_is_not_sent_once_more(office: PostOffice) -> None:
    office.put("kcci", record(NUMBER), "k-1")
    office.put("kcci", cancellation(NUMBER), "c-1")
    office.work()
    office.take("ID")
    office.put("kcci", record(NUMBER, transaction="AGAIN"), "k-2")
    office.work()
    assert (office.take("ID"), office.states()) == ([], {NUMBER: "cancelled"})


def refuse_certificates(office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database will not have anything that passes a message on."""
    write = ledger.write_window

    def refuse(connection: Connection, outcomes: list[Outcome], *rest: Any) -> None:
        posts: list[Post] = [post for outcome in outcomes for post in outcome.posts]
        if any(post.certificate for post in posts):
            raise ValueError("SECRET")
        write(connection, outcomes, *rest)

    monkeypatch.setattr(ledger, "write_window", refuse)


def test_the_sender_of_what_the_database_will_not_have_is_told(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_certificates(office, monkeypatch)
    office.put("kcci", record(NUMBER), "m-1")
    office.work()
    assert findings(office) == [("REL-01", "undecided")]
    assert kinds(office.take("kcci")) == ["response"]


def test_what_the_database_will_not_have_may_be_sent_again(office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        refuse_certificates(office, patch)
        for _ in range(2):
            office.put("kcci", record(NUMBER), "m-1")
            office.work()
        assert kinds(office.take("kcci")) == ["response"] * 2
        assert len(office.ledger.dead()) == 1
    office.put("kcci", record(NUMBER), "m-1")
    office.work()
    assert kinds(office.take("ID")) == ["certificate"]
    assert office.ledger.dead() == []
