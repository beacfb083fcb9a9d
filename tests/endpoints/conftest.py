"""What the tests of endpoints share: with those of brokers, and a partner's broker."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import servers

sys.path.append(str(Path(__file__).parents[1] / "relay"))

from broker_partner import QUEUE, BrokerPartner

from adapter.relay.rabbitmq import RabbitMQ

Running = tuple[BrokerPartner, servers.PrivateRabbitMQ]


@pytest.fixture(scope="session")
def partners_broker(tmp_path_factory) -> Iterator[Running]:
    partner = BrokerPartner(tmp_path_factory.mktemp("partner"))
    own = servers.PrivateRabbitMQ(settings=partner.settings)
    try:
        own.start()
        yield partner, own
    finally:
        own.stop()


@pytest.fixture
def broker_partner(partners_broker: Running) -> Iterator[BrokerPartner]:
    partner, own = partners_broker
    with own.vhost() as url:
        partner.place = partner.url(url)
        inside = RabbitMQ(url)
        inside.declare([QUEUE])
        partner.inside = inside
        yield partner
        inside.close()
