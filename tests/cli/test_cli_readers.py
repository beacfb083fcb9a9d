"""What lies on one machine is its user's alone, read aloud."""

import json
import os

import pytest
from shell import RECORD, eodes, relaying, wait_until, waiting

from adapter.ledger import Ledger
from adapter.settings import settings


@pytest.fixture(autouse=True)
def usual_umask():
    """The one that most machines have."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def data(tmp_path):
    """The folder with queues and ledger, both made."""
    eodes("send", RECORD, "--from", "kcci")
    Ledger.open(settings().ledger_url).close()
    return tmp_path / "data"


def mode(place):
    return place.stat().st_mode & 0o777


def test_queues_and_ledger_are_made_for_their_user_alone(data):
    assert mode(data) == 0o700
    assert {place.name: mode(place) for place in data.glob("*.db*")} == {"queues.db": 0o600, "ledger.db": 0o600}


def test_so_are_files_that_were_named_and_those_beside_them(tmp_path):
    urls = f"embedded://{tmp_path / 'q'}", f"sqlite:///{tmp_path / 'l'}"
    with relaying(tmp_path / "log", "--broker", urls[0], "--database", urls[1]) as running:
        wait_until(lambda: (tmp_path / "l-wal").exists() and (tmp_path / "q-wal").exists(), running)
        assert {mode(place) for name in "lq" for place in tmp_path.glob(f"{name}*") if place.name != "log"} == {0o600}


def test_older_files_that_others_may_read_are_told_and_left_as_they_are(data):
    (data / "ledger.db").chmod(0o644)
    (data / "queues.db").chmod(0o640)
    for result in (eodes("queues"), eodes("send", RECORD, "--from", "kcci")):
        assert result.exit_code == 0
        (line,) = (line for line in result.stderr.splitlines() if "may read" in line)
        assert f"chmod go= {data / 'queues.db'} {data / 'ledger.db'}" in line
    assert mode(data / "ledger.db") == 0o644


def test_the_relay_tells_it_once(data, tmp_path):
    (data / "ledger.db").chmod(0o644)
    with relaying(tmp_path / "log", "--workers", "2") as running:
        wait_until(lambda: waiting()["to.cn"] == 1, running)
    lines = [line for line in (tmp_path / "log").read_text().splitlines() if "may read" in line]
    assert [json.loads(line)["files"] for line in lines] == [[str(data / "ledger.db")]]


def test_a_ledger_in_memory_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    eodes("queues", "--database", "sqlite:///:memory:")
    assert not list(tmp_path.glob(":*"))
