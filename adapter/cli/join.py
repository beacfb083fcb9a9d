"""Where settings become things: the broker and the ledger that commands share."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adapter.cli.guard import refuse
from adapter.ledger import Ledger
from adapter.relay.broker import Broker
from adapter.settings import EMBEDDED, Settings


@contextmanager
def broker_of(settings: Settings) -> Iterator[Broker]:
    """The broker that the settings name, closed at the end; a URL of none is refused."""
    broker = _open_broker(settings.broker_url)
    try:
        yield broker
    finally:
        broker.close()


@contextmanager
def ledger_of(settings: Settings) -> Iterator[Ledger]:
    """The ledger that the settings name, closed at the end; a URL of none is refused. Raises Unavailable."""
    try:
        ledger = Ledger.open(settings.ledger_url)
    except ValueError as error:
        raise refuse(f"--database: {error}") from None
    try:
        yield ledger
    finally:
        ledger.close()


def _open_broker(url: str) -> Broker:
    if url.startswith(EMBEDDED):
        from adapter.relay.embedded import Embedded

        return Embedded(Path(url.removeprefix(EMBEDDED)))
    from adapter.relay.rabbitmq import RabbitMQ

    try:
        return RabbitMQ(url)
    except ValueError as error:
        raise refuse(f"--broker: {error}") from None
