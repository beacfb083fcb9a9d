"""RabbitMQ, from 3.10 to 4.x: the engine when one machine is not enough."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from pika import URLParameters
from pika.connection import Parameters

from adapter.delivery import Delivery
from adapter.findings import Unavailable
from adapter.relay.broker import Parcel, Receipt
from adapter.relay.rabbitmq.pump import Pump
from adapter.relay.rabbitmq.queues import declare_queue, queue_depth
from adapter.relay.rabbitmq.sender import Sender
from adapter.relay.rabbitmq.taker import Taker

UNCONFIRMED_WINDOWS = 4
"""How many windows may be on their way without a receipt."""


class RabbitMQ:
    """A Broker: one connection to consume and one to publish, since a memory alarm freezes whoever publishes.

    It connects when it is first needed. The broker's side holds two windows ahead; both sides are bounded in number and
    bytes. `patience` is in seconds: how long a verb waits for a broker that is away before it raises Unavailable.
    """

    def __init__(self, url: str, *, window: int = 256, window_bytes: int = 16_000_000, patience: float = 10.0) -> None:
        self._parameters = _parameters(url)
        self._window, self._window_bytes, self._patience = window, window_bytes, patience
        self._making, self._closed = threading.Lock(), False
        self._pump: Pump | None = None
        self._taker: Taker | None = None
        self._sender: Sender | None = None

    def declare(self, queues: Iterable[str]) -> list[str]:
        """Make durable quorum queues where there are none; names those that exist with other properties."""
        with self._taking() as taker:
            return [queue for queue in queues if not declare_queue(taker.link, queue)]

    def take(self, queues: Sequence[str], most: int, most_bytes: int, wait: float) -> list[Delivery]:
        """A window of deliveries; these queues stay subscribed until the connection ends."""
        with self._taking() as taker:
            return taker.take(queues, most, most_bytes, wait)

    def acknowledge(self, deliveries: Iterable[Delivery]) -> None:
        """Done: they never come again, unless their connection has ended."""
        with self._taking() as taker:
            taker.settle(deliveries, accepted=True)

    def release(self, deliveries: Iterable[Delivery]) -> None:
        """Give back: they come again with their `times` raised."""
        with self._taking() as taker:
            taker.settle(deliveries, accepted=False)

    def send(self, parcels: Sequence[Parcel]) -> None:
        """Hand over for publishing to the default exchange: mandatory, with confirms."""
        with self._sending() as sender:
            sender.send(parcels)

    def receipts(self, wait: float) -> list[Receipt]:
        """What became of parcels since the last call."""
        with self._sending() as sender:
            return sender.receipts(wait)

    def depths(self, queues: Iterable[str]) -> dict[str, int]:
        """How many messages wait in each queue that exists; not counted are those that a taker holds."""
        with self._taking() as taker:
            counts = {queue: queue_depth(taker.link, queue) for queue in queues}
        return {queue: count for queue, count in counts.items() if count is not None}

    def close(self) -> None:
        """End both connections; what was acknowledged before is acknowledged."""
        with self._making:
            pump, self._pump, self._closed = self._pump, None, True
        if pump is not None:
            with pump.turning():
                for side in (self._sender, self._taker):
                    if side is not None:
                        side.link.close()
            pump.close()

    @contextmanager
    def _taking(self) -> Iterator[Taker]:
        with self._turning() as pump:
            if self._taker is None:
                self._taker = Taker(pump, self._parameters, 2 * self._window, 2 * self._window_bytes, self._patience)
            yield self._taker

    @contextmanager
    def _sending(self) -> Iterator[Sender]:
        with self._turning() as pump:
            if self._sender is None:
                most, most_bytes = UNCONFIRMED_WINDOWS * self._window, UNCONFIRMED_WINDOWS * self._window_bytes
                self._sender = Sender(pump, self._parameters, most, most_bytes, self._patience)
            yield self._sender

    @contextmanager
    def _turning(self) -> Iterator[Pump]:
        with self._making:
            if self._closed:
                raise Unavailable("RabbitMQ: the connection was closed on this side")
            pump = self._pump = self._pump or Pump()
        with pump.turning():
            yield pump


def _parameters(url: str) -> Parameters:
    """Raises ValueError without a word of the URL: where it is misspelt, its password may stand anywhere."""
    try:
        if not url.startswith(("amqp://", "amqps://")):
            raise ValueError
        parameters = URLParameters(url)
    except Exception:
        raise ValueError("not a URL like amqp://user:password@host:5672/vhost") from None
    parameters.connection_attempts = 1  # the link itself tries again
    return parameters
