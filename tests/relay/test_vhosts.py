"""One relay over several vhosts: fair, bounded, and held up by no partner's vhost that is in trouble."""

import contextlib
import time
from collections import Counter
from urllib.parse import urlsplit

import pytest
from parcels import MOMENT, PATIENCE, WINDOW_BYTES, ids, parcels, receipts_of, send_all, work_off
from structlog.testing import capture_logs

from adapter.findings import Unavailable
from adapter.relay.broker import Outcome, Parcel
from adapter.relay.rabbitmq import branch
from adapter.relay.rabbitmq.vhosts import Vhosts, url_of
from adapter.relay.topology import Topology, Vhost

HOME, XA, XB = "to.home", "to.XA", "to.XB"
QUEUES = (HOME, XA, XB)


@pytest.fixture
def layout(amqp_url):
    """A main vhost and two partners' own, none of which is made yet but the main one."""
    main = urlsplit(amqp_url).path.removeprefix("/")
    own = (Vhost(f"{main}-{code}", (f"to.{code}",), (), (), partner=code) for code in ("XA", "XB"))
    return Topology(Vhost(main, (HOME,), (), ()), tuple(own))


@pytest.fixture
def made(rabbitmq, amqp_url, layout):
    with contextlib.ExitStack() as stack:
        for vhost in layout.partners:
            stack.enter_context(rabbitmq.annex(amqp_url, vhost.name))
        yield layout


@pytest.fixture
def open_broker(amqp_url, layout):
    with contextlib.ExitStack() as stack:

        def open_one(query="", **options):
            broker = Vhosts(amqp_url + query, layout, **options)
            stack.callback(broker.close)
            return broker

        yield open_one


@pytest.fixture
def broker(made, open_broker):
    broker = open_broker()
    broker.declare(QUEUES)
    return broker


def fill(broker, counts, size=10):
    for queue, count in counts.items():
        send_all(broker, [Parcel(queue, f"{queue}-{number}", b"x" * size) for number in range(count)])


def gather(broker, least):
    """Let at least so many of each queue arrive, and take nothing yet."""
    deadline = time.monotonic() + PATIENCE
    while any(held(broker)[queue] < count for queue, count in least.items()):
        assert time.monotonic() < deadline, held(broker)
        assert broker.take(QUEUES, 0, 0, MOMENT) == []


def held(broker):
    """How many deliveries of each queue are on this side and not yet taken."""
    takers = [each.rabbit._taker for each in broker._branches.values()]
    return Counter(delivery.source for taker in takers if taker for delivery in taker._held)


def take(broker, most, most_bytes=WINDOW_BYTES):
    return broker.take(QUEUES, most, most_bytes, PATIENCE)


def sources(window):
    return Counter(delivery.source for delivery in window)


# Fair and bounded


def test_each_vhost_that_has_messages_gets_its_share_of_a_window(broker):
    fill(broker, dict.fromkeys(QUEUES, 20))
    gather(broker, dict.fromkeys(QUEUES, 20))
    assert sources(take(broker, 9)) == {HOME: 3, XA: 3, XB: 3}


def test_what_one_vhost_does_not_need_goes_to_the_others(broker):
    fill(broker, {HOME: 20, XA: 1})
    gather(broker, {HOME: 20, XA: 1})
    assert sources(take(broker, 10)) == {HOME: 9, XA: 1}


def test_windows_of_one_come_from_each_vhost_in_turn(broker):
    fill(broker, dict.fromkeys(QUEUES, 5))
    gather(broker, dict.fromkeys(QUEUES, 5))
    assert sources(each for _ in range(6) for each in take(broker, 1)) == dict.fromkeys(QUEUES, 2)


def test_a_window_over_several_vhosts_is_bounded_in_bytes(broker):
    fill(broker, dict.fromkeys(QUEUES, 5), size=100)
    gather(broker, dict.fromkeys(QUEUES, 5))
    window = take(broker, 100, 350)
    assert 1 <= len(window) <= 3


def test_bodies_larger_than_a_window_come_alone_and_all_come(broker):
    fill(broker, dict.fromkeys(QUEUES, 2), size=1_000)
    gather(broker, dict.fromkeys(QUEUES, 2))
    windows = [take(broker, 10, 100) for _ in range(6)]
    assert [len(window) for window in windows] == [1] * 6
    assert sources(each for window in windows for each in window) == dict.fromkeys(QUEUES, 2)


