"""What arrived is kept in our own broker before anybody is told so, for many at once."""

from concurrent.futures import ThreadPoolExecutor
from time import sleep

import pytest
from parcels import parcels, take_all

from adapter.findings import Unavailable
from adapter.relay.broker import Outcome, Parcel, Receipt
from adapter.relay.embedded import Embedded
from adapter.relay.rabbitmq import RabbitMQ
from adapter.relay.receiving.keeper import Keeper


@pytest.fixture(params=["embedded", "rabbitmq"])
def broker(request, tmp_path):
    broker = (
        Embedded(tmp_path / "queues.db")
        if request.param == "embedded"
        else RabbitMQ(request.getfixturevalue("amqp_url"))
    )
    broker.declare(["to.XA", "to.XB"])
    yield broker
    broker.close()


def test_what_many_bring_at_once_is_kept_once_for_each(broker):
    keeper = Keeper(broker, 30.0)
    with ThreadPoolExecutor(8) as callers:
        list(callers.map(lambda start: keeper.keep(parcels(10, start=10 * start)), range(20)))
    keeper.close()
    assert sorted(each.message_id for each in take_all(broker, count=200)) == sorted(
        each.message_id for each in parcels(200)
    )


def test_what_there_is_no_queue_for_is_not_kept_and_its_neighbours_are(broker):
    keeper = Keeper(broker, 30.0)
    with pytest.raises(Unavailable, match="no such queue"):
        keeper.keep([Parcel("to.nobody", "m-1", b"")])
    keeper.keep(parcels(1))
    keeper.close()


def test_one_id_of_two_partners_is_two_messages():
    """The receipts come in another order than the parcels were handed over in."""

    class Other:
        def __init__(self):
            self.sent = []

        def send(self, some):
            self.sent += some

        def receipts(self, wait):
            if len(self.sent) < 2:
                sleep(wait / 10)
                return []
            refused, kept = sorted(self.sent, key=lambda each: each.queue, reverse=True)
            self.sent = []
            return [
                Receipt(refused.message_id, refused.queue, Outcome.REFUSED, "full"),
                Receipt(kept.message_id, kept.queue, Outcome.CONFIRMED),
            ]

    keeper = Keeper(Other(), 30.0)
    with ThreadPoolExecutor(2) as callers:
        first = callers.submit(keeper.keep, [Parcel("to.XA", "m-1", b"")])
        second = callers.submit(keeper.keep, [Parcel("to.XB", "m-1", b"")])
        assert first.result() is None
        with pytest.raises(Unavailable, match="full"):
            second.result()
    keeper.close()


def test_what_is_not_confirmed_in_time_is_not_kept():
    class Silent:
        def send(self, some):
            pass

        def receipts(self, wait):
            sleep(wait)
            return []

    keeper = Keeper(Silent(), 0.1)
    with pytest.raises(Unavailable, match="did not confirm"):
        keeper.keep(parcels(1))
    keeper.close()
    keeper._thread.join(30)
    assert not keeper._thread.is_alive()


def test_nothing_is_kept_after_the_end(broker):
    keeper = Keeper(broker)
    keeper.close()
    with pytest.raises(Unavailable, match="about to end"):
        keeper.keep(parcels(1))
