"""Rules on feedback: what the importing customs decided, item by item."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from adapter.agreement import Terms
from adapter.certificate import Measure
from adapter.findings import Severity
from adapter.messages import Feedback, ItemFeedback
from adapter.rules.rule import KEPT, Breach, Facts, rule

REFUSED = ("denied", "suspended")


@rule("FBK-01")
def items_once(feedback: Feedback, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """Feedback decides on each item once."""
    numbers = [item.number for item in feedback.items]
    if len(set(numbers)) == len(numbers):
        return KEPT
    message = "feedback on an item that was decided on above"
    return [
        Breach(message=message, field=f"items[{place}].number", found=number, allowed="each item once")
        for place, number in enumerate(numbers)
        if numbers.index(number) < place
    ]


@rule("FBK-02")
def refusal_has_reason(feedback: Feedback, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """Preference denied or suspended is denied or suspended for a reason."""
    return [
        Breach(message=f"{item.status} without a reason", field=f"items[{place}].reason", allowed="a reason")
        for place, item in enumerate(feedback.items)
        if item.status in REFUSED and item.reason is None and item.text is None
    ]


@rule("FBK-03", None, Severity.WARNING)
def decided_in_order(feedback: Feedback, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """Feedback is decided on or after the import declaration's day."""
    declared = feedback.declared_on
    if declared is None or feedback.decided_on >= declared:
        return KEPT
    message = "decided before the goods were declared"
    allowed = f"from {declared} on"
    return (Breach(message=message, field="decided_on", found=feedback.decided_on, allowed=allowed),)


@rule("FBK-04")
def items_known(feedback: Feedback, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """Feedback decides on items that the certificate has."""
    if facts.exchanged is None:
        return (_unknown(),) if facts.ledger else KEPT
    known = {item.number for item in facts.exchanged.items}
    return [
        Breach(
            message="the certificate has no such item",
            field=f"items[{place}].number",
            found=item.number,
            allowed=", ".join(map(str, sorted(known))),
        )
        for place, item in enumerate(feedback.items)
        if item.number not in known
    ]


def _unknown() -> Breach:
    message = "the ledger does not know the certificate's items"
    return Breach(message=message, field="items", severity=Severity.UNDECIDED)


@rule("FBK-05")
def unit_agrees(feedback: Feedback, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """The quantity used is counted in the unit of the certificate's item."""
    return [
        Breach(
            message="counted in another unit than the certificate's item",
            field=f"items[{place}].unit",
            found=item.unit,
            allowed=whole.unit,
        )
        for place, item, whole in _measured(feedback, facts)
        if item.unit is not None and item.unit != whole.unit
    ]


@rule("FBK-06")
def quantity_left(feedback: Feedback, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """No more of an item is used than is left of it."""
    return [
        Breach(
            message="more is used than is left of the item",
            field=f"items[{place}].quantity",
            found=item.quantity,
            allowed=f"at most {_left(item, whole, facts)} {whole.unit}",
        )
        for place, item, whole in _measured(feedback, facts)
        if item.quantity is not None and item.unit in (None, whole.unit) and item.quantity > _left(item, whole, facts)
    ]


def _measured(feedback: Feedback, facts: Facts) -> Iterator[tuple[int, ItemFeedback, Measure]]:
    """The items for which preference is granted, with their place and the certificate's quantity."""
    items = facts.exchanged.items if facts.exchanged else ()
    wholes = {item.number: item.quantity for item in items if item.quantity is not None}
    for place, item in enumerate(feedback.items):
        if item.status == "granted" and item.number in wholes:
            yield place, item, wholes[item.number]


def _left(item: ItemFeedback, whole: Measure, facts: Facts) -> Decimal:
    return (facts.left or {}).get(item.number, whole.value)
