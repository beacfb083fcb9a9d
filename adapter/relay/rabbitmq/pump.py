"""The loop that both connections run on, and whoever turns it."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pika.adapters.select_connection import IOLoop

LOOK = 0.5
"""Seconds after which it is looked again whether something is ready that no event of the loop tells of."""
IDLE = 0.25
"""Seconds without a turn after which the pump's own thread takes over."""


class Pump:
    """A loop turned by whoever waits for something, and by a thread of its own while nobody does.

    So reading and writing sockets does not compete with a caller's work for the interpreter, which would cost more than
    both; and heartbeats are answered however long that work takes. The lock guards all that the connections hold.
    """

    def __init__(self, until: Callable[[], bool] = lambda: False) -> None:
        self.until = until
        """Whether its owner is to end: then nobody waits any longer for a broker that is away."""
        self.loop = IOLoop()
        self.loop.activate_poller()
        self._lock = threading.Lock()
        self._waiting: deque[None] = deque()
        self._turned = time.monotonic()
        self._failure: Exception | None = None
        """What went wrong on the pump's own thread, for whoever comes next."""
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._stand_in, name="rabbitmq", daemon=True)
        self._thread.start()

    @contextmanager
    def turning(self) -> Iterator[None]:
        """Hold the lock; whoever has it lets go as soon as the loop stands still.

        Raises RuntimeError where the pump's own thread failed: a connection may be waited for that will never be made.
        """
        failure, self._failure = self._failure, None
        if failure:
            raise RuntimeError("the connections to RabbitMQ failed while nobody turned them") from failure
        if not self._lock.acquire(blocking=False):
            self._waiting.append(None)
            self.loop.add_callback_threadsafe(_nothing)
            self._lock.acquire()
            self._waiting.pop()
        try:
            yield
        finally:
            self._lock.release()

    def turn_until(self, ready: Callable[[], object], seconds: float = 0.0) -> bool:
        """Turn the loop at least once, until it is ready or these seconds are over; says whether it is ready."""
        deadline = time.monotonic() + seconds
        wait = 0.0
        while True:
            self._turn(wait)
            if ready():
                return True
            wait = min(deadline - time.monotonic(), LOOK)
            if wait <= 0:
                return False
            if self._waiting:
                self._lock.release()
                try:
                    time.sleep(0.0005)
                finally:
                    self._lock.acquire()

    def close(self) -> None:
        """Stand still."""
        self._closed.set()
        self._thread.join()
        with self._lock:
            self.loop.deactivate_poller()
            self.loop.close()

    def _turn(self, seconds: float) -> None:
        alarm = self.loop.call_later(seconds, _nothing)
        self.loop.poll()
        self.loop.process_timeouts()
        self.loop.remove_timeout(alarm)
        self._turned = time.monotonic()

    def _stand_in(self) -> None:
        while not self._closed.wait(IDLE):
            if time.monotonic() - self._turned >= IDLE and self._lock.acquire(blocking=False):
                try:
                    self.turn_until(lambda: self._waiting, IDLE * 4)
                except Exception as error:
                    self._failure = error
                    return
                finally:
                    self._lock.release()


def _nothing() -> None:
    """What is called only to wake the loop."""
