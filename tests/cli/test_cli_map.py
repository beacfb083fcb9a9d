"""`eodes map`, read aloud."""

import json
from pathlib import Path

import hostile
import pytest
from shell import BAD, PARTNERS_OWN, RECORD, ROOT, SECRETS, THREE_ITEMS, TODAY, WARNED, codes, eodes, said

OUTWARD = ("--from", "kcci", "--to", "CN", *TODAY)
REMARKS = ROOT / "fixtures/kcci/bad/remarks-of-600-characters.json"
INWARD = ("--from", "CN", "--to", "unipass", *TODAY)


def test_a_record_becomes_a_document_on_standard_output():
    result = eodes("map", RECORD, *OUTWARD)
    assert result.exit_code == 0
    assert result.stdout.startswith("<?xml")
    assert "K001-25-0610042" in result.stdout


def test_a_partners_document_becomes_a_record():
    result = eodes("map", PARTNERS_OWN, *INWARD)
    assert result.exit_code == 0
    assert "C253302000388105" in result.stdout


def test_a_system_is_known_by_its_code_in_small_letters_too():
    assert eodes("map", RECORD, "--from", "KCCI", "--to", "cn", *TODAY).exit_code == 0


def test_a_dash_reads_standard_input():
    result = eodes("map", "-", *OUTWARD, input=Path(RECORD).read_bytes())
    assert result.exit_code == 0
    assert result.stdout.startswith("<?xml")


def test_results_are_put_into_a_folder_under_the_names_of_their_sources(tmp_path):
    result = eodes("map", RECORD, THREE_ITEMS, *OUTWARD, "--out", tmp_path / "out")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["kr-cn-1-item.xml", "kr-cn-3-items.xml"]


def test_a_file_that_is_put_somewhere_may_be_read_by_whoever_reads_files_here(tmp_path):
    beside = tmp_path / "beside"
    beside.touch()
    eodes("map", RECORD, *OUTWARD, "--out", tmp_path)
    assert (tmp_path / "kr-cn-1-item.xml").stat().st_mode == beside.stat().st_mode


def test_an_invalid_record_ends_with_1_and_gives_no_document():
    result = eodes("map", BAD, *OUTWARD)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "HS-01" in result.stderr


def test_a_finding_says_field_path_and_what_is_allowed():
    found = said("map", BAD, *OUTWARD)["files"][0]["findings"][0]
    assert {"code", "severity", "message", "field"} <= set(found)


def test_of_several_files_the_worst_one_gives_the_code(tmp_path):
    result = eodes("map", RECORD, BAD, *OUTWARD, "--out", tmp_path)
    assert result.exit_code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["kr-cn-1-item.xml"]


def test_json_tells_of_each_file_what_became_of_it():
    told = said("map", RECORD, BAD, *OUTWARD)
    good, bad = told["files"]
    assert told["verdict"] == "invalid"
    assert (good["verdict"], good["exit_code"], good["number"]) == ("valid", 0, "K001-25-0610042")
    assert good["document"].startswith("<?xml")
    assert good["written"] is None
    assert (bad["verdict"], bad["exit_code"], bad["stage"], bad["document"]) == ("invalid", 1, "rules", None)


def test_json_names_what_was_put_where(tmp_path):
    told = said("map", RECORD, *OUTWARD, "--out", tmp_path)
    assert told["files"][0]["written"] == str(tmp_path / "kr-cn-1-item.xml")
    assert told["files"][0]["document"] is None


def test_every_file_has_the_same_keys_in_json():
    every = [file for words in ((RECORD, BAD), (THREE_ITEMS,)) for file in said("map", *words, *OUTWARD)["files"]]
    assert {tuple(file) for file in every} == {
        ("file", "verdict", "exit_code", "stage", "system", "message", "table", "number", "agreement", "findings",
         "leftovers", "document", "written"),
    }  # fmt: skip


def test_several_files_need_a_folder_or_json():
    result = eodes("map", RECORD, THREE_ITEMS, *OUTWARD)
    assert result.exit_code == 2
    assert "--out" in result.stderr


