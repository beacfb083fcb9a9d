"""Messages that are signed: of every kind, for every partner; another tool than ours verifies them."""

from dataclasses import replace
from functools import cache

import keys
import pytest
import shelf
import xmlsec

from adapter import translate
from adapter.delivery import Delivery
from adapter.envelope import digest, function_of, kind_of
from adapter.findings import Rejected, Verdict
from adapter.messages import Header
from adapter.signature import sign

KNOWN = shelf.catalogue()
PARTNERS = [system for system in KNOWN.systems.values() if system.side == "partner"]
CERTIFICATE = "partners/id/certificate-ik-cepa.toml"
FACTS = replace(shelf.facts(), at=keys.AT)


@cache
def examples():
    """A document for every table that writes for a partner: the first of its fixtures that is of it."""
    found = {}
    for fixture in shelf.documents():
        if fixture.system.side == "partner" and fixture.table.direction != "in":
            found.setdefault(fixture.table.name, fixture)
    return found


def tables():
    return sorted({table.name for each in PARTNERS for table in KNOWN.tables(each) if table.direction != "in"})


def said(name):
    """What the example of a table says, and a header that lacks nothing."""
    read = examples()[name].read()
    about = {"kind": kind_of(read.content), "function": function_of(read.content)}
    told = {**about, "id": "m-1", "sender": "KR", "receiver": "XX", "sent_at": keys.AT}
    return read.content, Header(**told | {name: value for name, value in read.header if value is not None})


def message(name, seals):
    """The message that the pipeline makes of an example."""
    content, header = said(name)
    return translate.write(content, examples()[name].system, KNOWN, header, seals)


def signed(name, kind="P-256"):
    """What a table writes of its example, signed, and valid with its signature."""
    mapping = shelf.mapping_of(name)
    body = sign(shelf.parse(mapping.plan.table, mapping.write(*said(name))), keys.signing("us", kind))
    translate.validate(mapping, shelf.parse(mapping.plan.table, body), KNOWN, "write")
    return body


def test_there_is_an_example_of_every_table_that_writes_for_a_partner():
    assert sorted(examples()) == tables()


@pytest.mark.parametrize("kind", ["P-256", "2048"])
@pytest.mark.parametrize("name", sorted(examples()))
def test_a_signed_message_is_verified_by_another_tool(name, kind, tmp_path):
    outcome = xmlsec.verify(signed(name, kind), keys.certificate_pem("us", kind), tmp_path)
    assert outcome.returncode == 0, outcome.stderr
    assert "OK" in outcome.stdout + outcome.stderr
    assert xmlsec.verify(signed(name, kind), keys.certificate_pem("other", kind), tmp_path).returncode != 0


@pytest.mark.parametrize(
    ("kind", "method"), [("P-256", "ecdsa-sha256"), ("P-256", "ecdsa-sha384"), ("2048", "rsa-sha512")]
)
@pytest.mark.parametrize("name", ["id/certificate/ik-cepa-import-3-items.xml", "cn/feedback"])
def test_what_another_tool_signs_is_verified(name, kind, method, tmp_path):
    path = shelf.FIXTURES / name
    body = (path if path.is_file() else sorted(path.glob("*.xml"))[0]).read_bytes()
    code = name[:2].upper()
    seals = keys.seals(theirs="partner", kind=kind)
    made = xmlsec.sign(body, keys.key_pem("partner", kind), keys.certificate_pem("partner", kind), method, tmp_path)
    found, plain = (
        translate.read(Delivery(each, code), KNOWN, FACTS, seals=held) for each, held in ((made, seals), (body, None))
    )
    assert found.findings == plain.findings
    assert found.content.as_json() == plain.content.as_json()
    changed = made.replace(b"  <Signature", b" <Signature", 1)
    assert [each.code for each in translate.read(Delivery(changed, code), KNOWN, FACTS, seals=seals).findings] == [
        "SIG-11"
    ]


def test_the_other_tool_finds_what_was_changed(tmp_path):
    body = signed(CERTIFICATE)
    assert b"KR" in body
    changed = body.replace(b"KR", b"KP", 1)
    assert xmlsec.verify(changed, keys.certificate_pem("us"), tmp_path).returncode != 0


