"""A partner that is slow: its queue fills up, what is for it waits, and follows as fast as it takes."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pika
import pytest
from post_office import PostOffice, kinds, record
from structlog.testing import capture_logs
from trouble import numbers, put_records, waits

from adapter.delivery import Delivery
from adapter.ledger import Ledger, Position
from adapter.relay.names import outbox
from adapter.relay.rabbitmq import RabbitMQ

ROOM = 20
NUMBERS = numbers(100)
FULL = {"x-queue-type": "classic", "x-max-length": ROOM, "x-overflow": "reject-publish"}
"""A quorum queue would take some more before it refuses."""


@pytest.fixture
def narrow(amqp_url: str, tmp_path: Path) -> Iterator[PostOffice]:
    """A post office where one partner's queue refuses what it has no room for."""
    plain = pika.BlockingConnection(pika.URLParameters(amqp_url))
    plain.channel().queue_declare(outbox("ID"), durable=True, arguments=FULL)
    plain.close()
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}")
    with contextlib.closing(RabbitMQ(amqp_url)) as broker, contextlib.closing(ledger):
        yield PostOffice(broker, ledger)


def served_slowly(office: PostOffice, count: int) -> list[Delivery]:
    """What a partner takes that empties its queue once an hour, until it has so many or the days are over."""
    taken: list[Delivery] = []
    for _ in range(72):
        taken += office.take("ID")
        if len(taken) >= count:
            break
        office.clock.forward(hours=1)
        office.work()
    return taken


def test_what_a_full_queue_refuses_waits_and_follows(narrow: PostOffice) -> None:
    put_records(narrow, NUMBERS)
    with capture_logs() as told:
        narrow.work()
    (waiting,) = narrow.ledger.queue(narrow.clock.now)
    assert waiting.open == len(NUMBERS) - ROOM
    assert sorted(sent.headers["number"] for sent in served_slowly(narrow, len(NUMBERS))) == NUMBERS
    assert narrow.ledger.queue(narrow.clock.now) == []
    line = waits(told, "destination is left alone; its messages wait")[0]
    assert (line["receiver"], line["trouble"]) == ("ID", "to.id: refused: the broker could not take it")
    assert "see `trouble`, and whether its queue or endpoint has room and is emptied" in line["advice"]


def test_it_is_left_alone_until_it_takes_again(narrow: PostOffice) -> None:
    put_records(narrow, NUMBERS)
    narrow.work()
    assert [turn.position for turn in narrow.ledger.turns_of("ID")] == [Position.OPEN]
    served_slowly(narrow, len(NUMBERS))
    assert narrow.ledger.turns_of("ID")[-1].position is Position.CLOSED


def test_others_and_answers_are_served_meanwhile(narrow: PostOffice) -> None:
    put_records(narrow, NUMBERS)
    narrow.work()
    assert kinds(narrow.take("kcci")) == ["acknowledgement"] * len(NUMBERS)
    narrow.put("kcci", record("K001-25-0000500", "kr-cn-1-item"), "m-cn")
    narrow.work()
    assert kinds(narrow.take("CN")) == ["certificate"]
