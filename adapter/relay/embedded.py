"""A broker in one SQLite file, for one machine: to try, to develop, to run without a server."""

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import accumulate
from pathlib import Path

from adapter.delivery import Delivery
from adapter.files import make_private
from adapter.findings import Trouble, Unavailable
from adapter.ledger.trouble import trouble_of
from adapter.relay.broker import Outcome, Parcel, Receipt

FIRST_PAUSE, LONGEST_PAUSE = 0.002, 0.05
"""Seconds between two looks into empty queues."""
BUSY_SECONDS = 5.0
"""How long a verb waits for another process to finish writing."""

_TABLES = """
CREATE TABLE IF NOT EXISTS queues (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    queue TEXT NOT NULL,
    leased_until REAL NOT NULL DEFAULT 0,
    times INTEGER NOT NULL DEFAULT 0,
    size INTEGER NOT NULL,
    message_id TEXT,
    headers TEXT NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS in_order ON messages (queue, id);
"""
_PUT = "INSERT INTO messages (queue, size, message_id, headers, body) VALUES (?, ?, ?, ?, ?)"
_NEXT = "SELECT id, size FROM messages WHERE queue = ? AND leased_until <= ? ORDER BY id LIMIT ?"
_LEASE = "UPDATE messages SET leased_until = ?, times = times + 1 WHERE id = ?"
_READ = "SELECT body, queue, message_id, headers, times, id FROM messages WHERE id = ?"
# A lease is known by its message and count: whoever was late finds another count, or no message.
_DELETE = "DELETE FROM messages WHERE id = ? AND times = ?"
_RETURN = "UPDATE messages SET leased_until = 0 WHERE id = ? AND times = ?"
_DEPTH = "SELECT count(*) FROM messages WHERE queue = ? AND leased_until <= ?"


