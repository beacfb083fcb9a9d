"""Numbers of 30 to 33 characters: whole through every table, and refused at an edge that is narrower, never cut."""

import shutil
from datetime import UTC, date, datetime

import pytest
import shelf

from adapter import translate
from adapter.catalogue import Catalogue
from adapter.certificate import match_key
from adapter.findings import Rejected
from adapter.rules import check

AT = datetime(2026, 1, 15, tzinfo=UTC)
CERTIFICATES = [fixture for fixture in shelf.documents() if str(fixture).startswith("in/certificate/kr-in-import-")]
NUMBERS = {
    30: "EIC/2025/014/0012345B/00004512",
    32: "MPEDA/2025/008/0007712D/00001234",
    33: "TEXCOM/2025/021/0034567C/00009876",
}


def of_length(length):
    found = [fixture for fixture in CERTIFICATES if fixture.read().content.number == NUMBERS[length]]
    return found[0].read().content


@pytest.mark.parametrize("length", NUMBERS)
def test_a_number_of_30_to_33_characters_goes_whole_into_the_importing_system(length):
    content = of_length(length)
    assert len(content.number) == length
    body = forwarded(content, shelf.catalogue()).body.decode()
    assert f"<wco:ID>{NUMBERS[length]}</wco:ID>" in body
    assert f"<wco:NormalisedID>{match_key(NUMBERS[length])}</wco:NormalisedID>" in body


@pytest.mark.parametrize("system", ["IN", "kcci", "unipass"])
@pytest.mark.parametrize("length", NUMBERS)
def test_whoever_gets_such_a_certificate_gets_the_number_as_it_is_printed(length, system):
    known = shelf.catalogue()
    message = translate.forward(of_length(length), known.system("IN"), known.system(system), known, at=AT)
    assert NUMBERS[length] in message.body.decode()
    assert (message.number, message.key) == (NUMBERS[length], match_key(NUMBERS[length]))


@pytest.fixture
def narrow(tmp_path):
    """A catalogue whose importing system has the twenty characters of a column in Korean broker software."""
    folder = tmp_path / "xsd/domestic/unipass/1.0"
    shutil.copytree(shelf.ROOT / "xsd/domestic/unipass/1.0", folder)
    schema = folder / "ReceivedCertificate.xsd"
    text = schema.read_text()
    number = text.index('<xs:element name="ID" type="k:An70Type">', text.index('name="CertificateType"'))
    schema.write_text(text[:number] + text[number:].replace("k:An70Type", "k:An20Type", 1))
    types = folder / "CommonTypes.xsd"
    shape = '<xs:simpleType name="An20Type"><xs:restriction base="xs:token"><xs:maxLength value="20"/>'
    types.write_text(types.read_text().replace("</xs:schema>", f"{shape}</xs:restriction></xs:simpleType></xs:schema>"))
    return Catalogue.open(tmp_path)


def forwarded(content, known):
    return translate.forward(content, known.system("IN"), known.system("unipass"), known, at=AT)


@pytest.mark.parametrize("length", NUMBERS)
def test_a_system_with_twenty_characters_for_it_refuses_it_and_says_so(narrow, length):
    with pytest.raises(Rejected) as refused:
        forwarded(of_length(length), narrow)
    assert refused.value.stage == "write"
    (finding,) = refused.value.findings
    assert (finding.code, finding.field, finding.found) == ("XSD-LENGTH", "number", NUMBERS[length])
    assert finding.allowed == "at most 20 characters"


def test_a_system_with_twenty_characters_takes_what_fits(narrow):
    content = of_length(30).model_copy(update={"number": "IK00012345", "issued_on": date(2019, 5, 14)})
    assert b"<wco:ID>IK00012345</wco:ID>" in forwarded(content, narrow).body


@pytest.mark.parametrize(
    ("number", "day", "told"),
    [
        ("IK00012345", date(2020, 3, 5), []),
        ("IK00012345", date(2020, 3, 6), ["NUM-02"]),
        (NUMBERS[30], date(2020, 3, 5), ["NUM-02"]),
        (NUMBERS[30], date(2020, 3, 6), []),
        (NUMBERS[33], date(2020, 3, 6), []),
        (NUMBERS[33].lower(), date(2020, 3, 6), []),
        (NUMBERS[33][:20], date(2020, 3, 6), ["NUM-02"]),
    ],
)
def test_the_day_of_issue_decides_how_a_number_must_look(number, day, told):
    content = of_length(30).model_copy(update={"number": number, "issued_on": day})
    findings = check(content, shelf.catalogue().agreement("kr-in"), shelf.facts())
    assert [finding.code for finding in findings if finding.field == "number"] == told
