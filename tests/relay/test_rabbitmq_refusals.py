"""RabbitMQ refuses: a queue that is full, or a connection that it has taken a dislike to."""

import contextlib

import pika
import pytest
from parcels import ids, parcels, receipts_of, send_all, take_all

from adapter.relay.broker import Outcome
from adapter.relay.rabbitmq import RabbitMQ, sender

QUEUE, FULL = "to.XA", "full"


@pytest.fixture
def broker(amqp_url):
    """With one queue that takes everything and one that takes nothing."""
    with pika.BlockingConnection(pika.URLParameters(amqp_url)) as plain:
        full = {"x-max-length": 0, "x-overflow": "reject-publish"}
        plain.channel().queue_declare(FULL, durable=True, arguments=full)
    with contextlib.closing(RabbitMQ(amqp_url)) as broker:
        broker.declare([QUEUE])
        yield broker


def outcomes(receipts):
    return {receipt.outcome for receipt in receipts}


def test_after_a_refusal_messages_go_over_another_connection(broker):
    assert outcomes(send_all(broker, parcels(1, FULL))) == {Outcome.REFUSED}
    refused_on = broker._sender.link.wire
    assert outcomes(send_all(broker, parcels(3))) == {Outcome.CONFIRMED}
    assert broker._sender.link.wire is not refused_on
    assert refused_on.is_closed


def test_what_is_on_its_way_when_others_are_refused_gets_its_receipt_first(broker):
    broker.send([*parcels(1, FULL, start=1_000), *parcels(500)])
    broker.send(parcels(1, start=500))
    receipts = receipts_of(broker, 502)
    assert [each.message_id for each in receipts if each.outcome is not Outcome.CONFIRMED] == ["id-1000"]
    assert ids(take_all(broker, count=501)) == ids(parcels(501))


def test_not_every_refusal_makes_a_connection_anew(broker, monkeypatch):
    monkeypatch.setattr(sender, "RENEW_EVERY", 3_600.0)
    send_all(broker, parcels(1, FULL))
    send_all(broker, parcels(1, FULL))
    second = broker._sender.link.wire
    assert outcomes(send_all(broker, parcels(1, FULL)) + send_all(broker, parcels(1))) == {
        Outcome.REFUSED,
        Outcome.CONFIRMED,
    }
    assert broker._sender.link.wire is second