@pytest.mark.parametrize("name", sorted(examples()))
def test_a_signed_message_says_what_an_unsigned_one_says(name):
    content, header = said(name)
    mapping, system = shelf.mapping_of(name), examples()[name].system
    plain = mapping.read(shelf.parse(mapping.plan.table, mapping.write(content, header)))
    document = translate.Document(mapping, shelf.parse(mapping.plan.table, signed(name)))
    opened = translate.admit(document, system, KNOWN, keys.seals(), keys.AT)
    found = mapping.read(opened.root)
    assert (found.content.as_json(), found.header) == (plain.content.as_json(), plain.header)
    assert found.leftovers == plain.leftovers


def test_the_pipeline_signs_what_it_sends():
    content, header = said(CERTIFICATE)
    sent = message(CERTIFICATE, keys.seals())
    assert sent.body.count(b"<ds:Signature ") == 1
    assert sent.digest == digest(sent.body)
    plain = message(CERTIFICATE, keys.seals(signed={}))
    assert sent._replace(body=b"", digest="") == plain._replace(body=b"", digest="")


def test_nothing_is_signed_where_nobody_asks():
    seals = keys.seals(signed={})
    assert b"Signature" not in message(CERTIFICATE, seals).body


@pytest.mark.parametrize("system", PARTNERS, ids=lambda each: each.code)
def test_a_profile_asks_for_signatures_unless_the_connection_says_otherwise(system):
    signs, without = system.model_copy(update={"signed": True}), system.model_copy(update={"signed": False})
    nothing = keys.seals(signed={})
    assert (nothing.asked(signs), nothing.asked(without)) == (True, False)
    told = keys.seals(signed={system.code: False})
    assert not told.asked(signs)


def test_a_message_that_no_key_of_ours_can_sign_is_not_sent():
    with pytest.raises(Rejected) as refused:
        message(CERTIFICATE, keys.seals(signing=()))
    assert [(each.code, each.severity) for each in refused.value.findings] == [("SIG-13", "undecided")]


def reading(body, seals=None, at=keys.AT):
    return translate.read(Delivery(body, "ID"), KNOWN, replace(FACTS, at=at), seals=seals or keys.seals())


def from_id(seals=None):
    """A message as the partner itself would send it."""
    return message("partners/id/feedback.toml", seals or keys.seals()).body


def test_a_signed_message_of_a_partner_is_read():
    assert reading(from_id()).verdict is Verdict.VALID


def test_an_unsigned_message_is_refused_where_signatures_are_asked_for():
    found = reading(from_id(keys.seals(signed={})))
    assert [each.code for each in found.findings] == ["SIG-01"]
    assert (found.stage, found.content) == ("signature", None)


def test_a_signature_that_cannot_be_checked_is_undecided_never_valid():
    found = reading(from_id(), keys.seals(pinned={}))
    assert [each.code for each in found.findings] == ["SIG-10"]
    assert (found.verdict, found.content) == (Verdict.INDETERMINATE, None)


def test_without_a_moment_nothing_is_valid():
    assert reading(from_id(), at=None).verdict is Verdict.INDETERMINATE


def test_a_signature_that_was_not_asked_for_is_told_and_refuses_nothing():
    found = reading(from_id(), keys.seals(signed={}, pinned={}))
    assert [each.code for each in found.findings] == ["SIG-12"]
    assert found.verdict is Verdict.VALID
    assert found.leftovers == ()


def test_a_signature_that_was_not_asked_for_is_held_to_a_certificate_that_is_pinned():
    seals = keys.seals(theirs="other", signed={})
    assert [each.code for each in reading(from_id(), seals).findings] == ["SIG-07"]
    assert reading(from_id(keys.seals(signed={})), seals).verdict is Verdict.VALID


def test_what_was_verified_before_is_read_without_being_verified_again():
    found = translate.read(Delivery(from_id(), "ID"), KNOWN, FACTS, seals=None)
    assert (found.verdict, found.findings) == (Verdict.VALID, ())
