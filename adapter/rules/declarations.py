"""Rules on declarations of origin: who may declare, and by which number he is known."""

from collections.abc import Sequence

from adapter.agreement import Terms
from adapter.certificate import Certificate, match_key
from adapter.findings import Severity
from adapter.parameters import Approval, Register
from adapter.rules.rule import KEPT, Breach, Facts, rule

WORDS = {"approved_exporter": "the number of an approved exporter", "producer": "a producer who declares"}


@rule("DEC-01", "declarers")
def declarer(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """A declaration of origin bears the approved exporter's number, unless others may declare too."""
    if certificate.type != "declaration" or certificate.approved_exporter is not None:
        return KEPT
    row = terms.declarers
    may = row.by if row else ("approved_exporter",)
    if "exporter" in may or ("producer" in may and _names_producer(certificate)):
        return KEPT
    return (
        Breach(
            message="a declaration of origin without the number of an approved exporter",
            field="approved_exporter",
            allowed=" or ".join(WORDS[each] for each in may),
            rests_on=row,
        ),
    )


def _names_producer(certificate: Certificate) -> bool:
    return (
        certificate.producer is not None
        or certificate.producer_statement == "same"
        or any(item.producer for item in certificate.items)
    )


@rule("DEC-02", "approvals", Severity.WARNING)
def approval_form(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """An approved exporter's number looks as those of his country do."""
    number, address = certificate.approved_exporter, certificate.exporter.address
    if number is None or address is None or address.country is None:
        return KEPT
    forms = terms.approvals.get(address.country, ())
    if not forms or any(form.pattern.fullmatch(number) for form in forms):
        return KEPT
    return (
        Breach(
            message="the number does not look like those of approved exporters of its country",
            field="approved_exporter",
            found=number,
            allowed=" or ".join(f"like {form.example}" for form in forms),
            rests_on=forms[0],
        ),
    )


@rule("DEC-03")
def approval_registered(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """An approved exporter's number is on his country's register on the day of issue, where there is a register."""
    number, address = certificate.approved_exporter, certificate.exporter.address
    if number is None or facts.codes is None or address is None or address.country is None:
        return KEPT
    register = facts.codes.register(address.country)
    if register is None:
        return KEPT
    rows = register.by_key.get(match_key(number), ())
    if any(row.holds(certificate.agreement, certificate.issued_on) for row in rows):
        return KEPT
    return (_unregistered(number, rows, register),)


def _unregistered(number: str, rows: Sequence[Approval], register: Register) -> Breach:
    """Who is approved for other days or agreements is known; who is not listed may be newer than the list."""
    message = "not an approved exporter under this agreement on the day of issue"
    if not rows:
        message = "not on the register of approved exporters that is known here"
    return Breach(
        message=message,
        field="approved_exporter",
        found=number,
        allowed="; ".join(map(_span, rows)) or None,
        rests_on=register,
        severity=None if rows else Severity.UNDECIDED,
    )


def _span(row: Approval) -> str:
    span = f"from {row.since or 'the start'} until {row.until or 'now'}"
    return f"{span} under {', '.join(row.agreements)}" if row.agreements else span
