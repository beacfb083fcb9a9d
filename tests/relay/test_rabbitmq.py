"""RabbitMQ: what plain AMQP sees, hostile headers, bounds, and a broker that is away, killed or short of memory."""

import contextlib
import os
import signal
import struct
import time
from urllib.parse import urlsplit

import pika
import pika.data
import pytest
from parcels import MOMENT, PATIENCE, WINDOW_BYTES, ids, parcels, receipts_of, send_all, take_all, work_off
from processes import free_ports

from adapter.findings import Unavailable
from adapter.relay.broker import OVERSIZED, UNREADABLE, Outcome, Parcel
from adapter.relay.rabbitmq import RabbitMQ
from adapter.relay.rabbitmq.taker import Tally

QUEUE = "to.XA"


@pytest.fixture
def open_broker(amqp_url):
    with contextlib.ExitStack() as closing:

        def open_one(url=amqp_url, **options):
            broker = RabbitMQ(url, **options)
            closing.callback(broker.close)
            return broker

        yield open_one


@pytest.fixture
def broker(open_broker):
    broker = open_broker()
    broker.declare([QUEUE])
    return broker


@pytest.fixture
def plain(amqp_url):
    """A channel of plain pika."""
    connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
    yield connection.channel()
    connection.close()


def publish(plain, message_id, headers=None):
    plain.basic_publish("", QUEUE, b"", pika.BasicProperties(message_id=message_id, headers=headers))


# What plain AMQP sees


def test_a_mark_of_a_body_that_was_left_out_means_nothing_where_every_body_is_let_in(open_broker, plain):
    """What is rejected goes to the morgue; a sender on our own broker must not bring that about."""
    morgue = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "morgue"}
    plain.queue_declare("morgue", durable=True)
    plain.queue_declare(QUEUE, durable=True, arguments=morgue)
    publish(plain, "m-1", {OVERSIZED: 10**9})
    broker = open_broker()
    broker.acknowledge(take_all(broker, count=1))
    broker.close()
    assert plain.queue_declare(QUEUE, passive=True).method.message_count == 0
    assert plain.queue_declare("morgue", passive=True).method.message_count == 0


def test_a_plain_consumer_sees_every_property(broker, plain):
    headers = {"text": "값", "number": -(2**40)}
    sent = Parcel(QUEUE, "urn:uuid:1", b"{}", "application/json", "response", "urn:uuid:0", headers)
    send_all(broker, [sent, Parcel(QUEUE, "passing", b"", persistent=False)])
    _, properties, body = plain.basic_get(QUEUE, auto_ack=True)
    properties.headers.pop("x-delivery-count", None)
    seen = (
        properties.content_type,
        properties.type,
        properties.message_id,
        properties.correlation_id,
        properties.headers,
    )
    assert seen == (sent.content_type, sent.type, sent.message_id, sent.correlation_id, headers)
    assert (properties.delivery_mode, body) == (2, b"{}")
    assert plain.basic_get(QUEUE, auto_ack=True)[1].delivery_mode == 1


def test_queues_are_durable_quorum_queues(broker, plain):
    plain.queue_declare(QUEUE, durable=True, arguments={"x-queue-type": "quorum"})


def test_a_queue_with_other_properties_is_named_and_left_as_it_is(broker, plain):
    plain.queue_declare("to.old", durable=True, arguments={"x-max-length": 5})
    assert broker.declare(["to.new", "to.old", QUEUE]) == ["to.old"]
    assert broker.depths(["to.new", "to.old"]) == {"to.new": 0, "to.old": 0}


def test_what_amqp_cannot_carry_is_refused_and_its_neighbours_are_confirmed(broker):
    sent = [*parcels(1), Parcel(QUEUE, "i" * 256, b""), Parcel(QUEUE, "id", b"", headers={"big": 2**70})]
    sent += parcels(1, start=1)
    outcomes = {receipt.message_id[:5]: receipt.outcome for receipt in send_all(broker, sent)}
    assert outcomes == {
        "id-0": Outcome.CONFIRMED,
        "iiiii": Outcome.REFUSED,
        "id": Outcome.REFUSED,
        "id-1": Outcome.CONFIRMED,
    }


# Hostile headers


HOSTILE = {
    "a date beyond the calendar": b"T" + struct.pack(">Q", 2**63),
    "lists in lists in lists": b"".join(b"A" + struct.pack(">I", 5 * left) for left in range(2_000, -1, -1)),
}


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_headers_that_cannot_be_read_are_reported_and_their_neighbours_flow(broker, plain, monkeypatch, value):
    publish(plain, "before")
    with monkeypatch.context() as patched:
        patched.setattr(pika.data, "encode_value", lambda pieces, _: pieces.append(value) or len(value))
        publish(plain, "hostile", {"x": None})
    publish(plain, "after", {"x": "fine"})
    found = take_all(broker, count=3)
    assert [delivery.message_id for delivery in found] == ["before", None, "after"]
    assert [list(delivery.headers) for delivery in found] == [[], [UNREADABLE], ["x"]]
    broker.acknowledge(found)


