"""Passing on: what one system says of a certificate becomes a message to another that has to know it."""

from datetime import datetime

from adapter import translate
from adapter.catalogue import Unknown
from adapter.envelope import function_of
from adapter.ledger import Post
from adapter.messages import Content, Function, Kind
from adapter.relay.arrival import Arrival
from adapter.relay.exchange import Exchange
from adapter.system import System

UNASKED = (Function.CANCEL, Function.TELL)
"""What a partner that asks by itself is not told: it sees how the certificate stands when it looks."""


def pass_on(
    content: Content, arrival: Arrival, receiver: System, exchange: Exchange, at: datetime,
    *, certificate: str | None = None, answers: str | None = None,
) -> tuple[Post, ...]:  # fmt: skip
    """The message that tells another system; none where it only wants to hear what it asked for."""
    assert arrival.system
    if receiver.model == "pull" and function_of(content) in UNASKED:
        return ()
    message = translate.forward(
        content, arrival.system, receiver, exchange.catalogue, at, answers=answers, seals=exchange.seals
    )
    return (Post(message, certificate, arrival.system.code, arrival.reference),)


def speaks(system: System, kind: Kind, agreement: str | None, exchange: Exchange) -> bool:
    """Whether there is a table to write such a message for this system."""
    try:
        exchange.catalogue.table(system, kind, agreement)
    except Unknown:
        return False
    return True
