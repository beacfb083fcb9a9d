"""`eodes send` and `take` with no more rights than the pages give to systems, on a real broker."""

import secrets
from contextlib import closing
from urllib.parse import urlsplit

import pytest
from shell import PARTNERS_OWN, RECORD, eodes, said

from adapter.cli.start import open_catalogue
from adapter.relay.broker import Parcel
from adapter.relay.names import queue_names
from adapter.relay.rabbitmq import RabbitMQ
from adapter.relay.topology import topology


@pytest.fixture
def relay(private_rabbitmq):
    """The relay's URL of a vhost in which everything was made."""
    with private_rabbitmq.vhost() as url:
        yield url


@pytest.fixture
def furnished(relay):
    catalogue = open_catalogue(None)
    with closing(RabbitMQ(relay, vhost=topology(catalogue.systems.values()).main)) as broker:
        assert broker.declare(queue_names(catalogue)) == []
    return relay


@pytest.fixture
def let_in(private_rabbitmq, relay):
    """Makes users with the rights that docs/rabbitmq.md gives a system; gives their URLs."""
    made, vhost = [], urlsplit(relay).path[1:]

    def one(code, write="^from$"):
        made.append(name := f"{code}-{secrets.token_hex(4)}")
        private_rabbitmq.api("PUT", f"users/{name}", {"password": "hush", "tags": ""})
        rights = {"configure": "^$", "write": write, "read": rf"^to\.{code}$"}
        private_rabbitmq.api("PUT", f"permissions/{vhost}/{name}", rights)
        server = urlsplit(relay)
        return server._replace(netloc=f"{name}:hush@{server.netloc.rpartition('@')[2]}").geturl()

    yield one
    for name in made:
        private_rabbitmq.api("DELETE", f"users/{name}")


def depth(url, queue):
    return {each["queue"]: each["waiting"] for each in said("queues", "--broker", url)["queues"]}[queue]


def test_a_system_sends_with_the_rights_that_the_page_gives_it(furnished, let_in):
    result = eodes("send", RECORD, "--from", "kcci", "--broker", let_in("kcci"))
    assert (result.exit_code, result.stderr) == (0, "")
    assert depth(furnished, "from.kcci") == 1


def test_sending_makes_nothing(relay, let_in):
    result = eodes("send", RECORD, "--from", "kcci", "--broker", relay)
    assert result.exit_code == 2
    assert "no exchange 'from'" in result.stderr and "start `eodes relay` once" in result.stderr
    assert "trying again" not in result.stderr
    assert depth(relay, "from.kcci") is None


def test_who_may_not_send_is_told_so(furnished, let_in):
    result = eodes("send", RECORD, "--from", "kcci", "--broker", let_in("kcci", write="^$"))
    assert result.exit_code == 2
    assert "let this user write to that exchange" in result.stderr and "hush" not in result.stderr
    assert "trying again" not in result.stderr


def test_a_system_takes_with_the_rights_that_the_page_gives_it(furnished, let_in):
    with closing(RabbitMQ(furnished)) as broker:
        broker.send([Parcel("to.cn", "m-1", b"body")])
        while not broker.receipts(30):
            pass
    url = let_in("cn")
    assert eodes("take", "CN", "--keep", "--broker", url).stdout == "body\n"
    result = eodes("take", "CN", "--broker", url)
    assert (result.exit_code, result.stdout) == (0, "body\n")
    assert depth(furnished, "to.cn") == 0


def test_what_may_not_be_taken_is_not_said_to_be_nothing(furnished, let_in):
    with closing(RabbitMQ(furnished)) as broker:
        broker.send([Parcel("to.cn", "m-1", b"body")])
        while not broker.receipts(30):
            pass
    result = eodes("take", "CN", "--broker", let_in("kcci"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "may this user read from it?" in result.stderr
    assert depth(furnished, "to.cn") == 1


def test_a_queue_that_is_not_there_is_told(relay):
    result = eodes("take", "CN", "--broker", relay)
    assert result.exit_code == 2
    assert "there is no queue to.cn" in result.stderr and "trying again" not in result.stderr


def test_a_partner_sends_into_the_vhost_of_its_own(furnished, let_in):
    assert eodes("send", PARTNERS_OWN, "--from", "CN", "--broker", let_in("cn")).exit_code == 0
    assert depth(furnished, "from.cn") == 1


@pytest.mark.parametrize("change", [lambda url: url.replace(":hush@", ":wrong@"), lambda url: f"{url}-not-there"])
def test_who_is_not_let_in_need_not_try_again(furnished, let_in, change):
    result = eodes("send", RECORD, "--from", "kcci", "--broker", change(let_in("kcci")))
    assert result.exit_code == 2
    assert "trying again" not in result.stderr
