"""A partner's user does its own work in its own vhost, and every other attempt is refused by the broker."""

import contextlib
import re
from pathlib import Path
from urllib.parse import urlsplit

import pika
import pytest
from estate import channel, estate
from parcels import PATIENCE, WINDOW_BYTES, send_all
from pika.exceptions import ChannelClosedByBroker, ProbableAccessDeniedError

from adapter.relay.broker import Parcel
from adapter.relay.rabbitmq.vhosts import url_of
from adapter.relay.topology import EVERYTHING

FOREIGN = ("from.cn", "to.cn", "from.kcci", "to.kcci", "from.unipass", "to.unipass", "dead", "unknown")


@pytest.fixture(scope="module")
def laid_out(private_rabbitmq):
    """One estate for all attempts: what is refused changes nothing."""
    with private_rabbitmq.vhost() as url, estate(private_rabbitmq, url) as made:
        yield made


@pytest.fixture(scope="module")
def relay(laid_out):
    with contextlib.closing(laid_out.relay()) as broker:
        yield broker


def refused(url, attempt):
    """What the broker says to an attempt that it refuses."""
    with channel(url) as opened, pytest.raises(ChannelClosedByBroker) as refusal:
        attempt(opened)
    assert refusal.value.reply_code == 403
    return refusal.value.reply_text


def publish(opened, exchange, key, **properties):
    opened.basic_publish(exchange, key, b"<x/>", pika.BasicProperties(message_id="p-1", **properties), mandatory=True)


def taken(relay, queue, count=1):
    """What lies in a queue, acknowledged."""
    found = []
    while len(found) < count:
        window = relay.take([queue], 100, WINDOW_BYTES, PATIENCE)
        assert window, f"{queue} gives nothing"
        relay.acknowledge(window)
        found += window
    return found


# Its own work


def test_it_puts_a_message_into_its_inbox(laid_out, relay):
    with channel(laid_out.partners["ID"]) as opened:
        publish(opened, "from", "from.id", headers={"a": "b"})
    (delivery,) = taken(relay, "from.id")
    assert (delivery.source, delivery.body, delivery.headers) == ("from.id", b"<x/>", {"a": "b"})


def test_it_takes_and_acknowledges_what_lies_in_its_outbox(laid_out, relay):
    send_all(relay, [Parcel("to.id", "r-1", b"for you")])
    with channel(laid_out.partners["ID"]) as opened:
        method, properties, body = next(opened.consume("to.id", inactivity_timeout=PATIENCE))
        opened.basic_ack(method.delivery_tag)
        opened.cancel()
    assert (properties.message_id, body) == ("r-1", b"for you")
    assert relay.depths(["to.id"]) == {"to.id": 0}


@pytest.mark.parametrize("key", ["", "nonsense", "to.id", "from.cn", "dead"])
def test_whatever_it_addresses_goes_to_its_inbox_and_is_never_dropped(laid_out, relay, key):
    with channel(laid_out.partners["ID"]) as opened:
        publish(opened, "from", key)
    assert [each.message_id for each in taken(relay, "from.id")] == ["p-1"]


@pytest.mark.parametrize("header", ["CC", "BCC"])
def test_a_copy_goes_nowhere_else(laid_out, relay, header):
    with channel(laid_out.partners["ID"]) as opened:
        publish(opened, "from", "from.id", headers={header: ["to.id", "from.id", *FOREIGN]})
    assert len(taken(relay, "from.id")) == 1
    assert set(relay.depths(["from.id", "to.id", *FOREIGN]).values()) == {0}


# Everything else


def test_it_may_not_enter_the_main_vhost(laid_out):
    with (
        pytest.raises(ProbableAccessDeniedError),
        channel(url_of(laid_out.partners["ID"], laid_out.topology.main.name)),
    ):
        pass


def test_it_may_not_enter_another_partners_vhost(laid_out):
    other = url_of(laid_out.partners["ID"], laid_out.vhost("CN"))
    with pytest.raises(ProbableAccessDeniedError), channel(other):
        pass


@pytest.mark.parametrize("queue", FOREIGN)
def test_no_queue_of_others_is_in_its_vhost(laid_out, queue):
    with channel(laid_out.partners["ID"]) as opened, pytest.raises(ChannelClosedByBroker, match="no queue"):
        opened.queue_declare(queue, passive=True)


