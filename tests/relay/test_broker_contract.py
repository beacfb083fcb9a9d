"""What the relay relies on, the same for every broker."""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from parcels import MOMENT, PATIENCE, WINDOW_BYTES, ids, parcels, receipts_of, send_all, take_all, work_off

from adapter.findings import Unavailable
from adapter.relay.broker import Outcome, Parcel
from adapter.relay.embedded import Embedded
from adapter.relay.rabbitmq import RabbitMQ
from adapter.relay.rabbitmq.vhosts import Vhosts

QUEUE, OTHER = "to.XA", "to.XB"


@pytest.fixture(params=["embedded", "rabbitmq", "rabbitmq, two vhosts"])
def open_broker(request, tmp_path):
    """Opens brokers on one place; closes them in the end."""
    if request.param == "embedded":
        make = partial(Embedded, tmp_path / "queues.db")
    elif request.param == "rabbitmq":
        make = partial(RabbitMQ, request.getfixturevalue("amqp_url"))
    else:
        make = partial(Vhosts, *request.getfixturevalue("two_vhosts"))
    brokers = []

    def open_one():
        brokers.append(make())
        return brokers[-1]

    yield open_one
    for broker in brokers:
        broker.close()


@pytest.fixture
def broker(open_broker):
    broker = open_broker()
    broker.declare([QUEUE, OTHER])
    return broker


def test_what_is_sent_arrives_as_it_was(broker):
    headers = {"eodes-agreement": "xa-xb", "eodes-attempt": 3, "eodes-text": "전자 & “원산지”"}
    sent = Parcel(QUEUE, "urn:uuid:1", b"\x00<a/>\xff", "application/xml", "certificate", "urn:uuid:0", headers)
    send_all(broker, [sent])
    (delivery,) = take_all(broker, count=1)
    assert (delivery.body, delivery.message_id, delivery.source, delivery.times) == (sent.body, "urn:uuid:1", QUEUE, 1)
    properties = {"content_type": "application/xml", "type": "certificate", "correlation_id": "urn:uuid:0"}
    assert delivery.headers == headers | properties


def test_an_empty_body_without_properties_arrives_too(broker):
    send_all(broker, [Parcel(QUEUE, "id", b"")])
    (delivery,) = take_all(broker, count=1)
    assert (delivery.body, delivery.headers) == (b"", {})


def test_a_large_body_arrives_whole(broker):
    body = bytes(range(256)) * 4_000
    send_all(broker, [Parcel(QUEUE, "id", body)])
    assert take_all(broker, count=1)[0].body == body


def test_messages_come_in_the_order_they_were_sent(broker):
    sent = parcels(50)
    send_all(broker, sent)
    assert ids(take_all(broker, count=50)) == ids(sent)


def test_each_of_a_thousand_pipelined_parcels_is_confirmed_exactly_once(broker):
    sent = parcels(1_000)
    for start in range(0, 1_000, 100):
        broker.send(sent[start : start + 100])
    receipts = receipts_of(broker, 1_000)
    assert sorted(ids(receipts)) == sorted(ids(sent))
    assert {receipt.outcome for receipt in receipts} == {Outcome.CONFIRMED}
    assert broker.receipts(MOMENT) == []
    assert ids(work_off(broker, 1_000)) == ids(sent)


def test_a_parcel_for_no_queue_is_returned_and_its_neighbours_are_confirmed(broker):
    sent = [Parcel(QUEUE, "first", b""), Parcel("to.nobody", "lost", b""), Parcel(QUEUE, "last", b"")]
    receipts = send_all(broker, sent)
    outcomes = {receipt.message_id: (receipt.queue, receipt.outcome) for receipt in receipts}
    assert outcomes == {
        "first": (QUEUE, Outcome.CONFIRMED),
        "lost": ("to.nobody", Outcome.RETURNED),
        "last": (QUEUE, Outcome.CONFIRMED),
    }
    assert broker.receipts(MOMENT) == []


def test_a_returned_parcel_says_nothing_about_a_later_one_with_its_id(broker):
    send_all(broker, [Parcel("to.late", "id", b"")])
    broker.declare(["to.late"])
    assert [receipt.outcome for receipt in send_all(broker, [Parcel("to.late", "id", b"")])] == [Outcome.CONFIRMED]


def test_a_window_is_bounded_in_number(broker):
    send_all(broker, parcels(10))
    assert ids(broker.take([QUEUE], 4, WINDOW_BYTES, PATIENCE)) == ["id-0", "id-1", "id-2", "id-3"]


def test_a_window_is_bounded_in_bytes(broker):
    send_all(broker, parcels(10, size=100))
    assert ids(broker.take([QUEUE], 10, 350, PATIENCE)) == ["id-0", "id-1", "id-2"]


def test_a_body_larger_than_the_window_comes_alone(broker):
    send_all(broker, [*parcels(1, size=1_000), *parcels(2, start=1)])
    assert ids(broker.take([QUEUE], 10, 100, PATIENCE)) == ["id-0"]
    assert ids(take_all(broker, count=2)) == ["id-1", "id-2"]


def test_an_empty_queue_gives_nothing(broker):
    assert broker.take([QUEUE], 10, WINDOW_BYTES, MOMENT) == []
    assert broker.take([QUEUE], 10, WINDOW_BYTES, 0) == []


def test_only_the_queues_asked_for_are_taken_from(broker):
    send_all(broker, [*parcels(3), *parcels(3, OTHER, start=3)])
    assert ids(take_all(broker, QUEUE, count=3)) == ["id-0", "id-1", "id-2"]
    assert ids(take_all(broker, OTHER, count=3)) == ["id-3", "id-4", "id-5"]
    assert take_all(broker, QUEUE) == []


