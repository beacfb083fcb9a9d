"""Post offices: on the embedded broker and SQLite, and on every engine."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import servers
from estate import Estate, estate
from life import tried_out
from post_office import PostOffice

from adapter.catalogue import Catalogue
from adapter.ledger import Ledger
from adapter.relay.broker import Broker
from adapter.relay.embedded import Embedded
from adapter.relay.rabbitmq import RabbitMQ
from adapter.relay.topology import Topology, Vhost

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


@pytest.fixture
def laid_out(private_rabbitmq: servers.PrivateRabbitMQ) -> Iterator[Estate]:
    """A broker laid out for the relay, with vhosts and users of partners: that takes the management API."""
    with private_rabbitmq.vhost() as url, estate(private_rabbitmq, url) as made:
        yield made


@pytest.fixture
def two_vhosts(rabbitmq: servers.RabbitMQ, amqp_url: str) -> Iterator[tuple[str, Topology]]:
    """The URL of a main vhost, and a topology in which one queue of the tests lies in a partner's own."""
    main = urlsplit(amqp_url).path.removeprefix("/")
    own = Vhost(f"{main}-xa", ("from.XA", "to.XA"), (), (), partner="XA")
    with rabbitmq.annex(amqp_url, own.name):
        yield amqp_url, Topology(Vhost(main, ("from.XB", "to.XB"), (), ()), (own,))


@pytest.fixture(scope="session")
def known(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """The catalogue with all that a treaty enables being tried out."""
    return tried_out(tmp_path_factory.mktemp("home"))


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
