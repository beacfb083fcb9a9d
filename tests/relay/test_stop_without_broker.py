"""A relay that is told to end while its broker is away ends at once, and says nothing that is not so."""

import contextlib
import json
from pathlib import Path

import pytest
from processes import free_ports
from shell import relaying, wait_until

from adapter.findings import Unavailable
from adapter.relay.rabbitmq import RabbitMQ

LONG = "600"
"""Seconds to drain: longer than any test waits, so that nothing but the relay itself ends it."""


@pytest.fixture(autouse=True)
def own_folders(monkeypatch, tmp_path):
    monkeypatch.setenv("EODES_DATA", str(tmp_path / "data"))


def records(log: Path) -> list[dict]:
    return [json.loads(line) for line in log.read_text().splitlines()]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_when_the_broker_went_away(private_rabbitmq, tmp_path, workers):
    log = tmp_path / "log"
    with private_rabbitmq.vhost() as url:
        words = ("--broker", url, "--drain", LONG, "--workers", workers)
        try:
            with relaying(log, *words) as running:
                wait_until(lambda: log.read_bytes().count(b"relaying") == int(workers), running)
                private_rabbitmq.kill()
                wait_until(lambda: b'"waiting"' in log.read_bytes(), running)
            assert running.returncode == 0
        finally:
            private_rabbitmq.restart()
    told = records(log)
    assert told[-1]["event"] == "stopped"
    assert not [line for line in told if "ended before" in line["event"] or "killed" in line["event"]]


def test_a_verb_does_not_go_on_waiting_when_it_is_told_to_end(tmp_path):
    asked = []

    def until() -> bool:
        asked.append(None)
        return len(asked) > 2

    url = f"amqp://user:pw@127.0.0.1:{free_ports(1)[0]}/"
    with contextlib.closing(RabbitMQ(url, patience=10_000, until=until)) as broker, pytest.raises(Unavailable):
        broker.declare(["to.XA"])
