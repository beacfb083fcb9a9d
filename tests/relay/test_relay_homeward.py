"""A domestic system is told where in its own record something is to be corrected."""

from typing import Any

import pytest
from post_office import START, PostOffice, answer, catalogue, fixture, record, said

from adapter.delivery import Delivery
from adapter.mapping.tell import path_of
from adapter.messages import Kind, Response
from adapter.relay import homeward
from adapter.relay.homeward import located

LONG = "x" * 600
NUMBER = "K001-25-0000001"


def plan(code: str, kind: Kind = Kind.CERTIFICATE):
    return catalogue().compiled(catalogue().tables(catalogue().system(code), kind)[0]).plan


def rejection(**complaint: Any) -> Response:
    told = {"code": "X-1", "severity": "error", "text": "not allowed", **complaint}
    said = {"received": "m", "number": NUMBER, "agreement": "ik-cepa", "outcome": "rejected", "complaints": (told,)}
    return Response.model_validate({**said, "responded_at": START})


def refused(office: PostOffice, sent: Delivery, **complaint: Any) -> str:
    """What the chamber reads of a partner's only complaint."""
    answer(office, "ID", rejection(**complaint).model_copy(update={"received": str(sent.message_id)}), "r-1")
    office.work()
    (told,) = office.take("kcci")
    findings: Any = said(told)["findings"]
    return str(findings[0]["text"])


@pytest.fixture
def sent(office: PostOffice) -> Delivery:
    """A certificate that has reached the partner."""
    office.put("kcci", record(NUMBER), "m-1")
    office.work()
    office.take("kcci")
    return office.take("ID")[0]


@pytest.mark.parametrize(
    ("field", "path"),
    [
        ("items[1].hs", "goods[2]/hsCode"),
        ("items[0].invoices[2].number", "goods[1]/invoices[3]/invoiceNo"),
        ("exporter.name", "exporterName"),
        ("header.function", "transaction"),
        ("copy_of", "originalNo, originalDate"),
        ("items", "goods[]/lineNo, goods[]/marks, goods[]/packageCount"),
        ("exporter.identifier", None),
        ("nothing.of.ours", None),
    ],
)
def test_a_field_stands_somewhere_in_the_record(field, path):
    assert path_of(plan("kcci"), field) == path


def test_an_xml_record_is_told_by_its_elements():
    assert path_of(plan("unipass"), "number") == "kcs:CertificateOfOrigin/kcs:ID"


def test_what_the_partners_schema_refuses_is_told_in_the_records_own_words(office: PostOffice) -> None:
    office.put("kcci", record(NUMBER, remarks=LONG), "m-1")
    office.work()
    (told,) = office.take("kcci")
    findings: Any = said(told)["findings"]
    assert [(each["code"], each["field"]) for each in findings] == [("XSD-LENGTH", "remarks")]
    assert findings[0]["text"].endswith("; in your record: remarks")


def test_what_a_rule_refuses_is_told_in_the_records_own_words(office: PostOffice) -> None:
    office.put("kcci", record(NUMBER, issueDate="2025-07-01"), "m-1")
    office.work()
    (told,) = office.take("kcci")
    findings: Any = said(told)["findings"]
    assert (findings[0]["code"], findings[0]["text"].rpartition("; ")[2]) == ("ISS-01", "in your record: issueDate")


def test_a_partner_is_told_nothing_of_a_record(office: PostOffice) -> None:
    office.put("ID", fixture("id/bad/late-without-retroactive-words.xml"), "m-1")
    office.work()
    (told,) = office.take("ID")
    assert b"ISS-01" in told.body and b"in your record" not in told.body


def test_a_partners_complaint_about_one_of_our_fields_names_the_records_own(office: PostOffice, sent: Delivery) -> None:
    assert refused(office, sent, field="items[0].hs") == "not allowed; in your record: goods[1]/hsCode"


@pytest.mark.parametrize("field", [None, "Declaration/ID"])
def test_a_partners_complaint_about_anything_else_is_passed_on_as_it_is(office: PostOffice, sent: Delivery, field):
    assert refused(office, sent, field=field) == "not allowed"


def test_a_text_with_no_room_for_more_is_passed_on_as_it_is(office: PostOffice, sent: Delivery, monkeypatch) -> None:
    monkeypatch.setattr(homeward, "path_of", lambda plan, field: "x" * 4_000)
    assert refused(office, sent, field="items[0].hs") == "not allowed"


def test_a_response_about_a_message_that_the_system_never_writes_stays_as_it_is():
    response = rejection(field="items[0].hs")
    assert located(response, Kind.RECONCILIATION, catalogue().system("kcci"), catalogue()) == response
