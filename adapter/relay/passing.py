"""Passing on: what one system says of a certificate becomes a message to another that has to know it."""

from datetime import datetime

from adapter import translate
from adapter.catalogue import Unknown
from adapter.delivery import Message
from adapter.envelope import function_of, kind_of
from adapter.findings import Finding, Rejected
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
    message = write_for(content, arrival.system, receiver, exchange, at, answers=answers)
    return (Post(message, certificate, arrival.system.code, arrival.reference),)


def write_for(
    content: Content, sender: System, receiver: System, exchange: Exchange, at: datetime,
    *, cause: str | None = None, answers: str | None = None,
) -> Message:  # fmt: skip
    """The message; Rejected (ROU-03) where the receiver does not exchange messages of this kind."""
    if not speaks(receiver, kind_of(content), getattr(content, "agreement", None), exchange):
        message = f"messages of this kind are not exchanged with {receiver.code}"
        raise Rejected(Finding(code="ROU-03", message=message, found=kind_of(content).value), stage="route")
    return translate.forward(content, sender, receiver, exchange.catalogue, at, cause=cause, answers=answers)


def speaks(system: System, kind: Kind, agreement: str | None, exchange: Exchange) -> bool:
    """Whether there is a table to write such a message for this system."""
    try:
        exchange.catalogue.table(system, kind, agreement)
    except Unknown:
        return False
    return True
