"""What the relay asks of a partner's endpoint, and where its receipts go."""

from collections.abc import Iterable, Sequence
from threading import Condition
from typing import Protocol

from adapter.relay.broker import Parcel, Receipt


class Endpoint(Protocol):
    """One partner's way in; each parcel that is handed over gets exactly one receipt, told on whatever thread."""

    def send(self, parcels: Sequence[Parcel]) -> None:
        """Hand over, in this order, without waiting for anybody; what there is no room for is postponed."""
        ...

    def close(self) -> None:
        """Let go: parcels without a receipt may or may not arrive."""
        ...


class News:
    """Receipts of all endpoints, as they come."""

    def __init__(self) -> None:
        self._receipts: list[Receipt] = []
        self._changed = Condition()

    def put(self, receipts: Iterable[Receipt]) -> None:
        """Tell, on whatever thread."""
        with self._changed:
            self._receipts += receipts
            self._changed.notify_all()

    def take(self, wait: float = 0.0) -> list[Receipt]:
        """What came since the last call; empty after so many seconds without any."""
        with self._changed:
            if not self._receipts and wait > 0:
                self._changed.wait(wait)
            receipts, self._receipts = self._receipts, []
        return receipts
