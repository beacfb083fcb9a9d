"""RabbitMQ, from 3.10 to 4.x: the engine when one machine is not enough."""

import ssl
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from adapter.delivery import Delivery
from adapter.relay.broker import Parcel, Receipt
from adapter.relay.rabbitmq.furnish import furnish
from adapter.relay.rabbitmq.link import Link
from adapter.relay.rabbitmq.places import places_of, secured
from adapter.relay.rabbitmq.pump import Pump
from adapter.relay.rabbitmq.queues import queue_depths
from adapter.relay.rabbitmq.sender import Sender
from adapter.relay.rabbitmq.taker import Taker
from adapter.relay.rabbitmq.turns import Turns
from adapter.relay.topology import Vhost

UNCONFIRMED_WINDOWS = 4
"""How many windows may be on their way without a receipt."""


class RabbitMQ:
    """A Broker in one vhost: a connection to consume, one to publish, since a memory alarm freezes whoever publishes.

    It connects when it is first needed, to the first host of its URL that answers. The broker's side holds two windows
    ahead; both sides are bounded in number and bytes. `patience` is in seconds: how long a verb waits for a broker that
    is away before it raises Unavailable. `vhost` says which exchanges lead to the queues, and `turns` whose turn it is
    where several share one pump. When `until` says that its owner is to end, no verb waits for a broker that is away.
    `tls` is whom it believes and who it is, `name` what stands in the broker's certificate, where it is not the host.
    No body is let in that has more than `largest` bytes, if that is said: it comes without one, and with its size.
    """

    def __init__(
        self,
        url: str,
        *,
        window: int = 256,
        window_bytes: int = 16_000_000,
        patience: float = 10.0,
        vhost: Vhost | None = None,
        turns: Turns | None = None,
        until: Callable[[], bool] = lambda: False,
        tls: ssl.SSLContext | None = None,
        name: str | None = None,
        largest: int | None = None,
    ) -> None:
        self._places = places_of(url) if tls is None else secured(places_of(url), tls, name)
        self._window, self._window_bytes, self._patience = window, window_bytes, patience
        self._vhost, self._turns, self._largest = vhost, turns or Turns(until), largest
        self._taker: Taker | None = None
        self._sender: Sender | None = None

    def declare(self, queues: Iterable[str]) -> list[str]:
        """Make durable quorum queues where there are none, and what leads to them; names what is there otherwise."""
        with self._taking() as taker:
            return furnish(taker.link, queues, self._vhost)

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
        """Hand over for publishing, to the default exchange unless a parcel names one: mandatory, with confirms."""
        with self._sending() as sender:
            sender.send(parcels)

    def receipts(self, wait: float) -> list[Receipt]:
        """What became of parcels since the last call."""
        with self._sending() as sender:
            return sender.receipts(wait)

    def depths(self, queues: Iterable[str]) -> dict[str, int]:
        """How many messages wait in each queue that exists; not counted are those that a taker holds."""
        with self._taking() as taker:
            return queue_depths(taker.link, queues)

    def close(self) -> None:
        """End both connections; what was acknowledged before is acknowledged."""
        self._turns.close(self.links())

    def links(self) -> Iterator[Link]:
        """The connections that there are by now."""
        yield from (side.link for side in (self._sender, self._taker) if side is not None)

    def taker(self, pump: Pump) -> Taker:
        """The consuming side, for whoever holds the pump."""
        if self._taker is None:
            bounds = 2 * self._window, 2 * self._window_bytes
            self._taker = Taker(pump, self._places, *bounds, self._patience, self._largest)
        return self._taker

    def sender(self, pump: Pump) -> Sender:
        """The publishing side, for whoever holds the pump."""
        if self._sender is None:
            most, most_bytes = UNCONFIRMED_WINDOWS * self._window, UNCONFIRMED_WINDOWS * self._window_bytes
            self._sender = Sender(pump, self._places, most, most_bytes, self._patience)
        return self._sender

    @contextmanager
    def _taking(self) -> Iterator[Taker]:
        with self._turns.turning() as pump:
            yield self.taker(pump)

    @contextmanager
    def _sending(self) -> Iterator[Sender]:
        with self._turns.turning() as pump:
            yield self.sender(pump)
