"""The whole relay where each partner has a vhost of its own: what goes where, and what lies in no partner's reach."""

import contextlib

import pika
import pytest
from estate import channel
from post_office import PostOffice, catalogue, fixture, kinds, record

from adapter.ledger import Ledger
from adapter.relay.names import queue_names
from adapter.relay.rabbitmq import RabbitMQ
from adapter.relay.topology import topology

LARGE = b" " * (10 * 1024 * 1024 + 1)


@pytest.fixture
def office(laid_out, tmp_path):
    """A post office over all vhosts."""
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}")
    with contextlib.closing(ledger), contextlib.closing(laid_out.relay()) as broker:
        yield PostOffice(broker, ledger)


def put_as(url, key, body, **properties):
    """Publish to the entrance as a system's own program does."""
    with channel(url) as opened:
        opened.basic_publish("from", key, body, pika.BasicProperties(**properties), mandatory=True)


def lying(opened, queue):
    """What lies in a queue: bodies, properties and how they came there."""
    found = []
    while (got := opened.basic_get(queue, auto_ack=True))[0] is not None:
        found.append(got)
    return found


def test_a_record_goes_into_the_partners_own_vhost(laid_out, office):
    office.put("kcci", record("K001-25-0000001"))
    office.work()
    with channel(laid_out.partners["ID"]) as opened:
        ((_, properties, body),) = lying(opened, "to.id")
    assert (properties.type, properties.headers["number"]) == ("certificate", "K001-25-0000001")
    assert body.startswith(b"<")
    assert kinds(office.take("kcci")) == ["acknowledgement"]


def test_what_a_partner_puts_into_its_vhost_goes_to_the_domestic_system_and_is_answered(laid_out, office):
    body = fixture("id/certificate/ik-cepa-import-3-items.xml")
    put_as(laid_out.partners["ID"], "from.id", body, message_id="p-1")
    office.work()
    assert kinds(office.take("unipass")) == ["certificate"]
    with channel(laid_out.partners["ID"]) as opened:
        assert [properties.type for _, properties, _ in lying(opened, "to.id")] == ["acknowledgement", "response"]


def test_the_dead_of_a_partner_lie_in_the_main_vhost_alone(laid_out, office):
    put_as(laid_out.partners["ID"], "from.id", LARGE, message_id="large")
    office.work()
    with channel(laid_out.url) as opened:
        ((_, properties, body),) = lying(opened, "dead")
    assert (properties.headers["source"], properties.headers["reason"], len(body)) == (
        "from.id",
        "DOC-SIZE",
        len(LARGE),
    )
    names = [vhost.name for vhost in laid_out.topology.partners]
    found = laid_out.management.look(names).vhosts
    assert {name: sorted(found[name].queues) for name in names} == {
        vhost.name: sorted(vhost.queues) for vhost in laid_out.topology.partners
    }
    with channel(laid_out.partners["ID"]) as opened:
        assert [properties.type for _, properties, _ in lying(opened, "to.id")] == ["response"]
    assert office.broker.depths(["from.id"]) == {"from.id": 0}


@pytest.mark.parametrize("key", ["from.nobody", "", "dead", "to.kcci", "from.id"])
def test_what_names_no_inbox_lies_among_the_unknown_with_its_headers(laid_out, key):
    put_as(laid_out.url, key, b"lost", message_id="m-1", headers={"receiver": "ID"}, correlation_id="c")
    with channel(laid_out.url) as opened:
        ((method, properties, body),) = lying(opened, "unknown")
    assert (body, properties.message_id, properties.correlation_id) == (b"lost", "m-1", "c")
    assert (properties.headers["receiver"], method.exchange, method.routing_key) == ("ID", "from", key)


def test_what_names_an_inbox_lies_there_and_not_among_the_unknown(laid_out, office):
    put_as(laid_out.url, "from.kcci", record("K001-25-0000001"), message_id="m-1")
    office.work()
    assert kinds(office.take("kcci")) == ["acknowledgement"]
    assert office.broker.depths(["unknown"]) == {"unknown": 0}


def test_in_one_vhost_for_all_the_entrance_leads_to_every_inbox_and_to_the_unknown(amqp_url, tmp_path):
    layout = topology(catalogue().systems.values(), amqp_url.rpartition("/")[2])
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}")
    with contextlib.closing(ledger), contextlib.closing(RabbitMQ(amqp_url, vhost=layout.main)) as broker:
        assert broker.declare(queue_names(catalogue())) == []
        for key in ("from.id", "from.kcci", "nonsense"):
            put_as(amqp_url, key, b"x")
        with channel(amqp_url) as opened:
            assert [len(lying(opened, queue)) for queue in ("from.id", "from.kcci", "unknown")] == [1, 1, 1]


def test_declaring_twice_changes_nothing_and_finds_nothing_other(laid_out):
    with contextlib.closing(laid_out.relay()) as broker:
        assert broker.declare(queue_names(catalogue())) == []
