"""The publishing side: parcels go out pipelined, and each gets its receipt."""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from pika import spec
from pika.channel import Channel
from pika.connection import Parameters

from adapter.findings import Trouble
from adapter.relay.broker import Outcome, Parcel, Receipt
from adapter.relay.rabbitmq.frames import parcel_frames
from adapter.relay.rabbitmq.link import Link
from adapter.relay.rabbitmq.pump import Pump

RENEW_EVERY, LULL = 2.0, 0.5
"""Seconds between two connections made anew because of refusals, and how long each waits for receipts before it."""


class Sender:
    """Keeps what has no receipt yet: nothing more is taken while that is `most` parcels or `most_bytes` of bodies."""

    def __init__(self, pump: Pump, places: Sequence[Parameters], most: int, most_bytes: int, patience: float) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._count = self._bytes = 0
        self._pending: dict[int, Parcel] = {}
        self._returned: Counter[tuple[Any, str]] = Counter()
        self._last = self._lowest = 0
        self._receipts: list[Receipt] = []
        self._was_refused, self._renewed_at = False, -RENEW_EVERY
        self._full_since: float | None = None
        """Since when there has been no room, as far as anybody asked for it."""
        self.link = Link(pump, places, self._opened, self._lost, patience)

    def send(self, parcels: Sequence[Parcel]) -> None:
        """Hand over, as the Broker says."""
        self._renew()
        self.link.require()
        self._await_room()
        channel = self.link.require()
        with self.link.wire.together():
            for parcel in parcels:
                self._publish(channel, parcel)
        self.link.pump.turn_until(bool)

    def receipts(self, wait: float) -> list[Receipt]:
        """What became of parcels since the last call."""
        self.link.pump.turn_until(lambda: self._receipts, wait)
        receipts, self._receipts = self._receipts, []
        return receipts

    def has_news(self) -> bool:
        """Whether there are receipts to be had."""
        return bool(self._receipts)

    def has_room(self) -> bool:
        """Whether more may be sent without waiting for receipts."""
        return self._count < self._most and self._bytes < self._most_bytes

    def _await_room(self) -> None:
        """With patience, but once: while no receipts come, whoever hands over more is told so without waiting."""
        if self.has_room():
            self._full_since = None
            return
        now = time.monotonic()
        since = self._full_since = self._full_since or now
        if not self.link.pump.turn_until(self.has_room, max(0.0, self.link.patience - (now - since))):
            trouble = f"{self._count} messages are not confirmed; is it short of memory or disk?"
            raise self.link.unavailable(trouble, Trouble.BLOCKED)
        self._full_since = None

    def _renew(self) -> None:
        """Leave a connection on which something was refused, as soon as nothing else is on its way over it.

        A channel that first publishes to a quorum queue while its leader's node is gone is refused for good (seen with
        3.10.8), though another leads a moment later. Where the queue is full a new connection does no harm.
        """
        if not self._was_refused or time.monotonic() - self._renewed_at < RENEW_EVERY:
            return
        self._renewed_at = time.monotonic()
        if self.link.pump.turn_until(lambda: not self._pending, LULL):
            self.link.renew("messages were refused on it")

    def _publish(self, channel: Channel, parcel: Parcel) -> None:
        most = self.link.frame_max
        self._count += 1
        self._bytes += len(parcel.body)
        try:
            self.link.wire.write(parcel_frames(parcel, channel.channel_number, most))
        except Exception as error:
            # An id or header that AMQP cannot carry is the parcel's fault, not the connection's.
            self._close([parcel], Outcome.REFUSED, f"AMQP cannot carry it: {type(error).__name__}")
            return
        self._last += 1
        self._pending[self._last] = parcel

    def _opened(self, channel: Channel) -> None:
        self._last, self._lowest, self._was_refused = 0, 1, False
        channel.add_on_return_callback(self._on_return)
        channel.confirm_delivery(self._on_verdict)

    def _lost(self, reason: str) -> None:
        self._close(list(self._pending.values()), Outcome.LOST, reason)
        self._pending.clear()
        self._returned.clear()

    def _on_return(self, _: Channel, method: Any, properties: spec.BasicProperties, __: bytes) -> None:
        """Remember it: the broker confirms right after, as if all were well."""
        self._returned[properties.message_id, method.routing_key] += 1

    def _on_verdict(self, frame: Any) -> None:
        number, parcels = frame.method.delivery_tag or self._last, []
        numbers: Iterable[int] = (number,)
        if frame.method.multiple:
            numbers, self._lowest = range(self._lowest, number + 1), number + 1
        for number in numbers:
            parcel = self._pending.pop(number, None)
            if parcel is not None:
                parcels.append(parcel)
        if isinstance(frame.method, spec.Basic.Nack):
            self._was_refused = True
            self._close(parcels, Outcome.REFUSED, "the broker could not take it")
        else:
            self._confirm(parcels)

    def _confirm(self, parcels: list[Parcel]) -> None:
        if not self._returned:
            self._close(parcels, Outcome.CONFIRMED)
            return
        for parcel in parcels:
            if self._was_returned(parcel):
                self._close([parcel], Outcome.RETURNED, "there is no such queue")
            else:
                self._close([parcel], Outcome.CONFIRMED)

    def _was_returned(self, parcel: Parcel) -> bool:
        key = parcel.message_id, parcel.queue
        if self._returned[key] <= 1:
            return bool(self._returned.pop(key, 0))
        self._returned[key] -= 1
        return True

    def _close(self, parcels: list[Parcel], outcome: Outcome, reason: str = "") -> None:
        self._receipts += [Receipt(parcel.message_id, parcel.queue, outcome, reason) for parcel in parcels]
        self._count -= len(parcels)
        self._bytes -= sum([len(parcel.body) for parcel in parcels])
