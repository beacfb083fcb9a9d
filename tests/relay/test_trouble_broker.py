"""A broker short of disk or memory: the relay takes in, tells the operator, waits, and goes on when there is room."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import servers
from at_work import AtWork, at_work, empty, fill
from post_office import record
from trouble import SECRETS, numbers

from adapter.ledger import Ledger
from adapter.relay.broker import Parcel
from adapter.relay.names import inbox
from adapter.relay.rabbitmq import RabbitMQ

NUMBERS = numbers(60)
ALARMS = {
    "disk": (("set_disk_free_limit", str(10**18)), ("set_disk_free_limit", "50MB")),
    "memory": (("set_vm_memory_high_watermark", "0.00001"), ("set_vm_memory_high_watermark", "0.4")),
}


@contextlib.contextmanager
def alarm(server: servers.PrivateRabbitMQ, kind: str) -> Iterator[None]:
    """What the broker does when it runs short, for as long as the block runs."""
    raised, lifted = ALARMS[kind]
    server.ctl(*raised)
    try:
        yield
    finally:
        server.ctl(*lifted)


def owned(ledger: Ledger) -> int:
    return len(ledger.standings(1_000))


def assert_told(relay: AtWork, kind: str, url: str) -> None:
    line = relay.line("the broker takes no messages for now; they wait in the ledger")
    assert kind in line["trouble"] and "RabbitMQ at 127.0.0.1" in line["trouble"]
    assert "make room on the broker" in line["advice"]
    log = (relay.folder / "log").read_text()
    assert not [secret for secret in (*SECRETS, url.split(":")[2].partition("@")[0]) if secret in log]


@pytest.mark.parametrize("kind", ALARMS)
def test_a_broker_that_runs_short_is_waited_for(
    private_rabbitmq: servers.PrivateRabbitMQ, tmp_path: Path, kind: str
) -> None:
    database = f"sqlite:///{tmp_path / 'ledger.db'}"
    with (
        private_rabbitmq.vhost() as url,
        contextlib.closing(RabbitMQ(url)) as broker,
        contextlib.closing(Ledger.open(database)) as ledger,
    ):
        fill(broker, [Parcel(inbox("kcci"), number, record(number)) for number in NUMBERS])
        with alarm(private_rabbitmq, kind), at_work(tmp_path / "relay", url, database) as relay:
            assert_told(relay, kind, url)
            relay.until(lambda: owned(ledger) == len(NUMBERS))
            assert broker.depths(["from.kcci", "to.id"]) == {"from.kcci": 0, "to.id": 0}
            private_rabbitmq.ctl(*ALARMS[kind][1])
            relay.line("the broker takes messages again")
            assert sorted(sent.headers["number"] for sent in empty(broker, "ID", len(NUMBERS))) == NUMBERS
            answers = [answer.headers["correlation_id"] for answer in empty(broker, "kcci", len(NUMBERS))]
            assert sorted(answers) == NUMBERS
