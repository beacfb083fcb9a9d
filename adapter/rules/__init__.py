"""The rules: one small function each, the same for every agreement, whose parameters are data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from adapter.agreement import Agreement, Terms
from adapter.certificate import Certificate
from adapter.deadlines import WorkingDays
from adapter.findings import Finding, Severity
from adapter.messages import MODELS, Content, Kind
from adapter.parameters import Parameter
from adapter.rules import (
    answers,
    codes,
    criteria,
    dates,
    declarations,
    enquiries,
    feedback,
    forms,
    goods,
    language,
    originals,
    parties,
    reconciliations,
    validity,
    verification,
)
from adapter.rules.answers import issued_only
from adapter.rules.goods import printable
from adapter.rules.rule import NO_FACTS, Facts, Rule, judge

__all__ = [
    "NO_FACTS", "RULES", "Entry", "Facts", "Rule", "WorkingDays", "catalogue", "check", "issued_only", "printable",
]  # fmt: skip

ON_CERTIFICATES: tuple[Rule, ...] = (
    forms.type_allowed,
    declarations.declarer,
    declarations.approval_form,
    declarations.approval_registered,
    forms.function_agrees,
    forms.key_information,
    forms.boxes,
    forms.number_form,
    forms.true_copy,
    forms.same_as_original,
    forms.same_goods,
    forms.replacement,
    originals.original_named,
    originals.original_valid,
    originals.original_covers,
    dates.in_force,
    dates.not_in_the_future,
    dates.issue_window,
    dates.retroactive,
    dates.replacement_marked,
    validity.expiry,
    parties.issuing_body,
    parties.parties,
    parties.third_party_invoice,
    goods.item_limit,
    goods.item_numbers,
    goods.hs_code,
    goods.value_printed,
    goods.one_consignment,
    goods.worth_a_proof,
    criteria.criterion,
    language.english,
    codes.known_country,
    codes.known_currency,
    codes.known_port,
)
"""The rules that every certificate is held to, in the order that findings are told."""

RULES: Mapping[Kind, tuple[Rule, ...]] = MappingProxyType(
    {
        Kind.CERTIFICATE: ON_CERTIFICATES,
        Kind.CANCELLATION: (answers.cancelled_by_a_cancellation, answers.cancelled_after_issue),
        Kind.ACKNOWLEDGEMENT: (),
        Kind.RESPONSE: (answers.outcome_agrees,),
        Kind.FEEDBACK: (
            feedback.items_once,
            feedback.items_known,
            feedback.refusal_has_reason,
            feedback.decided_in_order,
            feedback.unit_agrees,
            feedback.quantity_left,
            validity.used_while_valid,
        ),
        Kind.VERIFICATION_REQUEST: (verification.grounds_given, verification.asked_when, verification.items_asked),
        Kind.VERIFICATION_INFORMATION: (verification.asked_when, verification.items_asked),
        Kind.VERIFICATION_REPLY: (
            verification.results_agree,
            verification.items_answered,
            verification.replied_when,
            verification.replied_in_time,
            verification.informed_in_time,
        ),
        Kind.STATUS_QUERY: (enquiries.document_has_code,),
        Kind.STATUS_REPLY: (
            enquiries.unknown_says_no_more,
            enquiries.changed_when,
            enquiries.shown_as_exchanged,
        ),
        Kind.EXPORT_LINK: (enquiries.declared_when,),
        Kind.RECONCILIATION: (
            reconciliations.part_of_parts,
            reconciliations.counts_agree,
            reconciliations.told_once,
            reconciliations.day_over,
        ),
    }
)
"""The rules that the content of each kind is held to."""


_DAY = ("decided_on", "requested_on", "replied_on", "cancelled_on")
"""The day of its own by which content that is no certificate is held to the agreement's terms."""


def check(content: Content, agreement: Agreement | None, facts: Facts = NO_FACTS) -> list[Finding]:
    """What is found wrong with the content under the agreement; empty if nothing.

    A certificate is held to the terms of its day of issue, what is decided or asked about it to those of that day;
    only what names no agreement may lack one.
    """
    if isinstance(content, Certificate):
        if agreement is None:
            raise ValueError("a certificate is checked under its agreement")
        return judge(ON_CERTIFICATES, content, agreement, agreement.on(content.issued_on), facts)
    kind = next(kind for kind, model in MODELS.items() if isinstance(content, model))
    return judge(RULES.get(kind, ()), content, agreement, _terms(content, agreement), facts)


def _terms(content: Content, agreement: Agreement | None) -> Terms | None:
    if agreement is None:
        return None
    return next((agreement.on(day) for name in _DAY if (day := getattr(content, name, None))), None)


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
    about: dict[Rule, str] = {answers.issued_at_home: "record"}
    for kind, rules in RULES.items():
        about |= {each: f"{about[each]}, {kind}" if each in about else str(kind) for each in rules}
    entries = (
        Entry(each.code, each.severity, each.title, kind, {one.code: _sources(each, one) for one in agreements})
        for each, kind in about.items()
    )
    return tuple(sorted(entries, key=lambda entry: entry.code))


def _sources(each: Rule, agreement: Agreement) -> tuple[Parameter, ...]:
    if each.parameter is None:
        clause = agreement.clause(each.code)
        return (clause,) if clause else ()
    name, _, what = each.parameter.partition(" ")
    rows: Parameter | tuple[Parameter, ...] = getattr(agreement, name)
    listed = rows if isinstance(rows, tuple) else (rows,)
    return tuple(row for row in listed if not what or getattr(row, "what", None) == what)
