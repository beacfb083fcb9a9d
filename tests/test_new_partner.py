"""A partner nobody thought of, made of new files in a directory of one's own: no edited file, nothing in adapter/."""

import json
import shutil
from datetime import UTC, datetime

import pytest
import shelf
from generate import full
from lawful import hold
from scopes import scopes
from typer.testing import CliRunner

from adapter import translate
from adapter.catalogue import Catalogue
from adapter.cli.app import app
from adapter.delivery import Delivery
from adapter.envelope import digest
from adapter.findings import Severity
from adapter.ledger import Ledger
from adapter.messages import Acknowledgement, Function, Header, Kind
from adapter.relay.broker import Parcel
from adapter.relay.embedded import Embedded
from adapter.relay.names import inbox, outbox
from adapter.relay.relay import Relay
from adapter.schema import parse_xml

NEW = shelf.ROOT / "tests" / "data" / "new_partner"
AT = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
KINDS = [Kind.CERTIFICATE, Kind.CANCELLATION, Kind.ACKNOWLEDGEMENT, Kind.RESPONSE, Kind.FEEDBACK]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """The user's own directory, with the new partner's files and nothing else."""
    return shutil.copytree(NEW, tmp_path_factory.mktemp("own") / "home")


@pytest.fixture(scope="module")
def catalogue(home):
    return Catalogue.open(home=home)


@pytest.fixture(scope="module")
def record():
    """A chamber's record for goods that go to the new partner."""
    said = json.loads((shelf.FIXTURES / "kcci/certificate/akfta-1-item.json").read_text(encoding="utf-8"))
    there = {"consigneeCountry": "BN", "destinationCountry": "BN", "dischargePortCode": "BNBWN", "dischargePort": "BSB"}
    return json.dumps(said | there).encode()


@pytest.fixture(scope="module")
def certificate(catalogue, record):
    return translate.read(Delivery(record, "kcci"), catalogue, shelf.facts()).certificate


@pytest.fixture(scope="module")
def message(catalogue, certificate):
    return translate.forward(certificate, catalogue.system("kcci"), catalogue.system("BN"), catalogue, at=AT)


def test_the_catalogue_knows_the_new_partner_beside_the_others(catalogue):
    assert {"BN", "CN", "ID", "kcci", "unipass"} <= set(catalogue.systems)


@pytest.mark.parametrize("kind", KINDS)
def test_every_table_of_the_new_partner_passes_its_proof(catalogue, kind):
    tables = {
        proof.table.message: proof for proof in catalogue.proofs(catalogue.system("BN")) if not proof.table.common
    }
    assert [str(found) for found in tables[kind].findings if found.severity is Severity.ERROR] == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_laws_hold_for_every_table_of_the_new_partner(catalogue, kind):
    (table,) = catalogue.own(catalogue.system("BN"), kind)
    mapping = catalogue.compiled(table)
    for turn in range(6):
        content, header = full(scopes(mapping.plan), 3, turn), full(scopes(mapping.plan, "header"), 1, turn)
        hold(mapping, catalogue, content, header)


def test_a_national_record_becomes_the_new_partners_document(message):
    root = parse_xml(message.body)
    space = {"b": "urn:example:eodes:bn:1"}
    assert root.get("to") == "BN"
    assert root.xpath("string(b:Certificate/b:Party[@role='consignee']/@country)", namespaces=space) == "BN"
    assert root.xpath("string(b:Certificate/b:Journey/@departed)", namespaces=space) == "20250715"


def test_the_new_partners_document_says_what_the_record_says(catalogue, certificate, message):
    back = translate.read(Delivery(message.body, "BN"), catalogue, shelf.facts()).certificate
    assert (back.number, back.exporter.name, back.consignee) == (
        certificate.number,
        certificate.exporter.name,
        certificate.consignee,
    )
    assert [item.criterion for item in back.items] == [item.criterion for item in certificate.items]


def test_a_certificate_of_the_new_partner_becomes_a_national_record(catalogue, message):
    reading = translate.read(Delivery(message.body, "BN"), catalogue, shelf.facts())
    written = translate.forward(reading.content, reading.system, catalogue.system("unipass"), catalogue, at=AT)
    assert b"AKFTA" in written.body
    assert written.number == reading.certificate.number


def test_a_bad_document_of_the_new_partner_is_complained_of_in_our_fields(catalogue, message):
    body = message.body.replace(b'departed="20250715"', b'departed="20250230"')
    (finding,) = translate.read(Delivery(body, "BN"), catalogue, shelf.facts()).findings
    assert (finding.code, finding.field, finding.path) == ("MAP-VALUE", "consignment.departed_on", "Journey/@departed")


@pytest.mark.parametrize("words", [("check", "BN"), ("partners",), ("show", "BN", "certificate")], ids=" ".join)
def test_a_command_takes_the_users_own_directory(home, words, tmp_path, monkeypatch):
    monkeypatch.setenv("EODES_DATA", str(tmp_path))
    monkeypatch.delenv("EODES_HOME", raising=False)
    result = CliRunner().invoke(app, [*words, "--home", str(home)])
    assert result.exit_code == 0, result.output
    assert "BN" in result.output.upper()


@pytest.fixture
def relay(catalogue, tmp_path):
    broker, ledger = Embedded(tmp_path / "broker.db"), Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}")
    made = Relay(broker, ledger, catalogue, clock=lambda: AT, calendar=shelf.facts().calendar, chance=lambda: 1.0)
    made.declare()
    yield made, broker
    broker.close()
    ledger.close()


def test_the_new_partners_certificates_and_answers_are_relayed(relay, catalogue, record):
    carried, broker = relay
    (sent,) = _through(carried, broker, "kcci", record, "m-1", "BN")
    assert translate.read(Delivery(sent.body, "BN"), catalogue).certificate.number == "K001-25-0801122"
    content = Acknowledgement(received=str(sent.message_id), received_at=AT, digest=digest(sent.body))
    header = Header(
        id="a-1", kind=Kind.ACKNOWLEDGEMENT, function=Function.ANSWER, sender="BN", receiver="KR", sent_at=AT
    )
    answer = translate.write(content, catalogue.system("BN"), catalogue, header)
    told = _through(carried, broker, "BN", answer.body, "a-1", "kcci")
    assert {delivery.headers["type"] for delivery in told} == {"acknowledgement"}


def _through(relay, broker, sender, body, message_id, receiver):
    """What the receiver can take after the sender put a message."""
    broker.send([Parcel(inbox(sender), message_id, body, headers={})])
    broker.receipts(1)
    for _ in range(10):
        relay.step(0.05)
    taken = broker.take([outbox(receiver)], 10, 10**7, 0.5)
    broker.acknowledge(taken)
    return taken
