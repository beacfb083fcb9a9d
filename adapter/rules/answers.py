"""Rules on what is said about a certificate: cancellation, response, feedback; and the record's state at home."""

from collections.abc import Sequence
from datetime import timedelta

from adapter.findings import Finding, Severity
from adapter.messages import Cancellation, Feedback, Function, Header, Response
from adapter.rules.rule import KEPT, NO_FACTS, Breach, Facts, judge, rule

ISSUED = "issued"
REFUSED = ("denied", "suspended")
REFERRED = {Function.CANCEL, Function.RESEND}


@rule("STA-01")
def issued_at_home(header: Header, terms: None, facts: Facts) -> Sequence[Breach]:
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
def cancelled_after_issue(cancellation: Cancellation, terms: None, facts: Facts) -> Sequence[Breach]:
    """A certificate is cancelled after it was issued, and not in the future."""
    day, issued = cancellation.cancelled_on, cancellation.issued_on
    if issued is not None and day < issued:
        return (Breach(message="cancelled before it was issued", field="cancelled_on", found=day, allowed=f"{issued}"),)
    if facts.today is not None and day > facts.today + timedelta(days=1):
        last = f"at the latest {facts.today + timedelta(days=1)}"
        return (Breach(message="cancelled on a day that has not come", field="cancelled_on", found=day, allowed=last),)
    return KEPT


@rule("CAN-02")
def cancelled_by_a_cancellation(cancellation: Cancellation, terms: None, facts: Facts) -> Sequence[Breach]:
    """A cancellation's message cancels, or sends a cancellation again."""
    if facts.function is None or facts.function in REFERRED:
        return KEPT
    message = f"the message's function is {facts.function} but its content is a cancellation"
    return (Breach(message=message, allowed=f"{Function.CANCEL} or {Function.RESEND}"),)


@rule("FBK-01")
def items_once(feedback: Feedback, terms: None, facts: Facts) -> Sequence[Breach]:
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
def refusal_has_reason(feedback: Feedback, terms: None, facts: Facts) -> Sequence[Breach]:
    """Preference denied or suspended is denied or suspended for a reason."""
    return [
        Breach(message=f"{item.status} without a reason", field=f"items[{place}].reason", allowed="a reason")
        for place, item in enumerate(feedback.items)
        if item.status in REFUSED and item.reason is None and item.text is None
    ]


@rule("FBK-03", None, Severity.WARNING)
def decided_in_order(feedback: Feedback, terms: None, facts: Facts) -> Sequence[Breach]:
    """Feedback is decided on or after the import declaration's day."""
    declared = feedback.declared_on
    if declared is None or feedback.decided_on >= declared:
        return KEPT
    message = "decided before the goods were declared"
    allowed = f"from {declared} on"
    return (Breach(message=message, field="decided_on", found=feedback.decided_on, allowed=allowed),)


@rule("RSP-01")
def outcome_agrees(response: Response, terms: None, facts: Facts) -> Sequence[Breach]:
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
