"""A partner with a broker of its own, which lets nobody in without a certificate."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from authority import Authority, identity
from parcels import parcels
from processes import free_ports

from adapter.connections import Endpoint
from adapter.relay.broker import Parcel, Receipt
from adapter.relay.endpoints.amqp import Amqp
from adapter.relay.rabbitmq import RabbitMQ

QUEUE = "eodes.in"


class BrokerPartner:
    """A broker that lets nobody in without a certificate of its authority."""

    inside: RabbitMQ
    """Its broker as it sees it itself."""
    place: str
    """The URL that we come in by."""

    def __init__(self, folder: Path) -> None:
        self.authority = Authority(folder)
        self.ours, self.theirs = self.authority.give("ours"), self.authority.give("theirs")
        (self.port,) = free_ports(1)
        self.settings = (
            f"listeners.ssl.1 = 127.0.0.1:{self.port}\nssl_options.cacertfile = {self.authority.file}\n"
            f"ssl_options.certfile = {self.theirs[0]}\nssl_options.keyfile = {self.theirs[1]}\n"
            "ssl_options.verify = verify_peer\nssl_options.fail_if_no_peer_cert = true\n"
        )

    def url(self, plain: str) -> str:
        address = urlsplit(plain)
        user = address.netloc.rpartition("@")[0]
        return address._replace(scheme="amqps", netloc=f"{user}@127.0.0.1:{self.port}").geturl()

    def endpoint(self, own=None, timeout: float = 10.0, **tls) -> Endpoint:
        known = identity(own or self.ours, tls.pop("authority", self.authority.file), **tls)
        return Endpoint(kind="amqp", url=self.place, queue=QUEUE, tls=known, timeout=timeout)

    def carry(self, *some: Parcel, **told) -> list[Receipt]:
        amqp = Amqp(self.endpoint(**told))
        try:
            return list(amqp.carry(some or parcels(1)))
        finally:
            amqp.close()
