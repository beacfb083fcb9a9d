"""RabbitMQ as a cluster: a URL names several hosts, and any that answers will do."""

import contextlib
from urllib.parse import urlsplit

import pytest
from parcels import ids, parcels, send_all, take_all
from processes import free_ports

from adapter.findings import Unavailable
from adapter.relay.rabbitmq import RabbitMQ
from adapter.relay.rabbitmq.places import places_of, vhost_of

QUEUE = "to.XA"


def with_hosts(url, *hosts):
    """The URL with these hosts, and its own where there is none."""
    server = urlsplit(url)
    user, _, own = server.netloc.rpartition("@")
    return server._replace(netloc=f"{user}@{','.join(host or own for host in hosts)}").geturl()


@pytest.fixture
def nowhere():
    """A host and port where nobody listens."""
    return f"127.0.0.1:{free_ports(1)[0]}"


def test_the_hosts_of_a_url_share_its_user_vhost_and_options():
    places = places_of("amqps://courier:a,b%2F@one:1234,two,[::1]:9/eodes%2Fmain?heartbeat=7")
    assert [(place.host, place.port) for place in places] == [("one", 1234), ("two", 5671), ("::1", 9)]
    assert {place.credentials.password for place in places} == {"a,b/"}
    assert {(place.virtual_host, place.heartbeat) for place in places} == {("eodes/main", 7)}
    assert vhost_of("amqp://one,two/eodes") == "eodes"


@pytest.mark.parametrize(
    "url", ["amqp://u:pass@one,,two/v", "amqp://u:pass@one,/v", "amqp://u:pass@one,two:port/v", "amqp://u:1,2/ss@one/v"]
)
def test_hosts_that_cannot_be_read_are_an_error_that_does_not_repeat_them(url):
    with pytest.raises(ValueError, match="not a URL like") as error:
        RabbitMQ(url)
    assert "pass@" not in str(error.value) and "ss@" not in str(error.value)


def test_a_host_that_is_away_is_passed_over(amqp_url, nowhere):
    with contextlib.closing(RabbitMQ(with_hosts(amqp_url, nowhere, ""))) as broker:
        broker.declare([QUEUE])
        send_all(broker, parcels(3))
        assert ids(take_all(broker, count=3)) == ids(parcels(3))


def test_a_host_that_comes_back_is_tried_again_though_the_next_one_is_away(private_rabbitmq, nowhere):
    with (
        private_rabbitmq.vhost() as url,
        contextlib.closing(RabbitMQ(with_hosts(url, "", nowhere), patience=60)) as broker,
    ):
        broker.declare([QUEUE])
        private_rabbitmq.restart()
        broker.declare(["to.XB"])
        send_all(broker, [*parcels(3, "to.XB")])
        assert ids(take_all(broker, "to.XB", count=3)) == ids(parcels(3))


def test_when_none_answers_all_are_named_and_no_password(amqp_url, nowhere):
    hosts = [nowhere, nowhere.replace("127.0.0.1", "localhost")]
    url = with_hosts(amqp_url, *hosts)
    with contextlib.closing(RabbitMQ(url, patience=0.5)) as broker, pytest.raises(Unavailable) as trouble:
        broker.declare([QUEUE])
    assert f"RabbitMQ at {' or '.join(hosts)}, virtual host" in str(trouble.value)
    assert urlsplit(url).password not in str(trouble.value)
