"""Rules on verification: the question has its grounds, the answer agrees with itself and comes in time."""

from collections import Counter
from collections.abc import Sequence

from adapter.agreement import Terms
from adapter.deadlines import INFORMATION, REPLY, limit_ends
from adapter.findings import Severity
from adapter.rules.days import yet_to_come
from adapter.rules.rule import KEPT, Breach, Facts, rule
from adapter.verification import VerificationInformation, VerificationReply, VerificationRequest

WHOLLY = ("confirmed", "not_issued")
"""Results that hold of the certificate only if they hold of every item."""


@rule("VER-01")
def grounds_given(request: VerificationRequest, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """A request gives its reasons, unless the certificate was chosen at random."""
    if request.ground == "random" or request.reasons or request.text is not None:
        return KEPT
    return (Breach(message="a doubt without a reason", field="reasons", allowed="reasons, or the ground random"),)


@rule("VRQ-01")
def asked_when(request: VerificationRequest | VerificationInformation, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """Verification is asked for after the certificate was issued, and not in the future."""
    day, issued = request.requested_on, getattr(request, "issued_on", None)
    if issued is None and facts.exchanged is not None:
        issued = facts.exchanged.issued_on
    if issued is not None and day < issued:
        message, allowed = "asked before the certificate was issued", f"from {issued} on"
        return (Breach(message=message, field="requested_on", found=day, allowed=allowed),)
    return yet_to_come("requested_on", day, facts)


@rule("VRQ-02")
def items_asked(request: VerificationRequest | VerificationInformation, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """The items in doubt are named once, and the certificate has them."""
    return _named([(f"items[{place}]", number) for place, number in enumerate(request.items)], facts)


@rule("VRP-01")
def results_agree(reply: VerificationReply, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """What was found about the certificate is what was found about its items."""
    results = [item.result for item in reply.items]
    if not results or (reply.result in results and (reply.result not in WHOLLY or len(set(results)) == 1)):
        return KEPT
    allowed = "the result of every item" if reply.result in WHOLLY else "the result of an item"
    message = "the result of the whole is not borne out by those of the items"
    return (Breach(message=message, field="result", found=reply.result, allowed=allowed),)


@rule("VRP-02")
def items_answered(reply: VerificationReply, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """The items that are answered for are named once, and the certificate has them."""
    return _named([(f"items[{place}].number", item.number) for place, item in enumerate(reply.items)], facts)


@rule("VRP-03")
def replied_when(reply: VerificationReply, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """A reply is not given before it was asked for, nor in the future."""
    day, asked = reply.replied_on, facts.asked_on
    if asked is not None and day < asked:
        message, allowed = "replied before the question was received", f"from {asked} on"
        return (Breach(message=message, field="replied_on", found=day, allowed=allowed),)
    return yet_to_come("replied_on", day, facts)


@rule("VER-02", f"limits {REPLY}", Severity.WARNING)
def replied_in_time(reply: VerificationReply, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """The issuing body replies within the agreement's time after receipt of the request."""
    return _late(reply, REPLY, terms, facts) if reply.answers_to == "request" else KEPT


@rule("VER-03", f"limits {INFORMATION}", Severity.WARNING)
def informed_in_time(reply: VerificationReply, terms: Terms, facts: Facts) -> Sequence[Breach]:
    """What was asked for besides is given within the agreement's time after receipt of that question."""
    return _late(reply, INFORMATION, terms, facts) if reply.answers_to == "information" else KEPT


def _late(reply: VerificationReply, what: str, terms: Terms, facts: Facts) -> Sequence[Breach]:
    asked = facts.asked_on
    then = terms.agreement.on(asked) if asked else terms
    last = limit_ends(what, asked, then, calendar=facts.calendar) if asked else None
    if last is None or reply.replied_on <= last:
        return KEPT
    found, row = reply.replied_on, then.limits[what]
    days = (found - last).days
    message = f"replied {days} calendar {'day' if days == 1 else 'days'} late"
    return (Breach(message=message, field="replied_on", found=found, allowed=f"until {last}", rests_on=row),)


def _named(places: Sequence[tuple[str, int]], facts: Facts) -> Sequence[Breach]:
    """What is wrong with the numbers of items, each with its field."""
    if places and facts.exchanged is None and facts.ledger:
        message = "the ledger does not know the certificate's items"
        return (Breach(message=message, field="items", severity=Severity.UNDECIDED),)
    known = {item.number for item in facts.exchanged.items} if facts.exchanged else None
    breaches, times = [], Counter[int]()
    for field, number in places:
        times[number] += 1
        if times[number] > 1:
            breaches.append(Breach(message="an item named above", field=field, found=number, allowed="each item once"))
        elif known is not None and number not in known:
            allowed = ", ".join(map(str, sorted(known)))
            message = "the certificate has no such item"
            breaches.append(Breach(message=message, field=field, found=number, allowed=allowed))
    return breaches
