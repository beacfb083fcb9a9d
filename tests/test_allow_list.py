"""The allow-list: what no row names never leaves, whatever is wrong with it, and nothing that is said repeats it."""

import json
from datetime import UTC, datetime

import pytest
import shelf
from secrets_of import MARKS, UNMARKED, broken, multiplied, secret_values
from typer.testing import CliRunner

from adapter import translate
from adapter.cli.app import app
from adapter.delivery import Delivery
from adapter.findings import Rejected

AT = datetime(2026, 1, 15, tzinfo=UTC)
OWN = ("unipass/certificate/", "kcci/certificate/")
RECORDS = [fixture for fixture in shelf.documents() if str(fixture).startswith(OWN)]
BAD = [fixture for fixture in shelf.bad_documents() if b"SECRET" in fixture.body]
RICH_ONES = {"kr-cn-1-item": "CN", "ik-cepa-1-item": "ID", "kr-in-1-item": "IN", "ksfta-1-item": "SG"}
"""Records with confidential values of every kind, and whom they go to."""
RICH = [fixture for fixture in RECORDS if fixture.path.stem in RICH_ONES]
PARTNERS = [code for code, system in shelf.catalogue().systems.items() if system.side == "partner"]
TOLD = {
    system: [fixture.path for fixture in (*RICH, *BAD) if fixture.system.code == system]
    for system in ("unipass", "kcci")
}
"""The files of each system that commands are given."""


def everything(body: bytes, fixture: shelf.Fixture) -> str:
    """All that this side says of a record: findings, leftovers, header, content, messages and their headers."""
    known = shelf.catalogue()
    reading = translate.read(Delivery(body, fixture.system.code), known, shelf.facts())
    said = [
        reading.header,
        reading.content,
        reading.leftovers,
        reading.stage,
        reading.verdict,
        *_told(reading.findings),
    ]
    for code in known.systems:
        try:
            if reading.content is not None:
                said.append(translate.forward(reading.content, reading.system, known.system(code), known, at=AT))
        except Rejected as refusal:
            said += [refusal, *_told(refusal.findings)]
        except LookupError as error:
            said.append(error)
    return "\n".join(f"{one!s} {one!r}" for one in said)


def _told(findings):
    for finding in findings:
        yield finding
        yield json.dumps(finding.as_dict(), ensure_ascii=False)


@pytest.mark.parametrize("fixture", RECORDS, ids=str)
def test_every_value_that_stays_at_home_bears_a_mark(fixture):
    bare = {name for name, text in secret_values(fixture) if not MARKS.search(text)}
    assert bare <= UNMARKED


@pytest.mark.parametrize("fixture", RICH, ids=str)
def test_a_record_has_confidential_values_of_every_kind(fixture):
    values = list(secret_values(fixture))
    assert len(values) >= 20
    assert any("98765" in text for _, text in values)
    assert any("SECRET" in text for _, text in values)


@pytest.mark.parametrize("fixture", RECORDS + BAD, ids=str)
def test_no_mark_appears_in_what_is_said_of_a_record(fixture):
    assert not MARKS.search(everything(fixture.body, fixture))


@pytest.mark.parametrize("fixture", RICH, ids=str)
def test_no_mark_appears_when_any_confidential_value_is_broken(fixture):
    assert [what for what, body in broken(fixture) if MARKS.search(everything(body, fixture))] == []


@pytest.mark.parametrize("fixture", [fixture for fixture in RICH if fixture.path.suffix == ".xml"], ids=str)
def test_no_mark_appears_when_any_confidential_element_stands_wrong(fixture):
    assert [what for what, body in multiplied(fixture) if MARKS.search(everything(body, fixture))] == []


def test_many_broken_values_make_a_record_invalid():
    fixture = next(fixture for fixture in RICH if fixture.system.code == "unipass")
    deliveries = [Delivery(body, "unipass") for _, body in broken(fixture)]
    verdicts = [translate.read(delivery, shelf.catalogue(), shelf.facts()).verdict for delivery in deliveries]
    assert verdicts.count("invalid") > len(verdicts) / 3


@pytest.mark.parametrize("fixture", RICH, ids=str)
def test_no_mark_appears_in_what_a_command_prints(fixture, tmp_path, monkeypatch):
    monkeypatch.setenv("EODES_DATA", str(tmp_path / "data"))
    _quiet("map", fixture.path, "--from", fixture.system.code, "--to", RICH_ONES[fixture.path.stem])


@pytest.mark.parametrize("more", [("--json",), ("--out", "out")], ids=" ".join)
@pytest.mark.parametrize("partner", PARTNERS)
@pytest.mark.parametrize("system", TOLD)
def test_no_mark_appears_in_what_a_command_says_or_writes_of_many(system, partner, more, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EODES_DATA", str(tmp_path / "data"))
    _quiet("map", *TOLD[system], "--from", system, "--to", partner, *more)
    assert not [place for place in tmp_path.rglob("*") if place.is_file() and _marked(place)]


@pytest.mark.parametrize("system", TOLD)
def test_no_mark_appears_in_a_report(system, tmp_path, monkeypatch):
    monkeypatch.setenv("EODES_DATA", str(tmp_path / "data"))
    _quiet("validate", *TOLD[system], "--partner", system, "--junit", tmp_path / "report.xml")
    assert b"<testcase" in (tmp_path / "report.xml").read_bytes()
    assert not _marked(tmp_path / "report.xml")


def _marked(place):
    return MARKS.search(place.read_bytes().decode(errors="replace"))


def _quiet(*words):
    result = CliRunner().invoke(app, [str(word) for word in (*words, "--on", "2026-01-15")])
    assert result.exit_code in (0, 1, 3), result.output
    assert not MARKS.search(result.output)


def test_the_search_sees_a_mark_in_a_public_value():
    fixture = next(fixture for fixture in RICH if fixture.system.code == "unipass")
    assert MARKS.search(everything(fixture.body.replace(b"CO., LTD.", b"SECRET"), fixture))
