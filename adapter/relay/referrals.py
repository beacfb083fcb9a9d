"""What comes of a cancellation or of feedback: it follows the certificate it is about."""

from datetime import datetime

from adapter import translate
from adapter.findings import Finding, Rejected
from adapter.ledger import Known, Outcome, Post, Standing
from adapter.messages import Cancellation, Feedback
from adapter.relay.arrival import Arrival
from adapter.relay.entry import entry
from adapter.relay.exchange import Exchange
from adapter.relay.reply import accept
from adapter.relay.states import CANCELLED, decided, move


def take_cancellation(
    arrival: Arrival, cancellation: Cancellation, known: Known, exchange: Exchange, at: datetime
) -> Outcome:
    """It goes where the certificate went; Rejected (REF-01) if this system issued none of that number."""
    assert arrival.system
    issued = [each for each in _about(cancellation, known) if each.system == arrival.system.code]
    return _refer(arrival, cancellation, issued, CANCELLED, exchange, at)


def take_feedback(arrival: Arrival, feedback: Feedback, known: Known, exchange: Exchange, at: datetime) -> Outcome:
    """It goes to the system that issued the certificate; Rejected (REF-01) if this system got none of that number."""
    assert arrival.system
    held = [each for each in _about(feedback, known) if each.holder == arrival.system.code]
    return _refer(arrival, feedback, held, decided(feedback), exchange, at)


def _about(content: Cancellation | Feedback, known: Known) -> list[Standing]:
    return [each for each in known.of_key(content.key) if each.agreement == content.agreement]


def _refer(
    arrival: Arrival, content: Cancellation | Feedback, standings: list[Standing], state: str, exchange: Exchange,
    at: datetime,
) -> Outcome:  # fmt: skip
    assert arrival.system and arrival.reading
    if not standings:
        unknown = "no certificate of this number was exchanged with this system"
        raise Rejected(Finding(code="REF-01", message=unknown, field="number", found=content.number), stage="refer")
    first = standings[0]
    receiver = exchange.systems[first.holder if first.system == arrival.system.code else first.system]
    message = translate.forward(content, arrival.system, receiver, exchange.catalogue, at)
    sent = Post(message, first.id, arrival.system.code, arrival.reference)
    answers = accept(arrival, arrival.reading.findings, exchange, at)
    return Outcome(entry(arrival), (sent, *answers), changes=move((each.id for each in standings), state))
