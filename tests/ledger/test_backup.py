"""A copy of ledger and queues, made while a relay works, with which another relay can go on."""

import os
import resource
import signal
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from entries import AT, entry
from shell import RECORD, eodes, process, relaying, said, wait_until, waiting

from adapter.findings import Unavailable
from adapter.ledger import Ledger, Outcome
from adapter.ledger.backup import back_up
from adapter.settings import settings


@pytest.fixture(autouse=True)
def own_folders(monkeypatch, tmp_path):
    monkeypatch.setenv("EODES_DATA", str(tmp_path / "data"))
    for name in ("EODES_HOME", "EODES_BROKER", "EODES_DATABASE", "EODES_SECRETS", "EODES_PARTNER_VHOSTS"):
        monkeypatch.delenv(name, raising=False)


def test_a_copy_made_beside_a_relay_at_work_is_sound_and_another_machine_goes_on_with_it(tmp_path, monkeypatch):
    eodes("send", RECORD, "--from", "kcci")
    with relaying(tmp_path / "relay") as relay:
        wait_until(lambda: waiting()["to.cn"] == 1, relay)
        result = eodes("ledger", "backup", tmp_path / "copy")
        assert result.exit_code == 0, result.stderr
    monkeypatch.setenv("EODES_DATA", str(tmp_path / "copy"))
    assert said("ledger", "verify")["verdict"] == "valid"
    eodes("send", RECORD, "--from", "kcci")
    with relaying(tmp_path / "other") as relay:
        wait_until(lambda: waiting()["from.kcci"] == 0, relay)
    assert waiting()["to.cn"] == 1, "the record was known already: nothing was sent twice"


def test_copies_are_their_owners_alone(tmp_path):
    eodes("send", RECORD, "--from", "kcci")
    Ledger.open(settings().ledger_url).close()
    eodes("ledger", "backup", tmp_path / "copy")
    assert {each.stat().st_mode & 0o077 for each in (tmp_path / "copy").iterdir()} == {0}
    assert {each.name for each in (tmp_path / "copy").iterdir()} == {"ledger.db", "queues.db"}


def test_nothing_that_is_there_is_written_over(tmp_path):
    eodes("send", RECORD, "--from", "kcci")
    Ledger.open(settings().ledger_url).close()
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy/ledger.db").write_text("precious")
    result = eodes("ledger", "backup", tmp_path / "copy")
    assert (result.exit_code, "there already" in result.stderr) == (2, True)
    assert (tmp_path / "copy/ledger.db").read_text() == "precious"


def test_a_ledger_that_is_not_there_is_not_copied(tmp_path):
    assert eodes("ledger", "backup", tmp_path / "copy").exit_code == 2
    assert not (tmp_path / "copy").exists()


def test_a_ledger_on_a_server_is_left_to_its_own_tools(tmp_path):
    result = eodes("ledger", "backup", tmp_path / "copy", "--database", "postgresql://a:b@127.0.0.1/c")
    assert result.exit_code == 2
    assert "pg_dump" in result.stderr


def test_a_ledger_that_another_holds_is_left_alone_and_leaves_no_half_copy(tmp_path, monkeypatch):
    place, copy = tmp_path / "ledger.db", tmp_path / "copy.db"
    Ledger.open(f"sqlite:///{place}").close()
    monkeypatch.setattr("adapter.ledger.backup.BUSY_SECONDS", 0.1)
    with closing(sqlite3.connect(place, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match="locked"):
            back_up(place, {place: copy})
    assert not copy.exists()


def test_where_there_is_no_room_for_it_nothing_is_left_of_a_copy(tmp_path):
    (tmp_path / "data").mkdir()
    with closing(Ledger.open(f"sqlite:///{tmp_path / 'data' / 'ledger.db'}")) as ledger:
        outcomes = [Outcome(replace(entry(str(number)), body=os.urandom(9_000))) for number in range(400)]
        ledger.write(outcomes, [], AT)

    def room_for_little():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    command = process("ledger", "backup", tmp_path / "copy", preexec_fn=room_for_little)
    _, said_ = command.communicate(timeout=60)
    assert (command.returncode, b"disk" in said_) == (2, True)
    assert list((tmp_path / "copy").iterdir()) == []
