"""What has a day of its own: certificates that lapse, certificates without an answer."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from adapter.ledger.engine import moment
from adapter.ledger.entries import Standing
from adapter.ledger.lists import standing
from adapter.ledger.schema import CERTIFICATES, OUTBOX
from adapter.ledger.statements import STANDING, columns_of

OWN = "1"
"""The version of a certificate under a number of its own; a copy under its original's is another version."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A certificate that left and whose receiver has not said what became of it."""

    receiver: str
    agreement: str
    number: str
    state: str
    sent_at: datetime
    """When the destination confirmed that it has the message."""


def list_lapsing(connection: Connection, since: date, until: date, over: Collection[str]) -> list[Standing]:
    """The certificates whose validity began from one day to another, but for those in a state that ends it."""
    began = func.coalesce(CERTIFICATES.c.valid_from, CERTIFICATES.c.issued_on)
    span = began.between(since.isoformat(), until.isoformat())
    chosen = select(*columns_of(CERTIFICATES, STANDING)).where(span, CERTIFICATES.c.state.not_in(over))
    return [standing(row) for row in connection.execute(chosen.order_by(began, CERTIFICATES.c.id))]


def list_numbers(connection: Connection) -> list[tuple[str, str, str]]:
    """Issuing body, agreement and number of every certificate whose number is its own."""
    told = select(CERTIFICATES.c.issuer, CERTIFICATES.c.agreement, CERTIFICATES.c.number)
    rows = connection.execute(told.where(CERTIFICATES.c.version == OWN).order_by(CERTIFICATES.c.id))
    return [(issuer, agreement, number) for issuer, agreement, number in rows]


def list_unanswered(connection: Connection, states: Collection[str]) -> list[Unanswered]:
    """The certificates in these states whose message left, those first that left first."""
    told = (OUTBOX.c.receiver, CERTIFICATES.c.agreement, CERTIFICATES.c.number, CERTIFICATES.c.state)
    left = select(*told, OUTBOX.c.closed_at).join(CERTIFICATES, CERTIFICATES.c.message == OUTBOX.c.id)
    # What is kept until it is asked for was closed without an attempt.
    has_left = OUTBOX.c.closed_at.is_not(None), OUTBOX.c.attempts > 0, OUTBOX.c.died_at.is_(None)
    rows = connection.execute(
        left.where(CERTIFICATES.c.state.in_(states), *has_left).order_by(OUTBOX.c.closed_at, OUTBOX.c.place)
    )
    return [Unanswered(*row[:-1], moment(row[-1])) for row in rows]
