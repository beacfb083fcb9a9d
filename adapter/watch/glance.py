"""A look at something outside that may hang: taken by a thread of its own, kept a while, never waited for long."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock, Thread
from typing import Generic, TypeVar

from adapter.findings import Trouble, Unavailable

AWAY = Trouble.AWAY.value
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Seen(Generic[T]):
    """What was seen, or what was wrong, in a word or two."""

    value: T | None = None
    trouble: str | None = None


class Glance(Generic[T]):
    """Asked as often as anybody likes, it looks once in `keep` seconds, and lets nobody wait longer than `patience`.

    What does not answer in that time is away, until it does. An error of our own is told as trouble too: a look that
    fails must not take the relay with it.
    """

    def __init__(
        self, look: Callable[[], T], keep: float, patience: float = 2.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._look, self._keep, self._patience, self._clock = look, keep, patience, clock
        self._lock = Lock()
        self._seen: Seen[T] = Seen(trouble=AWAY)
        self._seen_at = clock() - keep
        self._looking: Thread | None = None
        self._began = 0.0

    def now(self) -> Seen[T]:
        """What there is, as it was no more than `keep` seconds ago."""
        with self._lock:
            if self._clock() - self._seen_at < self._keep:
                return self._seen
            if self._looking is None:
                self._began = self._clock()
                self._looking = Thread(target=self._take, name="glance", daemon=True)
                self._looking.start()
            looking, left = self._looking, self._began + self._patience - self._clock()
        looking.join(max(left, 0.0))
        return Seen(trouble=AWAY) if looking.is_alive() else self._seen

    def _take(self) -> None:
        try:
            seen: Seen[T] = Seen(self._look())
        except Unavailable as error:
            seen = Seen(trouble=error.trouble.value)
        except Exception as error:
            seen = Seen(trouble=f"failed: {type(error).__name__}")
        with self._lock:
            self._seen, self._seen_at, self._looking = seen, self._clock(), None
