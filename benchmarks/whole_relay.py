"""The whole relay on RabbitMQ beside the mapping alone: quorum queues, windows of 256, the ledger in SQLite."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import pika

from adapter import translate
from adapter.catalogue import CHECKOUT
from adapter.ledger import Ledger
from adapter.relay.broker import Outcome, Parcel
from adapter.relay.names import inbox, outbox
from adapter.relay.rabbitmq import RabbitMQ
from adapter.relay.relay import Relay
from benchmarks.inputs import AT, HOME, PARTNER, Office, record
from benchmarks.measure import Contest, Row, Work
from benchmarks.works import out_in_full, same

ROW = Row("relay", "relay", "out", 0.60)
RECORDS, WINDOW = 2_048, 256
CHECKED = 64
"""Records whose messages are compared with those of the mapping alone before anything is timed."""
PATIENCE = 120.0
"""Seconds until a relay that does not finish is given up."""


class Line:
    """A relay with records waiting for it; every record has a number of its own and counts as new."""

    def __init__(self, url: str, database: str, office: Office) -> None:
        self._url, self._office = url, office
        self._ledger = Ledger.open(database)
        self._serials = count(200_000)
        self._feeder = RabbitMQ(url, window=WINDOW)
        self._waiting = 0
        self._relay: Relay | None = None
        self._broker: RabbitMQ | None = None
        self._began = monotonic()

    def bodies(self, how_many: int) -> list[bytes]:
        """Records of one item, with numbers not used before."""
        return [record(1, f"K012-25-{serial:07d}") for _, serial in zip(range(how_many), self._serials, strict=False)]

    def fill(self, bodies: list[bytes], at: datetime | None = None) -> None:
        """Empty the queues of the last round, put these records in, and connect a relay that takes none of them yet."""
        self.let_go()
        self._broker = RabbitMQ(self._url, window=WINDOW)
        clock = (lambda: at) if at else self._now
        calendar = self._office.facts.calendar
        self._relay = Relay(
            self._broker, self._ledger, self._office.catalogue, clock=clock, calendar=calendar, window=WINDOW
        )
        self._relay.declare()
        with _channel(self._url) as channel:
            for system in (HOME, PARTNER):
                channel.queue_purge(outbox(system))
        self._feeder.send([Parcel(inbox(HOME), f"{number}", body) for number, body in enumerate(bodies)])
        self._waiting = len(bodies)
        left = len(bodies)
        while left:
            receipts = self._feeder.receipts(PATIENCE)
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
        with _channel(self._url) as channel:
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
def relay_contest(office: Office, amqp: str | None) -> Iterator[Contest]:
    """A broker of our own, or a fresh vhost of the one given; first what the relay sends is compared."""
    with _server(amqp) as url, TemporaryDirectory(prefix="eodes-bench-") as folder:
        line = Line(url, f"sqlite:///{Path(folder) / 'ledger.db'}", office)
        try:
            _check(line, office)
            bodies = line.bodies(RECORDS)
            works = {
                "relay": Work(line.drain, RECORDS, prepare=lambda: line.fill(line.bodies(RECORDS)), calls=1),
                "out": Work(partial(_map_all, bodies, office), RECORDS, calls=1),
            }
            yield Contest(works, (ROW,), is_slow=True)
        finally:
            line.close()


def _map_all(bodies: list[bytes], office: Office) -> None:
    for body in bodies:
        out_in_full(body, office)


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
def _server(amqp: str | None) -> Iterator[str]:
    """The AMQP URL of a vhost that is ours alone."""
    sys.path.insert(0, str(CHECKOUT / "tests"))
    from rabbit import GivenRabbitMQ
    from servers import PrivateRabbitMQ, private

    if amqp:
        with GivenRabbitMQ(amqp).vhost() as url:
            yield url
        return
    with private(PrivateRabbitMQ) as server, server.vhost() as url:
        yield url


@contextmanager
def _channel(url: str) -> Iterator[pika.adapters.blocking_connection.BlockingChannel]:
    connection = pika.BlockingConnection(pika.URLParameters(url))
    try:
        yield connection.channel()
    finally:
        connection.close()
