"""Rules on enquiries: what is asked and answered about a certificate by its number, and its export declaration."""

from collections.abc import Sequence
from dataclasses import replace

from adapter.agreement import Terms
from adapter.certificate import match_key
from adapter.enquiry import ExportLink, StatusQuery, StatusReply
from adapter.findings import Severity
from adapter.rules.days import yet_to_come
from adapter.rules.likeness import unlike
from adapter.rules.rule import KEPT, Breach, Facts, rule

UNKNOWN = "unknown"
"""What is said of a certificate that the issuing side does not know, or of which the code did not fit."""


@rule("STQ-01", None, Severity.WARNING)
def document_has_code(query: StatusQuery, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """Who asks for the certificate itself gives the code printed beside its number."""
    if query.wants != "document" or query.reference_code is not None:
        return KEPT
    message = "the certificate is asked for without the code printed beside its number"
    return (Breach(message=message, field="reference_code", allowed="number and code"),)


@rule("STR-01")
def unknown_says_no_more(reply: StatusReply, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """Of a certificate that is unknown nothing else is said, and key information is that of the number asked for."""
    shown = reply.information
    if reply.state == UNKNOWN and (shown or reply.changed_on or reply.expires_on):
        field = "information" if shown else "changed_on" if reply.changed_on else "expires_on"
        return (Breach(message="said of a certificate that is unknown", field=field, allowed="nothing"),)
    if shown is None or match_key(shown.number) == reply.key:
        return KEPT
    message, field = "key information of another certificate", "information.number"
    return (Breach(message=message, field=field, found=shown.number, allowed=reply.number),)


@rule("STR-02")
def changed_when(reply: StatusReply, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """The state did not change in the future."""
    return yet_to_come("changed_on", reply.changed_on, facts)


@rule("LNK-01")
def declared_when(link: ExportLink, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """Goods are not declared for export in the future."""
    return yet_to_come("declared_on", link.declared_on, facts)


@rule("DIS-01", None, Severity.WARNING)
def shown_as_exchanged(reply: StatusReply, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """What the issuing side shows of a certificate is what was exchanged; another spelling is only told."""
    shown, ours = reply.information, facts.exchanged
    if shown is None:
        return KEPT
    if ours is None:
        message = "the ledger does not know the certificate, so what is shown cannot be compared"
        return (Breach(message=message, field="information", severity=Severity.UNDECIDED),) if facts.ledger else KEPT
    return [
        replace(breach, field=f"information.{breach.field}") for breach in unlike(shown, ours, "what was exchanged")
    ]
