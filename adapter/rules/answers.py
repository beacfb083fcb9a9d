"""Rules on what is said about a certificate: cancellation and response; and the record's state at home."""

from collections.abc import Sequence

from adapter.agreement import Terms
from adapter.findings import Finding
from adapter.messages import Cancellation, Function, Header, Response
from adapter.rules.days import yet_to_come
from adapter.rules.rule import KEPT, NO_FACTS, Breach, Facts, judge, rule

ISSUED = "issued"
REFERRED = {Function.CANCEL, Function.RESEND}


@rule("STA-01")
def issued_at_home(header: Header, terms: Terms | None, facts: Facts) -> Sequence[Breach]:
    """A record is relayed only once it is issued at home."""
    if header.state is None or header.state == ISSUED:
        return KEPT
    message = "the record is not issued: only an issued certificate is relayed"
    return (Breach(message=message, field="header.state", found=header.state, allowed=ISSUED),)


def issued_only(header: Header, stateful: bool = False) -> list[Finding]:
    """The finding that the record is not issued (STA-01); `stateful` where such a record always says its state."""
    if stateful and header.state is None:
        message = "the record does not say whether it is issued: only an issued certificate is relayed"
        return [Finding(code="STA-01", message=message, field="header.state", allowed=ISSUED)]
    return judge((issued_at_home,), header, None, None, NO_FACTS)


@rule("CAN-01")
def cancelled_after_issue(cancellation: Cancellation, terms: Terms | None, facts: Facts) -> Sequence[Breach]:
    """A certificate is cancelled after it was issued, and not in the future."""
    day, issued = cancellation.cancelled_on, cancellation.issued_on
    if issued is not None and day < issued:
        return (Breach(message="cancelled before it was issued", field="cancelled_on", found=day, allowed=f"{issued}"),)
    return yet_to_come("cancelled_on", day, facts, "cancelled on a day that has not come")


@rule("CAN-02")
def cancelled_by_a_cancellation(cancellation: Cancellation, terms: Terms | None, facts: Facts) -> Sequence[Breach]:
    """A cancellation's message cancels, or sends a cancellation again."""
    if facts.function is None or facts.function in REFERRED:
        return KEPT
    message = f"the message's function is {facts.function} but its content is a cancellation"
    allowed = f"{Function.CANCEL} or {Function.RESEND}"
    return (Breach(message=message, field="header.function", found=facts.function, allowed=allowed),)


@rule("RSP-01")
def outcome_agrees(response: Response, terms: Terms | None, facts: Facts) -> Sequence[Breach]:
    """A rejection says what is wrong, and nothing accepted has an error."""
    grave = [place for place, complaint in enumerate(response.complaints) if complaint.severity == "error"]
    if response.outcome == "rejected":
        if response.complaints:
            return KEPT
        return (Breach(message="rejected without a complaint", field="complaints", allowed="at least one"),)
    return [
        Breach(
            message=f"an error though the outcome is {response.outcome}",
            field=f"complaints[{place}].severity",
            found="error",
            allowed="warning or info",
        )
        for place in grave
    ]
