"""What the relay relies on, the same for every kind of endpoint."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from authority import Authority, identity
from broker_partner import QUEUE
from parcels import PATIENCE, ids, parcels, take_all
from partner import Partner

from adapter.connections import Connections
from adapter.relay.broker import Broker, Outcome, Parcel, Receipt
from adapter.relay.embedded import Embedded
from adapter.relay.endpoints.lane import MOST
from adapter.relay.endpoints.opening import over

GOOD = {Outcome.CONFIRMED}
LATER = {Outcome.REFUSED, Outcome.LOST, Outcome.RETURNED}


@dataclass
class Place:
    """A partner as the relay sees it, and what arrived at its own end."""

    broker: Broker
    arrived: Callable[[], list[tuple[str, bytes]]]
    """Id and body of each message."""
    leave: Callable[[], None]
    """The partner is away from now on."""
    again: Callable[[], None]
    """It is back."""

    def send(self, *some: Parcel) -> list[Receipt]:
        """Hand over, and what is postponed again until it is not: the last receipt of each."""
        receipts: list[Receipt] = []
        waiting = list(some)
        while waiting:
            self.broker.send(waiting)
            told: list[Receipt] = []
            while len(told) < len(waiting):
                more = self.broker.receipts(PATIENCE)
                assert more, "receipts are missing"
                told += more
            late = {each.message_id for each in told if each.outcome is Outcome.POSTPONED}
            receipts += [each for each in told if each.outcome is not Outcome.POSTPONED]
            waiting = [each for each in waiting if each.message_id in late]
        return receipts


def connected(place: Path, **endpoint: object) -> Broker:
    broker = Embedded(place / "queues.db")
    broker.declare(["to.xa", "to.xb"])
    return over(broker, Connections.model_validate({"partners": {"XA": {"endpoint": endpoint}}}))


def _queue(request, folder: Path, stack: contextlib.ExitStack) -> Place:
    broker = connected(folder, kind="queue")
    taker = Embedded(folder / "queues.db")
    stack.callback(taker.close)

    def leave() -> None:
        taker._connection.execute("DELETE FROM queues WHERE name = 'to.xa'")

    taker.depths([])
    return Place(broker, lambda: _bodies(take_all(taker, "to.xa")), leave, lambda: taker.declare(["to.xa"]))


def _bodies(taken) -> list[tuple[str, bytes]]:
    return [(each.message_id, each.body) for each in taken]


def _folder(request, folder: Path, stack: contextlib.ExitStack) -> Place:
    out = folder / "out"
    out.mkdir()

    def arrived() -> list[tuple[str, bytes]]:
        files = [each for each in out.iterdir() if not each.name.endswith(".headers.json")]
        files.sort(key=lambda each: (each.stat().st_mtime_ns, each.name))
        return [(each.stem, each.read_bytes()) for each in files]

    away = folder / "away"
    return Place(connected(folder, kind="folder", folder=out), arrived, lambda: out.rename(away),
                 lambda: away.rename(out))  # fmt: skip


def _https(request, folder: Path, stack: contextlib.ExitStack) -> Place:
    authority = Authority(folder / "certificates")
    partner = stack.enter_context(Partner(identity(authority.give("theirs"), authority.file)))

    def busy(*_: object) -> bool:
        return False

    broker = connected(
        folder, kind="https", url=partner.url, tls=identity(authority.give("ours"), authority.file), at_once=1
    )
    return Place(
        broker, lambda: list({id: (id, body) for id, _, body in partner.received}.values()),
        lambda: partner.turns.extend([busy] * 3), partner.turns.clear,
    )  # fmt: skip


def _amqp(request, folder: Path, stack: contextlib.ExitStack) -> Place:
    partner = request.getfixturevalue("broker_partner")
    told = partner.endpoint()
    broker = connected(folder, kind="amqp", url=partner.place, queue=QUEUE, tls=told.tls, timeout=5.0)

    def leave() -> None:
        from adapter.relay.rabbitmq.question import put

        taker = partner.inside._taker
        with partner.inside._turns.turning():
            put(taker.link, lambda channel, answered: channel.queue_delete(QUEUE, callback=answered))

    return Place(broker, lambda: _bodies(take_all(partner.inside, QUEUE)), leave,
                 lambda: partner.inside.declare([QUEUE]))  # fmt: skip


KINDS = {"queue": _queue, "folder": _folder, "https": _https, "amqp": _amqp}


@pytest.fixture(params=KINDS)
def place(request, tmp_path) -> Iterator[Place]:
    with contextlib.ExitStack() as stack:
        made = KINDS[request.param](request, tmp_path, stack)
        stack.callback(made.broker.close)
        yield made


def test_what_is_handed_over_arrives_whole_and_is_confirmed_once(place):
    some = [Parcel("to.xa", f"m-{n}", bytes(range(256)) * n, "application/xml") for n in range(5)]
    receipts = place.send(*some)
    assert sorted(ids(receipts)) == ids(some)
    assert {each.outcome for each in receipts} == GOOD and {each.queue for each in receipts} == {"to.xa"}
    assert sorted(place.arrived()) == [(each.message_id, each.body) for each in some]
    assert place.broker.receipts(0) == []


def test_a_large_body_arrives_whole(place):
    body = bytes(range(256)) * 8_000
    assert place.send(Parcel("to.xa", "m-1", body, "application/xml"))[0].outcome is Outcome.CONFIRMED
    assert place.arrived() == [("m-1", body)]


def test_what_is_handed_over_one_by_one_arrives_in_that_order(place):
    for parcel in parcels(10, "to.xa"):
        assert place.send(parcel)[0].outcome is Outcome.CONFIRMED
    assert [id for id, _ in place.arrived()] == ids(parcels(10))


def test_more_than_there_is_room_for_arrives_whole_in_the_end(place):
    some = parcels(3 * MOST, "to.xa")
    receipts = place.send(*some)
    assert sorted(ids(receipts)) == sorted(ids(some))
    assert {each.outcome for each in receipts} == GOOD
    assert sorted(id for id, _ in place.arrived()) == sorted(ids(some))


def test_the_same_message_again_is_confirmed_again_under_the_same_id(place):
    (parcel,) = parcels(1, "to.xa")
    assert [place.send(parcel)[0].outcome for _ in range(2)] == [Outcome.CONFIRMED] * 2
    assert {id for id, _ in place.arrived()} == {"id-0"}


def test_what_is_for_another_is_none_of_its_business(place):
    receipts = place.send(*parcels(2, "to.xa"), *parcels(2, "to.xb", start=2))
    assert {each.message_id: each.outcome for each in receipts} == dict.fromkeys(ids(parcels(4)), Outcome.CONFIRMED)
    assert sorted(id for id, _ in place.arrived()) == ["id-0", "id-1"]


def test_while_it_is_away_nothing_is_confirmed_and_afterwards_everything_arrives(place):
    some = parcels(3, "to.xa")
    place.send(Parcel("to.xa", "first", b"<a/>"))
    place.leave()
    receipts = place.send(*some)
    assert sorted(ids(receipts)) == ids(some)
    assert {each.outcome for each in receipts} <= LATER
    assert all(each.reason for each in receipts)
    place.again()
    assert {each.outcome for each in place.send(*some)} == GOOD
    assert set(ids(some)) <= {id for id, _ in place.arrived()}


def test_closing_twice_or_unused_is_harmless(place):
    place.broker.close()
    place.broker.close()
