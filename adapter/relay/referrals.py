"""What comes of a cancellation or of feedback: it follows the certificate it is about."""

from datetime import datetime

from adapter import translate
from adapter.findings import Finding, Rejected, Severity
from adapter.ledger import Known, Outcome, Post, Standing
from adapter.messages import Cancellation, Feedback
from adapter.relay.arrival import Arrival
from adapter.relay.entry import entry
from adapter.relay.exchange import Exchange
from adapter.relay.states import CANCELLED, decided, move


class Early(Rejected):
    """It came before the certificate that it is about, which may still come."""


def take_cancellation(
    arrival: Arrival, cancellation: Cancellation, known: Known, exchange: Exchange, at: datetime
) -> Outcome:
    """It goes wherever the certificate went; Rejected (REF-01) if this system issued none of that number."""
    assert arrival.system
    issued = [each for each in _about(cancellation, known) if each.system == arrival.system.code]
    return _refer(arrival, cancellation, issued, CANCELLED, exchange, at)


def take_feedback(arrival: Arrival, feedback: Feedback, known: Known, exchange: Exchange, at: datetime) -> Outcome:
    """It goes to the system that issued the certificate; Rejected (REF-01) if this is none, or more than one.

    A number is its issuing body's own, and feedback names no body.
    """
    assert arrival.system
    held = [each for each in _about(feedback, known) if each.holder == arrival.system.code]
    if len({each.system for each in held}) > 1:
        raise _unclear("more than one certificate bears this number", feedback)
    return _refer(arrival, feedback, held, decided(feedback), exchange, at)


def _about(content: Cancellation | Feedback, known: Known) -> list[Standing]:
    return [each for each in known.of_key(content.key) if each.agreement == content.agreement]


def _refer(
    arrival: Arrival, content: Cancellation | Feedback, standings: list[Standing], state: str, exchange: Exchange,
    at: datetime,
) -> Outcome:  # fmt: skip
    assert arrival.system
    if not standings:
        raise Early(*_unclear("no certificate of this number was exchanged with this system", content).findings)
    code = arrival.system.code
    first: dict[str, Standing] = {}
    for each in standings:
        first.setdefault(each.holder if each.system == code else each.system, each)
    posts = [
        Post(
            translate.forward(content, arrival.system, exchange.systems[other], exchange.catalogue, at),
            each.id, code, arrival.reference,
        )
        for other, each in first.items()
    ]  # fmt: skip
    return Outcome(
        entry(arrival, partner=next(iter(first))), tuple(posts), changes=move((each.id for each in standings), state)
    )


def _unclear(message: str, content: Cancellation | Feedback) -> Rejected:
    """Undecided: the certificate may be on its way, and nothing is wrong with what came before it."""
    undecided = Severity.UNDECIDED
    finding = Finding(code="REF-01", message=message, severity=undecided, field="number", found=content.number)
    return Rejected(finding, stage="refer")
