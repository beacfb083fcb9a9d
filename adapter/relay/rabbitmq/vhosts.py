"""One relay over several vhosts: every queue in its place, and a window shared fairly between them."""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar
from urllib.parse import quote, urlsplit

from adapter.delivery import Delivery
from adapter.relay.broker import Parcel, Receipt
from adapter.relay.rabbitmq import RabbitMQ
from adapter.relay.rabbitmq.branch import Branch
from adapter.relay.rabbitmq.pump import Pump
from adapter.relay.rabbitmq.taker import LINGER
from adapter.relay.rabbitmq.turns import Turns
from adapter.relay.topology import Topology

LOOK = 0.02
"""Seconds between two looks at the vhosts while nothing comes: one may have begun to answer."""

T = TypeVar("T")
Route = tuple[Branch, list[str]]


class Vhosts:
    """A Broker over the vhosts of a topology, all on one pump; the URL is the main vhost's, its user enters them all.

    A verb raises Unavailable where the main vhost does not answer. What is for a partner's vhost that does not answer
    is refused with the reason, so that it is sent again in its time. What is held ahead and what is without a receipt
    is bounded in bytes for all vhosts together.
    """

    def __init__(
        self,
        url: str,
        topology: Topology,
        *,
        window: int = 256,
        window_bytes: int = 16_000_000,
        patience: float = 10.0,
        until: Callable[[], bool] = lambda: False,
    ) -> None:
        self._turns, self._topology = Turns(until), topology
        self._rotation = 0
        self._refused: list[Receipt] = []
        self._branches: dict[str, Branch] = {}
        for vhost in topology.vhosts:
            place, share = url_of(url, vhost.name), window_bytes // len(topology.vhosts)
            rabbit = RabbitMQ(
                place if vhost.partner else url,
                window=window, window_bytes=share, patience=patience, vhost=vhost, turns=self._turns,
            )  # fmt: skip
            self._branches[vhost.name] = Branch(rabbit, vhost)

    def declare(self, queues: Iterable[str]) -> list[str]:
        """Make each queue in its vhost, and what leads to it; a partner's vhost that is away is furnished later."""
        with self._turns.turning() as pump:
            return [name for branch, part in self._routes(queues) for name in branch.declare(pump, part)]

    def take(self, queues: Sequence[str], most: int, most_bytes: int, wait: float) -> list[Delivery]:
        """A window of deliveries from all vhosts, of which each that has any gets its share."""
        deadline = time.monotonic() + wait
        routes = self._routes(queues)
        with self._turns.turning() as pump:

            def held() -> int:
                return sum(branch.rabbit.taker(pump).holds(part) for branch, part in routes)

            while True:
                if pump.turn_until(held, min(deadline - time.monotonic(), LOOK)):
                    pump.turn_until(lambda: held() >= most, min(deadline - time.monotonic(), LINGER))
                window = self._gather(pump, routes, most, most_bytes)
                if window or time.monotonic() >= deadline:
                    return window

    def acknowledge(self, deliveries: Iterable[Delivery]) -> None:
        """Done: they never come again, unless their connection has ended."""
        self._settle(deliveries, accepted=True)

    def release(self, deliveries: Iterable[Delivery]) -> None:
        """Give back: they come again with their `times` raised."""
        self._settle(deliveries, accepted=False)

    def send(self, parcels: Sequence[Parcel]) -> None:
        """Hand over, those for the main vhost first: if that raises Unavailable, none was taken."""
        parts = self._spread(parcels, [parcel.queue for parcel in parcels])
        with self._turns.turning() as pump:
            for branch, part in parts:
                self._refused += branch.send(pump, part)

    def receipts(self, wait: float) -> list[Receipt]:
        """What became of parcels since the last call, in whatever vhost."""
        with self._turns.turning() as pump:
            senders = [branch.rabbit.sender(pump) for branch in self._branches.values()]
            pump.turn_until(lambda: self._refused or any(sender.has_news() for sender in senders), wait)
            receipts, self._refused = self._refused, []
            for sender in senders:
                if sender.has_news():
                    receipts += sender.receipts(0)
        return receipts

    def depths(self, queues: Iterable[str]) -> dict[str, int]:
        """How many messages wait in each queue that exists; none where a partner's vhost does not answer."""
        with self._turns.turning() as pump:
            found: dict[str, int] = {}
            for branch, part in self._routes(queues):
                found |= branch.depths(pump, part)
        return found

    def close(self) -> None:
        """End all connections; what was acknowledged before is acknowledged."""
        self._turns.close(link for branch in self._branches.values() for link in branch.rabbit.links())

    def _gather(self, pump: Pump, routes: Sequence[Route], most: int, most_bytes: int) -> list[Delivery]:
        """First to each its share, the first in turn always one; then what room is left to whoever has more."""
        self._rotation += 1
        start = self._rotation % max(len(routes), 1)
        turns = [*routes[start:], *routes[:start]]
        busy = sum(branch.rabbit.taker(pump).holds(part) > 0 for branch, part in turns) or 1
        window: list[Delivery] = []
        left = most_bytes
        for share, share_bytes in ((-(-most // busy), most_bytes // busy), (most, most_bytes)):
            for branch, part in turns:
                if branch.rabbit.taker(pump).is_idle(part):
                    continue
                room, room_bytes = min(share, most - len(window)), min(share_bytes, left)
                found = branch.take(pump, part, room, room_bytes, always_one=not window)
                window += found
                left -= sum(len(delivery.body) for delivery in found)
        return window

    def _settle(self, deliveries: Iterable[Delivery], accepted: bool) -> None:
        listed = list(deliveries)
        parts = self._spread(listed, [delivery.source for delivery in listed])
        with self._turns.turning() as pump:
            for branch, part in parts:
                branch.rabbit.taker(pump).settle(part, accepted)

    def _routes(self, queues: Iterable[str]) -> list[Route]:
        listed = list(queues)
        return self._spread(listed, listed)

    def _spread(self, things: Sequence[T], queues: Sequence[str]) -> list[tuple[Branch, list[T]]]:
        """Things by the vhost of their queue, in their order, the main vhost first; what is nobody's queue is there."""
        main, place = self._topology.main.name, self._topology.place
        parts: dict[str, list[T]] = {}
        for thing, queue in zip(things, queues, strict=True):
            parts.setdefault(place.get(queue, main), []).append(thing)
        return [(self._branches[name], parts[name]) for name in sorted(parts, key=lambda name: name != main)]


def url_of(url: str, vhost: str) -> str:
    """The URL of another vhost on the same broker; one that cannot be read stays what it is."""
    try:
        return urlsplit(url)._replace(path=f"/{quote(vhost, safe='')}").geturl()
    except ValueError:
        return url
