"""Where a drill takes place: queues and a ledger of its own, relays as processes, and those whom they serve."""

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pika
from crews import Crews
from parcels import receipts_of
from post_office import catalogue, record
from rabbit import RabbitMQ as Server
from recipient import PATIENCE, Entry, Recipient
from sqlalchemy import create_engine, func, select

from adapter.ledger import Ledger
from adapter.ledger.schema import DELIVERIES, OUTBOX
from adapter.relay.broker import Outcome, Parcel
from adapter.relay.names import inbox, outbox, queue_names
from adapter.relay.rabbitmq import RabbitMQ
from adapter.relay.rabbitmq.places import places_of

CHAMBER, PARTNER = "kcci", "ID"
YOUNG = 2.5
"""Seconds. RabbitMQ 3.10 may never again elect a leader for a quorum queue that was declared in the last two."""


class Ground:
    """One round's queues, ledger and relays, the chamber that puts records in, the partner that takes them out."""

    def __init__(self, url: str, database: str, server: Server, crews: Crews, folder: Path) -> None:
        self.crews = crews
        self.numbers: list[str] = []
        """Of the records that were put and confirmed; they are the ids of the messages too."""
        self.partner, self.chamber = (Recipient(url, outbox(code), folder) for code in (PARTNER, CHAMBER))
        self._url, self._database, self._server = url, database, server
        self._engine = create_engine(database, pool_pre_ping=True)

    def open(self) -> None:
        """Make the queues and the ledger's tables, and start the relays, until all of it may be killed."""
        with closing(RabbitMQ(self._url)) as broker:
            broker.declare(queue_names(catalogue()))
        with closing(self.ledger()):
            self.crews.start()
            time.sleep(YOUNG)

    def put(self, records: int, meanwhile: Callable[[], object] = bool) -> None:
        """Put so many records more into the chamber's queue, until each is confirmed; something happens meanwhile."""
        numbers = [f"K001-25-{len(self.numbers) + place:07d}" for place in range(records)]
        waiting = {number: Parcel(inbox(CHAMBER), number, record(number)) for number in numbers}
        with closing(RabbitMQ(self._url, window=records, patience=PATIENCE)) as sender:
            happens = meanwhile
            while waiting:
                sender.send(list(waiting.values()))
                happens()
                happens = bool  # once
                for receipt in receipts_of(sender, len(waiting)):
                    if receipt.outcome is Outcome.CONFIRMED:
                        del waiting[receipt.message_id]
        self.numbers += numbers

    def taken(self) -> int:
        """How many records the ledger has."""
        return int(self._ask(select(func.count()).select_from(DELIVERIES))[0][0])

    def pass_on(self) -> None:
        """Until the partner has all that was put; raises AssertionError if that never comes."""
        self.partner.receive(until=lambda: self.partner.processed >= len(self.numbers))

    def come_to_rest(self) -> None:
        """Until the partner has all and no relay has anything to do; raises AssertionError if that never comes."""
        self.pass_on()
        self.partner.receive(until=lambda: not self.waiting())
        self.partner.leave()
        late = time.monotonic() + PATIENCE
        while (busy := self._busy()) and time.monotonic() < late:
            time.sleep(0.2)
        assert not busy, f"the relays do not come to rest: {busy}"

    def finish(self) -> None:
        """End the relays, and let partner and chamber take what still lies there."""
        self.crews.end()
        self.partner.drain()
        self.chamber.drain()

    def left(self) -> dict[str, list[str]]:
        """Ids of what still lies in any queue, now that nobody takes from them any more."""
        with closing(pika.BlockingConnection(places_of(self._url))) as connection:
            channel = connection.channel()
            found = {queue: _take_all(channel, queue) for queue in queue_names(catalogue())}
        return {queue: ids for queue, ids in found.items() if ids}

    def waiting(self) -> list[str]:
        """Ids of messages in the outbox that are not closed."""
        return [row.id for row in self._ask(select(OUTBOX.c.id).where(OUTBOX.c.closed_at.is_(None)))]

    def sent(self, code: str) -> list[Entry]:
        """What the ledger says was handed over to this system, in the order of a recipient's list."""
        was_sent = (OUTBOX.c.receiver == code) & OUTBOX.c.closed_at.is_not(None)
        rows = self._ask(select(OUTBOX.c.id, OUTBOX.c.digest, OUTBOX.c.answers, OUTBOX.c.number).where(was_sent))
        entries = [Entry(row.id, row.digest, row.answers or row.number) for row in rows]
        return sorted(entries, key=lambda entry: (entry.about, entry.id))

    def ledger(self) -> Ledger:
        """The ledger, to be closed."""
        return Ledger.open(self._database)

    def close(self) -> None:
        """Let go of everything, whatever state it is in."""
        self.crews.stop()
        self._engine.dispose()
        for each in (self.partner, self.chamber):
            each.close()

    def _ask(self, question: Any) -> Sequence[Any]:
        with self._engine.connect() as connection:
            return connection.execute(question).all()

    def _busy(self) -> str:
        """What relays still have to do. Channels know what they hold; what queues count of that comes seconds late."""
        vhost = urlsplit(self._url).path.removeprefix("/")
        channels = self._server.ctl("list_channels", "vhost", "messages_unacknowledged").splitlines()
        held = sum(int(count) for name, count in (line.split("\t") for line in channels) if name == vhost)
        with closing(RabbitMQ(self._url)) as looking:
            ready = looking.depths([inbox(CHAMBER)])[inbox(CHAMBER)]
        waiting = len(self.waiting())
        return f"{ready} ready, {held} held, {waiting} in the outbox" if ready or held or waiting else ""


def _take_all(channel: Any, queue: str) -> list[str]:
    """Ids of all messages, which are acknowledged."""
    ids = []
    while (got := channel.basic_get(queue, auto_ack=True))[0] is not None:
        ids.append(got[1].message_id)
    return ids
