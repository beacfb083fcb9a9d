"""What feedback makes of a certificate's items: how each stands, and where customs debits, how much of it is left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from operator import attrgetter

from adapter.certificate import Certificate, match_key
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
    last, (_, left) = (stood[-1] if stood else None), stands(stood)
    step = ItemStep(
        standing.stock, item.number, last.number + 1 if last else 1, item.status,
        item.decided_on or feedback.decided_on, (last and last.unit) or item.unit,
        left if item.status == "granted" and item.quantity is None else item.quantity,
        feedback=said, claim=match_key(feedback.import_declaration or "") or None,
    )  # fmt: skip
    _, balance = stands([*stood, step])
    if balance is not None and balance < 0:  # where the certificate's bytes are kept, the rule has said it already
        raise Rejected(
            Finding(code=TOO_MUCH, message="more is used than is left of the item", field="items"), stage="rules"
        )
    return replace(step, balance=balance)


def stands(steps: Sequence[ItemStep]) -> tuple[str, Decimal | None]:
    """How an item stands after these decisions, by their own days, and what is left of it where that is debited.

    The last decision counts: on each import declaration where quantities are debited, else on the item. What is
    granted for no quantity uses nothing.
    """
    whole = steps[0].balance if steps and not steps[0].status else None
    decided = [each for each in steps if each.status and not (each.status == "granted" and each.quantity == 0)]
    decided.sort(key=lambda each: (str(each.decided_on or ""), each.number))
    status = decided[-1].status if decided else ""
    if whole is None:
        return status, None
    used = _used(decided)
    return "granted" if used else status, whole - sum(used.values())


def _used(decided: Sequence[ItemStep]) -> Mapping[str | None, Decimal]:
    """The quantity that is granted still, by import declaration.

    Whoever denies without naming one denies all, and a grant that names none is taken for the one that is denied.
    """
    used: dict[str | None, Decimal] = {}
    for step in decided:
        if step.status == "granted":
            used[step.claim] = used.get(step.claim, Decimal(0)) + (step.quantity or 0)
        else:
            used = {} if step.claim is None else {each: used[each] for each in used if each not in (step.claim, None)}
    return used


def _event(stood: dict[int, list[ItemStep]], standing: Standing) -> Event:
    items = [stands(steps) for steps in stood.values()]
    undecided = [""] * (standing.items - len(items))
    return decided([*(status for status, _ in items), *undecided], whole=not any(balance for _, balance in items))


def _unstocked(feedback: Feedback) -> Finding:
    message = "what is left of the certificate's items is not known here: nothing was debited"
    return Finding(
        code=NO_BALANCE, message=message, severity=Severity.WARNING, field="number", found=feedback.number
    )  # fmt: skip
