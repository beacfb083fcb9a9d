"""Two relay processes beside one, on RabbitMQ and PostgreSQL, with broker and database on the same processor."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from subprocess import DEVNULL, Popen
from time import monotonic, sleep

import sqlalchemy

from adapter.ledger.engine import open_engine
from adapter.ledger.schema import OUTBOX
from adapter.relay.broker import Parcel
from adapter.relay.names import inbox, outbox
from adapter.relay.rabbitmq import RabbitMQ
from benchmarks.grounds import Ground, Meter, ground
from benchmarks.inputs import HOME, PARTNER, Office, record
from benchmarks.measure import Contest, Row, Work
from benchmarks.whole_relay import PATIENCE, WINDOW, channel_of

ROW = Row("relay-two-workers", "two workers", "one worker", 1.2)
RECORDS = 4_096
LOOK = 0.02
"""Seconds between looks at how much is done; a look is one small question to the database."""


class Shift:
    """Relay processes that stand still until they are let work, and what they have sent."""

    def __init__(self, here: Ground, workers: int, office: Office) -> None:
        self._here, self._engine = here, open_engine(here.database)
        self._feeder = RabbitMQ(here.amqp, window=WINDOW)
        self._serials = count(1_000_000 * workers)
        named = {"EODES_BROKER": here.amqp, "EODES_DATABASE": here.database, "EODES_CACHE": str(office.cache)}
        words = [sys.executable, "-m", "adapter", "relay", "--workers", str(workers)]
        self._relay = Popen(words, env=os.environ | named, stdin=DEVNULL, stderr=DEVNULL, start_new_session=True)
        self.meter = Meter({"relays": self._relay.pid} | here.servers)
        self._goal = 0
        self.feed(WINDOW * workers)  # which warms them up
        self.work()

    def feed(self, how_many: int = RECORDS) -> None:
        """Stop the processes, and put so many records in."""
        self._each(signal.SIGSTOP)
        with channel_of(self._here.amqp) as channel:
            for system in (HOME, PARTNER):
                channel.queue_declare(outbox(system), durable=True, arguments={"x-queue-type": "quorum"})
                channel.queue_purge(outbox(system))
        numbers = [f"K012-25-{serial:07d}" for _, serial in zip(range(how_many), self._serials, strict=False)]
        self._feeder.declare([inbox(HOME)])
        self._feeder.send([Parcel(inbox(HOME), number, record(1, number)) for number in numbers])
        left = how_many
        while left:
            receipts = self._feeder.receipts(PATIENCE)
            if not receipts:
                raise RuntimeError(f"the broker did not say what became of {left} records")
            left -= len(receipts)
        self._goal += how_many

    def work(self) -> None:
        """Let them go on until the broker has confirmed every message, and the ledger knows."""
        late = monotonic() + PATIENCE
        self.meter.start()
        self._each(signal.SIGCONT)
        while self._sent() < self._goal:
            if monotonic() > late or self._relay.poll() is not None:
                raise RuntimeError(f"the relays sent {self._sent()} of {self._goal} records")
            sleep(LOOK)
        self.meter.stop(RECORDS)

    def end(self) -> None:
        """End all processes."""
        self._each(signal.SIGCONT)
        self._relay.terminate()
        self._relay.wait(60)
        self._feeder.close()
        self._engine.dispose()

    def _sent(self) -> int:
        gone = sqlalchemy.select(sqlalchemy.func.count()).where(OUTBOX.c.receiver == PARTNER, OUTBOX.c.closed_at > 0)
        with self._engine.connect() as connection:
            return connection.execute(gone).scalar_one()

    def _each(self, how: signal.Signals) -> None:
        from processes import kin

        for pid in kin(self._relay.pid):
            os.kill(pid, how)


@contextmanager
def workers_contest(office: Office, amqp: str | None) -> Iterator[Contest]:
    """Both shifts have a broker and a database of their own; while one works, the other stands still."""
    with ExitStack() as stack:
        works = {}
        for name, workers in (("one worker", 1), ("two workers", 2)):
            here = stack.enter_context(ground("postgresql", amqp))
            shift = Shift(here, workers, office)
            stack.callback(shift.end)
            works[name] = Work(shift.work, RECORDS, shift.feed, calls=1, seconds=shift.meter.each)
        yield Contest(works, (ROW,), is_slow=True)
