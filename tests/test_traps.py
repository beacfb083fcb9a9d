"""The trade's traps, one test each, named after what it guards; k to n: tests/relay/test_traps_of_life.py."""

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import shelf

from adapter import translate
from adapter.calendar import Calendar
from adapter.certificate import Certificate, match_key
from adapter.deadlines import local_day
from adapter.delivery import Delivery
from adapter.findings import Finding
from adapter.ledger import Known
from adapter.relay.arrival import arrive_all
from adapter.relay.decide import decide_all
from adapter.relay.exchange import Exchange
from adapter.rules import Facts, check

AT = datetime(2025, 9, 1, 12, 0, tzinfo=UTC)
ONE = shelf.FIXTURES / "kcci" / "certificate" / "ik-cepa-1-item.json"
CHINA = shelf.FIXTURES / "kcci" / "certificate" / "kr-cn-1-item.json"


def record(path: Path = ONE, **changes: object) -> bytes:
    """A chamber's record with these properties changed."""
    return json.dumps(json.loads(path.read_bytes()) | changes).encode()


def read(body: bytes, system: str = "kcci", facts: Facts | None = None) -> translate.Reading:
    return translate.read(Delivery(body, system), shelf.catalogue(), facts or shelf.facts())


def sent(reading: translate.Reading, to: str) -> bytes:
    known = shelf.catalogue()
    return translate.forward(reading.certificate, reading.system, known.system(to), known, AT).body


def coded(findings: list[Finding] | tuple[Finding, ...], code: str) -> list[Finding]:
    return [finding for finding in findings if finding.code == code]


def checked(certificate: Certificate, code: str, **changes: object) -> list[Finding]:
    agreement = shelf.catalogue().agreement(certificate.agreement)
    return coded(check(certificate.model_copy(update=changes), agreement, Facts(calendar=Calendar(None))), code)


SPELLINGS = ["K001-25-0712345", "k001-25-0712345", "K001 25 0712345", "K001250712345", "Ｋ００１－２５－０７１２３４５"]


@pytest.mark.parametrize("spelt", SPELLINGS)
def test_a_numbers_with_hyphens_blanks_or_small_letters_are_one_number_and_stay_as_printed(spelt):
    certificate = read(record(certificateNo=spelt)).certificate
    assert (certificate.number, certificate.key) == (spelt, "K001250712345")
    assert match_key(spelt) == match_key("K001-25-0712345")


def test_b_the_same_number_again_is_acknowledged_and_other_content_under_it_is_rejected():
    exchange = Exchange(shelf.catalogue(), Calendar(None))
    bodies = [record(), record(), record(vesselName="ANOTHER VESSEL"), record(certificateNo="k001 25 0712345")]
    deliveries = [Delivery(body, "from.kcci", f"m-{place}") for place, body in enumerate(bodies)]
    known = Known({}, [], [], {})
    first, again, other, spelt = decide_all(arrive_all(deliveries, exchange, exchange.facts(AT)), known, exchange, AT)
    assert [post.message.kind for post in first.posts] == ["certificate", "acknowledgement"]
    assert [post.message.kind for post in again.posts] == ["acknowledgement"]
    assert [each.entry.code for each in (again, other, spelt)] == [None, "DUP-01", "DUP-01"]


def test_c_a_correction_under_the_old_number_is_refused():
    replaced = {"copyType": "REPLACEMENT", "replacedNo": "K001 25 0712345", "replacedDate": "2025-05-14"}
    (finding,) = coded(read(record(**replaced)).findings, "ALT-01")
    assert (finding.severity, finding.field) == ("error", "number")


@pytest.mark.parametrize(
    ("path", "last", "missed", "weight"),
    [
        # Seven calendar days from Friday 2 May 2025, over a weekend and Children's Day.
        (ONE, date(2025, 5, 9), date(2025, 5, 10), "error"),
        # Seven working days: two weekends, and 5 and 6 May are holidays. Where two days decide it is a warning.
        (CHINA, date(2025, 5, 15), date(2025, 5, 16), "warning"),
        (CHINA, date(2025, 5, 15), date(2025, 5, 20), "error"),
    ],
)
def test_d_the_retroactive_mark_is_missed_from_the_first_day_after_the_window(path, last, missed, weight):
    certificate = read(record(path)).certificate
    travel = certificate.consignment.model_copy(update={"departed_on": date(2025, 5, 2)})
    assert checked(certificate, "ISS-01", consignment=travel, issued_on=last) == []
    (finding,) = checked(certificate, "ISS-01", consignment=travel, issued_on=missed)
    assert finding.severity == weight
    assert checked(certificate, "ISS-01", consignment=travel, issued_on=missed, retroactive=True) == []


@pytest.mark.parametrize(("day", "refused"), [(date(2022, 6, 11), 1), (date(2022, 6, 12), 0)])
def test_e_21_items_go_to_china_since_12_june_2022_only(day, refused):
    certificate = read(record(CHINA)).certificate
    items = tuple(certificate.items[0].model_copy(update={"number": number}) for number in range(1, 22))
    assert len(checked(certificate, "ITM-01", items=items, issued_on=day)) == refused


def test_f_a_value_does_not_leave_with_a_tariff_shift_criterion():
    goods = json.loads(ONE.read_bytes())["goods"]
    with_value = sent(read(record()), "ID")
    without = sent(read(record(goods=[goods[0] | {"criterion": "CTH"}])), "ID")
    assert b"48640" in with_value
    assert b"48640" not in without and b"ValueAmount" not in without


