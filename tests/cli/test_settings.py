"""Settings come from the environment, from files of secrets, or from the command line."""

import os
import stat
from pathlib import Path

from shell import RECORD, eodes

from adapter.ledger import Ledger
from adapter.settings import settings


def test_queues_and_ledger_are_files_unless_something_else_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("EODES_DATA", str(tmp_path / "data"))
    told = settings()
    assert told.broker_url == f"embedded://{tmp_path}/data/queues.db"
    assert told.ledger_url == f"sqlite:///{tmp_path}/data/ledger.db"
    assert not (tmp_path / "data").exists()  # whoever only asks makes nothing


def test_nobody_else_may_read_the_files(monkeypatch, tmp_path):
    monkeypatch.setenv("EODES_DATA", str(tmp_path / "data"))
    before = os.umask(0o022)
    try:
        eodes("send", RECORD, "--from", "kcci")
        Ledger.open(settings().ledger_url).close()
    finally:
        os.umask(before)
    modes = {place.name: stat.S_IMODE(place.stat().st_mode) for place in (tmp_path / "data").iterdir()}
    assert modes == {"queues.db": 0o600, "ledger.db": 0o600}
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_files_that_are_there_keep_their_permissions(monkeypatch, tmp_path):
    monkeypatch.setenv("EODES_DATA", str(tmp_path))
    (tmp_path / "queues.db").touch(0o640)
    eodes("send", RECORD, "--from", "kcci")
    assert stat.S_IMODE((tmp_path / "queues.db").stat().st_mode) == 0o640


def test_the_files_lie_among_the_users_state(monkeypatch, tmp_path):
    monkeypatch.delenv("EODES_DATA")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert settings().folder == tmp_path / "eodes"
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert settings().folder == tmp_path / ".local/state/eodes"


def test_the_environment_names_broker_and_database(monkeypatch):
    monkeypatch.setenv("EODES_BROKER", "amqp://host")
    monkeypatch.setenv("EODES_DATABASE", "sqlite://")
    told = settings()
    assert (told.broker_url, told.ledger_url) == ("amqp://host", "sqlite://")


def test_the_command_line_is_heard_before_the_environment(monkeypatch):
    monkeypatch.setenv("EODES_BROKER", "amqp://host")
    assert settings(broker="amqp://other").broker_url == "amqp://other"


def test_a_secret_may_lie_in_a_file(monkeypatch, tmp_path):
    (tmp_path / "EODES_BROKER").write_text("amqp://guest:hush@host\n", encoding="utf-8")
    monkeypatch.setenv("EODES_SECRETS", str(tmp_path))
    assert settings().broker_url == "amqp://guest:hush@host"


def test_a_folder_of_secrets_that_is_not_there_is_refused_and_nothing_takes_their_place(monkeypatch, tmp_path):
    monkeypatch.setenv("EODES_SECRETS", str(tmp_path / "none"))
    ended = eodes("queues")
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert ended.stderr == f"error: {tmp_path / 'none'}: EODES_SECRETS names no folder\n"


def test_what_is_empty_is_not_said(monkeypatch):
    monkeypatch.setenv("EODES_HOME", "")
    assert settings().home is None
    monkeypatch.setenv("EODES_HOME", "/somewhere")
    assert settings().home == Path("/somewhere")


def test_a_lease_of_nothing_is_refused_with_its_name(monkeypatch):
    monkeypatch.setenv("EODES_LEASE", "0")
    ended = eodes("relay")
    assert (ended.exit_code, ended.stderr) == (2, "error: EODES_LEASE: is out of range; allowed: more than 0\n")