def test_two_files_that_would_be_put_in_one_place_are_refused(tmp_path):
    (tmp_path / "kr-cn-1-item.json").write_bytes(Path(RECORD).read_bytes())
    result = eodes("map", RECORD, tmp_path / "kr-cn-1-item.json", *OUTWARD, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert not (tmp_path / "out").exists()


def test_a_result_is_never_put_over_its_source(tmp_path):
    source = tmp_path / "received.xml"
    source.write_bytes(Path(PARTNERS_OWN).read_bytes())
    result = eodes("map", source, *INWARD, "--out", tmp_path)
    assert result.exit_code == 2
    assert source.read_bytes() == Path(PARTNERS_OWN).read_bytes()


def test_a_warning_is_allowed():
    result = eodes("map", WARNED, "--from", "CN", "--to", "unipass", "--on", "2026-11-22")
    assert result.exit_code == 0
    assert "warning VAL-01" in result.stderr


def test_strictly_judged_a_warning_is_an_error():
    result = eodes("map", WARNED, "--from", "CN", "--to", "unipass", "--on", "2026-11-22", "--strict")
    assert result.exit_code == 1
    assert result.stdout == ""


def test_what_cannot_be_decided_ends_with_3(monkeypatch):
    monkeypatch.setattr("adapter.calendar.Calendar.working_days_after", broken)
    late = Path(RECORD).with_name("kr-cn-1-item-retroactive.json")
    result = eodes("map", late, *OUTWARD)
    assert result.exit_code == 3
    assert result.stdout == ""
    assert "undecided" in result.stderr


def broken(*_):
    raise LookupError


def test_an_unknown_system_is_answered_with_those_there_are():
    result = eodes("map", RECORD, "--from", "kcci", "--to", "XX")
    assert result.exit_code == 2
    assert "CN" in result.stderr
    assert "kcci" in result.stderr


@pytest.mark.parametrize("words", [("no-such-file.json",), (".",), (RECORD, "no-such-file.json"), ("-", "-")])
def test_files_that_cannot_be_read_end_with_2_before_anything_is_done(words, tmp_path):
    result = eodes("map", *words, *OUTWARD, "--out", tmp_path / "out", input=b"")
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_made_is_one_line_and_2():
    result = eodes("map", RECORD, *OUTWARD, "--out", "/dev/null/out")
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("day", ["2026-02-30", "yesterday", "", "\x1b[31m"])
def test_a_day_that_is_none_ends_with_2_before_anything_is_done(day, tmp_path):
    result = eodes("map", RECORD, "--from", "kcci", "--to", "CN", "--on", day, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "YYYY-MM-DD" in result.stderr
    assert "\x1b" not in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_missing_option_is_wrong_usage():
    assert eodes("map", RECORD, "--from", "kcci").exit_code == 2


@pytest.mark.parametrize("name", hostile.XML)
def test_hostile_xml_ends_with_1_and_its_code(name, tmp_path):
    body, code = hostile.XML[name]
    refused(body, code, tmp_path, INWARD)


@pytest.mark.parametrize("name", hostile.JSON)
def test_hostile_json_ends_with_1_and_its_code(name, tmp_path):
    body, code = hostile.JSON[name]
    refused(body, code, tmp_path, OUTWARD)


@pytest.mark.parametrize("name", hostile.WRONG_SCHEMA)
def test_a_document_of_nobody_ends_with_1(name, tmp_path):
    refused(hostile.WRONG_SCHEMA[name][0], "DOC-ROOT", tmp_path, INWARD)


def refused(body, code, tmp_path, words):
    (tmp_path / "hostile").write_bytes(body)
    result = eodes("map", tmp_path / "hostile", *words, "--json")
    assert result.exit_code == 1
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert codes(json.loads(result.stdout)["files"][0]) == [code]
    assert "Traceback" not in result.stderr


def test_nothing_confidential_leaves():
    result = eodes("map", RECORD, *OUTWARD, "--json")
    assert all(secret in Path(RECORD).read_text(encoding="utf-8") for secret in SECRETS)
    assert [secret for secret in SECRETS if secret in result.stdout + result.stderr] == []


@pytest.mark.parametrize("part", ["unitCost", "costs", "applicantId", "internalNote"])
def test_nothing_confidential_is_told_where_it_is_itself_invalid(part, tmp_path):
    record = json.loads(Path(RECORD).read_text(encoding="utf-8"))
    holder = record if part in record else record["goods"][0]
    holder[part] = ["SECRET" * 1_000]
    (tmp_path / "record.json").write_text(json.dumps(record), encoding="utf-8")
    result = eodes("map", tmp_path / "record.json", *OUTWARD, "--json")
    assert result.exit_code == 1
    assert [secret for secret in SECRETS if secret in result.stdout + result.stderr] == []


def test_a_finding_on_the_partners_document_says_where_in_the_record_it_comes_from():
    words = ("map", REMARKS, "--from", "kcci", "--to", "ID", *TODAY)
    assert "; in the record: remarks" in eodes(*words).stderr
    (finding,) = said(*words)["files"][0]["findings"]
    assert (finding["record"], finding["field"]) == ("remarks", "remarks")
