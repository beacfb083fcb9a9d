"""`eodes partners`, `show` and `check`, and what holds for every command, read aloud."""

import json
import shutil

import jsonschema_rs
import pytest
import shelf
from shell import ROOT, eodes, said

from adapter.messages import Kind

COMMANDS = (
    "map",
    "validate",
    "check",
    "partners",
    "show",
    "reconcile",
    "rules",
    "explain",
    "relay",
    "send",
    "queues",
    "demo",
    "ledger",
)


def test_partners_and_domestic_systems_are_listed():
    result = eodes("partners")
    assert result.exit_code == 0
    for word in ("CN", "ID", "kcci", "unipass", "ik-cepa", "live"):
        assert word in result.stdout


def test_partners_in_json_say_who_exchanges_what_since_when():
    systems = {system["code"]: system for system in said("partners")["systems"]}
    assert systems["ID"]["side"] == "partner"
    assert systems["ID"]["agreements"] == ["ik-cepa", "akfta", "rcep"]
    assert systems["CN"]["since"] == "2016-12-28"
    assert systems["unipass"]["importing"] is True
    assert "certificate" in systems["kcci"]["messages"]


def test_every_system_is_listed_with_its_messages_and_their_versions(tmp_path):
    newer = tmp_path / "mappings/partners/id/feedback-next.toml"
    newer.parent.mkdir(parents=True)
    newer.write_text('system = "ID"\nextends = "feedback"\nversion = "1.1"\n', encoding="utf-8")
    told = [line for line in eodes("partners", "--home", tmp_path).stdout.splitlines() if "1.0: " in line]
    lines = {line.split()[0]: line for line in told}
    for system in said("partners")["systems"]:
        assert f"1.0: {', '.join(system['messages'])}" in lines[system["code"]]
    assert "; 1.1: feedback" in lines["ID"]


def test_what_is_planned_with_a_partner_is_listed_apart_from_what_is_exchanged():
    lines = eodes("partners").stdout.splitlines()
    planned = lines[lines.index("Planned, not exchanged yet") :]
    assert any(line.startswith("SG") and "Certificate of non-manipulation" in line for line in planned)
    systems = {system["code"]: system for system in said("partners")["systems"]}
    named = {row["name"]: row for row in systems["SG"]["planned"]}
    assert named["Certificate of non-manipulation"]["agreements"] == ["ksfta", "akfta", "rcep"]
    assert "Memorandum of 1 December 2022" in named["Certificate of non-manipulation"]["source"]
    assert systems["CN"]["planned"] == []


def test_a_table_is_shown_flattened():
    result = eodes("show", "CN", "acknowledgement")
    assert result.exit_code == 0
    line = next(line for line in result.stdout.splitlines() if line.startswith("header.function"))
    assert line.split() == [
        "header.function", "cr:FunctionCode", "text", "function", "(closed)", "FunctionCodeType", "text", "one", "of",
        *line.split()[9:10], "1..1", "017",
    ]  # fmt: skip


def test_a_table_in_json_has_its_schema_with_it():
    tables = said("show", "ID", "certificate")["tables"]
    assert {table["agreement"] for table in tables} == {"ik-cepa", "akfta", "rcep"}
    for table in tables:
        assert table["schema"]["text"] == (ROOT / "xsd" / table["schema"]["file"]).read_text(encoding="utf-8")
        rows = {row["field"]: row for row in table["rows"]}
        assert rows["number"]["wco_id"] == "D014"
        assert (rows["number"]["at_least"], rows["number"]["at_most"]) == (1, 1)
        assert rows["number"]["type"]["facets"]["max_length"] == 70


def test_one_agreements_table_can_be_shown_alone():
    tables = said("show", "ID", "certificate", "--agreement", "akfta")["tables"]
    assert [table["agreement"] for table in tables] == ["akfta"]


def test_without_a_message_all_tables_are_shown():
    own = {str(table.message) for table in shelf.tables().values() if table.system == "kcci"}
    assert {table["message"] for table in said("show", "kcci")["tables"]} == own


@pytest.mark.parametrize("kind", Kind)
def test_the_json_schema_of_the_hub_is_one_that_validators_read(kind):
    result = eodes("show", "CN", kind, "--json-schema")
    assert result.exit_code == 0
    jsonschema_rs.validator_for(json.loads(result.stdout))


