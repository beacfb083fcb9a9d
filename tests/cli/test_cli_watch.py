"""`eodes relay --watch`: where it may be told to listen, and what it says when it cannot."""

import os
import re
import socket
from pathlib import Path

import pytest
from shell import eodes, relaying, wait_until

from adapter.cli.watching import place_of


@pytest.mark.parametrize(
    "said, place",
    [
        ("9464", ("127.0.0.1", 9464)),
        ("0.0.0.0:9464", ("0.0.0.0", 9464)),
        ("localhost:0", ("localhost", 0)),
        ("[::1]:9464", ("::1", 9464)),
    ],
)
def test_a_port_alone_is_this_machines_own(said, place):
    assert place_of(said) == place


@pytest.mark.parametrize("said", ["here", ":9464", "host:", "host:port", "65536", "host:-1", "host:٣", "http://x:1/"])
def test_what_is_no_place_is_refused(said):
    refused = eodes("relay", "--watch", said)
    assert refused.exit_code == 2
    assert "say HOST:PORT" in refused.stderr


@pytest.mark.parametrize("workers", [1, 2])
def test_a_port_that_is_taken_is_refused(workers):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused = eodes("relay", "--watch", taken.getsockname()[1], "--workers", workers)
    assert refused.exit_code == 2
    assert "Address already in use" in refused.stderr


def test_unless_it_is_asked_for_nothing_listens(tmp_path):
    with relaying(tmp_path / "log") as running:
        wait_until(lambda: b"relaying" in (tmp_path / "log").read_bytes(), running)
        listening = [line.split() for line in Path(f"/proc/{running.pid}/net/tcp").read_text().splitlines()[1:]]
        own = set(sockets(running.pid))
        assert not [row for row in listening if row[3] == "0A" and row[9] in own]


def test_the_environment_may_ask_for_it_and_a_crew_listens_once(tmp_path, monkeypatch):
    monkeypatch.setenv("EODES_WATCH", "0")
    log = tmp_path / "log"
    with relaying(log, "--workers", "2") as running:
        wait_until(lambda: log.read_bytes().count(b"relaying") == 2, running)
    assert running.returncode == 0
    assert log.read_bytes().count(b'"watched"') == 1


def sockets(process):
    for name in os.listdir(f"/proc/{process}/fd"):
        try:
            said = os.readlink(f"/proc/{process}/fd/{name}")
        except OSError:
            continue
        yield from re.findall(r"socket:\[(\d+)\]", said)
