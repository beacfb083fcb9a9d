"""The consuming side: deliveries arrive ahead of need, leave in windows, and are settled in few words."""

import time
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

from pika.channel import Channel
from pika.connection import Parameters

from adapter.delivery import Delivery
from adapter.relay.broker import OVERSIZED
from adapter.relay.rabbitmq.link import Link
from adapter.relay.rabbitmq.pump import Pump
from adapter.relay.rabbitmq.queues import require_queue

LINGER = 0.001
"""Seconds that a window waits for more after the first delivery."""
_COUNTS = ("x-delivery-count", "x-acquired-count")


class Taker:
    """Holds what was delivered and not yet taken: at most `prefetch` of each queue, about `most_held` bytes in all."""

    def __init__(
        self, pump: Pump, places: Sequence[Parameters], prefetch: int, most_held: int, patience: float,
        most: int | None = None,
    ) -> None:  # fmt: skip
        self._prefetch, self._most_held, self._most = prefetch, most_held, most
        self._held: deque[Delivery] = deque()
        self._held_bytes = 0
        self._subscribed: set[str] = set()
        self._generation = 0
        self._tally = Tally()
        self.link = Link(pump, places, self._opened, self._lost, patience, most)

    def holds(self, queues: Iterable[str]) -> int:
        """How many deliveries of these queues are here already."""
        return self._count(frozenset(queues))

    def is_idle(self, queues: Sequence[str]) -> bool:
        """Whether taking from these queues would neither give nor begin anything."""
        return self.link.channel is not None and self._subscribed.issuperset(queues) and not self.holds(queues)

    def take(
        self, queues: Sequence[str], most: int, most_bytes: int, wait: float, always_one: bool = True
    ) -> list[Delivery]:
        """A window of deliveries, as the Broker says; none larger than it, if there need not always be one."""
        deadline = time.monotonic() + wait
        if not self.link.is_open(wait):
            return []
        if not self.link.tap.paused:  # else there is plenty, and no answer would be read
            self._subscribe(queues)
        wanted, pump = frozenset(queues), self.link.pump

        def is_full() -> bool:
            return self._held_bytes >= most_bytes or self._count(wanted) >= most

        if pump.turn_until(lambda: self._count(wanted) or not self.link.channel, deadline - time.monotonic()):
            pump.turn_until(is_full, min(deadline - time.monotonic(), LINGER))
        window = self._window(wanted, most, most_bytes, always_one)
        if self._held_bytes <= self._most_held // 2:
            self.link.tap.resume()
        return window

    def settle(self, deliveries: Iterable[Delivery], accepted: bool) -> None:
        """Acknowledge or give back; what came over an earlier connection is no longer ours and comes again anyway."""
        ours = [delivery for delivery in deliveries if delivery.tag[0] == self._generation]
        if self.link.channel is None or not ours:
            return
        run, rest = self._tally.settle(delivery.tag[1] for delivery in ours)
        with self.link.wire.together():
            if accepted and self._most is not None and (left := _left_out(ours)):
                for number in sorted(left):  # it never came in: where it lies there may be a place for such
                    self.link.channel.basic_reject(number, requeue=False)
                run, rest = [each for each in run if each not in left], [each for each in rest if each not in left]
            if run and accepted:
                self.link.channel.basic_ack(run[-1], multiple=True)
            for number in rest if accepted else run + rest:
                if accepted:
                    self.link.channel.basic_ack(number)
                else:
                    # Not basic_nack: since RabbitMQ 4.3 that no longer raises the count.
                    self.link.channel.basic_reject(number, requeue=True)
        self.link.pump.turn_until(bool)

    def _subscribe(self, queues: Sequence[str]) -> None:
        for queue in queues:
            if queue not in self._subscribed:
                # Consuming from a queue that is not there would end the channel, and with it what others hold.
                require_queue(self.link, queue)
                self.link.require().basic_consume(queue, self._on_message, consumer_tag=queue)
                self._subscribed.add(queue)

    def _count(self, wanted: frozenset[str]) -> int:
        if self._subscribed <= wanted:
            return len(self._held)
        return sum(delivery.source in wanted for delivery in self._held)

    def _window(self, wanted: frozenset[str], most: int, most_bytes: int, always_one: bool) -> list[Delivery]:
        window: list[Delivery] = []
        others: list[Delivery] = []
        size = 0
        while self._held and len(window) < most:
            delivery = self._held.popleft()
            if delivery.source not in wanted:
                others.append(delivery)
                continue
            size += len(delivery.body)
            if size > most_bytes and (window or not always_one):
                others.append(delivery)
                break
            window.append(delivery)
            self._held_bytes -= len(delivery.body)
        self._held.extendleft(reversed(others))
        return window

    def _opened(self, channel: Channel) -> None:
        self._generation += 1
        self._tally = Tally()
        channel.basic_qos(prefetch_count=self._prefetch)
        channel.add_on_cancel_callback(lambda frame: self._subscribed.discard(frame.method.consumer_tag))

    def _lost(self, _: str) -> None:
        self._held.clear()
        self._held_bytes = 0
        self._subscribed.clear()

    def _on_message(self, _: Channel, method: Any, properties: Any, body: bytes) -> None:
        self._held.append(_delivery(method, properties, body, (self._generation, method.delivery_tag)))
        self._held_bytes += len(body)
        if self._held_bytes > self._most_held and not self.link.tap.paused:
            self.link.pause()


class Tally:
    """Which delivery numbers of a channel are settled, so that one word can settle a run of them."""

    def __init__(self) -> None:
        self._lowest = 1
        self._settled: set[int] = set()

    def settle(self, numbers: Iterable[int]) -> tuple[list[int], list[int]]:
        """The numbers that had not been settled before: those with nothing unsettled below them, and the others."""
        fresh = sorted({number for number in numbers if number >= self._lowest} - self._settled)
        self._settled.update(fresh)
        while self._lowest in self._settled:
            self._settled.remove(self._lowest)
            self._lowest += 1
        split = bisect_left(fresh, self._lowest)
        return fresh[:split], fresh[split:]


def _left_out(deliveries: Iterable[Delivery]) -> set[int]:
    """The numbers of those whose bodies were not let in; a body that is there was, whatever its sender says."""
    return {each.tag[1] for each in deliveries if OVERSIZED in each.headers and not each.body}


def _delivery(method: Any, properties: Any, body: bytes, tag: tuple[int, int]) -> Delivery:
    headers: dict[str, Any] = properties.headers or {}
    times = 1
    if method.redelivered:  # else the count was written by whoever sent the message
        count = headers.get("x-delivery-count")
        times += max(1, count if isinstance(count, int) else 0)
    headers = {name: value for name, value in headers.items() if name not in _COUNTS}
    for name in ("content_type", "type", "correlation_id"):
        value = getattr(properties, name)
        if value is not None:
            headers[name] = value
    message_id = properties.message_id
    if isinstance(message_id, bytes):  # pika's way to say that it is not UTF-8
        message_id = message_id.decode("utf-8", "backslashreplace")
    return Delivery(body, method.consumer_tag, message_id, headers, times, tag)
