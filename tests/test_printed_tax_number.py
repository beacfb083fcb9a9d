"""One form prints the exporter's tax number: there it leaves, under no other agreement, and nothing said tells it."""

import json
import re
from datetime import UTC, datetime

import pytest
import shelf

from adapter import translate
from adapter.delivery import Delivery
from adapter.findings import Rejected
from adapter.messages import Kind

AT = datetime(2026, 1, 15, tzinfo=UTC)
PRINTED = "ksfta"
NUMBER = "SECRET-98765-TAX"
RECORDS = [
    fixture
    for fixture in shelf.documents()
    if fixture.system.side == "domestic" and fixture.kind == "certificate" and fixture.path.stem.startswith(PRINTED)
]
WHOLE = [fixture for fixture in RECORDS if fixture.path.stem == f"{PRINTED}-1-item"]
PLACES = {"kcci": re.compile(rb'(?<="agreement": ")[^"]+'), "unipass": re.compile(rb"(?<=<wco:StatusCode>)[^<]+")}
"""Where a domestic record names its agreement."""


def marked(fixture, number=NUMBER):
    """The record with a marked number in place of its own."""
    said = fixture.read().content.exporter.identifier
    assert said is not None
    return fixture.body.replace(said.encode(), number.encode())


def words(system):
    """The system's own word for each agreement."""
    table = next(
        table for table in shelf.tables().values() if (table.system, table.message) == (system, "cancellation")
    )
    (codes,) = (row.codes for row in table.rows if row.field == "agreement")
    return {slug: texts[0] for slug, texts in codes.texts.items()}


def read(body, code):
    return translate.read(Delivery(body, code), shelf.catalogue(), shelf.facts())


def sent(reading):
    return translate.forward(reading.content, reading.system, shelf.catalogue().system("SG"), shelf.catalogue(), at=AT)


def told(reading, *more):
    said = [reading.header, reading.leftovers, reading.stage, *reading.findings, *more]
    said += [json.dumps(finding.as_dict(), ensure_ascii=False) for finding in reading.findings]
    return "\n".join(f"{one!s} {one!r}" for one in said)


def test_there_are_records_of_both_domestic_systems():
    assert {fixture.system.code for fixture in WHOLE} == {"kcci", "unipass"}


@pytest.mark.parametrize("fixture", RECORDS, ids=str)
def test_the_partner_that_prints_it_gets_it_once_and_nothing_else_tells_it(fixture):
    reading = read(marked(fixture), fixture.system.code)
    message = sent(reading)
    assert message.body.decode().count(NUMBER) == 1
    assert NUMBER not in told(reading, message._replace(body=b""))


@pytest.mark.parametrize("fixture", WHOLE, ids=str)
def test_under_every_other_agreement_the_same_record_is_read_without_it(fixture):
    named = words(fixture.system.code)
    for agreement in sorted(set(shelf.catalogue().agreements) - {PRINTED}):
        body = PLACES[fixture.system.code].sub(named[agreement].encode(), marked(fixture), count=1)
        said = read(body, fixture.system.code).said
        assert said is not None and said.content.agreement == agreement
        assert said.content.exporter.identifier is None
        assert NUMBER not in repr(said.content)


@pytest.mark.parametrize("fixture", WHOLE, ids=str)
def test_a_number_that_does_not_fit_is_refused_without_being_told(fixture):
    reading = read(marked(fixture, NUMBER * 2), fixture.system.code)
    with pytest.raises(Rejected) as refused:
        sent(reading)
    (finding,) = refused.value.findings
    assert (finding.code, finding.field, finding.found) == ("XSD-LENGTH", "exporter.identifier", None)
    assert NUMBER not in told(reading, refused.value, *refused.value.findings)


def test_only_tables_of_that_agreement_and_what_customs_receive_name_it():
    naming = {
        table.name
        for table in shelf.tables().values()
        if table.message is Kind.CERTIFICATE and any(row.field.endswith(".identifier") for row in table.rows)
    }
    received = {name for name in naming if shelf.tables()[name].direction == "out" and "certificate-received" in name}
    assert {shelf.tables()[name].agreement for name in naming - received} == {PRINTED}
    own = [row.field for name in naming - received for row in shelf.tables()[name].rows]
    assert {field for field in own if field.endswith(".identifier")} == {"exporter.identifier"}