def test_the_order_within_a_queue_is_kept(broker):
    fill(broker, dict.fromkeys(QUEUES, 30))
    gather(broker, dict.fromkeys(QUEUES, 30))
    found = [each for _ in range(9) for each in take(broker, 10)]
    assert [each.message_id for each in found if each.source == XA] == [f"{XA}-{number}" for number in range(30)]


def test_what_is_held_ahead_is_bounded_for_all_vhosts_together(broker, open_broker):
    fill(broker, dict.fromkeys(QUEUES, 20), size=100_000)
    taker = open_broker("?heartbeat=3600", window_bytes=600_000)  # each time that it looks for one, one more body comes
    gather(taker, dict.fromkeys(QUEUES, 1))
    assert taker.take(QUEUES, 0, 0, MOMENT) == []
    held_bytes = [each.rabbit._taker._held_bytes for each in taker._branches.values()]
    assert sum(held_bytes) <= 2 * 600_000 + 3 * 100_000


def test_what_one_vhost_holds_is_acknowledged_there(broker, open_broker):
    fill(broker, dict.fromkeys(QUEUES, 3))
    gather(broker, dict.fromkeys(QUEUES, 3))
    window = take(broker, 9)
    broker.acknowledge([each for each in window if each.source != XB])
    broker.close()
    again = open_broker()
    gather(again, {XB: 3})
    assert sources(take(again, 9)) == {XB: 3}


# Trouble in one vhost


def test_a_missing_vhost_of_a_partner_holds_up_nobody(rabbitmq, amqp_url, layout, open_broker):
    with rabbitmq.annex(amqp_url, layout.partners[0].name):
        broker = open_broker(patience=3_600)
        assert broker.declare(QUEUES) == []
        fill(broker, {HOME: 2, XA: 2})
        gather(broker, {HOME: 2, XA: 2})
        assert sources(take(broker, 10)) == {HOME: 2, XA: 2}
        assert broker.depths(QUEUES) == {HOME: 0, XA: 0}


def test_what_is_for_a_missing_vhost_is_refused_with_the_reason_and_its_neighbours_are_confirmed(
    rabbitmq, amqp_url, layout, open_broker
):
    with rabbitmq.annex(amqp_url, layout.partners[0].name):
        broker = open_broker(patience=3_600)
        broker.declare(QUEUES)
        receipts = {each.queue: each for each in send_all(broker, [Parcel(queue, queue, b"") for queue in QUEUES])}
        assert {queue: each.outcome for queue, each in receipts.items()} == {
            HOME: Outcome.CONFIRMED,
            XA: Outcome.CONFIRMED,
            XB: Outcome.REFUSED,
        }
        assert layout.partners[1].name in receipts[XB].reason


def test_a_vhost_that_is_made_later_is_furnished_and_used(rabbitmq, amqp_url, layout, open_broker, monkeypatch):
    monkeypatch.setattr(branch, "FIRST_RETRY", 0)
    with contextlib.ExitStack() as stack, capture_logs() as logs:
        stack.enter_context(rabbitmq.annex(amqp_url, layout.partners[0].name))
        broker = open_broker(patience=3_600)
        broker.declare(QUEUES)
        assert take_nothing(broker)
        stack.enter_context(rabbitmq.annex(amqp_url, layout.partners[1].name))
        deadline = time.monotonic() + PATIENCE
        while XB not in broker.depths(QUEUES) and time.monotonic() < deadline:
            broker.take(QUEUES, 10, WINDOW_BYTES, MOMENT)
        sent = Parcel(XB, "id", b"")
        while (receipt := send_all(broker, [sent])[0]).outcome is not Outcome.CONFIRMED:
            assert receipt.outcome is Outcome.REFUSED and time.monotonic() < deadline
            time.sleep(MOMENT)
        assert ids(take(broker, 1)) == ["id"]
        broker.close()
    told = [(each["event"], each["vhost"]) for each in logs if each["side"] == "taking"]
    name = layout.partners[1].name
    assert told == [("a partner's vhost is in trouble", name), ("a partner's vhost answers again", name)]


