"""Partners that are reached otherwise than by the queues on our own broker."""

import time
from collections.abc import Iterable, Mapping, Sequence

from adapter.delivery import Delivery
from adapter.findings import Unavailable
from adapter.relay.broker import Broker, Outcome, Parcel, Receipt
from adapter.relay.endpoints.endpoint import Endpoint, News

LOOK = 0.02
"""Seconds between two looks at the broker and the endpoints, while both may have news."""


class Endpoints:
    """A Broker that hands what is for one of these queues to its endpoint, and all else to the broker that it is over.

    An endpoint never keeps anybody waiting: it has a lane of its own.
    """

    def __init__(self, broker: Broker, endpoints: Mapping[str, Endpoint], news: News) -> None:
        self._broker, self._endpoints, self._news = broker, endpoints, news
        self._carried = 0
        """How many parcels are with endpoints and have no receipt."""
        self._kept = 0
        """How many are with the broker."""

    def declare(self, queues: Iterable[str]) -> list[str]:
        """Make the queues; a partner's that is reached otherwise has its own, so that it can be changed at any time."""
        return self._broker.declare(queues)

    def take(self, queues: Sequence[str], most: int, most_bytes: int, wait: float) -> list[Delivery]:
        """A window of deliveries."""
        return self._broker.take(queues, most, most_bytes, wait)

    def acknowledge(self, deliveries: Iterable[Delivery]) -> None:
        """Done: they never come again."""
        self._broker.acknowledge(deliveries)

    def release(self, deliveries: Iterable[Delivery]) -> None:
        """Give back: they come again."""
        self._broker.release(deliveries)

    def send(self, parcels: Sequence[Parcel]) -> None:
        """Hand over; where the broker is away, that is raised unless something goes to endpoints: these are served."""
        ours = [parcel for parcel in parcels if parcel.queue not in self._endpoints]
        theirs: dict[str, list[Parcel]] = {}
        for parcel in parcels:
            if parcel.queue in self._endpoints:
                theirs.setdefault(parcel.queue, []).append(parcel)
        if ours:
            self._send_ours(ours, bool(theirs))
        for queue, some in theirs.items():
            self._carried += len(some)
            self._endpoints[queue].send(some)

    def _send_ours(self, ours: Sequence[Parcel], with_theirs: bool) -> None:
        try:
            self._broker.send(ours)
            self._kept += len(ours)
        except Unavailable as trouble:
            if not with_theirs:
                raise
            self._carried += len(ours)
            self._news.put(Receipt(each.message_id, each.queue, Outcome.LOST, str(trouble)) for each in ours)

    def receipts(self, wait: float) -> list[Receipt]:
        """What became of parcels since the last call, wherever they went."""
        deadline = time.monotonic() + wait
        while True:
            left = max(0.0, deadline - time.monotonic())
            step = min(left, LOOK) if self._kept and self._carried else left
            received = self._broker.receipts(step if self._kept or not self._carried else 0.0)
            told = self._news.take(0.0 if self._kept or received or not self._carried else step)
            self._kept -= len(received)
            self._carried -= len(told)
            if received or told or not left:
                return received + told

    def depths(self, queues: Iterable[str]) -> dict[str, int]:
        """How many messages wait in each queue that exists."""
        return self._broker.depths(queues)

    def close(self) -> None:
        """Let go of the endpoints, then of the broker."""
        for endpoint in self._endpoints.values():
            endpoint.close()
        self._broker.close()
