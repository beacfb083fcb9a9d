"""`eodes ledger`, read aloud."""

import json
import sqlite3
from dataclasses import replace

import pytest
from entries import AT, entry, post, standing
from shell import ROOT, eodes, said

from adapter.ledger import Ledger, Outcome


@pytest.fixture
def place(monkeypatch, tmp_path):
    """A ledger with a certificate that was sent."""
    path = tmp_path / "ledger.db"
    ledger = Ledger.open(f"sqlite:///{path}")
    ledger.write([Outcome(entry("d"), (post("m", certificate="c"),), standing("c"))], [], AT)
    ledger.close()
    monkeypatch.setenv("EODES_DATABASE", f"sqlite:///{path}")
    return path


def tamper(place, statement):
    with sqlite3.connect(place) as database:
        assert database.execute(statement).rowcount > 0
    database.close()


def test_a_sound_ledger_is_valid(place):
    result = eodes("ledger", "verify")
    assert result.exit_code == 0
    assert result.stdout == "valid: 1 links, 1 deliveries, 1 messages, 1 certificates, 1 history\n"


def test_an_empty_ledger_is_valid(tmp_path):
    Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}").close()
    result = eodes("ledger", "verify", "--database", f"sqlite:///{tmp_path / 'ledger.db'}")
    assert (result.exit_code, result.stdout) == (0, "valid: nothing is there yet\n")


@pytest.mark.parametrize("command", ["verify", "prune"])
def test_a_ledger_that_is_not_there_is_neither_valid_nor_made(tmp_path, command):
    missing = tmp_path / "ledgre.db"
    result = eodes("ledger", command, "--database", f"sqlite:///{missing}")
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"there is no file {missing}" in result.stderr
    assert not missing.exists()


@pytest.mark.parametrize("command", ["verify", "prune"])
def test_a_database_without_a_ledger_is_left_as_it_is(tmp_path, command):
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as database:
        database.execute("CREATE TABLE recipes (name TEXT)")
    database.close()
    result = eodes("ledger", command, "--database", f"sqlite:///{other}")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "there is no ledger in" in result.stderr
    with sqlite3.connect(other) as database:
        assert database.execute("SELECT name FROM sqlite_master").fetchall() == [("recipes",)]
    database.close()


@pytest.mark.parametrize("noted", ["123", "x" * 64, "A" * 64, ""])
def test_what_is_no_hash_of_an_anchor_is_wrong_usage_and_no_tampering(place, noted):
    result = eodes("ledger", "verify", "--anchor", noted)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "64 hexadecimal digits" in result.stderr


def test_an_altered_ledger_is_invalid_and_told_where(place):
    tamper(place, "UPDATE deliveries SET body = 'other'")
    result = eodes("ledger", "verify")
    assert result.exit_code == 1
    assert "LED-09" in result.stdout and "deliveries/d" in result.stdout
    assert "INVALID" in result.stdout


def test_the_proof_in_json_has_its_documented_parts(place):
    ledger = Ledger.open(f"sqlite:///{place}")
    ledger.write([Outcome(entry("e"))], [], AT)
    ledger.close()
    tamper(place, "UPDATE certificates SET state = 'granted'")
    proof = said("ledger", "verify")
    assert proof["verdict"] == "invalid"
    assert proof["codes"] == {"LED-12": 1}
    assert [(each["code"], each["path"], each["found"]) for each in proof["findings"]] == [
        ("LED-12", "certificates/c", "granted")
    ]
    assert proof["checked"]["links"] == 2
    assert proof["anchor"]["day"] == "2026-03-02"
    assert said("ledger", "verify", "--anchor", proof["anchor"]["hash"])["codes"] == {"LED-12": 1}
    assert said("ledger", "verify", "--anchor", "0" * 64)["codes"] == {"LED-05": 1, "LED-12": 1}


@pytest.fixture
def old(place):
    """The same, issued so long ago that nobody need keep it, and confirmed; and something that died then."""
    ledger = Ledger.open(f"sqlite:///{place}")
    then = AT.replace(year=2001)
    about = replace(entry("f"), key="KEYf")
    ledger.write(
        [Outcome(about, (), replace(standing("f"), issued_on=then.date())), Outcome(entry("x", "read"))], [], then
    )
    ledger.close()
    return place


def test_pruning_says_what_would_go_and_changes_nothing_unless_told_to(old):
    for _ in range(2):
        result = eodes("ledger", "prune")
        assert result.exit_code == 0
        assert "the bytes of 2 deliveries and 0 messages would go; --apply drops them" in result.stdout
        assert "ik-cepa" in result.stdout and "Article 3.20.3" in result.stdout
    assert eodes("ledger", "verify").exit_code == 0


def test_what_was_pruned_is_gone_and_the_ledger_still_valid(old):
    dropped = said("ledger", "prune", "--apply")
    assert dropped["applied"] is True
    assert [
        (each["agreement"], each["deliveries"], each["messages"], each["years"]) for each in dropped["dropped"]
    ] == [
        (None, 1, 0, 5),
        ("ik-cepa", 1, 0, 5),
    ]
    assert said("ledger", "prune")["dropped"] == []
    assert eodes("ledger", "verify").exit_code == 0


def test_the_years_are_those_of_a_folder_of_ones_own(old, tmp_path):
    own = tmp_path / "own/mappings/agreements/ik-cepa.toml"
    own.parent.mkdir(parents=True)
    own.write_text((ROOT / "mappings/agreements/ik-cepa.toml").read_text().replace("years  = 5", "years  = 99"))
    for words in (("ledger", "prune", "--home", tmp_path / "own"), ("--home", tmp_path / "own", "ledger", "prune")):
        result = eodes(*words, "--json")
        assert json.loads(result.stdout)["dropped"] == []  # the longest counts for what died


@pytest.mark.parametrize("command", ["verify", "prune"])
def test_its_commands_say_how_they_are_used(command):
    told = eodes("ledger", command, "--help").stdout
    assert f"Usage: eodes ledger {command}" in told
    assert "--json:" in told


def test_a_ledger_of_a_newer_program_is_refused_in_a_line(place):
    tamper(place, "UPDATE alembic_version SET version_num = '9999'")
    result = eodes("ledger", "verify")
    assert result.exit_code == 2
    assert "newer than this program" in result.stderr
    assert len(result.stderr.splitlines()) == 1
