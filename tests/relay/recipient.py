"""Whoever takes from the relay's queues in plain AMQP: it writes down what comes, then acknowledges, and drops ids."""

import hashlib
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pika
from pika.exceptions import AMQPError

from adapter.relay.rabbitmq.places import places_of

PREFETCH, RUN = 200, 20
"""How many the broker sends ahead, and how many are acknowledged in one word."""
PATIENCE = 120.0
"""Seconds without news after which a drill is given up."""
LOOK = 0.01
"""Seconds between two looks at what a recipient waits for."""
MOMENT = 0.5
"""Seconds without a message after which a queue that nobody fills any more is empty."""


class Entry(NamedTuple):
    """One message in the list: whatever it answers or is about, by number or by the id of what was sent."""

    id: str
    digest: str
    about: str


class Recipient:
    """One system's end of its queue, with a durable list of its own.

    It acknowledges in runs: what is killed meanwhile finds some of them written down and not acknowledged yet.
    """

    def __init__(self, url: str, queue: str, folder: Path) -> None:
        self._places, self._queue = places_of(url), queue
        self._list = sqlite3.connect(folder / f"{queue}.db", isolation_level=None)
        self._list.execute("PRAGMA journal_mode = WAL")
        self._list.execute("CREATE TABLE processed (id TEXT PRIMARY KEY, digest TEXT, about TEXT)")
        self._connection: Any = None
        self._messages: Iterator[bool] = iter(())
        self.processed = 0
        self.repeated: Counter[Entry] = Counter()
        """What came again, as it came then."""

    def entries(self) -> list[Entry]:
        """What was processed."""
        return [Entry(*row) for row in self._list.execute("SELECT id, digest, about FROM processed ORDER BY about, id")]

    def receive(self, until: Callable[[], bool]) -> None:
        """Take what comes until this holds; raises AssertionError when nothing comes for too long."""
        looked_at = news_at = time.monotonic()
        while time.monotonic() - looked_at < LOOK or not until():
            now = time.monotonic()
            assert now - news_at < PATIENCE, f"{self._queue}: nothing has come for {PATIENCE:.0f} seconds"
            looked_at = now if now - looked_at >= LOOK else looked_at
            if self._next():
                news_at = now

    def drain(self) -> None:
        """Take what there is, acknowledge all of it, and go."""
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < MOMENT:
            if self._next():
                quiet_since = time.monotonic()
        self.leave()

    def leave(self) -> None:
        """Let go of the queue."""
        self._messages = iter(())
        if self._connection is not None and self._connection.is_open:
            self._connection.close()
        self._connection = None

    def close(self) -> None:
        """Let go of the list too; a broker that is gone does not matter."""
        with suppress(AMQPError, OSError):
            self.leave()
        self._list.close()

    def _next(self) -> bool:
        """Whether a message came within a moment; a broker that is away is waited for."""
        try:
            came = next(self._messages, None)
            if came is not None:
                return came
            self._connection = pika.BlockingConnection(self._places)
            self._messages = self._consume(self._connection.channel())
        except (AMQPError, OSError):
            self._messages = iter(())
            time.sleep(0.1)
        return False

    def _consume(self, channel: Any) -> Iterator[bool]:
        channel.basic_qos(prefetch_count=PREFETCH)
        last = done = 0
        for method, properties, body in channel.consume(self._queue, inactivity_timeout=LOOK):
            if method is not None:
                self._process(properties, body)
                last = method.delivery_tag
            yield method is not None
            if last > done and (method is None or last - done >= RUN):
                channel.basic_ack(last, multiple=True)
                done = last

    def _process(self, properties: Any, body: bytes) -> None:
        about = properties.correlation_id or properties.headers["number"]
        entry = Entry(properties.message_id, hashlib.sha256(body).hexdigest(), about)
        if self._list.execute("INSERT OR IGNORE INTO processed VALUES (?, ?, ?)", entry).rowcount:
            self.processed += 1
        else:
            self.repeated[entry] += 1
