"""What was decided on each item of a certificate, and how much of it is left: one row for each decision."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from adapter.ledger.engine import moment
from adapter.ledger.entries import Outcome, Outpaced
from adapter.ledger.many import put_new
from adapter.ledger.schema import ITEMS
from adapter.ledger.statements import columns_of
from adapter.ledger.steps import ItemStep
from adapter.text import plain_number

SAID = ("certificate", "item", "number", "status", "decided_on", "unit", "quantity", "balance", "feedback")
COLUMNS = (*SAID, "at", "cause", "claim")

ItemRow = tuple[Any, ...]
"""A row as it is written."""


def write_items(connection: Connection, outcomes: Sequence[Outcome], at: int) -> list[ItemRow]:
    """The rows of what was decided; Outpaced where another worker decided on one of the items first."""
    rows = [_row(step, at, each.entry.id) for each in outcomes for step in each.items]
    rows.sort()
    if put_new(connection, ITEMS, COLUMNS, rows) != len(rows):
        raise Outpaced
    return rows


def read_items(connection: Connection, certificates: Sequence[str]) -> list[ItemStep]:
    """What was decided on the items of these certificates, oldest first, item by item."""
    chosen = select(*columns_of(ITEMS, (*SAID, "at", "claim"))).where(ITEMS.c.certificate.in_(certificates))
    rows = connection.execute(chosen.order_by(ITEMS.c.certificate, ITEMS.c.item, ITEMS.c.number))
    return [
        ItemStep(
            certificate, item, number, status, date.fromisoformat(day) if day else None, unit,
            _number(quantity), _number(balance), feedback, claim, moment(at),
        )
        for certificate, item, number, status, day, unit, quantity, balance, feedback, at, claim in rows
    ]  # fmt: skip


def _row(step: ItemStep, at: int, cause: str) -> ItemRow:
    return (
        step.certificate, step.item, step.number, step.status, step.decided_on and step.decided_on.isoformat(),
        step.unit, _text(step.quantity), _text(step.balance), step.feedback, at, cause,
        step.claim,
    )  # fmt: skip


def _text(number: Decimal | None) -> str | None:
    return None if number is None else plain_number(number)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
