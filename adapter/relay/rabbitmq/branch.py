"""One vhost of several: trouble in a partner's is kept to it, told once, and tried again now and then."""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import structlog

from adapter.delivery import Delivery
from adapter.findings import Trouble, Unavailable
from adapter.relay.advice import advise
from adapter.relay.broker import Outcome, Parcel, Receipt
from adapter.relay.rabbitmq import RabbitMQ
from adapter.relay.rabbitmq.furnish import furnish
from adapter.relay.rabbitmq.pump import Pump
from adapter.relay.rabbitmq.queues import queue_depths
from adapter.relay.rabbitmq.sender import Sender
from adapter.relay.rabbitmq.taker import Taker
from adapter.relay.topology import Vhost

FIRST_RETRY, LONGEST_RETRY = 1.0, 60.0
"""Seconds until a vhost in trouble is tried again, twice as long each time: a try may block, and others wait for it."""
GOES_ON = "it goes on by itself once that is right"

T = TypeVar("T")
log = structlog.get_logger()


class Outage:
    """Trouble on one side of a partner's vhost, from when it begins until something goes well again."""

    def __init__(self, vhost: Vhost, side: str) -> None:
        self._vhost, self._partner, self._side = vhost.name, vhost.partner, side
        self.reason = ""
        self._again_at, self._pause = 0.0, FIRST_RETRY

    def is_due(self) -> bool:
        """Whether it is time to try again."""
        return time.monotonic() >= self._again_at

    def begin(self, trouble: Unavailable) -> None:
        """Wait before the next try; tell the first time."""
        if not self.reason:
            said = advise(trouble)
            if trouble.trouble is Trouble.DENIED:
                said["advice"] = f"let the partner and the relay in: eodes topology grant {self._partner}; {GOES_ON}"
            log.warning("a partner's vhost is in trouble", vhost=self._vhost, side=self._side, **said)
        self.reason, self._again_at = str(trouble), time.monotonic() + self._pause
        self._pause = min(LONGEST_RETRY, 2 * self._pause)

    def end(self) -> None:
        """It went well."""
        if self.reason:
            log.info("a partner's vhost answers again", vhost=self._vhost, side=self._side)
        self.reason, self._pause = "", FIRST_RETRY


class Branch:
    """The main vhost, whose trouble raises Unavailable for all, or a partner's, whose trouble holds up nobody.

    Its verbs are for whoever holds the pump. The first time they wait with patience; in an outage they do not wait.
    """

    def __init__(self, rabbit: RabbitMQ, vhost: Vhost) -> None:
        self.rabbit, self.vhost = rabbit, vhost
        self._wanted: list[str] = []
        self._taking, self._sending = Outage(vhost, "taking"), Outage(vhost, "sending")

    def declare(self, pump: Pump, queues: Sequence[str]) -> list[str]:
        """Furnish the vhost, now or as soon as it answers; names what is there with other properties."""
        self._wanted = list(dict.fromkeys([*self._wanted, *queues]))
        taker = self.rabbit.taker(pump)
        return self._contained(self._taking, _is_open(taker), lambda: furnish(taker.link, queues, self.vhost), [])

    def take(self, pump: Pump, queues: Sequence[str], most: int, most_bytes: int, always_one: bool) -> list[Delivery]:
        """What is here already; a vhost that was in trouble may have lost its queues."""
        taker = self.rabbit.taker(pump)

        def take() -> list[Delivery]:
            if self._taking.reason:
                furnish(taker.link, self._wanted, self.vhost)
            return taker.take(queues, most, most_bytes, 0, always_one)

        return self._contained(self._taking, _is_open(taker), take, [])

    def depths(self, pump: Pump, queues: Iterable[str]) -> dict[str, int]:
        """How many messages wait in each queue that exists and can be reached.

        Whoever made the queues finds them again after an outage: it ends only where they are there.
        """
        taker = self.rabbit.taker(pump)

        def look() -> dict[str, int]:
            if self._taking.reason and self._wanted:
                furnish(taker.link, self._wanted, self.vhost)
            return queue_depths(taker.link, queues)

        return self._contained(self._taking, _is_open(taker), look, {})

    def send(self, pump: Pump, parcels: Sequence[Parcel]) -> list[Receipt]:
        """Hand over; the receipts of what was refused on this side, which is all or nothing."""
        sender = self.rabbit.sender(pump)

        def send() -> list[Receipt]:
            sender.send(parcels)
            return []

        refused = self._contained(self._sending, _is_open(sender) and sender.has_room(), send, None)
        if refused is not None:
            return refused
        return [Receipt(each.message_id, each.queue, Outcome.REFUSED, self._sending.reason) for each in parcels]

    def _contained(self, outage: Outage, ready: bool, action: Callable[[], T], otherwise: T) -> T:
        if self.vhost.partner is None:
            return action()
        if outage.reason and not (ready and outage.is_due()):
            return otherwise
        try:
            result = action()
        except Unavailable as trouble:
            outage.begin(trouble)
            return otherwise
        outage.end()
        return result


def _is_open(side: Taker | Sender) -> bool:
    return side.link.channel is not None
