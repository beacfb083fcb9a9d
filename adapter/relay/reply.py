"""What is answered to whoever sent something: that it arrived, and whether it was accepted."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from pydantic import ValidationError

from adapter import translate
from adapter.certificate import Certificate
from adapter.delivery import Message
from adapter.findings import Finding, Rejected, Severity
from adapter.ledger import Post
from adapter.messages import Acknowledgement, Cancellation, Complaint, Feedback, Function, Header, Kind, Response
from adapter.relay.arrival import Arrival
from adapter.relay.exchange import Exchange
from adapter.relay.homeward import placed
from adapter.system import System

MOST_COMPLAINTS = 100
"""How many complaints one response tells; the ledger keeps all findings."""
FLAGGED = "DUP-02"
"""The code of a certificate that came again."""
UNANSWERED = (Kind.ACKNOWLEDGEMENT, Kind.RESPONSE)

Answer = Literal["accepted", "accepted_with_warnings", "rejected"]


def accept(arrival: Arrival, findings: Iterable[Finding], exchange: Exchange, at: datetime) -> tuple[Post, ...]:
    """The answers to what was taken: an acknowledgement; to a partner also a response, for it asked a question.

    A domestic system gets a response only where what it sent again is flagged: else its partner's response follows.
    """
    assert arrival.system
    acknowledgement = acknowledge(arrival, exchange, at)
    warnings = [finding for finding in findings if finding.severity is Severity.WARNING]
    if arrival.system.side == "domestic":
        warnings = [finding for finding in warnings if finding.code == FLAGGED]
        if not warnings:
            return (acknowledgement,)
    return acknowledgement, *respond(
        arrival, "accepted_with_warnings" if warnings else "accepted", warnings, exchange, at
    )


def acknowledge(arrival: Arrival, exchange: Exchange, at: datetime) -> Post:
    """That the message arrived and was kept."""
    content = Acknowledgement(received=arrival.reference, received_at=at, digest=arrival.digest)
    return Post(_write(content, Kind.ACKNOWLEDGEMENT, "", arrival, exchange, at), direct=True)


def reject(arrival: Arrival, findings: Iterable[Finding], exchange: Exchange, at: datetime) -> tuple[Post, ...]:
    """The response that names what is wrong; none to what is itself an answer, or to nobody we know."""
    table = arrival.reading.table if arrival.reading else None
    if arrival.system is None or (table and table.message in UNANSWERED):
        return ()
    told = [finding for finding in findings if finding.severity is not Severity.INFO]
    return respond(arrival, "rejected", told, exchange, at)


def respond(
    arrival: Arrival, outcome: Answer, findings: list[Finding], exchange: Exchange, at: datetime
) -> tuple[Post, ...]:
    """A response with its complaints, or with their codes alone where the system has no room for more."""
    codes = "\n".join((outcome, *(finding.code for finding in findings)))
    for plain in (False, True):
        try:
            content = _response(arrival, outcome, findings, plain, at)
            return (Post(_write(content, Kind.RESPONSE, codes, arrival, exchange, at), direct=True),)
        except (Rejected, ValidationError):
            continue
    return ()


def _response(arrival: Arrival, outcome: Answer, findings: list[Finding], plain: bool, at: datetime) -> Response:
    about = arrival.content if isinstance(arrival.content, Certificate | Cancellation | Feedback) else None
    return Response(
        received=arrival.reference,
        number=about.number if about else None,
        agreement=about.agreement
        if about and arrival.system and about.agreement in arrival.system.agreements
        else None,
        outcome=outcome,
        responded_at=at,
        complaints=tuple(_complaint(finding, plain, arrival.system) for finding in findings[:MOST_COMPLAINTS]),
    )


def _complaint(finding: Finding, plain: bool, to: System | None) -> Complaint:
    """What was found is never told: only where it stands and what would be allowed; at home also in its own terms."""
    severity: Any = finding.severity.value
    if plain:
        return Complaint(code=finding.code, severity=severity, text=f"see code {finding.code}")
    told = Complaint(
        code=finding.code, severity=severity, text=finding.message, field=finding.field, allowed=finding.allowed or None
    )
    return placed(told, finding.record or finding.path) if to and to.side == "domestic" else told


def _write(
    content: Acknowledgement | Response, kind: Kind, codes: str, arrival: Arrival, exchange: Exchange, at: datetime
) -> Message:
    assert arrival.system
    named = hashlib.sha256(f"{kind}\n{arrival.id}\n{codes}".encode()).hexdigest()[:32]
    header = Header(
        id=named, kind=kind, function=Function.ANSWER, sender=exchange.name_towards(arrival.system),
        receiver=arrival.system.code, sent_at=at, answers=arrival.reference,
    )  # fmt: skip
    return translate.write(content, arrival.system, exchange.catalogue, header)