def test_a_look_at_its_depths_furnishes_a_vhost_that_is_made_later(
    rabbitmq, amqp_url, layout, open_broker, monkeypatch
):
    """Else it would be told to answer again, and then be in trouble once more."""
    monkeypatch.setattr(branch, "FIRST_RETRY", 0)
    with rabbitmq.annex(amqp_url, layout.partners[0].name), capture_logs() as logs:
        broker = open_broker(patience=3_600)
        broker.declare(QUEUES)
        with rabbitmq.annex(amqp_url, layout.partners[1].name):
            deadline = time.monotonic() + PATIENCE
            while XB not in broker.depths(QUEUES):
                assert time.monotonic() < deadline
                time.sleep(MOMENT)
            assert take_nothing(broker)
            broker.close()
    assert [each["event"].rpartition("vhost ")[2] for each in logs] == ["is in trouble", "answers again"]


def take_nothing(broker):
    return broker.take(QUEUES, 10, WINDOW_BYTES, MOMENT) == []


def test_a_vhost_that_is_removed_loses_its_own_messages_and_no_others(rabbitmq, broker, made):
    fill(broker, dict.fromkeys(QUEUES, 2))
    gather(broker, dict.fromkeys(QUEUES, 2))
    removed = made.partners[1].name
    rabbitmq.close(removed)
    assert sources(work_off_from(broker, (HOME, XA), 4)) == {HOME: 2, XA: 2}
    outcomes = {each.queue: each.outcome for each in send_all(broker, [Parcel(each, each, b"") for each in QUEUES])}
    assert (outcomes[HOME], outcomes[XA]) == (Outcome.CONFIRMED, Outcome.CONFIRMED)
    assert outcomes[XB] in (Outcome.REFUSED, Outcome.LOST)
    rabbitmq.open(removed, made.main.name)


def work_off_from(broker, queues, count):
    found = []
    while len(found) < count:
        window = broker.take(queues, 100, WINDOW_BYTES, PATIENCE)
        assert window
        broker.acknowledge(window)
        found += window
    return found


def test_a_missing_main_vhost_is_unavailable_to_all(amqp_url, layout):
    nowhere = Topology(Vhost("nowhere", (HOME,), (), ()), layout.partners)
    with contextlib.closing(Vhosts(url_of(amqp_url, "nowhere"), nowhere, patience=3_600)) as broker:
        for verb in (
            lambda: broker.declare(QUEUES),
            lambda: broker.send([Parcel(HOME, "id", b""), Parcel(XA, "id", b"")]),
            lambda: broker.depths(QUEUES),
        ):
            with pytest.raises(Unavailable, match="nowhere"):
                verb()
        assert broker.receipts(MOMENT) == []


def test_a_killed_broker_is_ridden_out_in_every_vhost(private_rabbitmq):
    with private_rabbitmq.vhost() as url, contextlib.ExitStack() as stack:
        main = urlsplit(url).path.removeprefix("/")
        own = Vhost(f"{main}-XA", (XA,), (), (), partner="XA")
        stack.enter_context(private_rabbitmq.annex(url, own.name))
        broker = Vhosts(url, Topology(Vhost(main, (HOME,), (), ()), (own,)), patience=60)
        stack.callback(broker.close)
        broker.declare([HOME, XA])
        time.sleep(4)  # RabbitMQ 3.10 may lose the leader of a quorum queue that is a second or two old
        send_all(broker, [*parcels(5, HOME), *parcels(5, XA, start=5)])
        private_rabbitmq.restart()
        broker.send([*parcels(5, HOME, start=10), *parcels(5, XA, start=15)])
        assert {each.outcome for each in receipts_of(broker, 10)} == {Outcome.CONFIRMED}
        assert sorted(ids(work_off(broker, 10, HOME) + work_off(broker, 10, XA))) == sorted(ids(parcels(20)))


def test_a_partners_vhost_that_is_not_made_yet_is_told_with_what_makes_it(open_broker):
    with capture_logs() as log:
        open_broker().declare(QUEUES)
    told = {line["vhost"][-2:]: line["advice"] for line in log if line["event"] == "a partner's vhost is in trouble"}
    assert {code: f"eodes topology grant {code};" in advice for code, advice in told.items()} == {
        "XA": True,
        "XB": True,
    }
