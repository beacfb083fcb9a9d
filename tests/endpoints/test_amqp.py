"""A partner's own broker with mutual TLS: a real one, with a certificate of the tests' authority."""

from __future__ import annotations

import random
from urllib.parse import urlsplit

import pytest
from authority import Authority, identity, self_signed
from broker_partner import QUEUE
from parcels import ids, parcels, send_all, take_all

from adapter.connections import Connections, Endpoint
from adapter.findings import Unavailable
from adapter.relay.broker import OVERSIZED, Outcome, Parcel, Receipt
from adapter.relay.embedded import Embedded
from adapter.relay.endpoints.amqp import Amqp
from adapter.relay.endpoints.tls import context_of
from adapter.relay.rabbitmq import RabbitMQ
from adapter.relay.receiving.amqp import BrokerSource
from adapter.relay.receiving.keeper import Keeper
from adapter.relay.receiving.opening import open_sources
from adapter.relay.receiving.source import Outage


def test_messages_arrive_in_the_partners_own_queue_in_order_and_whole(broker_partner):
    some = [
        Parcel("to.XA", f"m-{n}", b"<a/>", "application/xml", "certificate", None, {"number": "번호"})
        for n in range(40)
    ]
    receipts = broker_partner.carry(*some)
    assert receipts == [Receipt(each.message_id, "to.XA", Outcome.CONFIRMED, own=True) for each in some]
    taken = take_all(broker_partner.inside, QUEUE, count=40)
    assert ids(taken) == ids(some)
    assert (taken[0].body, taken[0].headers["number"], taken[0].headers["type"]) == (b"<a/>", "번호", "certificate")


def test_a_queue_that_the_partner_does_not_have_is_said_so(broker_partner):
    told = broker_partner.endpoint().model_copy(update={"queue": "eodes.other"})
    amqp = Amqp(told)
    (receipt,) = amqp.carry(parcels(1))
    amqp.close()
    assert (receipt.outcome, receipt.queue, receipt.own) == (Outcome.RETURNED, "to.XA", True)


def test_the_partners_new_certificate_may_be_held_beside_the_old(broker_partner):
    new = broker_partner.authority.give("theirs-new")
    (receipt,) = broker_partner.carry(peer=[new[0], broker_partner.theirs[0]])
    assert receipt.outcome is Outcome.CONFIRMED


def refused(broker_partner, **told) -> str:
    (receipt,) = broker_partner.carry(timeout=2.0, **told)
    assert (receipt.outcome, receipt.own) == (Outcome.REFUSED, True)
    assert broker_partner.inside.depths([QUEUE]) == {QUEUE: 0}
    assert urlsplit(broker_partner.place).password not in receipt.reason
    return receipt.reason


def test_a_broker_of_another_authority_is_not_believed(broker_partner, tmp_path):
    other = Authority(tmp_path / "other", "other")
    assert "certificate verify failed" in refused(broker_partner, authority=other.file)


def test_a_broker_whose_certificate_was_taken_back_is_not_believed(broker_partner):
    revoked = broker_partner.authority.take_back(broker_partner.theirs)
    assert "certificate revoked" in refused(broker_partner, revoked=revoked)


def test_a_broker_of_another_name_is_not_believed(broker_partner):
    assert "mismatch" in refused(broker_partner, name="broker_partner.example")


def test_a_broker_with_another_certificate_than_those_that_are_held_is_not_believed(broker_partner):
    assert "none of those that are held" in refused(broker_partner, peer=[broker_partner.ours[0]])


@pytest.mark.parametrize("wrong", ["expired", "self-signed"])
def test_the_broker_lets_us_not_in_with_a_wrong_certificate(broker_partner, tmp_path, wrong):
    own = self_signed(tmp_path, "us") if wrong == "self-signed" else broker_partner.authority.give("old", expired=True)
    told = refused(broker_partner, own=own)
    assert "alert" in told or "EOF" in told, "it says why, and may have hung up before that is read"


