"""Rules on origin criteria: known to the agreement, and saying something that can be."""

from collections.abc import Iterator, Sequence

from adapter.agreement import Terms
from adapter.certificate import Certificate, Criterion
from adapter.findings import Severity
from adapter.parameters import Criteria
from adapter.rules.rule import KEPT, Breach, Facts, rule


@rule("CRT-01", "criteria")
def criterion(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """Each item's origin criterion is one of the agreement's and does not contradict itself."""
    criteria = terms.criteria
    if criteria is None:
        return KEPT
    kinds, shifts, methods = criteria.kinds, criteria.shifts, criteria.methods
    breaches: list[Breach] = []
    for place, item in enumerate(certificate.items):
        said = item.criterion
        kind, shift, method, percent, joined = said.kind, said.shift, said.method, said.percent, said.combinator
        # What nearly every item says passes at once; anything else is looked at closely.
        if method is None and percent is None and joined is None:
            plain = kind in kinds if shift is None else kind is None and shift in shifts
        else:
            plain = kind is None and method in methods and percent is not None
            plain = plain and (joined is None if shift is None else joined is not None and shift in shifts)
        if not plain:
            breaches += _look(said, f"items[{place}].criterion", criteria)
    return breaches


def _look(said: Criterion, field: str, criteria: Criteria) -> Iterator[Breach]:
    yield from _unknown(said, field, criteria)
    legs = [leg for leg in (said.kind, said.shift, said.method) if leg is not None]
    if not legs:
        words = f"only words: {said.detail}" if said.detail else "nothing"
        severity = Severity.WARNING if said.detail else None
        yield Breach(message=f"the criterion says {words}", field=field, severity=severity, rests_on=criteria)
    if said.kind in criteria.alone and len(legs) > 1:
        message = f"{said.kind} stands alone: it bears neither a tariff shift nor value content"
        inner = "shift" if said.shift else "method"
        found = said.shift or said.method
        yield Breach(message=message, field=f"{field}.{inner}", found=found, rests_on=criteria)
    if said.percent is not None and said.method is None:
        message = "a percentage without the value method it is of"
        yield Breach(message=message, field=f"{field}.percent", found=said.percent, allowed="only with a value method")
    if said.method is not None and said.percent is None and criteria.percent:
        message = "a value method without its percentage"
        yield Breach(message=message, field=f"{field}.percent", rests_on=criteria, severity=Severity.WARNING)
    yield from _joined(said, field, len(legs))


def _unknown(said: Criterion, field: str, criteria: Criteria) -> Iterator[Breach]:
    known = {"kind": criteria.kinds, "shift": criteria.shifts, "method": criteria.methods}
    for name, values in known.items():
        value = getattr(said, name)
        if value is not None and value not in values:
            yield Breach(
                message=f"a {name} of criterion that the agreement is not known to have",
                field=f"{field}.{name}",
                found=value,
                allowed=", ".join(values) or "none",
                rests_on=criteria,
                severity=Severity.WARNING,  # Lists of criteria are open.
            )


def _joined(said: Criterion, field: str, legs: int) -> Iterator[Breach]:
    if said.combinator is not None and legs < 2:
        message = f"{said.combinator!r} joins two criteria but there is one"
        yield Breach(message=message, field=f"{field}.combinator", found=said.combinator, allowed="two criteria")
    if said.combinator is None and said.shift is not None and said.method is not None:
        message = "a tariff shift and value content, but not whether both or either"
        yield Breach(message=message, field=f"{field}.combinator", allowed="and, or", severity=Severity.WARNING)