def test_a_count_written_by_the_sender_is_not_believed(broker, plain):
    publish(plain, "liar", {"x-delivery-count": 1_000, "x-acquired-count": 1_000})
    (delivery,) = take_all(broker, count=1)
    assert (delivery.times, delivery.headers) == (1, {})
    broker.release([delivery])
    assert take_all(broker, count=1)[0].times == 2


def test_an_id_that_is_no_text_is_shown_escaped(broker, plain):
    publish(plain, b"\xff\xfe")
    assert take_all(broker, count=1)[0].message_id == "\\xff\\xfe"


# Bounds


def test_no_more_is_read_than_can_be_held_and_everything_comes_in_the_end(open_broker, broker):
    sent = parcels(60, size=100_000)
    send_all(broker, sent)
    taker = open_broker(window_bytes=500_000)
    first = taker.take([QUEUE], 1, 100_000, PATIENCE)
    time.sleep(MOMENT)
    assert taker.take([QUEUE], 0, 0, 0) == []
    assert taker._taker._held_bytes <= 2 * 500_000 + 100_000
    taker.acknowledge(first)
    assert ids(first + work_off(taker, 59)) == ids(sent)


def test_heartbeats_survive_long_work(amqp_url, open_broker, broker):
    patient = open_broker(f"{amqp_url}?heartbeat=1")
    send_all(patient, parcels(2))
    window = take_all(patient, count=2)
    time.sleep(3.5)
    patient.acknowledge(window)
    patient.close()
    assert take_all(broker) == []


def test_a_taker_that_holds_all_it_may_is_not_taken_for_dead(amqp_url, open_broker, broker):
    send_all(broker, parcels(8, size=100_000))
    full = open_broker(f"{amqp_url}?heartbeat=1", window_bytes=100_000)
    window = full.take([QUEUE], 1, 1, PATIENCE)
    time.sleep(7)
    full.acknowledge(window)
    rest = work_off(full, 7)
    assert ids(window + rest) == ids(parcels(8))
    assert {delivery.times for delivery in rest} == {1}


def test_a_run_of_numbers_is_settled_by_its_last():
    tally = Tally()
    assert tally.settle([1, 2, 3]) == ([1, 2, 3], [])
    assert tally.settle([6, 5]) == ([], [5, 6])
    assert tally.settle([4]) == ([4], [])
    assert tally.settle([7]) == ([7], [])


def test_a_number_settled_before_never_stands_for_a_run():
    tally = Tally()
    tally.settle([3])
    assert tally.settle([1, 2, 3]) == ([1, 2], [])
    assert tally.settle([2, 3]) == ([], [])


# A broker that is away


def test_a_broker_that_does_not_listen_is_unavailable_to_every_verb(open_broker):
    (port,) = free_ports(1)
    broker = open_broker(f"amqp://someone:word%2Fpass@127.0.0.1:{port}/here", patience=0.2)
    verbs = [
        lambda: broker.declare([QUEUE]),
        lambda: broker.take([QUEUE], 1, 1, 1),
        lambda: broker.send(parcels(1)),
        lambda: broker.depths([QUEUE]),
    ]
    for verb in verbs:
        with pytest.raises(Unavailable, match=f"127.0.0.1:{port}.*here.*refused"):
            verb()


def test_a_refused_password_is_unavailable_at_once_and_shown_nowhere(amqp_url, open_broker, caplog):
    caplog.set_level(0)
    server = urlsplit(amqp_url)
    wrong = server._replace(netloc=f"{server.username}:sesame@{server.hostname}:{server.port}").geturl()
    with pytest.raises(Unavailable, match="authentication") as refusal:
        open_broker(wrong, patience=3_600).send(parcels(1))
    assert "sesame" not in str(refusal.value) + caplog.text


def test_a_missing_virtual_host_is_unavailable_at_once(amqp_url, open_broker):
    with pytest.raises(Unavailable, match="nowhere"):
        open_broker(urlsplit(amqp_url)._replace(path="/nowhere").geturl(), patience=3_600).send(parcels(1))


@pytest.mark.parametrize("url", ["amqp://u:pa/ss@host/v", "http://u:pass@host/", "amqp://u:pass@host:port/", "pass"])
def test_a_url_that_cannot_be_read_is_an_error_that_does_not_repeat_it(url):
    with pytest.raises(ValueError, match="not a URL like") as error:
        RabbitMQ(url)
    assert "pa" not in str(error.value).replace("password", "")
    assert error.value.__suppress_context__


def test_what_fails_while_nobody_turns_is_told_to_whoever_comes_next(broker):
    """As when there is no file left for another connection: pika gives up, and nobody would ever make one."""

    def fail():
        raise OSError("Too many open files")

    pump = broker._taker.link.pump
    with pump.turning():
        pump.loop.call_later(0.1, fail)
    pump._thread.join(PATIENCE)
    with pytest.raises(RuntimeError, match="RabbitMQ") as failure:
        broker.take([QUEUE], 1, 1, 0)
    assert "open files" in str(failure.value.__cause__)