def test_without_tls_a_partners_broker_is_refused():
    with pytest.raises(ValueError, match="amqps://"):
        Amqp(Endpoint(kind="amqp", url="amqp://guest:hush@127.0.0.1/"))


def test_what_lies_on_the_partners_broker_is_kept_here_and_then_acknowledged_there(broker_partner, tmp_path):
    sent = [Parcel(QUEUE, f"m-{n}", b"<a/>", "application/xml", headers={"number": "1"}) for n in range(5)]
    sent.append(Parcel(QUEUE, "x" * 100, b"<b/>"))  # an id that nobody may have
    send_all(broker_partner.inside, sent)
    ours = Embedded(tmp_path / "queues.db")
    ours.declare(["from.xa"])
    keeper = Keeper(ours)
    told = {
        "kind": "amqp",
        "url": broker_partner.place,
        "queue": QUEUE,
        "tls": identity(broker_partner.ours, broker_partner.authority.file),
    }
    connections = Connections.model_validate({"partners": {"XA": {"source": told}}})
    source = open_sources(connections, keeper, 10**7)["XA"]

    class Away:
        def send(self, parcels):
            raise Unavailable("nobody answers")

    keeper._broker = Away()
    with pytest.raises(Unavailable):
        source.step()
    assert ours.depths(["from.xa"]) == {"from.xa": 0}
    keeper._broker = ours
    count = 0
    while count < 6:
        count += source.step()
    kept = take_all(ours, "from.xa", count=6)
    assert ids(kept)[:5] == ids(sent)[:5] and len(kept[5].message_id) == 64
    assert kept[0].headers == {"content_type": "application/xml", "number": "1"}
    source._broker.close()
    assert take_all(broker_partner.inside, QUEUE) == []
    keeper.close()
    ours.close()


def test_a_body_that_is_too_large_is_not_let_in_and_what_is_behind_it_is(broker_partner, tmp_path):
    bodies = [b"<a/>", b"<a/>" * 2_000_000, b"<a/>", b"<a/>"]
    sent = [Parcel(QUEUE, f"m-{n}", body, headers={"number": str(n)}) for n, body in enumerate(bodies)]
    send_all(broker_partner.inside, sent)
    ours = Embedded(tmp_path / "queues.db")
    ours.declare(["from.xa"])
    keeper = Keeper(ours)
    told = {"kind": "amqp", "url": broker_partner.place, "queue": QUEUE}
    told["tls"] = identity(broker_partner.ours, broker_partner.authority.file)
    source = open_sources(Connections.model_validate({"partners": {"XA": {"source": told}}}), keeper, 1_000_000)["XA"]
    count = 0
    while count < 4:
        count += source.step()
    kept = take_all(ours, "from.xa", count=4)
    assert [(each.message_id, each.body) for each in kept] == [
        ("m-0", b"<a/>"), ("m-1", b""), ("m-2", b"<a/>"), ("m-3", b"<a/>"),
    ]  # fmt: skip
    assert kept[1].headers == {"number": "1", OVERSIZED: 8_000_000}
    source._broker.close()
    assert take_all(broker_partner.inside, QUEUE) == []
    keeper.close()
    ours.close()


def test_what_was_not_kept_here_lies_there_again(broker_partner, tmp_path):
    send_all(broker_partner.inside, parcels(1, QUEUE))

    class Away:
        def send(self, parcels):
            raise Unavailable("nobody answers")

    keeper = Keeper(Away())
    there = RabbitMQ(broker_partner.place, tls=context_of(identity(broker_partner.ours, broker_partner.authority.file)))
    source = BrokerSource("XA", there, QUEUE, keeper, Outage("XA", random.random, lambda _: None))
    rounds = iter(range(4))
    source.run(lambda: next(rounds, None) is None)
    keeper.close()
    assert ids(take_all(broker_partner.inside, QUEUE, count=1)) == ["id-0"]