class Embedded:
    """A Broker that several processes may open at once; what a killed one held comes again when its lease expires.

    `lease` is in seconds. `clock` tells the time that all processes share, `pause` lets it pass; both may be a test's.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        lease: float = 60.0,
        clock: Callable[[], float] = time.time,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._path, self._lease, self._clock, self._pause = path, lease, clock, pause
        self._lock, self._closed = threading.Lock(), False
        self._connection: sqlite3.Connection | None = None
        self._known: set[str] = set()
        self._held: set[tuple[int, int]] = set()
        self._receipts: list[Receipt] = []

    def declare(self, queues: Iterable[str]) -> list[str]:
        """Make queues where there are none; all have the same properties."""
        with self._transaction() as database:
            database.executemany("INSERT OR IGNORE INTO queues VALUES (?)", [(queue,) for queue in queues])
        return []

    def take(self, queues: Sequence[str], most: int, most_bytes: int, wait: float) -> list[Delivery]:
        """A window of deliveries, leased."""
        pause = FIRST_PAUSE
        window = self._take(queues, most, most_bytes)
        while not window and wait > 0:
            self._pause(min(pause, wait))
            wait, pause = wait - pause, min(2 * pause, LONGEST_PAUSE)
            window = self._take(queues, most, most_bytes)
        return window

    def acknowledge(self, deliveries: Iterable[Delivery]) -> None:
        """Done: they never come again, unless their lease has expired and another has taken them."""
        self._settle(_DELETE, {delivery.tag for delivery in deliveries})

    def release(self, deliveries: Iterable[Delivery]) -> None:
        """Give back: they come again with their `times` raised."""
        self._settle(_RETURN, {delivery.tag for delivery in deliveries})

    def send(self, parcels: Sequence[Parcel]) -> None:
        """Keep them in one transaction; the receipts are ready at once."""
        with self._transaction() as database:
            known = {name for (name,) in database.execute("SELECT name FROM queues")}
            database.executemany(_PUT, [_row(parcel) for parcel in parcels if parcel.queue in known])
        with self._lock:
            self._receipts += [_receipt(parcel, parcel.queue in known) for parcel in parcels]

    def receipts(self, wait: float) -> list[Receipt]:
        """What became of parcels since the last call."""
        if not self._receipts and wait > 0:
            self._pause(wait)
        with self._lock:
            receipts, self._receipts = self._receipts, []
        return receipts

    def depths(self, queues: Iterable[str]) -> dict[str, int]:
        """How many messages wait in each queue that exists; not counted are those that are leased."""
        with self._reading() as database:
            now = self._clock()
            return {queue: _depth(database, queue, now) for queue in queues if _exists(database, queue)}

    def close(self) -> None:
        """Give back what is held, and let go of the file."""
        with suppress(Unavailable):  # otherwise the leases expire
            self._settle(_RETURN, self._held)
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._closed = True

    def _take(self, queues: Sequence[str], most: int, most_bytes: int) -> list[Delivery]:
        with self._reading() as database:
            self._require(database, queues)
            if not self._next(database, queues, 1, 0):
                return []
        with self._transaction() as database:
            chosen = self._next(database, queues, most, most_bytes)
            until = self._clock() + self._lease
            database.executemany(_LEASE, [(until, number) for number in chosen])
            window = [_delivery(*database.execute(_READ, (number,)).fetchone()) for number in chosen]
            self._held.update(delivery.tag for delivery in window)
        return window

    def _require(self, database: sqlite3.Connection, queues: Sequence[str]) -> None:
        for queue in queues:
            if queue not in self._known:
                if not _exists(database, queue):
                    raise Unavailable(f"{self._path}: there is no queue {queue}; declare it", Trouble.MISSING)
                self._known.add(queue)

    def _next(self, database: sqlite3.Connection, queues: Sequence[str], most: int, most_bytes: int) -> list[int]:
        """The oldest waiting messages of these queues that fit into a window; one may be too large for it."""
        now = self._clock()
        waiting = sorted(row for queue in queues for row in database.execute(_NEXT, (queue, now, most)))
        sizes = accumulate(size for _, size in waiting[:most])
        return [number for (number, _), size in zip(waiting, sizes, strict=False) if size <= most_bytes] or [
            number for number, _ in waiting[:1]
        ]

    def _settle(self, statement: str, tags: set[tuple[int, int]]) -> None:
        mine = sorted(tags & self._held)
        if mine:
            with self._transaction() as database:
                database.executemany(statement, mine)
            self._held.difference_update(mine)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._reading() as database:
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
                database.execute("COMMIT")
            except BaseException:
                database.rollback()
                raise

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            if self._closed:
                raise Unavailable(f"{self._path}: it was closed on this side")
            try:
                if self._connection is None:
                    self._connection = self._open()
                yield self._connection
            except sqlite3.Error as error:
                raise Unavailable(f"queues at {self._path}: {error}", trouble_of(error)) from error

    def _open(self) -> sqlite3.Connection:
        make_private(self._path)
        database = sqlite3.connect(self._path, BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        for _ in range(int(BUSY_SECONDS / LONGEST_PAUSE)):
            # Whoever finds another process at the same switch is told at once that it is busy, and does not wait.
            with suppress(sqlite3.OperationalError):
                database.execute("PRAGMA journal_mode = WAL")
                break
            self._pause(LONGEST_PAUSE)
        database.execute("PRAGMA synchronous = FULL")
        database.executescript(_TABLES)
        return database


def _exists(database: sqlite3.Connection, queue: str) -> bool:
    return database.execute("SELECT 1 FROM queues WHERE name = ?", (queue,)).fetchone() is not None


def _depth(database: sqlite3.Connection, queue: str, now: float) -> int:
    return int(database.execute(_DEPTH, (queue, now)).fetchone()[0])


def _row(parcel: Parcel) -> tuple[str, int, str, str, bytes]:
    properties = {name: getattr(parcel, name) for name in ("content_type", "type", "correlation_id")}
    headers = {**parcel.headers, **{name: value for name, value in properties.items() if value is not None}}
    return parcel.queue, len(parcel.body), parcel.message_id, json.dumps(headers), parcel.body


def _receipt(parcel: Parcel, is_known: bool) -> Receipt:
    if is_known:
        return Receipt(parcel.message_id, parcel.queue, Outcome.CONFIRMED)
    return Receipt(parcel.message_id, parcel.queue, Outcome.RETURNED, "there is no such queue")


def _delivery(body: bytes, queue: str, message_id: str, headers: str, times: int, number: int) -> Delivery:
    return Delivery(body, queue, message_id, json.loads(headers), times, (number, times))