ATTEMPTS = {
    "reach its inbox by consuming": lambda opened: opened.basic_consume("from.id", print),
    "reach its inbox by getting": lambda opened: opened.basic_get("from.id"),
    "purge its inbox": lambda opened: opened.queue_purge("from.id"),
    "delete its inbox": lambda opened: opened.queue_delete("from.id"),
    "delete its outbox": lambda opened: opened.queue_delete("to.id"),
    "reach its outbox by publishing": lambda opened: publish(opened, "", "to.id"),
    "reach its inbox by the default exchange": lambda opened: publish(opened, "", "from.id"),
    "copy by the default exchange": lambda opened: publish(opened, "", "from.id", headers={"CC": ["to.id"]}),
    "publish to another exchange": lambda opened: publish(opened, "amq.fanout", "x"),
    "declare a queue": lambda opened: opened.queue_declare("mine", durable=True),
    "declare a queue named by the broker": lambda opened: opened.queue_declare("", exclusive=True),
    "declare a queue of the relay's name": lambda opened: opened.queue_declare("dead", durable=True),
    "declare its outbox anew": lambda opened: opened.queue_declare(
        "to.id", durable=True, arguments={"x-queue-type": "quorum"}
    ),
    "declare an exchange": lambda opened: opened.exchange_declare("mine"),
    "delete its exchange": lambda opened: opened.exchange_delete("from"),
    "bind its outbox to its exchange": lambda opened: opened.queue_bind("to.id", "from", "to.id"),
    "bind its outbox to another exchange": lambda opened: opened.queue_bind("to.id", "amq.fanout", ""),
    "unbind its inbox": lambda opened: opened.queue_unbind("from.id", "from", "from.id"),
    "bind its exchange to another": lambda opened: opened.exchange_bind("amq.fanout", "from"),
    "bind another exchange to its own": lambda opened: opened.exchange_bind("from", "amq.fanout"),
}


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_it_may_not(laid_out, attempt):
    assert "refused for user" in refused(laid_out.partners["ID"], attempt)


def test_after_all_those_attempts_the_broker_is_as_it_should_be(laid_out, relay):
    assert set(relay.depths(["from.id", "to.id", *FOREIGN]).values()) == {0}
    found = laid_out.management.look([laid_out.vhost("ID")])
    assert set(found.vhosts[laid_out.vhost("ID")].queues) == {"from.id", "to.id"}


# Who may do what


def test_its_user_is_let_into_no_other_vhost_and_has_no_tag(laid_out):
    name = laid_out.vhost("ID")
    found = laid_out.management.look([])
    may = {vhost: each for vhost, users in found.permissions.items() for each in users if each.user == name}
    assert (list(may), found.tags[name]) == ([name], ())
    assert (may[name].configure, may[name].write, may[name].read) == ("^$", "^from$", r"^to\.id$")


def test_only_it_and_the_relay_may_enter_its_vhost(laid_out):
    users = laid_out.management.look([]).permissions[laid_out.vhost("ID")]
    assert {each.user for each in users} == {laid_out.vhost("ID"), laid_out.topology.main.name}
    assert [each.write for each in users if each.user == laid_out.topology.main.name] == [EVERYTHING]


# A domestic user, as docs/rabbitmq.md advises


@pytest.fixture(scope="module")
def domestic(laid_out):
    """A user with the permissions of the page, which are named there."""
    page = (Path(__file__).parents[2] / "docs/rabbitmq.md").read_text(encoding="utf-8")
    (told,) = re.findall(r"in the main vhost by hand: configure `(.*?)`, write `(.*?)`, read `(.*?)`", page)
    main = laid_out.topology.main.name
    name = f"{main}-kcci"
    laid_out.server.api("PUT", f"users/{name}", {"password": "kcci", "tags": ""})
    may = dict(zip(("configure", "write", "read"), told, strict=True))
    laid_out.server.api("PUT", f"permissions/{main}/{name}", may)
    own = urlsplit(laid_out.url)
    yield own._replace(netloc=f"{name}:kcci@{own.netloc.rpartition('@')[2]}").geturl()
    laid_out.server.api("DELETE", f"users/{name}")


def test_a_domestic_user_puts_into_its_inbox_and_takes_from_its_outbox(domestic, relay):
    send_all(relay, [Parcel("to.kcci", "r-1", b"for you")])
    with channel(domestic) as opened:
        publish(opened, "from", "from.kcci")
        assert opened.basic_get("to.kcci", auto_ack=True)[2] == b"for you"
    assert [each.message_id for each in taken(relay, "from.kcci")] == ["p-1"]


@pytest.mark.parametrize("queue", ["from.kcci", "from.unipass", "to.unipass", "dead", "unknown"])
def test_a_domestic_user_reads_nothing_but_its_outbox(domestic, queue):
    assert queue in refused(domestic, lambda opened: opened.basic_get(queue))
    assert queue in refused(domestic, lambda opened: opened.queue_purge(queue))


@pytest.mark.parametrize("exchange", ["", "unknown", "amq.fanout"])
def test_a_domestic_user_publishes_to_nothing_but_the_entrance(domestic, exchange):
    assert "exchange" in refused(domestic, lambda opened: publish(opened, exchange, "dead"))
