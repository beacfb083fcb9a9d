"""Post offices: on the embedded broker and SQLite, and on every engine."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from post_office import PostOffice

from adapter.ledger import Ledger
from adapter.relay.broker import Broker
from adapter.relay.embedded import Embedded
from adapter.relay.rabbitmq import RabbitMQ

ENGINES = ["embedded-sqlite", "rabbitmq-sqlite", "rabbitmq-postgresql"]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PostOffice]:
    """A post office on one machine: embedded broker, SQLite."""
    yield from _office(Embedded(tmp_path / "broker.db"), f"sqlite:///{tmp_path / 'ledger.db'}")


@pytest.fixture(params=ENGINES)
def any_office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PostOffice]:
    """A post office on each pair of broker and database."""
    engine, _, database = request.param.partition("-")
    broker: Broker = Embedded(tmp_path / "broker.db")
    if engine == "rabbitmq":
        broker = RabbitMQ(request.getfixturevalue("amqp_url"))
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    if database == "postgresql":
        url = request.getfixturevalue("database_url")
    yield from _office(broker, url)


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty ledger in each database."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("database_url"))
    return f"sqlite:///{tmp_path / 'ledger.db'}"


def _office(broker: Broker, url: str) -> Iterator[PostOffice]:
    with ExitStack() as stack:
        ledger = Ledger.open(url)
        stack.callback(ledger.close)
        stack.callback(broker.close)
        yield PostOffice(broker, ledger)
