"""Whose turn it is: one pump for all connections, made when it is first needed and closed once."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from adapter.findings import Unavailable
from adapter.relay.rabbitmq.link import Link
from adapter.relay.rabbitmq.pump import Pump


class Turns:
    """Hands out the pump to one thread at a time; after closing it raises Unavailable."""

    def __init__(self, until: Callable[[], bool] = lambda: False) -> None:
        self._until = until
        self._making, self._closed = threading.Lock(), False
        self._pump: Pump | None = None

    @contextmanager
    def turning(self) -> Iterator[Pump]:
        """The pump, with its lock held."""
        with self._making:
            if self._closed:
                raise Unavailable("RabbitMQ: the connection was closed on this side")
            pump = self._pump = self._pump or Pump(self._until)
        with pump.turning():
            yield pump

    def close(self, links: Iterable[Link]) -> None:
        """End these connections and stand still; the links are asked for only then, and a second time not at all."""
        with self._making:
            pump, self._pump, self._closed = self._pump, None, True
        if pump is not None:
            with pump.turning():
                for link in links:
                    link.close()
            pump.close()
