"""A broker that makes its relay take each delivery all the way to its end before the next."""

import time
from collections.abc import Sequence

from adapter.delivery import Delivery
from adapter.relay.broker import Parcel, Receipt
from adapter.relay.rabbitmq import RabbitMQ


class OneByOne(RabbitMQ):
    """Gives nothing more until whoever takes has collected a receipt for all that he sent."""

    def __init__(self, url: str) -> None:
        super().__init__(url, window=1)
        self._owed = 0
        """How many parcels' receipts have not been collected yet."""
        self._here: list[Receipt] = []
        """Those that came while a delivery was asked for."""

    def take(self, queues: Sequence[str], most: int, most_bytes: int, wait: float) -> list[Delivery]:
        """One delivery; nothing, after waiting for receipts in its place, while any is owed."""
        if not self._owed:
            return super().take(queues, 1, most_bytes, wait)
        deadline = time.monotonic() + wait
        while len(self._here) < self._owed and (left := deadline - time.monotonic()) > 0:
            self._here += super().receipts(left)
        return []

    def send(self, parcels: Sequence[Parcel]) -> None:
        """Hand over, and owe a receipt for each."""
        super().send(parcels)
        self._owed += len(parcels)

    def receipts(self, wait: float) -> list[Receipt]:
        """What became of parcels since the last call."""
        receipts, self._here = [*self._here, *super().receipts(0 if self._here else wait)], []
        self._owed -= len(receipts)
        return receipts
