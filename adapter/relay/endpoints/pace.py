"""How fast a partner is sent to: a bucket of tokens, and moments at which it is likely to be one's turn."""

from collections.abc import Callable
from threading import Lock

LONGEST = 900.0
"""Seconds for which nothing is put off longer, however much waits."""
MOMENT = 0.25
"""Seconds for which what has to wait is put off at least."""


class Slots:
    """Moments one after the other, so that what waits does not come back all at once; for one thread at a time."""

    def __init__(self) -> None:
        self._last = 0.0

    def next(self, now: float, every: float) -> float:
        """Seconds until the next moment, so many after the one before it."""
        self._last = min(max(self._last, now) + every, now + LONGEST)
        return max(MOMENT, self._last - now)


class Bucket:
    """So many messages in a second: on average, and at once; the clock is an argument, in seconds."""

    def __init__(self, per_second: float, clock: Callable[[], float]) -> None:
        self._rate, self._clock, self._lock = per_second, clock, Lock()
        self._most = self._tokens = max(1.0, per_second)
        self._at, self._slots = clock(), Slots()

    def take(self) -> float:
        """Nothing, where one more may go; else the seconds until it is likely to be its turn."""
        with self._lock:
            now = self._clock()
            self._tokens = min(self._most, self._tokens + max(0.0, now - self._at) * self._rate)
            self._at = now
            if self._tokens >= 1:
                self._tokens -= 1
                return 0.0
            return self._slots.next(now, 1 / self._rate)