def test_the_json_schema_of_the_hub_admits_the_golden_certificates():
    validator = jsonschema_rs.validator_for(json.loads(eodes("show", "--json-schema").stdout))
    for path in sorted((ROOT / "fixtures").glob("*/certificate/*.hub.json")):
        assert list(validator.iter_errors(json.loads(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    ("words", "there"),
    [
        (("XX",), "CN"),
        (("CN", "letter"), "certificate"),
        (("CN", "certificate", "--agreement", "x"), "table"),
        ((), "SYSTEM"),
    ],
)
def test_what_cannot_be_shown_is_answered_with_what_can(words, there):
    result = eodes("show", *words)
    assert result.exit_code == 2
    assert there in result.stderr


def test_all_our_tables_are_proved():
    result = eodes("check")
    assert result.exit_code == 0, result.stdout
    assert "valid  partners/cn/certificate.toml" in result.stdout


def test_check_in_json_tells_of_each_table():
    told = said("check", "CN")
    assert told["verdict"] == "valid"
    assert {table["table"].rpartition("/")[0] for table in told["tables"]} == {"partners/cn", "common"}
    assert set(told["tables"][0]) == {"table", "verdict", "findings"}


@pytest.mark.parametrize(
    ("name", "whom", "text", "code", "told"),
    [
        ("registers/cn.toml", "ID", 'country = "CN"\nsource = "ours"\n[[exporters]]\nnumbr = "1"\n', 1,
         "exporters.0.numbr is no key of this table; allowed: agreements, number, "),
        ("partners/xx/system.toml", "XX", 'code = "XX"\nmodel = "pushy"\n', 2,
         "model is none of its words; allowed: 'push' or 'pull'"),
    ],
    ids=["a register", "a profile"],
)  # fmt: skip
def test_what_is_wrong_in_a_file_of_ones_own_is_told_by_its_key_and_what_is_allowed(
    tmp_path, name, whom, text, code, told
):
    place = tmp_path / "mappings" / name
    place.parent.mkdir(parents=True)
    place.write_text(text, encoding="utf-8")
    result = eodes("--home", tmp_path, "check", whom)
    assert result.exit_code == code
    assert "/".join(place.parts[-2:]) in result.output and told in result.output


def test_a_table_of_the_users_own_that_cannot_be_bound_is_told_and_ends_with_1(tmp_path):
    folder = tmp_path / "mappings/partners/cn"
    shutil.copytree(ROOT / "mappings/partners/cn", folder)
    table = folder / "response.toml"
    table.write_text(table.read_text(encoding="utf-8").replace("cr:StatusCode", "cr:NoSuchCode"), encoding="utf-8")
    result = eodes("check", "CN", "--home", tmp_path)
    assert result.exit_code == 1
    assert "NoSuchCode" in result.stdout
    assert eodes("check", "ID", "--home", tmp_path).exit_code == 0


def test_a_table_that_is_no_toml_is_one_line_and_2(tmp_path):
    folder = tmp_path / "mappings/partners/cn"
    folder.mkdir(parents=True)
    (folder / "system.toml").write_text("this is = = not", encoding="utf-8")
    result = eodes("partners", "--home", tmp_path)
    assert result.exit_code == 2
    assert result.stderr.startswith("error: cn/system.toml: not TOML: ")
    assert len(result.stderr.splitlines()) == 1


def test_a_shared_code_list_that_cannot_be_used_is_told_by_its_own_name(tmp_path):
    folder = tmp_path / "mappings/codes"
    folder.mkdir(parents=True)
    (folder / "ports.toml").write_text('closed = true\nbusan = "KRPUS"\n', encoding="utf-8")
    result = eodes("partners", "--home", tmp_path)
    assert result.exit_code == 2
    assert result.stderr.startswith("error: codes/ports.toml: ")
    assert "`source`" in result.stderr


def own_system(folder):
    place = folder / "mappings/partners/zz"
    place.mkdir(parents=True)
    (place / "system.toml").write_text(
        'code = "ZZ"\nname = "Invented"\nside = "partner"\ncountry = "ZZ"\nagreements = []\n'
        '[live]\nstatus = "planned"\nsource = "a test"\n',
        encoding="utf-8",
    )


def test_a_folder_of_ones_own_is_named_before_the_command_behind_it_or_in_the_environment(tmp_path, monkeypatch):
    own_system(tmp_path)
    assert "ZZ" in eodes("--home", tmp_path, "partners").stdout
    assert "ZZ" in eodes("partners", "--home", tmp_path).stdout
    assert "ZZ" not in eodes("partners").stdout
    monkeypatch.setenv("EODES_HOME", str(tmp_path))
    assert "ZZ" in eodes("partners").stdout


def test_a_folder_of_ones_own_that_is_not_there_ends_with_2():
    assert eodes("partners", "--home", "/nowhere").exit_code == 2


def test_the_version_is_told():
    result = eodes("--version")
    assert result.exit_code == 0
    assert result.stdout.startswith("eodes ")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_how_it_is_used(command):
    result = eodes(command, "--help")
    assert result.exit_code == 0
    assert f"Usage: eodes {command}" in result.stdout


@pytest.mark.parametrize("command", ["map", "validate", "check", "partners", "show", "queues"])
def test_json_is_documented_in_the_help(command):
    assert "--json:" in eodes(command, "--help").stdout


@pytest.mark.parametrize("words", [("nonsense",), ("map", "--nonsense"), ("validate",), ("show", "CN", "x", "y", "z")])
def test_wrong_usage_ends_with_2(words):
    assert eodes(*words).exit_code == 2


def test_what_nobody_foresaw_is_one_line_without_its_text(monkeypatch):
    monkeypatch.setattr("adapter.catalogue.Catalogue.system", broken)
    result = eodes("show", "CN")
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert "ZeroDivisionError" in result.stderr
    assert "SECRET" not in result.stderr


def test_what_nobody_foresaw_is_shown_whole_on_request(monkeypatch):
    monkeypatch.setenv("EODES_DEBUG", "1")
    monkeypatch.setattr("adapter.catalogue.Catalogue.system", broken)
    result = eodes("show", "CN")
    assert result.exit_code == 2
    assert "Traceback" in result.stderr


def broken(*_):
    raise ZeroDivisionError("SECRET")


# Rules and codes


def test_rules_are_listed_with_their_clause_in_one_agreement():
    result = eodes("rules", "--agreement", "ik-cepa")
    assert result.exit_code == 0
    window = next(line for line in result.stdout.splitlines() if line.startswith("ISS-01"))
    assert "ik-cepa: Article 3.16.5" in window
    assert "kr-cn" not in result.stdout


def test_rules_in_json_say_what_they_rest_on_in_every_agreement():
    rules = {rule["code"]: rule for rule in said("rules")["rules"]}
    assert rules["VER-01"]["about"] == ["verification_request"]
    assert rules["ISS-01"]["clauses"]["kr-cn"][0]["source"].startswith("Article 3.15.3")


def test_a_rule_is_explained_with_clause_remedy_and_example():
    result = eodes("explain", "iss-01")
    assert result.exit_code == 0
    for part in ("ISS-01  error, on certificate", "What to do:", "ik-cepa: Article 3.16.5", "error ISS-01 line"):
        assert part in result.stdout


@pytest.mark.parametrize("code", ["DUP-01", "XSD-LENGTH", "LED-05", "LINT-OPEN", "DOC-DTD", "HUB-EMPTY", "MAP-CODE"])
def test_a_code_that_is_no_rule_is_explained_too(code):
    told = said("explain", code)
    assert (told["code"], told["severity"], told["clauses"]) == (code, None, {})
    assert told["title"] and told["explanation"] and told["remedy"] and told["example"]


def test_a_code_that_there_is_not_is_refused_with_those_that_are_like_it():
    result = eodes("explain", "ISS-09")
    assert result.exit_code == 2
    assert "ISS-01" in result.stderr


def test_a_language_of_ones_own_is_spoken(tmp_path):
    folder = tmp_path / "mappings" / "words"
    folder.mkdir(parents=True)
    (folder / "id.toml").write_text('[ISS-01]\ntitle = "Jendela."\nexplanation = "E."\nremedy = "R."\n')
    result = eodes("explain", "ISS-01", "--language", "id", "--home", str(tmp_path))
    assert "Jendela." in result.stdout
    assert eodes("explain", "ISS-01", "--language", "qq").exit_code == 2
