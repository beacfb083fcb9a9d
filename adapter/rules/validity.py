"""Rules on validity: a certificate is used while it lasts."""

from collections.abc import Sequence

from adapter.agreement import Terms
from adapter.certificate import Certificate
from adapter.deadlines import expires_on
from adapter.findings import Severity
from adapter.messages import Feedback
from adapter.rules.originals import original_of
from adapter.rules.rule import KEPT, Breach, Facts, rule


@rule("VAL-01", "validity", Severity.WARNING)
def expiry(certificate: Certificate, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """A certificate is used while it is valid; a copy or back-to-back certificate as long as its original."""
    if not facts.incoming or facts.today is None or terms.validity is None:
        return KEPT
    original = certificate.copy_of or original_of(certificate)
    began = (original and original.issued_on) or certificate.issued_on
    last = expires_on(began, terms)
    if last is None or facts.today <= last:
        return KEPT
    message, allowed = f"expired on {last}", f"used within {terms.validity.months} months of issue"
    return (
        Breach(
            message=message,
            field="issued_on",
            found=certificate.issued_on,
            allowed=allowed,
            rests_on=terms.validity,
        ),
    )


@rule("VAL-02", "validity", Severity.WARNING)
def used_while_valid(feedback: Feedback, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """Preference is granted for goods that were declared while the certificate was valid."""
    known, declared = facts.exchanged, feedback.declared_on
    if known is None or declared is None or all(item.status != "granted" for item in feedback.items):
        return KEPT
    then = terms.agreement.on(known.issued_on)
    last = expires_on(known.issued_on, then)
    if last is None or declared <= last:
        return KEPT
    message, allowed = "granted though declared after the certificate had expired", f"declared until {last}"
    return (Breach(message=message, field="declared_on", found=declared, allowed=allowed, rests_on=then.validity),)
