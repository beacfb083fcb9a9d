"""Endpoints as connections.toml says, each checked before anything is sent."""

import time
from collections.abc import Callable

from adapter.connections import Connections
from adapter.connections import Endpoint as Told
from adapter.relay.broker import Broker
from adapter.relay.endpoints import Endpoints
from adapter.relay.endpoints.endpoint import Endpoint, News
from adapter.relay.endpoints.folder import Folder
from adapter.relay.endpoints.lane import Lane, Tell
from adapter.relay.endpoints.pace import Bucket
from adapter.relay.names import outbox


def over(
    broker: Broker, connections: Connections, share: int = 1, clock: Callable[[], float] = time.monotonic
) -> Broker:
    """The broker, and over it the endpoints of partners that are reached otherwise; raises ValueError.

    `share` is how many processes send side by side: each keeps to its part of what a partner may be sent in a second.
    """
    news = News()
    told = {code: each.endpoint for code, each in connections.partners.items() if each.endpoint.kind != "queue"}
    endpoints = {outbox(code): _open(code, each, news.put, share, clock) for code, each in told.items()}
    return Endpoints(broker, endpoints, news) if endpoints else broker


def _open(code: str, told: Told, tell: Tell, share: int, clock: Callable[[], float]) -> Endpoint:
    bucket = Bucket(told.per_second / share, clock) if told.per_second else None
    if told.folder:
        return Lane(Folder(told.folder).carry, tell, bucket=bucket, clock=clock)
    try:
        if told.kind == "https":
            from adapter.relay.endpoints.https import Https

            https = Https(told)
            return Lane(https.carry, tell, told.at_once, bucket=bucket, clock=clock, let_go=https.close)
        from adapter.relay.endpoints.amqp import TOGETHER, Amqp

        amqp = Amqp(told)
        return Lane(amqp.carry, tell, 1, TOGETHER, bucket, clock, amqp.close)
    except ValueError as error:
        raise ValueError(f"partners.{code}.endpoint: {error}") from None
