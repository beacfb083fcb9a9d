"""Puts what arrived into our inboxes, for many at once, and answers when the broker has it."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLate

from adapter.findings import Unavailable
from adapter.relay.broker import Broker, Outcome, Parcel, Receipt

WAIT = 0.5
"""Seconds between two looks, while nothing happens."""
AT_ONCE = 256


class Keeper:
    """One thread with the broker; what has no receipt in time is not kept, as far as anybody knows."""

    def __init__(self, broker: Broker, patience: float = 10.0) -> None:
        self._broker, self._patience = broker, patience
        self._waiting: deque[tuple[Parcel, Future[None]]] = deque()
        self._under_way: dict[tuple[str, str], list[Future[None]]] = {}
        """By queue and message id: two partners may use one id."""
        self._changed, self._closed = threading.Condition(), False
        self._thread = threading.Thread(target=self._work, name="keeper", daemon=True)
        self._thread.start()

    def keep(self, parcels: Sequence[Parcel]) -> None:
        """Return once our broker has them all; raises Unavailable where it is not known to."""
        futures: list[Future[None]] = [Future() for _ in parcels]
        with self._changed:
            if self._closed:
                raise Unavailable("it is about to end")
            self._waiting.extend(zip(parcels, futures, strict=True))
            self._changed.notify()
        try:
            for future in futures:
                future.result(self._patience)
        except TooLate:
            raise Unavailable("our broker did not confirm in time") from None

    def close(self) -> None:
        """Keep nothing more, after what is under way."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join(self._patience)

    def _work(self) -> None:
        while True:
            with self._changed:
                if not self._under_way:
                    self._changed.wait_for(lambda: self._waiting or self._closed)
                if self._closed and not self._waiting and not self._under_way:
                    return
                some = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
            self._do(lambda some=some: self._send(some))  # type: ignore[misc]
            self._do(self._collect)

    def _do(self, action: Callable[[], None]) -> None:
        """What goes wrong is told to all who wait, and they try again."""
        try:
            action()
        except Exception as error:
            trouble = error if isinstance(error, Unavailable) else Unavailable(f"it failed: {type(error).__name__}")
            lost, self._under_way = self._under_way, {}
            for futures in lost.values():
                for future in futures:
                    future.set_exception(trouble)

    def _send(self, some: Sequence[tuple[Parcel, Future[None]]]) -> None:
        for parcel, future in some:
            self._under_way.setdefault((parcel.queue, parcel.message_id), []).append(future)
        if some:
            self._broker.send([parcel for parcel, _ in some])

    def _collect(self) -> None:
        if not self._under_way:
            return
        for receipt in self._broker.receipts(0.02 if self._waiting else WAIT):
            key = receipt.queue, receipt.message_id
            futures = self._under_way.get(key)
            if not futures:
                continue
            future = futures.pop(0)
            if not futures:
                del self._under_way[key]
            _tell(future, receipt)


def _tell(future: "Future[None]", receipt: Receipt) -> None:
    if receipt.outcome is Outcome.CONFIRMED:
        future.set_result(None)
    else:
        future.set_exception(Unavailable(f"{receipt.queue}: {receipt.outcome}: {receipt.reason}"))
