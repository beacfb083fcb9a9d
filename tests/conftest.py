"""What every test may ask for: real servers, started when the first test needs them, ended with the session."""

from __future__ import annotations

import os
import re
import signal
import tempfile
from collections.abc import Iterator
from functools import partial
from typing import Any

import hypothesis
import processes
import pytest
import servers
import structlog

LAWS = "tests/laws/"
LAW_OF_ONE = re.compile(rf"{LAWS}[^\[]*\[([^\[]*\.(?:toml|xml|json))")
"""A law, and the table or fixture that it is held for."""
SERVER_FIXTURES = {"rabbitmq", "private_rabbitmq", "amqp_url", "postgresql", "database_url", "partners_broker"}

# No test measures time: a slow machine is no failure. `make laws` takes the second profile.
hypothesis.settings.register_profile("test", max_examples=50, deadline=None)
hypothesis.settings.register_profile("laws", max_examples=500, deadline=None)
hypothesis.settings.load_profile("test")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Goldens change only on purpose."""
    parser.addoption("--update", action="store_true", help="write goldens and complaints anew; read what changed")


@pytest.fixture(autouse=True)
def own_log() -> Iterator[None]:
    """What a command does to the log ends with its test: else a later test would look for secrets in a log put out."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether goldens are to be written."""
    return bool(request.config.getoption("--update"))


def pytest_configure(config: pytest.Config) -> None:
    """Have the servers stopped whoever ends the session, and what schemas say kept until then."""
    works_for_another = hasattr(config, "workerinput")
    end_whole(leads=bool(config.getoption("numprocesses", None)) and not works_for_another)
    if not works_for_another:
        kept = tempfile.TemporaryDirectory(prefix="eodes-tests-")
        config.add_cleanup(kept.cleanup)
        os.environ[processes.KEPT] = kept.name


def end_whole(leads: bool = False) -> None:
    """End like Ctrl-C when terminated or hung up; the leader of a divided session ends its workers first.

    A shell ignores Ctrl-C for what it starts with `&`, and so would all that tests start.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for interruption in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(interruption, partial(_interrupt, leads))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give a worker a whole file, as its tests may share what is made once; laws part by part."""
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class ByFileOrPart(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            law = LAW_OF_ONE.match(nodeid)
            return law[1] if law else str(super()._split_scope(nodeid))

    return ByFileOrPart(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that needs a server, and put laws last: of many small parts, they leave no worker idle."""
    items.sort(key=lambda item: LAWS in item.nodeid)
    for item in items:
        if SERVER_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("servers")


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[servers.RabbitMQ]:
    """A broker, given or private."""
    with servers.rabbitmq() as broker:
        yield broker


@pytest.fixture(scope="session")
def private_rabbitmq(request: pytest.FixtureRequest) -> Iterator[servers.PrivateRabbitMQ]:
    """A broker that a test may kill: the session's own if that is private."""
    broker = request.getfixturevalue("rabbitmq")
    if isinstance(broker, servers.PrivateRabbitMQ):
        yield broker
        return
    with servers.private(servers.PrivateRabbitMQ) as private:
        yield private


@pytest.fixture
def amqp_url(rabbitmq: servers.RabbitMQ) -> Iterator[str]:
    """The AMQP URL of a fresh vhost."""
    with rabbitmq.vhost() as url:
        yield url


@pytest.fixture(scope="session")
def postgresql() -> Iterator[servers.PostgreSQL]:
    """A database server, given or private."""
    with servers.postgresql() as server:
        yield server


@pytest.fixture
def database_url(postgresql: servers.PostgreSQL) -> Iterator[str]:
    """The SQLAlchemy URL of a fresh database."""
    with postgresql.database() as url:
        yield url


def _interrupt(leads: bool, signum: int, frame: object) -> None:
    # A second one would break the stopping off. Workers left to themselves hear of it after five seconds, and are
    # killed five seconds later.
    for again in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(again, signal.SIG_IGN)
    for worker in processes.children(os.getpid()) if leads else ():
        os.kill(worker, signal.SIGTERM)
    raise KeyboardInterrupt(signal.Signals(signum).name)
