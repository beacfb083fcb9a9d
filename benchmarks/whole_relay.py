"""The whole relay on RabbitMQ, quorum queues, windows of 256: beside the mapping alone, and a relay one by one."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from time import monotonic

import pika

from adapter import translate
from adapter.ledger import Ledger
from adapter.relay.broker import Broker, Outcome, Parcel
from adapter.relay.names import inbox, outbox
from adapter.relay.rabbitmq import RabbitMQ
from adapter.relay.relay import Relay
from benchmarks.grounds import Meter, ground
from benchmarks.inputs import AT, HOME, PARTNER, Office, record
from benchmarks.measure import Contest, Row, Work
from benchmarks.one_by_one import OneByOne
from benchmarks.works import WINDOW as AT_ONCE
from benchmarks.works import same

ROWS = {
    "sqlite": (Row("relay", "relay", "out", 0.65), Row("relay-over-one-by-one", "relay", "one by one", 2.5)),
    "postgresql": (Row("relay-postgresql", "relay", "out", 0.45),),
}
"""By the ledger's database."""
FEW = 128
"""Records that a relay gets which takes one at a time."""
RECORDS, WINDOW = 2_048, 256
CHECKED = 64
"""Records whose messages are compared with those of the mapping alone before anything is timed."""
PATIENCE = 120.0
"""Seconds until a relay that does not finish is given up."""


class Line:
    """A relay with records waiting for it; every record has a number of its own and counts as new."""

    def __init__(self, url: str, database: str, office: Office, window: int = WINDOW) -> None:
        self._url, self._office, self._size = url, office, window
        self._ledger = Ledger.open(database)
        self._serials = count(200_000 * window)
        self._feeder = RabbitMQ(url, window=WINDOW)
        self._waiting = 0
        self._relay: Relay | None = None
        self._broker: Broker | None = None
        self._began = monotonic()

    def bodies(self, how_many: int) -> list[bytes]:
        """Records of one item, with numbers not used before."""
        return [record(1, f"K012-25-{serial:07d}") for _, serial in zip(range(how_many), self._serials, strict=False)]

    def fill(self, bodies: list[bytes], at: datetime | None = None) -> None:
        """Empty the queues of the last round, put these records in, and connect a relay that takes none of them yet."""
        self.let_go()
        self._broker = OneByOne(self._url) if self._size == 1 else RabbitMQ(self._url, window=self._size)
        clock = (lambda: at) if at else self._now
        calendar = self._office.facts.calendar
        self._relay = Relay(
            self._broker, self._ledger, self._office.catalogue, clock=clock, calendar=calendar, window=self._size
        )
        self._relay.declare()
        with channel_of(self._url) as channel:
            for system in (HOME, PARTNER):
                channel.queue_purge(outbox(system))
        self._feeder.send([Parcel(inbox(HOME), _id(body), body) for body in bodies])
        self._waiting = len(bodies)
        left = len(bodies)
        while left:
            receipts = self._feeder.receipts(PATIENCE)
            if not receipts:
                raise RuntimeError(f"the broker did not say what became of {left} records")
            same({receipt.outcome for receipt in receipts}, {Outcome.CONFIRMED}, "the queue takes the records")
            left -= len(receipts)

    def drain(self) -> None:
        """Let the relay run until every record has become a message that the broker keeps and the ledger knows."""
        assert self._relay
        accepted, late = 0, monotonic() + PATIENCE
        while accepted < self._waiting:
            done = self._relay.step(0.01)
            accepted += done.accepted
            if done.dead or monotonic() > late:
                raise RuntimeError(f"the relay accepted {accepted} of {self._waiting} records; {done}")
        if not self._relay.settle():
            raise RuntimeError("the relay does not come to rest")

    def sent(self, how_many: int) -> list[bytes]:
        """The messages that wait for the partner."""
        found = []
        with channel_of(self._url) as channel:
            for _, _, body in channel.consume(outbox(PARTNER), auto_ack=True, inactivity_timeout=5):
                if body is None:
                    break
                found.append(body)
                if len(found) == how_many:
                    break
        return found

    def let_go(self) -> None:
        """End the relay of the last round."""
        if self._relay and self._broker:
            self._relay.close()
            self._broker.close()
        self._relay = self._broker = None

    def close(self) -> None:
        """Let go of everything."""
        self.let_go()
        self._feeder.close()
        self._ledger.close()

    def _now(self) -> datetime:
        """A clock that runs, from the day that everything here is measured on."""
        return AT + timedelta(seconds=monotonic() - self._began)


@contextmanager
def relay_contest(kind: str, office: Office, amqp: str | None) -> Iterator[Contest]:
    """A broker and a database of our own; first what the relay sends is compared."""
    with ground(kind, amqp) as here:
        line, single = Line(here.amqp, here.database, office), Line(here.amqp, here.database, office, window=1)
        meter = Meter({"relay": os.getpid()} | here.servers)
        try:
            _check(line, office)
            bodies = line.bodies(RECORDS)
            works = {
                "relay": Work(
                    partial(_metered, line, meter), RECORDS, partial(_fill, line, single, RECORDS), calls=1,
                    seconds=meter.each,
                ),
                "one by one": Work(single.drain, FEW, partial(_fill, single, line, FEW), calls=1),
                "out": Work(partial(_map_all, bodies, office), RECORDS, calls=1),
            }  # fmt: skip
            yield Contest(works, ROWS[kind], is_slow=True)
        finally:
            line.close()
            single.close()


def _fill(line: Line, other: Line, how_many: int) -> None:
    """Records for one relay, which no other takes."""
    other.let_go()
    line.fill(line.bodies(how_many))


def _metered(line: Line, meter: Meter) -> None:
    meter.start()
    line.drain()
    meter.stop(RECORDS)


def _id(body: bytes) -> str:
    """A message id that no other record has, whichever relay it is for."""
    return json.loads(body)["certificateNo"]


def _map_all(bodies: list[bytes], office: Office) -> None:
    """As the rows of OUT do it: by windows, stage by stage."""
    for start in range(0, len(bodies), AT_ONCE):
        office.pass_on(bodies[start : start + AT_ONCE], HOME, PARTNER)


def _check(line: Line, office: Office) -> None:
    """The relay sends what the mapping alone makes of the same records at the same moment."""
    bodies = line.bodies(CHECKED)
    line.fill(bodies, AT)
    line.drain()
    between = office.catalogue.system(HOME), office.catalogue.system(PARTNER)
    expected = [
        translate.forward(office.read(body, HOME).certificate, *between, office.catalogue, AT).body for body in bodies
    ]
    same(sorted(line.sent(CHECKED)), sorted(expected), "the relay sends what the mapping makes")


@contextmanager
def channel_of(url: str) -> Iterator[pika.adapters.blocking_connection.BlockingChannel]:
    """A channel of our own beside the relay's."""
    connection = pika.BlockingConnection(pika.URLParameters(url))
    try:
        yield connection.channel()
    finally:
        connection.close()
