"""The relay as a process of its own, at work until the block ends; and those who fill and empty its queues."""

import contextlib
import json
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from parcels import PATIENCE, send_all
from post_office import catalogue
from processes import Process, end, spawn, unset, wait_until

from adapter.delivery import Delivery
from adapter.relay.broker import Broker, Outcome, Parcel
from adapter.relay.names import outbox, queue_names

WINDOW_BYTES = 10**8
TOGETHER = 500


@dataclass(frozen=True)
class AtWork:
    """A relay that runs; it writes its log into its folder."""

    process: Process
    folder: Path

    def lines(self, event: str) -> list[dict[str, Any]]:
        """What its log says of this."""
        said = (self.folder / "log").read_text(encoding="utf-8").splitlines()
        found = (json.loads(line) for line in said if line.startswith("{") and line.endswith("}"))
        return [line for line in found if line["event"] == event]

    def until(self, ready: Callable[[], object]) -> None:
        """Wait; raises RuntimeError with the end of its log when that takes too long, or when it has ended."""
        wait_until(lambda: bool(ready()), self.process, self.folder)

    def line(self, event: str) -> dict[str, Any]:
        """The last line of this event, once there is one."""
        self.until(lambda: self.lines(event))
        return self.lines(event)[-1]


@contextlib.contextmanager
def at_work(folder: Path, broker: str, database: str, *words: str) -> Iterator[AtWork]:
    """`eodes relay` on this broker and database."""
    folder.mkdir(exist_ok=True)
    process = spawn([sys.executable, "-m", "adapter", "relay", *words], folder, environment(broker, database))
    try:
        yield AtWork(process, folder)
    finally:
        end(process, signal.SIGTERM)


def environment(broker: str, database: str) -> dict[str, str]:
    return unset() | {"EODES_BROKER": broker, "EODES_DATABASE": database}


def fill(broker: Broker, parcels: Iterable[Parcel]) -> None:
    """Make the relay's queues, and put these into them; the broker has confirmed each."""
    broker.declare(queue_names(catalogue()))
    waiting = iter(parcels)
    while part := list(islice(waiting, TOGETHER)):
        assert {receipt.outcome for receipt in send_all(broker, part)} == {Outcome.CONFIRMED}


def empty(broker: Broker, code: str, count: int) -> list[Delivery]:
    """Take so many out of a system's queue; and what comes within a moment after them."""
    queue, found = outbox(code), []
    while window := broker.take([queue], 1_000, WINDOW_BYTES, PATIENCE if len(found) < count else 0.3):
        broker.acknowledge(window)
        found += window
    return found
