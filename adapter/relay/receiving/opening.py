"""Receiving sides as connections.toml says, each checked before anything is taken."""

import random
from collections.abc import Callable

from adapter.connections import Connections
from adapter.connections import Source as Told
from adapter.relay.endpoints.tls import context_of, pinned
from adapter.relay.receiving.desk import Desk
from adapter.relay.receiving.folder import FolderSource
from adapter.relay.receiving.keeper import Keeper
from adapter.relay.receiving.source import Outage, Source


def open_sources(
    connections: Connections, keeper: Keeper, most: int, until: Callable[[], bool] = lambda: False,
    chance: Callable[[], float] = random.random,
) -> dict[str, Source]:  # fmt: skip
    """Every receiving side by its name; raises ValueError. No body is taken that has more than `most` bytes."""
    told = {code: each.source for code, each in connections.partners.items() if each.source.kind != "queue"}
    sources: dict[str, Source] = {}
    for code, each in told.items():
        if each.folder:
            sources[code] = FolderSource(code, each.folder, keeper, most, Outage(code, chance))
        elif each.kind == "amqp":
            sources[code] = _from_broker(code, each, keeper, most, Outage(code, chance), until)
    callers = {code: each for code, each in told.items() if each.kind == "https"}
    if callers:
        if connections.desk is None:
            raise ValueError(f"partners.{min(callers)}.source.kind: https needs a desk: where we listen, and our tls")
        try:
            sources["desk"] = Desk(connections.desk, _peers(callers), keeper, most)
        except ValueError as error:
            raise ValueError(f"desk: {error}") from None
    return sources


def _from_broker(code: str, told: Told, keeper: Keeper, most: int, outage: Outage, until: Callable[[], bool]) -> Source:
    from adapter.relay.rabbitmq import RabbitMQ
    from adapter.relay.receiving.amqp import WINDOW, WINDOW_BYTES, BrokerSource

    assert told.tls and told.queue and told.url
    try:
        broker = RabbitMQ(
            told.url, window=WINDOW, window_bytes=WINDOW_BYTES, until=until, tls=context_of(told.tls),
            name=told.tls.name, largest=most,
        )  # fmt: skip
    except ValueError as error:
        raise ValueError(f"partners.{code}.source: {error}") from None
    return BrokerSource(code, broker, told.queue, keeper, outage)


def _peers(callers: dict[str, Told]) -> dict[bytes, str]:
    """The partner of each certificate; a certificate that two partners call with would tell neither from the other."""
    found: dict[bytes, str] = {}
    for code, told in callers.items():
        for file in told.peer:
            for certificate in pinned(file):
                if found.setdefault(certificate, code) != code:
                    raise ValueError(f"{file}: {code} and {found[certificate]} would call with one certificate")
    return found
