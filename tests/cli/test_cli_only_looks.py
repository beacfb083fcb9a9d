"""Commands that only read, where there is nothing to read, read aloud: they say so, and make nothing."""

import pytest
from shell import RECORD, eodes, said

LOOKS = [
    ("deadlines",), ("queues",), ("ledger", "numbers"), ("ledger", "verify"), ("ledger", "prune"),
    ("ledger", "backup", "DIR"), ("dead", "list"), ("dead", "show", "x"), ("dead", "queue"), ("track", "K1"),
    ("search",), ("reconcile", "ID"), ("replay", "K1"),
]  # fmt: skip


@pytest.fixture
def mistyped(monkeypatch, tmp_path):
    """A folder that is named, and is not there."""
    place = tmp_path / "daat"
    monkeypatch.setenv("EODES_DATA", str(place))
    return place


@pytest.mark.parametrize("words", LOOKS, ids=" ".join)
def test_a_folder_that_is_not_there_is_told_and_not_made(words, mistyped, tmp_path):
    ended = eodes(*(str(tmp_path / "copies") if word == "DIR" else word for word in words))
    assert ended.exit_code == 2
    assert str(mistyped) in ended.stderr
    assert not mistyped.exists() and not (tmp_path / "copies").exists()


@pytest.mark.parametrize("words", [("deadlines",), ("queues",), ("ledger", "numbers"), ("dead", "queue")], ids=" ".join)
def test_it_is_told_who_named_the_place_and_what_makes_it(words, mistyped):
    told = eodes(*words).stderr
    assert "EODES_DATA names its folder; if that is right, `eodes relay` makes what is missing when it begins" in told
    assert "try" not in told


def test_a_database_that_was_named_is_told_by_that_name(tmp_path):
    ended = eodes("deadlines", "--database", f"sqlite:///{tmp_path / 'ledgre.db'}")
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert f"there is no file {tmp_path / 'ledgre.db'}; --database or EODES_DATABASE names it" in ended.stderr
    assert not list(tmp_path.glob("ledgre*"))


def test_what_waits_is_shown_before_a_relay_has_made_the_ledger(tmp_path):
    eodes("send", RECORD, "--from", "kcci")
    assert {"queue": "from.kcci", "waiting": 1} in said("queues")["queues"]
    ended = eodes("queues")
    assert ended.exit_code == 0
    assert "no ledger yet: `eodes relay` makes one" in ended.stderr
    assert not list((tmp_path / "data").glob("ledger*"))


def test_queues_that_answer_are_shown_where_a_ledger_that_was_named_is_not_there(tmp_path):
    eodes("send", RECORD, "--from", "kcci")
    told = said("queues", "--database", f"sqlite:///{tmp_path / 'ledgre.db'}")
    assert {"queue": "from.kcci", "waiting": 1} in told["queues"]
    assert [str(tmp_path / "ledgre.db") in each for each in told["missing"]] == [True]


def test_what_describes_queues_makes_no_folder(mistyped):
    assert eodes("asyncapi").exit_code == 0
    assert not mistyped.exists()
