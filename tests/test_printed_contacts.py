"""One form prints the exporter's e-mail, telephone and fax: there they leave, under no other agreement, and untold."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import shelf
from printed_contacts import CONTACTS, MARK, PRINTED, broken_contacts, marked, printed, under
from secrets_of import MARKS
from typer.testing import CliRunner

from adapter import translate
from adapter.certificate import Certificate
from adapter.cli.app import app
from adapter.delivery import Delivery
from adapter.findings import Rejected
from adapter.mapping.fields import private_fields
from adapter.messages import Header, Kind

AT = datetime(2026, 1, 15, tzinfo=UTC)
RECORDS = printed()
WHOLE = [fixture for fixture in RECORDS if fixture.path.stem == f"{PRINTED}-1-item"]
PRINTING = {code for code, system in shelf.catalogue().systems.items() if PRINTED in system.agreements}
PARTNERS = [code for code, system in shelf.catalogue().systems.items() if system.side == "partner"]
OTHERS = sorted(set(shelf.catalogue().agreements) - {PRINTED})
NUMBERED = {
    table.agreement
    for table in shelf.tables().values()
    if table.name.startswith("domestic/")
    and table.direction != "out"
    and any(row.field == "exporter.identifier" for row in table.rows)
}
"""Agreements whose form prints the exporter's tax number: under those alone it is read."""
LINK = "https://cert.korcham.net/search"


def read(body, code):
    return translate.read(Delivery(body, code), shelf.catalogue(), shelf.facts())


def sent(content, system, code):
    return translate.forward(content, system, shelf.catalogue().system(code), shelf.catalogue(), at=AT)


def told(reading, messages=(), refusals=()):
    """All that is said beside the content itself and the bodies that carry it."""
    findings = [*reading.findings, *(finding for refusal in refusals for finding in refusal.findings)]
    said = [reading.header, reading.leftovers, reading.stage, *findings, *refusals]
    said += [json.dumps(finding.as_dict(), ensure_ascii=False) for finding in findings]
    said += [message._replace(body=b"") for message in messages]
    return "\n".join(f"{one!s} {one!r}" for one in said)


@pytest.mark.parametrize("fixture", RECORDS, ids=str)
def test_the_partner_gets_just_the_contacts_that_the_record_has(fixture):
    body = marked(fixture)
    there = {value for value in CONTACTS.values() if value.encode() in body}
    reading = read(body, fixture.system.code)
    assert there and reading.verdict == "valid"
    assert set(MARK.findall(sent(reading.content, reading.system, "IN").body.decode())) == there


@pytest.mark.parametrize("fixture", RECORDS, ids=str)
def test_nobodys_name_and_no_other_partys_contact_leaves(fixture):
    content = read(fixture.body, fixture.system.code).content
    assert content.exporter.contact.person is None
    parties = [content.producer, content.importer, content.consignee, content.third_party_invoice]
    parties += [item.producer for item in content.items]
    assert [party for party in parties if party is not None and (party.contact or party.identifier)] == []
    assert not MARKS.search(sent(content, shelf.catalogue().system(fixture.system.code), "IN").body.decode())


@pytest.mark.parametrize("agreement", OTHERS)
@pytest.mark.parametrize("fixture", WHOLE, ids=str)
def test_under_every_other_agreement_the_same_record_is_read_without_them(fixture, agreement):
    reading = read(under(marked(fixture), fixture.system.code, agreement), fixture.system.code)
    said = reading.said
    assert said is not None and said.content is not None and said.content.agreement == agreement
    assert said.content.exporter.contact is None
    own = said.content.exporter.identifier or ""
    assert bool(own) == (agreement in NUMBERED)
    assert not MARKS.search(f"{reading!r}".replace(own, ""))


