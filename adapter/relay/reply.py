"""What is answered to whoever sent something: that it arrived, and whether it was accepted."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import ValidationError

from adapter.certificate import Certificate
from adapter.delivery import Message
from adapter.envelope import function_of
from adapter.findings import Finding, Rejected, Severity
from adapter.ledger import Post
from adapter.messages import Acknowledgement, Complaint, Content, Header, Kind, Response
from adapter.relay.arrival import About, Arrival
from adapter.relay.exchange import Exchange
from adapter.relay.homeward import placed
from adapter.relay.passing import speaks
from adapter.system import System
from adapter.writing import Draft, write, write_all

MOST_COMPLAINTS = 100
"""How many complaints one response tells; the ledger keeps all findings."""
UNANSWERED = (Kind.ACKNOWLEDGEMENT, Kind.RESPONSE, Kind.STATUS_REPLY)

Answer = Literal["accepted", "accepted_with_warnings", "rejected"]


def accept(
    arrival: Arrival, acknowledged: tuple[Post, ...], remarks: Iterable[Finding], exchange: Exchange, at: datetime
) -> tuple[Post, ...]:
    """The answers to what was taken: an acknowledgement; to a partner also a response, for it asked a question.

    A domestic system gets a response only where there is something to remark: else its partner's response follows.
    """
    assert arrival.system and arrival.reading
    told = list(remarks)
    if arrival.system.side == "partner":
        told = [*arrival.reading.findings, *told]
    warnings = [finding for finding in told if finding.severity is Severity.WARNING]
    if arrival.system.side == "domestic" and not warnings:
        return acknowledged
    return *acknowledged, *respond(
        arrival, "accepted_with_warnings" if warnings else "accepted", warnings, exchange, at
    )


def acknowledge(arrival: Arrival, exchange: Exchange, at: datetime) -> tuple[Post, ...]:
    """That the message arrived and was kept; nothing where acknowledgements are not exchanged with its sender."""
    (posts,) = acknowledge_all([arrival], exchange, at)
    if isinstance(posts, Rejected):
        raise posts
    return posts


def acknowledge_all(arrivals: Sequence[Arrival], exchange: Exchange, at: datetime) -> list[tuple[Post, ...] | Rejected]:
    """The same for each of these, or why it cannot be said; they go stage by stage."""
    told = [
        arrival
        for arrival in arrivals
        if arrival.system and speaks(arrival.system, Kind.ACKNOWLEDGEMENT, None, exchange)
    ]
    drafts = [_acknowledgement(arrival, exchange, at) for arrival in told]
    messages = write_all(drafts, exchange.catalogue, exchange.seals)
    posts = {id(arrival): _posted(message) for arrival, message in zip(told, messages, strict=True)}
    return [posts.get(id(arrival), ()) for arrival in arrivals]


def _posted(message: Message | Rejected) -> tuple[Post, ...] | Rejected:
    return message if isinstance(message, Rejected) else (Post(message, direct=True),)


def _acknowledgement(arrival: Arrival, exchange: Exchange, at: datetime) -> Draft:
    content = Acknowledgement(received=arrival.reference, received_at=at, digest=arrival.digest)
    return _draft(content, Kind.ACKNOWLEDGEMENT, arrival, exchange, at)


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
    if not (arrival.system and speaks(arrival.system, Kind.RESPONSE, _agreement(arrival), exchange)):
        return ()
    codes = "\n".join((outcome, *(finding.code for finding in findings)))
    for plain in (False, True):
        try:
            content = _response(arrival, outcome, findings, plain, at)
            return (Post(say(content, Kind.RESPONSE, arrival, exchange, at, codes), direct=True),)
        except (Rejected, ValidationError):
            continue
    return ()


def _response(arrival: Arrival, outcome: Answer, findings: list[Finding], plain: bool, at: datetime) -> Response:
    about = arrival.content if isinstance(arrival.content, Certificate | About) else None
    return Response(
        received=arrival.reference,
        number=about.number if about else None,
        agreement=_agreement(arrival),
        outcome=outcome,
        responded_at=at,
        complaints=tuple(_complaint(finding, plain, arrival.system) for finding in findings[:MOST_COMPLAINTS]),
    )


def _agreement(arrival: Arrival) -> str | None:
    """The agreement that it is about, if it is one that its sender exchanges under."""
    agreement = getattr(arrival.content, "agreement", None)
    return agreement if arrival.system and agreement in arrival.system.agreements else None


def _complaint(finding: Finding, plain: bool, to: System | None) -> Complaint:
    """What was found is never told: only where it stands and what would be allowed; at home also in its own terms."""
    severity: Any = finding.severity.value
    if plain:
        return Complaint(code=finding.code, severity=severity, text=f"see code {finding.code}")
    told = Complaint(
        code=finding.code, severity=severity, text=finding.message, field=finding.field, allowed=finding.allowed or None
    )
    return placed(told, finding.record or finding.path) if to and to.side == "domestic" else told


def say(
    content: Content, kind: Kind, arrival: Arrival, exchange: Exchange, at: datetime, marks: str = ""
) -> Message:  # fmt: skip
    """What the relay itself answers; `marks` tell answers of one kind to the same delivery apart."""
    content, receiver, header = _draft(content, kind, arrival, exchange, at, marks)
    return write(content, receiver, exchange.catalogue, header, exchange.seals)


def _draft(
    content: Content, kind: Kind, arrival: Arrival, exchange: Exchange, at: datetime, marks: str = ""
) -> Draft:  # fmt: skip
    assert arrival.system
    named = hashlib.sha256(f"{kind}\n{arrival.id}\n{marks}".encode()).hexdigest()[:32]
    header = Header(
        id=named, kind=kind, function=function_of(content), sender=exchange.name_towards(arrival.system),
        receiver=arrival.system.code, sent_at=at, answers=arrival.reference,
    )  # fmt: skip
    return Draft(content, arrival.system, header)
