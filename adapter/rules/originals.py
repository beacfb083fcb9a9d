"""Rules on back-to-back certificates: what the first Party's certificate lends them, and no more."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from adapter.agreement import Terms
from adapter.certificate import Certificate, Document, Measure
from adapter.deadlines import expires_on
from adapter.enquiry import KeyInformation, KeyItem, key_information
from adapter.findings import Severity
from adapter.parameters import BackToBack
from adapter.rules.rule import KEPT, Breach, Facts, rule

KIND = "certificate_of_origin"
"""What the first Party's certificate is called among previous documents."""
Amounts = Mapping[tuple[str, str], Decimal]
"""Quantities by six-digit HS code and unit."""


def original_of(certificate: Certificate) -> Document | None:
    """The first Party's certificate that a back-to-back certificate names."""
    if not certificate.back_to_back:
        return None
    return next((each for each in certificate.previous_documents if each.kind == KIND), None)


@rule("BTB-01", "back_to_back")
def original_named(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """A back-to-back certificate is one that the agreement knows, and names its original with its day of issue."""
    row = terms.back_to_back
    if row is None or not certificate.back_to_back:
        return KEPT
    if not row.allowed:
        message = "the agreement knows no back-to-back certificates"
        return (Breach(message=message, field="back_to_back", found="true", allowed="false", rests_on=row),)
    original = original_of(certificate)
    if not row.original or (original is not None and original.issued_on is not None):
        return KEPT
    lacks = "number and day of issue" if original is None else "day of issue"
    message = f"{lacks} of the original certificate missing"
    return (Breach(message=message, field="previous_documents", allowed="number and date", rests_on=row),)


@rule("BTB-02", "validity")
def original_valid(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """A back-to-back certificate is issued while its original is valid, and after it."""
    original = original_of(certificate)
    day = (original and original.issued_on) or (facts.original and facts.original.issued_on)
    if not day or not certificate.back_to_back:
        return KEPT
    last = expires_on(day, terms)
    if day <= certificate.issued_on and (last is None or certificate.issued_on <= last):
        return KEPT
    early = certificate.issued_on < day
    message = f"issued {'before' if early else 'after the validity of'} the original certificate"
    allowed = f"from {day} on" if early else f"until {last}"
    found = certificate.issued_on
    return (Breach(message=message, field="issued_on", found=found, allowed=allowed, rests_on=terms.validity),)


@rule("BTB-03", "back_to_back")
def original_covers(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """Back-to-back certificates together cover no more than their original."""
    row = terms.back_to_back
    if row is None or not row.original or not certificate.back_to_back:
        return KEPT
    if facts.original is None:
        message = "how much is left of the original is not looked up here"
        return (Breach(message=message, field="previous_documents", severity=Severity.INFO),)
    left = amounts(facts.original.items)
    return list(_too_much(certificate, left, row))


def _too_much(certificate: Certificate, left: Amounts, row: BackToBack) -> Iterator[Breach]:
    """The first item of each good with which the original is exceeded; what is counted in other units cannot be."""
    known, drawn = {hs for hs, _ in left}, defaultdict[tuple[str, str], Decimal](Decimal)
    for place, item in enumerate(key_information(certificate).items):
        if item.quantity is None:
            continue
        good = item.hs[:6], item.quantity.unit
        before = drawn[good]
        drawn[good] += item.quantity.value
        if item.hs[:6] not in known:
            message, allowed = "goods that the original certificate does not cover", ", ".join(sorted(known))
            field, found = f"items[{place}].hs", item.hs
            yield Breach(message=message, field=field, found=found, allowed=allowed, rests_on=row)
        elif good in left and before <= left[good] < drawn[good]:
            message = f"{drawn[good]} {good[1]} together, more than is left of the original certificate"
            field, found, allowed = f"items[{place}].quantity", str(item.quantity.value), f"at most {left[good]}"
            yield Breach(message=message, field=field, found=found, allowed=allowed, rests_on=row)


def left_of(original: KeyInformation, draws: Iterable[KeyInformation]) -> KeyInformation:
    """The original with the quantities that these have left of it, good by good."""
    left = dict(amounts(original.items))
    for good, drawn in amounts(item for draw in draws for item in draw.items).items():
        left[good] = max(left.get(good, Decimal(0)) - drawn, Decimal(0))
    items = []
    for item in original.items:
        if item.quantity is not None:
            good = item.hs[:6], item.quantity.unit
            value = min(item.quantity.value, left[good])
            left[good] -= value
            item = item.model_copy(update={"quantity": Measure(value=value, unit=good[1])})
        items.append(item)
    return original.model_copy(update={"items": tuple(items)})


def amounts(goods: Iterable[KeyItem]) -> Amounts:
    """How much of each good there is, by six-digit HS code and unit."""
    found = defaultdict[tuple[str, str], Decimal](Decimal)
    for good in goods:
        if good.quantity is not None:
            found[good.hs[:6], good.quantity.unit] += good.quantity.value
    return found
