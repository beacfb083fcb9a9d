"""Verifications: each question that an importing customs asked about a certificate, and each reply."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Select, select

from adapter.ledger.engine import moment
from adapter.ledger.entries import Outcome, Outpaced
from adapter.ledger.many import put_new
from adapter.ledger.schema import CERTIFICATES, VERIFICATIONS
from adapter.ledger.statements import columns_of
from adapter.ledger.steps import Part, VerificationStep

SAID = (
    "request", "asker", "step", "part", "is_reply", "answerer", "agreement", "number", "key", "certificate", "digest",
    "result", "said_on",
)  # fmt: skip
COLUMNS = (*SAID, "at", "cause")

VerificationRow = tuple[Any, ...]
"""A row as it is written."""


@dataclass(frozen=True, slots=True)
class Verification:
    """How a verification stands."""

    asker: str
    answerer: str
    request: str
    agreement: str
    number: str
    certificate: str | None
    """Id of the certificate, where the ledger knows it."""
    issued_on: date | None
    requested_at: datetime
    """When the request came."""
    informed_at: datetime | None = None
    """When more information was asked for, the last time."""
    replied_at: datetime | None = None
    """When the reply to the request came."""
    completed_at: datetime | None = None
    """When the reply to the question for more came."""
    result: str | None = None

    def asked_at(self, part: Part) -> datetime:
        """When the question came."""
        return self.informed_at if part == "information" and self.informed_at else self.requested_at

    @property
    def due(self) -> tuple[Part, ...]:
        """The questions that wait for a reply."""
        parts: list[Part] = []
        if self.replied_at is None:
            parts.append("request")
        if self.informed_at and (self.completed_at is None or self.completed_at < self.informed_at):
            parts.append("information")
        return tuple(parts)


def write_verifications(connection: Connection, outcomes: Sequence[Outcome], at: int) -> list[VerificationRow]:
    """The rows of what was asked and replied; Outpaced where another worker wrote one of them first."""
    rows = [_row(step, at, each.entry.id) for each in outcomes for step in each.verifications]
    rows.sort(key=lambda row: row[:3])
    if put_new(connection, VERIFICATIONS, COLUMNS, rows) != len(rows):
        raise Outpaced
    return rows


def read_verifications(connection: Connection, requests: Sequence[str]) -> list[VerificationStep]:
    """What was asked and replied under these numbers, oldest first, asker by asker."""
    wanted = VERIFICATIONS.c.request.in_(requests)
    return [_step(row) for row in connection.execute(_ordered().where(wanted))]


def verifications_about(connection: Connection, key: str) -> list[VerificationStep]:
    """What was asked and replied about the certificates of this match key, asker by asker."""
    return [_step(row) for row in connection.execute(_ordered().where(VERIFICATIONS.c.key == key))]


def list_verifications(connection: Connection, partner: str | None, is_open: bool) -> list[Verification]:
    """Every verification, or those with a partner, or those that wait for a reply; those asked first come first."""
    about = CERTIFICATES.c.issued_on
    chosen = _ordered(about).outerjoin(CERTIFICATES, CERTIFICATES.c.id == VERIFICATIONS.c.certificate)
    if partner is not None:
        chosen = chosen.where((VERIFICATIONS.c.asker == partner) | (VERIFICATIONS.c.answerer == partner))
    rows = ((_step(row), row.issued_on) for row in connection.execute(chosen))
    found = [each for each in _fold(rows) if each.due or not is_open]
    return sorted(found, key=attrgetter("requested_at", "asker", "request"))


def _ordered(*more: Any) -> Select[*tuple[Any, ...]]:
    order = (VERIFICATIONS.c.request, VERIFICATIONS.c.asker, VERIFICATIONS.c.step)
    return select(*columns_of(VERIFICATIONS, (*SAID, "at")), *more).order_by(*order)


def _fold(rows: Iterable[tuple[VerificationStep, str | None]]) -> Iterator[Verification]:
    for _, steps in groupby(rows, key=lambda row: (row[0].request, row[0].asker)):
        (first, issued_on), *rest = steps
        assert first.at
        found = Verification(
            first.asker, first.answerer, first.request, first.agreement, first.number, first.certificate,
            date.fromisoformat(issued_on) if issued_on else None, first.at,
        )  # fmt: skip
        for step, _ in rest:
            found = _take(found, step)
        yield found


def _take(found: Verification, step: VerificationStep) -> Verification:
    if not step.is_reply:
        return replace(found, informed_at=step.at)
    told = replace(found, result=step.result)
    return replace(told, replied_at=step.at) if step.part == "request" else replace(told, completed_at=step.at)


def _row(step: VerificationStep, at: int, cause: str) -> VerificationRow:
    return (
        step.request, step.asker, step.step, step.part, step.is_reply, step.answerer, step.agreement, step.number,
        step.key, step.certificate, step.digest, step.result, step.said_on.isoformat(), at, cause,
    )  # fmt: skip


def _step(row: Any) -> VerificationStep:
    values: dict[str, Any] = {name: getattr(row, name) for name in SAID}
    values |= {"said_on": date.fromisoformat(row.said_on), "at": moment(row.at)}
    return VerificationStep(**values)