def test_one_window_may_come_from_several_queues(broker):
    send_all(broker, [*parcels(2), *parcels(2, OTHER, start=2)])
    found = {}
    while len(found) < 4:
        found |= {each.message_id: each.source for each in broker.take([QUEUE, OTHER], 10, WINDOW_BYTES, PATIENCE)}
    assert found == {"id-0": QUEUE, "id-1": QUEUE, "id-2": OTHER, "id-3": OTHER}


def test_what_comes_while_a_taker_waits_is_taken(open_broker, broker):
    assert broker.take([QUEUE], 1, WINDOW_BYTES, 0) == []
    send_all(open_broker(), parcels(1))
    assert ids(broker.take([QUEUE], 1, WINDOW_BYTES, PATIENCE)) == ["id-0"]


def test_one_thread_may_take_while_another_sends(broker):
    with ThreadPoolExecutor(1) as thread:
        taking = thread.submit(broker.take, [QUEUE], 1, WINDOW_BYTES, PATIENCE)
        time.sleep(MOMENT)
        send_all(broker, parcels(1))
        assert ids(taking.result()) == ["id-0"]


def test_what_was_acknowledged_never_comes_again(open_broker, broker):
    send_all(broker, parcels(600))
    work_off(broker, 600)
    broker.close()
    assert take_all(open_broker()) == []


def test_what_was_released_comes_again_with_a_higher_count(broker):
    send_all(broker, parcels(1))
    for times in (1, 2, 3):
        (delivery,) = take_all(broker, count=1)
        assert (delivery.message_id, delivery.times) == ("id-0", times)
        broker.release([delivery])


def test_what_was_not_acknowledged_comes_again_when_its_taker_is_gone(open_broker, broker):
    send_all(broker, parcels(5))
    take_all(broker, count=5)
    broker.close()
    again = take_all(open_broker(), count=5)
    assert ids(again) == ids(parcels(5))
    assert [delivery.times for delivery in again] == [2] * 5


def test_acknowledging_and_releasing_in_any_order_touches_nothing_else(open_broker, broker):
    send_all(broker, parcels(20))
    taken = take_all(broker, count=20)
    broker.acknowledge(taken[10:15])
    broker.acknowledge([taken[3], taken[1]])
    broker.release([taken[0]])
    broker.acknowledge(reversed(taken[16:19]))
    broker.close()
    left = {0, 2, *range(4, 10), 15, 19}
    assert sorted(ids(take_all(open_broker(), count=10))) == sorted(f"id-{number}" for number in left)


def test_acknowledging_twice_harms_nothing(broker):
    send_all(broker, parcels(3))
    taken = take_all(broker, count=3)
    broker.acknowledge(taken[:2])
    broker.acknowledge(taken[:2])
    broker.release(taken[:2])
    broker.acknowledge(taken)
    send_all(broker, parcels(1, start=3))
    assert ids(take_all(broker, count=1)) == ["id-3"]


def test_what_another_holds_cannot_be_acknowledged(open_broker, broker):
    send_all(broker, parcels(2))
    taken = take_all(broker, count=2)
    broker.close()
    other = open_broker()
    again = take_all(other, count=2)
    open_broker().acknowledge(taken)
    other.release(again)
    assert ids(take_all(other, count=2)) == ["id-0", "id-1"]


def test_two_takers_never_hold_the_same_message(open_broker, broker):
    send_all(broker, parcels(40))
    other = open_broker()
    found = []
    while len(found) < 40:
        found += broker.take([QUEUE], 3, WINDOW_BYTES, MOMENT)
        found += other.take([QUEUE], 3, WINDOW_BYTES, MOMENT)
    assert sorted(ids(found)) == sorted(ids(parcels(40)))


def test_depths_count_what_waits(open_broker, broker):
    send_all(broker, [*parcels(3), *parcels(1, OTHER)])
    assert eventually(broker, {QUEUE: 3, OTHER: 1})
    taker = open_broker()
    take_all(taker, OTHER, count=1)
    assert eventually(broker, {QUEUE: 3, OTHER: 0})


def test_a_queue_that_does_not_exist_has_no_depth(broker):
    assert broker.depths([QUEUE, "to.nobody"]) == {QUEUE: 0}


def test_taking_from_a_queue_that_does_not_exist_says_so_and_harms_nothing(broker):
    send_all(broker, parcels(1))
    taken = take_all(broker, count=1)
    with pytest.raises(Unavailable, match=r"to\.nobody"):
        broker.take(["to.nobody"], 1, WINDOW_BYTES, PATIENCE)
    broker.release(taken)
    assert ids(take_all(broker, count=1)) == ["id-0"]


def test_declaring_again_changes_nothing(broker):
    send_all(broker, parcels(2))
    assert broker.declare([QUEUE, OTHER]) == []
    assert ids(take_all(broker, count=2)) == ["id-0", "id-1"]


def test_closing_twice_or_unused_is_harmless(open_broker):
    broker = open_broker()
    broker.close()
    broker.close()


def test_a_closed_broker_does_nothing_more(broker):
    broker.close()
    for verb in (
        lambda: broker.send(parcels(1)),
        lambda: broker.take([QUEUE], 1, 1, 0),
        lambda: broker.depths([QUEUE]),
    ):
        with pytest.raises(Unavailable, match="closed"):
            verb()


def eventually(broker, depths):
    """RabbitMQ counts a moment late."""
    deadline = time.monotonic() + PATIENCE
    while broker.depths(depths) != depths:
        assert time.monotonic() < deadline, broker.depths(depths)
        time.sleep(0.05)
    return True