def test_only_tables_of_that_agreement_and_what_customs_receive_name_a_contact():
    naming = {
        table.name for table in shelf.tables().values() if any("contact" in row.field.split(".") for row in table.rows)
    }
    allowed = {
        table.name
        for table in shelf.tables().values()
        if table.agreement == PRINTED or (table.direction == "out" and shelf.catalogue().system(table.system).importing)
    }
    assert naming <= allowed
    assert {shelf.tables()[name].system for name in naming} >= {"IN", "kcci", "unipass"}


def test_under_that_agreement_only_the_exporters_are_named_by_those_who_read_it():
    own = [table for table in shelf.tables().values() if table.agreement == PRINTED and table.direction != "out"]
    private = {path for path in private_fields(Certificate) if "contact" in path}
    named = {row.field for table in own if table.message is Kind.CERTIFICATE for row in table.rows} & private
    assert named == {f"exporter.contact.{name}" for name in CONTACTS}


@pytest.mark.parametrize("code", [code for code in PARTNERS if code not in PRINTING])
def test_no_other_partners_table_writes_what_a_certificate_holds_of_them(code):
    partner = shelf.catalogue().system(code)
    content = read(marked(WHOLE[0]), WHOLE[0].system.code).content
    header = Header(id="m", function="issue", sender="KR", receiver=partner.code, sent_at=AT)
    for table in shelf.catalogue().tables(partner, Kind.CERTIFICATE):
        asked = content.model_copy(update={"agreement": table.agreement or partner.agreements[0]})
        try:
            body = shelf.catalogue().compiled(table).write(asked, header).decode()
        except Rejected as refusal:
            body = str(refusal)
        assert not MARKS.search(body), table.name


@pytest.mark.parametrize("fixture", RECORDS, ids=str)
def test_headers_and_findings_do_not_repeat_them(fixture):
    reading = read(marked(fixture), fixture.system.code)
    messages = [sent(reading.content, reading.system, code) for code in PRINTING]
    assert not MARK.search(told(reading, messages))


@pytest.mark.parametrize("fixture", WHOLE, ids=str)
def test_findings_about_them_do_not_repeat_them(fixture):
    refused = 0
    for what, body in broken_contacts(fixture):
        reading, refusals = read(body, fixture.system.code), []
        try:
            if reading.content is not None:
                sent(reading.content, reading.system, "IN")
        except Rejected as refusal:
            refusals.append(refusal)
        refused += bool(refusals or reading.verdict == "invalid")
        assert not MARKS.search(told(reading, refusals=refusals)), what
    assert refused >= 9


@pytest.mark.parametrize("fixture", WHOLE, ids=str)
def test_a_command_that_judges_a_record_prints_none_of_them(fixture, tmp_path, monkeypatch):
    monkeypatch.setenv("EODES_DATA", str(tmp_path / "data"))
    files, report = [], tmp_path / "report.xml"
    for nth, (_, body) in enumerate(broken_contacts(fixture)):
        files.append(str(tmp_path / f"{nth}{fixture.path.suffix}"))
        Path(files[-1]).write_bytes(body)
    system, day = fixture.system.code, ("--on", "2026-01-15")
    for more in ((), ("--json",), ("--junit", str(report))):
        assert not MARKS.search(judged("validate", *files, "--partner", system, *day, *more).output)
    assert report.read_text().count("<testcase") == len(files)
    assert not MARKS.search(report.read_text())
    written = judged("map", *files, "--from", system, "--to", "IN", *day, "--out", str(tmp_path / "out"))
    assert not MARKS.search(written.output)


def judged(*words):
    """What a command says of records of which some are invalid."""
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 1, result.output
    return result


@pytest.mark.parametrize("fixture", WHOLE, ids=str)
def test_the_address_of_the_qr_code_travels_and_the_reference_code_does_not(fixture):
    content = read(fixture.body, fixture.system.code).content
    body = sent(content, shelf.catalogue().system(fixture.system.code), "IN").body.decode()
    assert content.verification_link == LINK and LINK in body
    assert content.reference_code and content.reference_code not in body
    assert LINK not in told(read(fixture.body.replace(LINK.encode(), b"x" * 600), fixture.system.code))
