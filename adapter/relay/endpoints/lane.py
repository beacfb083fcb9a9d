"""A partner's own lane: what waits for it, bounded, and the threads that carry it there one by one."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from threading import Condition, Thread

from adapter.relay.broker import Outcome, Parcel, Receipt
from adapter.relay.endpoints.pace import Bucket, Slots

MOST, MOST_BYTES = 64, 16_000_000
"""Parcels and bytes in a lane."""
SPAN = 10.0
"""Seconds that a lane is to take: what waits there is leased in the ledger, and another sends it when that ends."""
FAREWELL = 2.0
"""Seconds that what is under way has to end when the lane is closed."""

Carry = Callable[[Sequence[Parcel]], Iterable[Receipt]]
"""Gives a receipt for each parcel."""
Tell = Callable[[Iterable[Receipt]], None]


class Lane:
    """An Endpoint around whatever carries parcels and says what became of each.

    However slow the partner is, handing over takes no time: what does not fit is postponed, to when it is likely to.
    Several threads carry at once, in no order; whoever hands over sends one message of a certificate at a time.
    `together` is how many parcels one of them takes along.
    """

    def __init__(
        self, carry: Carry, tell: Tell, at_once: int = 1, together: int = 1, bucket: Bucket | None = None,
        clock: Callable[[], float] = time.monotonic, let_go: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        self._carry, self._tell, self._at_once, self._bucket = carry, tell, at_once, bucket
        self._together = together
        self._clock, self._let_go = clock, let_go
        self._waiting: deque[Parcel] = deque()
        self._changed, self._closed = Condition(), False
        self._count = self._bytes = 0
        self._slots, self._takes = Slots(), 0.01
        self._threads: list[Thread] = []

    def send(self, parcels: Sequence[Parcel]) -> None:
        """Take what there is room for, at the rate that was agreed."""
        postponed = [Receipt(each.message_id, each.queue, Outcome.POSTPONED, after=after)
                     for each in parcels if (after := self._take(each))]  # fmt: skip
        if postponed:
            self._tell(postponed)

    def close(self) -> None:
        """Carry nothing more; what is being carried may end or not."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        deadline = time.monotonic() + FAREWELL
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._let_go()

    def _take(self, parcel: Parcel) -> float:
        """Nothing, where it was taken; else the seconds until there is likely to be room."""
        with self._changed:
            most = max(self._at_once, min(MOST, int(SPAN / max(self._takes, 0.001))))
            full = self._count and (self._count >= most or self._bytes + len(parcel.body) > MOST_BYTES)
            after = self._slots.next(self._clock(), self._takes) if full else self._bucket.take() if self._bucket else 0
            if not after:
                self._count += 1
                self._bytes += len(parcel.body)
                self._waiting.append(parcel)
                self._staff()
                self._changed.notify()
            return after

    def _staff(self) -> None:
        """One thread more, while there is more to carry than threads."""
        if len(self._threads) < min(self._at_once, self._count):
            thread = Thread(target=self._work, name="endpoint", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closed)
                if self._closed:
                    return
                some = [self._waiting.popleft() for _ in range(min(self._together, len(self._waiting)))]
            began = self._clock()
            receipts = self._carried(some)
            took = (self._clock() - began) / (self._at_once * len(some))
            with self._changed:
                self._count -= len(some)
                self._bytes -= sum(len(each.body) for each in some)
                self._takes += (took - self._takes) / 8
            self._tell(receipts)

    def _carried(self, some: Sequence[Parcel]) -> list[Receipt]:
        try:
            return list(self._carry(some))
        except Exception as error:  # its own text may hold what nobody is to read
            reason = f"it could not be carried: {type(error).__name__}"
            return [Receipt(each.message_id, each.queue, Outcome.REFUSED, reason, own=True) for each in some]
