"""What feedback makes of a certificate's items: how each stands, and where customs debits, how much of it is left."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from adapter.certificate import Certificate
from adapter.envelope import digest
from adapter.findings import Finding, Rejected, Severity
from adapter.ledger import ItemStep, Standing
from adapter.messages import Feedback, ItemFeedback
from adapter.states import Event, decided
from adapter.system import System

NO_BALANCE, TOO_MUCH = "USE-01", "FBK-06"


@dataclass(frozen=True, slots=True)
class Use:
    """What feedback decided: a row for each of its items, and the event that it is for the certificate."""

    event: Event
    steps: tuple[ItemStep, ...] = ()
    remarks: tuple[Finding, ...] = ()
    """What whoever decided is told though it was accepted."""


def stock_up(certificate: Certificate, standing: Standing, holder: System) -> tuple[ItemStep, ...]:
    """The whole quantity of each item, where the importing customs debits; a true copy has its original's."""
    if not holder.debits or standing.original:
        return ()
    measured = ((item.number, item.quantity or item.net_weight or item.gross_weight) for item in certificate.items)
    return tuple(
        ItemStep(standing.id, number, 1, unit=measure.unit, balance=measure.value)
        for number, measure in measured
        if measure
    )


def use(feedback: Feedback, standing: Standing, before: Sequence[ItemStep], debits: bool) -> Use:
    """What the feedback makes of the items as they stood, if no rule is against it (FBK-04 to FBK-06).

    The same feedback again changes nothing, under whatever id it comes.
    """
    said = digest(feedback.as_json().encode())
    stood = {item: list(steps) for item, steps in groupby(before, key=attrgetter("item"))}
    if any(step.feedback == said for step in before):
        return Use(_event(stood, standing))
    steps = tuple(_step(item, feedback, standing, stood.get(item.number, []), said) for item in feedback.items)
    for step in steps:
        stood.setdefault(step.item, []).append(step)
    is_stocked = any(step.balance is not None for step in before)
    remarks = (_unstocked(feedback),) if debits and not is_stocked else ()
    return Use(_event(stood, standing), steps, remarks)


def _step(item: ItemFeedback, feedback: Feedback, standing: Standing, stood: list[ItemStep], said: str) -> ItemStep:
    """The item's next row; a grant that says no quantity uses all that is left."""
    last = stood[-1] if stood else None
    balance, quantity = (last.balance if last else None), item.quantity
    if balance is not None and item.status == "granted":
        quantity = balance if quantity is None else quantity
        if quantity > balance:  # where the certificate's bytes are kept, the rule has said it already
            raise Rejected(
                Finding(code=TOO_MUCH, message="more is used than is left of the item", field="items"), stage="rules"
            )
        balance -= quantity
    return ItemStep(
        standing.stock, item.number, last.number + 1 if last else 1, item.status,
        item.decided_on or feedback.decided_on, (last and last.unit) or item.unit, quantity, balance, said,
    )  # fmt: skip


def _event(stood: dict[int, list[ItemStep]], standing: Standing) -> Event:
    statuses = [_status(steps) for steps in stood.values()]
    undecided = [""] * (standing.items - len(statuses))
    is_whole = not any(steps[-1].balance for steps in stood.values())
    return decided([*statuses, *undecided], is_whole)


def _status(steps: list[ItemStep]) -> str:
    """How an item stands: used in part if anything was debited, else as was decided last by its own day."""
    if any(step.status == "granted" and step.balance is not None for step in steps):
        return "granted"
    return max(steps, key=lambda step: (str(step.decided_on or ""), step.number)).status


def _unstocked(feedback: Feedback) -> Finding:
    message = "what is left of the certificate's items is not known here: nothing was debited"
    return Finding(
        code=NO_BALANCE, message=message, severity=Severity.WARNING, field="number", found=feedback.number
    )  # fmt: skip
