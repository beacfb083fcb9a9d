"""A partner's own lane: bounded, never in anybody's way."""

from collections.abc import Iterable
from threading import Event

import pytest
from parcels import ids, parcels

from adapter.findings import Unavailable
from adapter.relay.broker import Outcome, Parcel, Receipt
from adapter.relay.endpoints import Endpoints
from adapter.relay.endpoints.endpoint import News
from adapter.relay.endpoints.lane import MOST, Lane
from adapter.relay.endpoints.pace import Bucket

PATIENCE = 30.0


def confirm(some: Iterable[Parcel]) -> list[Receipt]:
    return [Receipt(each.message_id, each.queue, Outcome.CONFIRMED) for each in some]


def told(news: News, count: int) -> list[Receipt]:
    found: list[Receipt] = []
    while len(found) < count:
        more = news.take(PATIENCE)
        assert more, f"{count - len(found)} receipts are missing"
        found += more
    return found


@pytest.fixture
def gate():
    """Opened, it lets a slow partner answer."""
    gate = Event()
    yield gate
    gate.set()


def slow(gate: Event):
    def carry(some):
        gate.wait(PATIENCE)
        return confirm(some)

    return carry


def test_one_by_one_everything_arrives_in_its_order():
    news, carried = News(), []

    def carry(some):
        carried.extend(ids(some))
        return confirm(some)

    lane = Lane(carry, news.put)
    lane.send(parcels(50))
    receipts = told(news, 50)
    lane.close()
    assert carried == ids(parcels(50)) == ids(receipts)


def test_what_does_not_fit_is_postponed_at_once_each_to_a_later_moment(gate):
    news = News()
    lane = Lane(slow(gate), news.put)
    lane.send(parcels(MOST + 20))
    postponed = news.take()
    assert [each.outcome for each in postponed] == [Outcome.POSTPONED] * 20
    assert ids(postponed) == ids(parcels(20, start=MOST))
    waits = [each.after for each in postponed]
    assert waits == sorted(waits) and waits[0] > 0
    gate.set()
    assert {each.outcome for each in told(news, MOST)} == {Outcome.CONFIRMED}
    lane.close()


def test_a_lane_is_bounded_in_bytes_but_takes_one_however_large(gate):
    news = News()
    lane = Lane(slow(gate), news.put)
    lane.send(parcels(2, size=17_000_000))
    assert ids(news.take()) == ["id-1"]
    lane.close()


def test_what_is_over_the_rate_is_postponed():
    news = News()
    lane = Lane(confirm, news.put, bucket=Bucket(3, lambda: 0.0), clock=lambda: 0.0)
    lane.send(parcels(5))
    outcomes = [each.outcome for each in told(news, 5)]
    assert sorted(outcomes) == [Outcome.CONFIRMED] * 3 + [Outcome.POSTPONED] * 2
    lane.close()


def test_whatever_goes_wrong_in_carrying_is_a_refusal_without_its_own_words():
    news = News()

    def fail(_):
        raise RuntimeError("hush")

    lane = Lane(fail, news.put)
    lane.send(parcels(2))
    receipts = told(news, 2)
    assert [(each.outcome, each.own) for each in receipts] == [(Outcome.REFUSED, True)] * 2
    assert "RuntimeError" in receipts[0].reason and "hush" not in receipts[0].reason
    lane.close()


class Shelf:
    """A broker that confirms at once what it is handed."""

    def __init__(self):
        self.sent = []
        self.news = News()

    def send(self, some):
        self.sent += some
        self.news.put(confirm(some))

    def receipts(self, wait):
        return self.news.take(wait)

    def close(self):
        pass


def test_a_slow_endpoint_delays_neither_another_nor_the_broker(gate):
    news, shelf = News(), Shelf()
    endpoints = {"to.XA": Lane(slow(gate), news.put), "to.XB": Lane(confirm, news.put)}
    broker = Endpoints(shelf, endpoints, news)
    broker.send([*parcels(100), *parcels(5, "to.XB", start=100), *parcels(5, "to.XC", start=200)])
    found = []
    while len(found) < 100 - MOST + 10:
        more = broker.receipts(PATIENCE)
        assert more
        found += more
    assert ids(shelf.sent) == ids(parcels(5, start=200))
    confirmed = {each.queue for each in found if each.outcome is Outcome.CONFIRMED}
    assert confirmed == {"to.XB", "to.XC"}
    assert broker.receipts(0) == []
    gate.set()
    while len(found) < 110:
        found += broker.receipts(PATIENCE)
    assert sorted(ids(found)) == sorted({*ids(found)}) and len(found) == 110
    broker.close()


def test_a_broker_that_is_away_keeps_no_endpoint_from_being_served():
    news = News()

    class Away(Shelf):
        def send(self, some):
            raise Unavailable("nobody answers")

    broker = Endpoints(Away(), {"to.XA": Lane(confirm, news.put)}, news)
    broker.send([*parcels(1), *parcels(1, "to.XC", start=1)])
    found = []
    while len(found) < 2:
        found += broker.receipts(PATIENCE)
    assert {each.queue: (each.outcome, each.own) for each in found} == {
        "to.XA": (Outcome.CONFIRMED, False),
        "to.XC": (Outcome.LOST, False),
    }
    with pytest.raises(Unavailable):
        broker.send(parcels(1, "to.XC"))
    broker.close()
