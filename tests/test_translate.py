"""The pipeline as one who embeds it sees it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapter import Catalogue, Delivery, Rejected, Verdict, forward, read

ROOT = Path(__file__).parent.parent
RECORD = ROOT / "fixtures/kcci/certificate/ik-cepa-1-item.json"
NOW = datetime(2025, 12, 1, 9, 30, 0, 250_000, tzinfo=UTC)


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue.open(ROOT)


def record(**changes):
    return json.dumps({**json.loads(RECORD.read_bytes()), **changes}).encode()


def sent(catalogue, body):
    certificate = read(Delivery(body, "kcci"), catalogue).certificate
    return forward(certificate, catalogue.system("kcci"), catalogue.system("ID"), catalogue, at=NOW).body


def with_criterion(text):
    goods = json.loads(RECORD.read_bytes())["goods"]
    return record(goods=[{**goods[0], "criterion": text}])


def test_a_certificate_is_given_only_where_the_verdict_is_valid(catalogue):
    reading = read(Delivery(record(status="APPLIED"), "kcci"), catalogue)
    assert reading.verdict is Verdict.INVALID
    with pytest.raises(Rejected) as refused:
        _ = reading.certificate
    assert [finding.code for finding in refused.value.findings] == ["STA-01"]
    assert reading.content is not None


def test_a_record_that_does_not_say_its_state_is_not_relayed(catalogue):
    said = json.loads(RECORD.read_bytes())
    del said["status"]
    (finding,) = read(Delivery(json.dumps(said).encode(), "kcci"), catalogue).findings
    assert (finding.code, finding.field, finding.allowed) == ("STA-01", "header.state", "issued")


def test_a_percentage_is_printed_as_its_own_record_says_it_whatever_went_before(catalogue):
    for text in ("40.00%", "40%", "40.00%"):
        assert f"RVC {text}<".encode() in sent(catalogue, with_criterion(f"RVC {text}"))


@pytest.mark.parametrize("digits", ["\N{FULLWIDTH DIGIT FOUR}\N{FULLWIDTH DIGIT ZERO}", "040"])
def test_a_percentage_in_other_digits_is_kept_as_written_not_understood(catalogue, digits):
    reading = read(Delivery(with_criterion(f"RVC {digits}%"), "kcci"), catalogue)
    assert reading.content is None or reading.content.items[0].criterion.percent is None


@pytest.mark.parametrize("character", ["\x1c", "\x08", "\N{RIGHT-TO-LEFT OVERRIDE}"])
def test_a_character_that_hides_or_turns_text_is_refused(catalogue, character):
    reading = read(Delivery(record(remarks=f"A{character}B"), "kcci"), catalogue)
    assert [finding.code for finding in reading.findings] == ["HUB-CHARACTER"]


def test_a_message_is_sent_at_a_whole_second(catalogue):
    assert b"20251201093000Z" in sent(catalogue, RECORD.read_bytes())


def test_a_moment_without_offset_is_refused_at_once(catalogue):
    certificate = read(Delivery(RECORD.read_bytes(), "kcci"), catalogue).certificate
    systems = catalogue.system("kcci"), catalogue.system("ID")
    with pytest.raises(ValueError, match="offset"):
        forward(certificate, *systems, catalogue, at=NOW.replace(tzinfo=None))


def test_an_error_behind_very_many_warnings_is_still_an_error(catalogue):
    goods = json.loads(RECORD.read_bytes())["goods"][0]
    many = [{**goods, "lineNo": place + 1, "packageUnit": "HEAPS"} for place in range(150)]
    many[-1]["quantityUnit"] = "BOTTLES"
    assert read(Delivery(record(goods=many), "kcci"), catalogue).verdict is Verdict.INVALID


def test_a_finding_tells_the_beginning_of_a_very_long_value(catalogue):
    (finding,) = read(Delivery(record(certificateNo="K" * 100_000), "kcci"), catalogue).findings
    assert finding.found is not None and len(finding.found) < 400
