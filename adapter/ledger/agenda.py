"""What has a day of its own: certificates that lapse, certificates without an answer, verifications without a reply."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, exists, func, select

from adapter.ledger.engine import moment
from adapter.ledger.entries import DONE, Standing
from adapter.ledger.lists import standing
from adapter.ledger.schema import CERTIFICATES, DELIVERIES, OUTBOX
from adapter.ledger.statements import STANDING, columns_of
from adapter.messages import Kind

OWN = "1"
"""The version of a certificate under a number of its own; a copy under its original's is another version."""
ASKED = (Kind.VERIFICATION_REQUEST, Kind.VERIFICATION_INFORMATION)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A certificate that left and whose receiver has not said what became of it."""

    receiver: str
    agreement: str
    number: str
    state: str
    sent_at: datetime
    """When the destination confirmed that it has the message."""


@dataclass(frozen=True, slots=True)
class Unverified:
    """A question of a verification that has no reply."""

    kind: Kind
    source: str
    """The system that asks."""
    issuer: str
    """The system that issued the certificate, and has to reply."""
    agreement: str
    number: str
    received_at: datetime


def list_lapsing(connection: Connection, since: date, until: date, over: Collection[str]) -> list[Standing]:
    """The certificates issued from one day to another that are in none of the states in which they are over."""
    span = CERTIFICATES.c.issued_on.between(since.isoformat(), until.isoformat())
    chosen = select(*columns_of(CERTIFICATES, STANDING)).where(span, CERTIFICATES.c.state.not_in(over))
    return [standing(row) for row in connection.execute(chosen.order_by(CERTIFICATES.c.issued_on, CERTIFICATES.c.id))]


def list_numbers(connection: Connection) -> list[tuple[str, str, str]]:
    """Issuing body, agreement and number of every certificate whose number is its own."""
    told = select(CERTIFICATES.c.issuer, CERTIFICATES.c.agreement, CERTIFICATES.c.number)
    rows = connection.execute(told.where(CERTIFICATES.c.version == OWN).order_by(CERTIFICATES.c.id))
    return [(issuer, agreement, number) for issuer, agreement, number in rows]


def list_unanswered(connection: Connection, states: Collection[str]) -> list[Unanswered]:
    """The certificates in these states whose message left, those first that left first."""
    told = (OUTBOX.c.receiver, CERTIFICATES.c.agreement, CERTIFICATES.c.number, CERTIFICATES.c.state)
    left = select(*told, OUTBOX.c.closed_at).join(CERTIFICATES, CERTIFICATES.c.message == OUTBOX.c.id)
    waiting = CERTIFICATES.c.state.in_(states), OUTBOX.c.closed_at.is_not(None)
    rows = connection.execute(left.where(*waiting).order_by(OUTBOX.c.closed_at, OUTBOX.c.place))
    return [Unanswered(*row[:-1], moment(row[-1])) for row in rows]


def list_unverified(connection: Connection) -> list[Unverified]:
    """The questions about a certificate after which no reply came, those first that came first."""
    later = DELIVERIES.alias()
    replied = exists().where(
        later.c.kind == Kind.VERIFICATION_REPLY,
        later.c.stage == DONE,
        later.c.key == DELIVERIES.c.key,
        later.c.agreement == DELIVERIES.c.agreement,
        later.c.received_at >= DELIVERIES.c.received_at,
    )
    about = CERTIFICATES.c.key == DELIVERIES.c.key, CERTIFICATES.c.agreement == DELIVERIES.c.agreement
    issued_by = select(func.min(CERTIFICATES.c.system)).where(*about, CERTIFICATES.c.system != DELIVERIES.c.source)
    told = (DELIVERIES.c.kind, DELIVERIES.c.source, issued_by.scalar_subquery(), DELIVERIES.c.agreement)
    asked = select(*told, DELIVERIES.c.number, DELIVERIES.c.received_at).where(
        DELIVERIES.c.kind.in_(ASKED), DELIVERIES.c.stage == DONE, DELIVERIES.c.key.is_not(None), ~replied
    )
    rows = connection.execute(asked.order_by(DELIVERIES.c.received_at, DELIVERIES.c.id))
    return [
        Unverified(Kind(kind), source, issuer, agreement, number, moment(at))
        for kind, source, issuer, agreement, number, at in rows
        if issuer is not None
    ]
