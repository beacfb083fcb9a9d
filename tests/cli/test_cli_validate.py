"""`eodes validate`, read aloud."""

import re
from pathlib import Path

import pytest
from lxml import etree
from shell import BAD, BAD_XML, PARTNERS_OWN, RECORD, ROOT, SECRETS, TODAY, WARNED, codes, eodes, said

SOUND = ROOT / "fixtures/id/certificate/ik-cepa-1-item.xml"
MARKS = re.compile("<MarksNumbersID>[^<]*<")


def test_a_sound_document_is_valid():
    result = eodes("validate", PARTNERS_OWN, "--partner", "CN", *TODAY)
    assert result.exit_code == 0
    assert result.stdout.startswith("valid  ")
    assert "C253302000388105" in result.stdout


def test_a_domestic_record_is_validated_too():
    assert eodes("validate", RECORD, "--partner", "kcci", *TODAY).exit_code == 0


def test_a_bad_document_is_invalid_and_its_finding_says_where_and_what():
    result = eodes("validate", BAD_XML, "--partner", "CN", *TODAY)
    assert result.exit_code == 1
    assert result.stdout.startswith("invalid  ")
    for word in ("XSD-LENGTH", "line 47", "consignee.address.postcode", "co:PostcodeID", "at most 9 characters"):
        assert word in result.stderr


def test_of_several_files_each_gets_its_line_and_the_worst_gives_the_code():
    result = eodes("validate", PARTNERS_OWN, BAD_XML, "--partner", "CN", *TODAY)
    assert result.exit_code == 1
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["valid", "invalid"]


def test_a_dash_reads_standard_input():
    result = eodes("validate", "-", "--partner", "CN", *TODAY, input=Path(BAD_XML).read_bytes())
    assert result.exit_code == 1
    assert "invalid  -" in result.stdout


def test_json_tells_all_findings():
    told = said("validate", PARTNERS_OWN, BAD_XML, "--partner", "CN", *TODAY)
    assert told["verdict"] == "invalid"
    good, bad = told["files"]
    assert (good["verdict"], good["exit_code"], good["message"], good["findings"]) == ("valid", 0, "certificate", [])
    assert (bad["verdict"], bad["exit_code"], bad["stage"]) == ("invalid", 1, "schema")
    assert codes(bad) == ["XSD-LENGTH"]
    assert bad["findings"][0]["line"] == 47


def test_strictly_judged_a_warning_is_an_error():
    words = ("validate", WARNED, "--partner", "CN", "--on", "2026-11-22")
    assert eodes(*words).exit_code == 0
    assert eodes(*words, "--strict").exit_code == 1


def test_a_junit_report_has_a_case_for_each_file(tmp_path):
    place = tmp_path / "report.xml"
    result = eodes("validate", PARTNERS_OWN, BAD_XML, "--partner", "CN", *TODAY, "--junit", place)
    assert result.exit_code == 1
    suite = etree.parse(place).getroot()
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "1", "0")
    good, bad = suite
    assert good.find("failure") is None
    assert bad.find("failure").get("type") == "XSD-LENGTH"
    assert bad.get("name") == BAD_XML


def test_a_report_that_cannot_be_written_is_one_line_and_2():
    result = eodes("validate", PARTNERS_OWN, "--partner", "CN", *TODAY, "--junit", "/nowhere/report.xml")
    assert result.exit_code == 2
    assert "/nowhere" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_name_that_a_terminal_might_obey_is_told_in_plain_letters(tmp_path):
    name = tmp_path / "a\x1b[2Jb.xml"
    name.write_bytes(b"<a/>")
    result = eodes("validate", name, "--partner", "CN", "--junit", tmp_path / "report.xml")
    assert result.exit_code == 1
    assert "\x1b" not in result.stdout + result.stderr


def test_an_unknown_partner_is_answered_with_those_there_are():
    result = eodes("validate", RECORD, "--partner", "nobody")
    assert result.exit_code == 2
    assert all(code in result.stderr for code in ("CN", "ID", "kcci", "unipass"))


@pytest.mark.parametrize("name", [RECORD, BAD])
def test_nothing_confidential_is_told(name, tmp_path):
    result = eodes("validate", name, "--partner", "kcci", *TODAY, "--json", "--junit", tmp_path / "report.xml")
    told = result.stdout + result.stderr + (tmp_path / "report.xml").read_text(encoding="utf-8")
    assert [secret for secret in SECRETS if secret in told] == []


def test_a_second_opinion_tells_where_the_engines_differ(tmp_path):
    blank = tmp_path / "blank-marks.xml"
    # xmlschema takes a no-break space for a blank, lxml does not.
    blank.write_text(
        MARKS.sub("<MarksNumbersID>\N{NO-BREAK SPACE}<", SOUND.read_text(encoding="utf-8")), encoding="utf-8"
    )
    assert "XSD-DISPUTED" in eodes("validate", blank, "--partner", "ID", *TODAY, "--second-opinion").stderr
    assert "XSD-DISPUTED" not in eodes("validate", blank, "--partner", "ID", *TODAY).stderr


def test_a_second_opinion_that_agrees_says_nothing():
    result = eodes("validate", PARTNERS_OWN, "--partner", "CN", *TODAY, "--second-opinion")
    assert (result.exit_code, "XSD-DISPUTED" in result.stderr) == (0, False)