# A broker that is killed, or short of memory


def test_a_killed_broker_loses_nothing_that_it_confirmed(private_rabbitmq):
    with private_rabbitmq.vhost() as url, contextlib.closing(RabbitMQ(url, window=64, patience=2)) as broker:
        broker.declare([QUEUE])
        time.sleep(4)  # RabbitMQ 3.10 may lose the leader of a quorum queue that is a second or two old
        sent, receipts = {}, []
        for round in range(40):
            batch = parcels(100, size=1_000, start=round * 100)
            if round == 20:
                private_rabbitmq.kill()
            try:
                broker.send(batch)
            except Unavailable:
                private_rabbitmq.restart()
                continue
            sent |= {parcel.message_id: parcel for parcel in batch}
            receipts += broker.receipts(0)
        receipts += receipts_of(broker, len(sent) - len(receipts))
        assert sorted(ids(receipts)) == sorted(sent)
        assert {receipt.outcome for receipt in receipts} <= {Outcome.CONFIRMED, Outcome.LOST}
        lost = [sent[receipt.message_id] for receipt in receipts if receipt.outcome == Outcome.LOST]
        again = send_all(broker, lost)
        assert {receipt.outcome for receipt in again} == {Outcome.CONFIRMED}
        found = set()
        while not found >= set(sent):
            window = broker.take([QUEUE], 64, WINDOW_BYTES, PATIENCE)
            assert window, f"{len(set(sent) - found)} confirmed messages are missing"
            broker.acknowledge(window)
            found |= set(ids(window))


def test_what_a_killed_broker_had_not_confirmed_is_lost(private_rabbitmq):
    with private_rabbitmq.vhost() as url, contextlib.closing(RabbitMQ(url, patience=60)) as broker:
        broker.declare([QUEUE])
        send_all(broker, parcels(1))
        os.kill(private_rabbitmq.pid, signal.SIGSTOP)
        broker.send(parcels(10, start=1))
        assert broker.receipts(MOMENT) == []
        private_rabbitmq.kill()
        receipts = receipts_of(broker, 10)
        assert {receipt.outcome for receipt in receipts} == {Outcome.LOST}
        assert ids(receipts) == ids(parcels(10, start=1))
        private_rabbitmq.restart()


def test_what_was_taken_before_the_broker_was_killed_comes_again_and_cannot_be_acknowledged(private_rabbitmq):
    with private_rabbitmq.vhost() as url, contextlib.closing(RabbitMQ(url, patience=60)) as broker:
        broker.declare([QUEUE])
        time.sleep(4)
        send_all(broker, parcels(5))
        old = take_all(broker, count=5)
        private_rabbitmq.kill()
        private_rabbitmq.restart()
        broker.acknowledge(old)
        new = take_all(broker, count=5)
        assert ids(new) == ids(old)
        broker.acknowledge(old)
        broker.acknowledge(new)
        broker.close()
        with contextlib.closing(RabbitMQ(url)) as other:
            assert take_all(other) == []


def test_a_broker_short_of_memory_is_waited_for_once_and_not_by_every_hand_over(private_rabbitmq, monkeypatch):
    with private_rabbitmq.vhost() as url, contextlib.closing(RabbitMQ(url, window=10, patience=1)) as broker:
        broker.declare([QUEUE])
        private_rabbitmq.ctl("set_vm_memory_high_watermark", "0.00001")
        try:
            with pytest.raises(Unavailable, match="memory"):
                for start in range(0, 1_000, 10):
                    broker.send(parcels(10, start=start))
            pump, waits = broker._sender.link.pump, []
            turn = pump.turn_until
            monkeypatch.setattr(
                pump, "turn_until", lambda ready, seconds=0.0: waits.append(seconds) or turn(ready, seconds)
            )
            with pytest.raises(Unavailable, match="memory"):
                broker.send(parcels(1, start=1_000))
            assert waits == [0]
        finally:
            private_rabbitmq.ctl("set_vm_memory_high_watermark", "0.4")


def test_a_broker_short_of_memory_blocks_sending_only_and_carries_on_afterwards(private_rabbitmq):
    with private_rabbitmq.vhost() as url, contextlib.closing(RabbitMQ(url, window=10, patience=1)) as broker:
        broker.declare([QUEUE])
        send_all(broker, parcels(5))
        private_rabbitmq.ctl("set_vm_memory_high_watermark", "0.00001")
        try:
            sent = 0
            with pytest.raises(Unavailable, match="memory"):
                while sent < 1_000:
                    broker.send(parcels(10, start=5 + sent))
                    sent += 10
            assert sent < 100
            broker.acknowledge(take_all(broker, count=5))
            assert broker.depths([QUEUE]) == {QUEUE: 0}
        finally:
            private_rabbitmq.ctl("set_vm_memory_high_watermark", "0.4")
        assert {receipt.outcome for receipt in receipts_of(broker, sent)} == {Outcome.CONFIRMED}
        assert ids(work_off(broker, sent)) == ids(parcels(sent, start=5))
