"""A partner's own broker: we consume there, keep here, and only then acknowledge there."""

from collections.abc import Callable
from dataclasses import replace

import structlog

from adapter.delivery import Delivery
from adapter.envelope import digest
from adapter.findings import Unavailable
from adapter.relay.broker import OVERSIZED, Broker, Parcel
from adapter.relay.endpoints.label import parcel_of
from adapter.relay.names import inbox
from adapter.relay.receiving.folder import READABLE
from adapter.relay.receiving.keeper import Keeper
from adapter.relay.receiving.source import Outage

WINDOW, WINDOW_BYTES = 64, 16_000_000
WAIT = 0.5

log = structlog.get_logger()


class BrokerSource:
    """Brings in what lies in a queue on the partner's broker."""

    def __init__(self, partner: str, broker: Broker, queue: str, keeper: Keeper, outage: Outage) -> None:
        self._partner, self._broker, self._queue = partner, broker, queue
        self._keeper, self._outage = keeper, outage
        self._window: list[Delivery] = []

    def run(self, until: Callable[[], bool]) -> None:
        """Window after window; what is not acknowledged at the end comes again."""
        try:
            while not until():
                try:
                    self.step()
                except Unavailable as trouble:
                    self._outage.wait(trouble, until)
                else:
                    self._outage.end()
        finally:
            self._broker.close()

    def step(self) -> int:
        """Keep a window, the one before where that was not kept; how many deliveries it holds."""
        self._window = self._window or self._broker.take([self._queue], WINDOW, WINDOW_BYTES, WAIT)
        if self._window:
            self._keeper.keep([self._parcel(each) for each in self._window])
            self._broker.acknowledge(self._window)
        count, self._window = len(self._window), []
        return count

    def _parcel(self, delivery: Delivery) -> Parcel:
        id = delivery.message_id
        if not id or not READABLE.fullmatch(id):
            id = digest(delivery.body)
        parcel = parcel_of(delivery.headers, inbox(self._partner), delivery.body, id)
        size = delivery.headers.get(OVERSIZED)
        if not isinstance(size, int) or delivery.body:
            return parcel
        log.warning("a body is too large and was not let in", partner=self._partner, message_id=id, size=size)
        return replace(parcel, headers={**parcel.headers, OVERSIZED: size})
