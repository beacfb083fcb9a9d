"""Poison among good messages, for a crew whose workers may die of it: all good ones arrive, all bad ones are dead."""

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from at_work import empty, environment, fill
from poison import POISONS
from post_office import record
from sqlalchemy import func, select
from trouble import numbers

from adapter.delivery import Delivery
from adapter.ledger import Ledger
from adapter.ledger.engine import reading
from adapter.ledger.schema import DELIVERIES, OUTBOX
from adapter.relay.broker import Parcel
from adapter.relay.crew import Crew
from adapter.relay.names import inbox
from adapter.relay.rabbitmq import RabbitMQ

LATE = 900
"""Seconds after which a crew that has not come to an end is told to."""
DEADLY = Path(__file__).parent / "deadly.py"


def mixed(good: list[str]) -> Iterator[Parcel]:
    """The good ones with the poison spread among them."""
    poisons = iter(POISONS.items())
    every = len(good) // len(POISONS)
    for place, number in enumerate(good):
        yield Parcel(inbox("kcci"), number, record(number))
        if place % every == every - 1 and (poison := next(poisons, None)):
            name, what = poison
            yield what.parcel(name)
    for name, what in poisons:
        yield what.parcel(name)


def at_rest(ledger: Ledger, deliveries: int) -> Callable[[], bool]:
    """Whether the ledger has so many deliveries and nothing is left to send, or it is too late for that."""
    late = time.monotonic() + LATE
    taken = select(func.count()).select_from(DELIVERIES)
    open = select(func.count()).select_from(OUTBOX).where(OUTBOX.c.closed_at.is_(None))

    def ask() -> bool:
        with reading(ledger._engine) as connection:
            rest = connection.execute(taken).scalar() == deliveries and not connection.execute(open).scalar()
        return rest or time.monotonic() > late

    return ask


def certificates(deliveries: list[Delivery]) -> dict[str, str]:
    """Number by message id; what came twice, because a worker died, came twice the same."""
    found: dict[str, Delivery] = {}
    for each in deliveries:
        if each.headers["type"] == "certificate":
            assert found.setdefault(str(each.message_id), each).body == each.body
    return {id: each.headers["number"] for id, each in found.items()}


@pytest.mark.parametrize("count", [600, pytest.param(20_000, marks=pytest.mark.drill)])
def test_all_good_ones_arrive_and_all_poison_is_dead_with_its_code(
    amqp_url: str, database_url: str, tmp_path: Path, count: int
) -> None:
    good = numbers(count)
    command = [sys.executable, str(DEADLY), "relay"]
    place = environment(amqp_url, database_url)
    place |= {"EODES_CREW": str(os.getpid()), "EODES_LEASE": "4"}  # so as not to wait long for what the dead had
    with (
        contextlib.closing(RabbitMQ(amqp_url, patience=60)) as broker,
        contextlib.closing(Ledger.open(database_url)) as ledger,
    ):
        fill(broker, mixed(good))
        assert Crew(command, place, workers=2, drain=30.0).run(at_rest(ledger, count + len(POISONS))) == 0
        dead = {str(each.message_id): each.code for each in ledger.dead(1_000)}
        assert dead == {name: what.code for name, what in POISONS.items()}
        arrived = certificates(empty(broker, "ID", count))
        assert sorted(arrived.values()) == good
        assert set(arrived) == {each.message for each in ledger.standings(count + len(POISONS))}
        assert broker.depths([inbox("kcci"), inbox("ID")]) == {inbox("kcci"): 0, inbox("ID"): 0}


def test_there_is_poison_of_every_kind() -> None:
    assert len(POISONS) >= 50
