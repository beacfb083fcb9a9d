"""docs/queues.md says what is so: its consumer runs, its names and words are the relay's."""

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from post_office import PostOffice, catalogue, record

from adapter.ledger import Ledger
from adapter.relay.labels import DEAD_HEADERS, READ_HEADERS, READ_PROPERTIES, SET_HEADERS, SET_PROPERTIES, Label
from adapter.relay.names import DEAD, ENTRANCE, UNKNOWN, inbox, outbox, queue_names
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


@pytest.mark.parametrize(
    ("section", "labels"),
    [("What to put in", (*READ_PROPERTIES, *READ_HEADERS)), ("What comes back", (*SET_PROPERTIES, *SET_HEADERS))],
)
def test_the_tables_of_properties_and_headers_are_those_of_the_code(section: str, labels: Sequence[Label]) -> None:
    rows = table(section)
    assert [name for cell, _ in rows for name in named(cell)] == [label.name for label in labels]
    for label in labels:
        (meaning,) = (meaning for cell, meaning in rows if label.name in named(cell))
        assert [value for value in label.values if f"`{value}`" not in meaning] == []


def test_the_table_of_names_is_that_of_the_code() -> None:
    patterns = [inbox("<code>"), outbox("<code>"), UNKNOWN, DEAD]
    assert [name for cell, *_ in table("Names") for name in named(cell)] == patterns
    kinds = {re.sub(r"(?<=[.]).*", "<code>", queue) for queue in queue_names(catalogue())}
    assert kinds == set(patterns)


def test_the_headers_of_the_dead_are_on_the_page() -> None:
    section = PAGE.partition("\n## Dead letters\n")[2].partition("\n## ")[0]
    assert [label.name for label in DEAD_HEADERS if f"`{label.name}`" not in section] == []


def test_the_exchange_on_the_page_is_where_things_are_put_in() -> None:
    assert f"the exchange `{ENTRANCE}`" in PAGE.partition("\n## What to put in\n")[0]


def table(title: str) -> list[list[str]]:
    """The cells of a section's first table, row by row."""
    section = PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    lines = re.findall(r"^\|(.*)\|$", section.partition("\n|")[2].partition("\n\n")[0], re.MULTILINE)
    return [[cell.strip() for cell in line.split("|")] for line in lines if not line.startswith("---")]


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


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
