"""docs/queues.md says what is so: its consumer runs, its names and words are the relay's."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from post_office import PostOffice, record

from adapter.ledger import Ledger
from adapter.relay.rabbitmq import RabbitMQ

PAGE = (Path(__file__).parents[2] / "docs" / "queues.md").read_text(encoding="utf-8")
SOURCES = Path(__file__).parents[2] / "adapter" / "relay"


def consumer() -> str:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    return str(program)


def test_the_consumer_takes_what_the_relay_sent_and_ignores_what_it_has(amqp_url: str, tmp_path: Path) -> None:
    broker, ledger = RabbitMQ(amqp_url), Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}")
    office = PostOffice(broker, ledger)
    for place in range(3):
        office.put("kcci", record(f"K001-25-{place:07d}"), f"m-{place}")
    office.put("kcci", record("K001-25-0000000", transaction="AGAIN"), "m-3")
    office.work()
    (tmp_path / "consumer.py").write_text(consumer())
    command = [sys.executable, str(tmp_path / "consumer.py"), amqp_url, "to.id"]
    lines = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout.splitlines()
    assert [line.split()[:2] for line in lines] == [["certificate", f"K001-25-{place:07d}"] for place in range(3)]
    assert broker.depths(["to.id"]) == {"to.id": 0}
    broker.close()
    ledger.close()


def test_the_consumer_has_twenty_lines() -> None:
    assert len(consumer().strip().splitlines()) <= 20


def test_every_code_of_the_relay_is_on_the_page() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in SOURCES.glob("*.py"))
    codes = set(re.findall(r'code="([A-Z]{3}-[A-Z0-9]+)"', sources))
    assert codes and not [code for code in codes if f"`{code}`" not in PAGE]


def test_every_header_of_a_message_is_on_the_page(office: PostOffice) -> None:
    office.put("kcci", record("K001-25-0000001"))
    office.work()
    for delivery in (*office.take("ID"), *office.take("kcci")):
        assert not [name for name in delivery.headers if f"`{name}`" not in PAGE]


@pytest.mark.parametrize("stage", ["undecided", "duplicate", "refer", "route", "crash"])
def test_every_stage_is_on_the_page(stage: str) -> None:
    assert f"`{stage}`" in PAGE
