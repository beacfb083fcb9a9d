"""A broker laid out for the relay: a main vhost, one for each partner, and partners' users who try what they may."""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import pika
from post_office import catalogue
from rabbit import RabbitMQ as Server

from adapter.relay.grants import grant
from adapter.relay.names import queue_names
from adapter.relay.rabbitmq.management import Management
from adapter.relay.rabbitmq.places import vhost_of
from adapter.relay.rabbitmq.vhosts import Vhosts, url_of
from adapter.relay.topology import Topology, topology


@dataclass(frozen=True)
class Estate:
    """The relay's URL, what should be there, the management API, and each partner's own URL by its code."""

    url: str
    topology: Topology
    management: Management
    partners: dict[str, str]
    server: Server

    def vhost(self, code: str) -> str:
        return next(vhost.name for vhost in self.topology.partners if vhost.partner == code)

    def relay(self, **options) -> Vhosts:
        return Vhosts(self.url, self.topology, **options)


def management_url(server: Server) -> str:
    user = urlsplit(server.url).netloc.rpartition("@")[0]
    return server.management.replace("://", f"://{user}@")


@contextmanager
def estate(server: Server, url: str) -> Iterator[Estate]:
    """Let every partner in, and have the relay make its queues."""
    layout = topology(catalogue().systems.values(), vhost_of(url), f"{vhost_of(url)}-{{code}}")
    management, relay_user = Management(management_url(server)), urlsplit(url).username or ""
    partners = {}
    with ExitStack() as stack:
        for vhost in layout.partners:
            password = secrets.token_hex(12)
            stack.callback(server.revoke, vhost.name)
            management.apply(grant(vhost, relay_user), password)
            own = urlsplit(url_of(url, vhost.name))
            address = own.netloc.rpartition("@")[2]
            partners[vhost.partner] = own._replace(netloc=f"{vhost.name}:{password}@{address}").geturl()
        made = Estate(url, layout, management, partners, server)
        with closing(made.relay()) as broker:
            assert broker.declare(queue_names(catalogue())) == []
        yield made


@contextmanager
def channel(url: str) -> Iterator[pika.adapters.blocking_connection.BlockingChannel]:
    """A channel with confirms, as a partner's program would have it."""
    connection = pika.BlockingConnection(pika.URLParameters(url))
    try:
        opened = connection.channel()
        opened.confirm_delivery()
        yield opened
    finally:
        if connection.is_open:
            connection.close()
