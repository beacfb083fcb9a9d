"""The rules: one small function each, the same for every agreement, whose parameters are data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from adapter.agreement import Agreement
from adapter.certificate import Certificate
from adapter.findings import Finding, Severity
from adapter.messages import MODELS, Content, Kind
from adapter.parameters import Parameter
from adapter.rules import answers, criteria, dates, forms, goods, language, parties
from adapter.rules.answers import issued_only
from adapter.rules.goods import printable
from adapter.rules.rule import NO_FACTS, Facts, Rule, WorkingDays, judge

__all__ = [
    "NO_FACTS", "RULES", "Entry", "Facts", "Rule", "WorkingDays", "catalogue", "check", "issued_only", "printable",
]  # fmt: skip

ON_CERTIFICATES: tuple[Rule, ...] = (
    forms.type_allowed,
    forms.function_agrees,
    forms.key_information,
    forms.boxes,
    forms.number_form,
    forms.true_copy,
    forms.replacement,
    dates.in_force,
    dates.not_in_the_future,
    dates.issue_window,
    dates.retroactive,
    dates.expiry,
    parties.issuing_body,
    parties.parties,
    parties.third_party_invoice,
    goods.item_limit,
    goods.item_numbers,
    goods.hs_code,
    goods.value_printed,
    goods.one_consignment,
    criteria.criterion,
    language.english,
)
"""The rules that every certificate is held to, in the order that findings are told."""

RULES: Mapping[Kind, tuple[Rule, ...]] = MappingProxyType(
    {
        Kind.CERTIFICATE: ON_CERTIFICATES,
        Kind.CANCELLATION: (answers.cancelled_by_a_cancellation, answers.cancelled_after_issue),
        Kind.ACKNOWLEDGEMENT: (),
        Kind.RESPONSE: (answers.outcome_agrees,),
        Kind.FEEDBACK: (answers.items_once, answers.refusal_has_reason, answers.decided_in_order),
    }
)
"""The rules that the content of each kind is held to."""


def check(content: Content, agreement: Agreement | None, facts: Facts = NO_FACTS) -> list[Finding]:
    """What is found wrong with the content under the agreement; empty if nothing.

    A certificate is held to the terms of its day of issue; of the other kinds only a response may lack an agreement.
    """
    if isinstance(content, Certificate):
        if agreement is None:
            raise ValueError("a certificate is checked under its agreement")
        return judge(ON_CERTIFICATES, content, agreement, agreement.on(content.issued_on), facts)
    kind = next(kind for kind, model in MODELS.items() if isinstance(content, model))
    return judge(RULES.get(kind, ()), content, agreement, None, facts)


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule as it is listed: its code and weight, what it asks, of what, and where each agreement says so."""

    code: str
    severity: Severity
    title: str
    about: str
    sources: Mapping[str, tuple[Parameter, ...]]
    """The parameters or clause that it rests on, by the agreement's code."""


def catalogue(agreements: Iterable[Agreement] = ()) -> tuple[Entry, ...]:
    """All rules, by code."""
    agreements = tuple(agreements)
    about = {each: str(kind) for kind, rules in RULES.items() for each in rules} | {answers.issued_at_home: "record"}
    entries = (
        Entry(each.code, each.severity, each.title, kind, {one.code: _sources(each, one) for one in agreements})
        for each, kind in about.items()
    )
    return tuple(sorted(entries, key=lambda entry: entry.code))


def _sources(each: Rule, agreement: Agreement) -> tuple[Parameter, ...]:
    if each.parameter is None:
        clause = agreement.clause(each.code)
        return (clause,) if clause else ()
    rows: Parameter | tuple[Parameter, ...] = getattr(agreement, each.parameter)
    return rows if isinstance(rows, tuple) else (rows,)
