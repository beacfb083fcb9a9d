"""Rules on the goods: how many items, their numbers and codes, their weights, and whose value is printed."""

from collections.abc import Sequence
from decimal import Decimal

from adapter.agreement import Agreement, Terms
from adapter.certificate import Certificate, Document, Item
from adapter.findings import Severity
from adapter.parameters import Harmonized, Value
from adapter.rules.rule import KEPT, Breach, Facts, rule

CHAPTERS = frozenset(f"{chapter:02}" for chapter in range(1, 98) if chapter != 77)
"""Chapters of the Harmonized System: 77 is kept free, 98 and 99 are for national use."""
ON_FORMS = frozenset({"certificate_of_origin"})
"""The documents that forms name: a back-to-back certificate's original. Declarations stay with their customs."""


@rule("ITM-01", "item_limit")
def item_limit(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """A certificate has no more items than its form takes."""
    limit, count = terms.item_limit, len(certificate.items)
    if limit is None or limit.items is None or count <= limit.items:
        return KEPT
    until = f" until {limit.until}" if limit.until else ""
    allowed = f"at most {limit.items} items{until}"
    return (Breach(message=f"{count} items", field="items", found=count, allowed=allowed, rests_on=limit),)


@rule("ITM-02")
def item_numbers(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """Each item has a number of its own."""
    numbers = [item.number for item in certificate.items]
    if len(set(numbers)) == len(numbers):
        return KEPT
    return [
        Breach(
            message=f"item number {number} stands twice: also on items[{numbers.index(number)}]",
            field=f"items[{place}].number",
            found=number,
            allowed="a number of its own",
        )
        for place, number in enumerate(numbers)
        if numbers.index(number) < place
    ]


@rule("HS-01", "hs")
def hs_code(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """HS codes have the form's digits, a real chapter, and the agreement's edition."""
    system = terms.hs
    if system is None:
        return KEPT
    least, edition = system.digits, system.edition
    most = system.longest or least
    breaches: list[Breach] = []
    for place, item in enumerate(certificate.items):
        code, written_in = item.hs, item.hs_edition
        if not least <= len(code) <= most or code[:2] not in CHAPTERS:
            breaches += _misformed(code, place, system)
        if written_in is not None and edition is not None and written_in != edition:
            breaches.append(_other_edition(written_in, place, system))
    return breaches


def _misformed(code: str, place: int, system: Harmonized) -> Sequence[Breach]:
    field, most = f"items[{place}].hs", system.longest or system.digits
    digits = f"{system.digits} digits" if most == system.digits else f"{system.digits} to {most} digits"
    if not system.digits <= len(code) <= most:
        message = f"an HS code of {len(code)} digits"
        return (Breach(message=message, field=field, found=code, allowed=digits, rests_on=system),)
    message = f"the Harmonized System has no chapter {code[:2]} for goods in trade"
    return (Breach(message=message, field=field, found=code, allowed="chapters 01 to 97 but 77"),)


def _other_edition(edition: int, place: int, system: Harmonized) -> Breach:
    return Breach(
        message=f"the code is written in the HS of {edition}",
        field=f"items[{place}].hs_edition",
        found=edition,
        allowed=f"the HS of {system.edition}",
        rests_on=system,
        severity=Severity.WARNING,
    )


@rule("FOB-01", "value")
def value_printed(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """An item's FOB value is there where the form prints it; one that a partner sends unasked is told."""
    value = terms.value
    if value is None:
        return KEPT
    breaches: list[Breach] = []
    for place, item in enumerate(certificate.items):
        printed = prints_value(item, value)
        # A record at home may hold what the form does not print: `printable` keeps it from leaving.
        if (item.value is None and printed) or (item.value is not None and not printed and facts.incoming):
            breaches.append(_value_breach(item, place, value))
    return breaches


def prints_value(item: Item, value: Value | None) -> bool:
    """Whether the form prints this item's FOB value; where nothing is said of the day, it does not."""
    if value is None:
        return False
    if value.printed == "value_content":
        return item.criterion.method is not None
    return value.printed == "always"


def _value_breach(item: Item, place: int, value: Value) -> Breach:
    when = {"always": "always", "value_content": "only with a value content criterion", "never": "never"}
    field, allowed = f"items[{place}].value", f"the form prints it {when[value.printed]}"
    if item.value is None:
        return Breach(message="the FOB value is missing", field=field, allowed=allowed, rests_on=value)
    # It is the sender's own secret that was told, and no reason to refuse the goods.
    message = "an FOB value that the form does not print"
    return Breach(message=message, field=field, allowed=allowed, rests_on=value, severity=Severity.WARNING)


def printable(certificate: Certificate, agreement: Agreement) -> Certificate:
    """The certificate as its form prints it: without what stays at home; the same one if nothing must go."""
    changed = {**_items_printed(certificate, agreement), **_documents_named(certificate)}
    return certificate.model_copy(update=changed) if changed else certificate


def _items_printed(certificate: Certificate, agreement: Agreement) -> dict[str, tuple[Item, ...]]:
    """The items without the FOB values that their form does not print, if there are any."""
    value = agreement.on(certificate.issued_on).value
    if value and value.printed == "always":
        return {}
    if all(item.value is None or prints_value(item, value) for item in certificate.items):
        return {}
    without = {"value": None}
    items = tuple(
        item if item.value is None or prints_value(item, value) else item.model_copy(update=without)
        for item in certificate.items
    )
    return {"items": items}


def _documents_named(certificate: Certificate) -> dict[str, tuple[Document, ...]]:
    """The documents without those that its form does not name, if there are any."""
    documents = certificate.previous_documents
    named = tuple(document for document in documents if certificate.back_to_back and document.kind in ON_FORMS)
    return {} if len(named) == len(documents) else {"previous_documents": named}


@rule("CNS-01", None, Severity.WARNING)
def one_consignment(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """The items together weigh no more than the one consignment that they travel in."""
    total = certificate.gross_weight
    if total is None:
        return KEPT
    heaviest = Decimal(0)
    for item in certificate.items:
        weight = item.gross_weight
        if weight is not None:
            if weight.unit != total.unit:
                return KEPT
            heaviest += weight.value
    if heaviest <= total.value:
        return KEPT
    message = f"the items weigh {heaviest} {total.unit} together"
    allowed = f"at most the consignment's {total.value} {total.unit}"
    return (Breach(message=message, field="gross_weight.value", found=total.value, allowed=allowed),)


@rule("WAV-01", "waiver", Severity.WARNING)
def worth_a_proof(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """Goods of little value need no proof of origin; one that comes all the same is good."""
    waiver, total = terms.waiver, Decimal(0)
    if waiver is None:
        return KEPT
    for item in certificate.items:
        value = item.value
        if value is None or value.currency != waiver.most.currency:
            return KEPT
        total += value.amount
        if total > waiver.most.amount:
            return KEPT
    message = "goods of so little value need no proof of origin, unless a consignment was split to evade"
    allowed = f"a proof is needed above {waiver.most.amount} {waiver.most.currency}"
    return (Breach(message=message, field="items", allowed=allowed, rests_on=waiver),)
