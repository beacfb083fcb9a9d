"""One batch sent five times at once to a crew of four: each certificate is processed once, other content is refused."""

import contextlib
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from at_work import AtWork, at_work, empty, fill
from post_office import record
from trouble import numbers

from adapter.ledger import Ledger
from adapter.relay.broker import Parcel
from adapter.relay.names import inbox
from adapter.relay.rabbitmq import RabbitMQ

TIMES, WORKERS = 5, 4
OTHER = {"vesselName": "ANOTHER VESSEL"}


@pytest.fixture
def crew(amqp_url: str, database_url: str, tmp_path: Path) -> Iterator[AtWork]:
    """Four workers, all of them at work."""
    with at_work(tmp_path / "relay", amqp_url, database_url, "--workers", str(WORKERS)) as crew:
        crew.until(lambda: len(crew.lines("relaying")) == WORKERS)
        yield crew


def send(url: str, parcels: Sequence[Parcel]) -> None:
    with contextlib.closing(RabbitMQ(url)) as sender:
        fill(sender, parcels)


def send_at_once(url: str, batches: Sequence[Sequence[Parcel]]) -> None:
    """Each by a sender of its own."""
    with ThreadPoolExecutor(len(batches)) as senders:
        for sent in [senders.submit(send, url, batch) for batch in batches]:
            sent.result()


def batch(wanted: Sequence[str], time: int, **changes: object) -> list[Parcel]:
    """Every other time the other way round; each message has an id of its own."""
    order = wanted if time % 2 else wanted[::-1]
    return [Parcel(inbox("kcci"), f"{time}:{number}", record(number, **changes)) for number in order]


@pytest.mark.parametrize("count", [100, pytest.param(1_000, marks=pytest.mark.drill)])
def test_a_batch_sent_five_times_at_once_is_processed_once(
    crew: AtWork, amqp_url: str, database_url: str, count: int
) -> None:
    wanted = numbers(count)
    batches = [batch(wanted, time) for time in range(TIMES)]
    send_at_once(amqp_url, batches)
    with contextlib.closing(RabbitMQ(amqp_url)) as broker, contextlib.closing(Ledger.open(database_url)) as ledger:
        arrived = {each.message_id: each.headers["number"] for each in empty(broker, "ID", count)}
        assert sorted(arrived.values()) == wanted
        assert sorted(each.message for each in ledger.standings(TIMES * count)) == sorted(arrived)
        answers = empty(broker, "kcci", TIMES * count)
        assert {each.headers["type"] for each in answers} == {"acknowledgement"}
        told = Counter(each.headers["correlation_id"] for each in answers)
        assert set(told) == {parcel.message_id for each in batches for parcel in each}
        assert ledger.dead() == []


def test_the_same_number_with_other_content_is_refused(crew: AtWork, amqp_url: str, database_url: str) -> None:
    wanted = numbers(100)
    send_at_once(amqp_url, [batch(wanted, 0), batch(wanted, 1, **OTHER)])
    with contextlib.closing(RabbitMQ(amqp_url)) as broker, contextlib.closing(Ledger.open(database_url)) as ledger:
        answers = empty(broker, "kcci", 2 * len(wanted))
        told = {each.headers["correlation_id"]: each.headers["type"] for each in answers}
        assert len(told) == 2 * len(wanted)
        dead = {str(each.message_id): each.code for each in ledger.dead(1_000)}
        assert {id for id, kind in told.items() if kind == "response"} == set(dead)
        assert set(dead.values()) == {"DUP-01"}
        assert sorted(id.partition(":")[2] for id in dead) == wanted
        assert sorted(each.headers["number"] for each in empty(broker, "ID", len(wanted))) == wanted