@pytest.mark.parametrize(("words", "statement"), [("SAME", "same"), ("AVAILABLE UPON REQUEST", "on_request")])
def test_g_same_and_available_upon_request_stand_for_the_producer_there_and_back(words, statement):
    plain = {name: value for name, value in json.loads(CHINA.read_bytes()).items() if not name.startswith("producer")}
    reading = read(json.dumps(plain | {"producerRemark": words}).encode())
    back = read(sent(reading, "CN"), "CN").certificate
    assert (back.producer, back.producer_statement) == (None, statement)


def test_h_prefixes_are_names_for_namespaces_and_nothing_more():
    path = shelf.FIXTURES / "unipass" / "certificate" / "ik-cepa-1-item.xml"
    plain = path.read_text(encoding="utf-8")
    other = {"wco": "kcs", "kcs": "wco"}
    swapped = re.sub(r"(</?|xmlns:)(wco|kcs)(?=[:=])", lambda found: found[1] + other[found[2]], plain)
    one = re.sub(r"(</?)(?:wco|kcs):", r"\1x:", plain).replace("xmlns:wco=", "xmlns:x=")
    assert len({plain, swapped, one}) == 3
    expected = read(plain.encode(), "unipass").certificate
    assert [read(text.encode(), "unipass").certificate for text in (swapped, one)] == [expected, expected]


def test_h_a_file_with_a_second_namespace_is_refused_and_not_read_by_its_prefixes():
    path = shelf.FIXTURES / "unipass" / "certificate" / "ik-cepa-1-item.xml"
    apart = re.sub(r'(xmlns:kcs="[^"]+)"', r'\1:1"', path.read_text(encoding="utf-8"), count=1)
    reading = read(apart.encode(), "unipass")
    assert (reading.stage, reading.findings[0].code[:4]) == ("schema", "XSD-")


def test_i_hangul_in_an_english_field_is_a_warning_and_stays_as_written():
    reading = read(record(exporterName="새별정밀"))
    (finding,) = coded(reading.findings, "LNG-01")
    assert (finding.severity, finding.field) == ("warning", "exporter.name")
    assert "새별정밀".encode() in sent(reading, "ID")


@pytest.mark.parametrize("number", ["EIC/2019/007/0000769A/00000028", "TEXCOM/2019/007/0000769A/00000028"])
def test_j_numbers_of_30_to_33_characters_are_never_cut(number):
    assert 30 <= len(number) <= 33
    path = shelf.FIXTURES / "id" / "certificate" / "ik-cepa-import-3-items.xml"
    own = shelf.Fixture(path).read().content.number
    reading = read(path.read_bytes().replace(own.encode(), number.encode()), "ID")
    assert reading.certificate.number == number
    assert f">{number}<".encode() in sent(reading, "unipass")


@pytest.mark.parametrize(
    ("body", "day", "refused"),
    [
        ("AQSIQ", date(2018, 8, 19), 0),
        ("AQSIQ", date(2018, 8, 20), 1),
        ("GACC", date(2018, 8, 19), 1),
        ("GACC", date(2018, 8, 20), 0),
    ],
)
def test_o_a_body_that_no_longer_issues_is_not_on_the_register(body, day, refused):
    path = shelf.FIXTURES / "cn" / "certificate" / "kr-cn-import-1-item.xml"
    certificate = shelf.Fixture(path).read().content
    named = certificate.issued_by.model_copy(update={"code": body})
    found = checked(certificate, "REG-01", issued_by=named, issued_on=day)
    assert [finding.severity for finding in found] == ["error"] * refused


def test_p_days_are_the_issuers_own_at_the_turn_of_the_year():
    # Seven in the evening of 31 December in London: from India on eastward it is the new year.
    moment = datetime(2025, 12, 31, 19, 0, tzinfo=UTC)
    zones = {"KST": "+09:00", "CST": "+08:00", "WIB": "+07:00", "ICT": "+07:00", "IST": "+05:30"}
    assert {local_day(moment, zone) for zone in zones.values()} == {date(2026, 1, 1)}
    dated = record(issueDate="2026-01-01", departureDate="2025-12-31")
    reading = read(dated, facts=Facts(today=moment.date(), calendar=Calendar(None)))
    assert coded(reading.findings, "DAT-01") == []
    assert reading.certificate.issued_on == read(sent(reading, "ID"), "ID").certificate.issued_on == date(2026, 1, 1)


def test_each_trap_from_a_to_q_has_a_test_that_bears_its_letter():
    files = Path(__file__), Path(__file__).parent / "relay" / "test_traps_of_life.py"
    letters = {letter for file in files for letter in re.findall(r"(?m)^def test_([a-z])_", file.read_text("utf-8"))}
    assert letters == set("abcdefghijklmnopq")


@pytest.mark.parametrize("system", ["kcci", "unipass"])
def test_q_text_in_euc_kr_is_refused_by_a_code_of_its_own(system):
    body = {"kcci": '{"exporterName": "새별정밀"}', "unipass": "<Declaration>새별정밀</Declaration>"}[system]
    reading = read(body.encode("euc-kr"), system)
    assert (reading.stage, [finding.code for finding in reading.findings]) == ("read", ["DOC-ENCODING"])
