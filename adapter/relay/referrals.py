"""What comes of a cancellation, feedback or export declaration: it follows the certificate it is about."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from adapter.enquiry import ExportLink
from adapter.ledger import Change, Known, Outcome, Standing
from adapter.messages import Cancellation, Feedback
from adapter.relay.arrival import Arrival
from adapter.relay.changes import OVER, Early, change_all, change_ready, living, note, spread, unclear
from adapter.relay.entry import entry
from adapter.relay.exchange import Exchange
from adapter.relay.kin import all_of
from adapter.relay.passing import pass_on
from adapter.relay.uses import use
from adapter.relay.validity import stood
from adapter.states import Event

Referral = Cancellation | Feedback | ExportLink


def take_cancellation(
    arrival: Arrival, cancellation: Cancellation, known: Known, exchange: Exchange, at: datetime
) -> Outcome:
    """It goes where the certificate went; Rejected (STA-02) if that was used.

    Also (REF-01) if this system issued none of the number, or not on the day that is said: a number mistyped is
    another certificate's.
    """
    issued = _issued(arrival, cancellation, known)
    if cancellation.issued_on and all(cancellation.issued_on != each.issued_on for each in issued):
        raise unclear("the certificate of this number was issued on another day", cancellation.number)
    outcome = _refer(arrival, cancellation, issued, change_all(all_of(issued, known), Event.CANCELLED), exchange, at)
    return replace(outcome, kin=known.kin([cancellation.key]))


def take_export_link(arrival: Arrival, link: ExportLink, known: Known, exchange: Exchange, at: datetime) -> Outcome:
    """The export declaration is told to whoever has the certificate, and noted in its history."""
    issued = living(_issued(arrival, link, known))
    return _refer(arrival, link, issued, [note(each, Event.LINKED) for each in issued], exchange, at)


def take_feedback(arrival: Arrival, feedback: Feedback, known: Known, exchange: Exchange, at: datetime) -> Outcome:
    """It goes to the system that issued the certificate; Rejected (REF-01) if this is none, or more than one.

    A number is its issuing body's own, and feedback names no body. What is decided on a true copy is decided on its
    original too.
    """
    assert arrival.system
    held = [each for each in _about(feedback, known) if each.holder == arrival.system.code]
    if not held:
        raise _missing(feedback)
    _hold_to_one(held, feedback)
    first, family = living(held)[0], known.family_of(held)
    if first.state in OVER:
        change_ready([first], Event.PENDING)
    change_ready(family, Event.PENDING)  # whether anything may be decided on it at all
    made = use(feedback, first, known.items_of(first.stock), arrival.system.debits)
    is_use = any(item.status == "granted" for item in feedback.items)
    family = [stood(each, feedback.declared_on if is_use else None, exchange) for each in family]
    changes = (*change_ready(family, made.event), *spread(family, made.event))
    outcome = _refer(arrival, feedback, held, changes, exchange, at)
    return replace(outcome, items=made.steps, remarks=made.remarks, kin=known.kin([feedback.key]))


def _issued(arrival: Arrival, content: Cancellation | ExportLink, known: Known) -> list[Standing]:
    """The versions of the certificate that this system issued; Early where there is none yet."""
    assert arrival.system
    issued = [each for each in _about(content, known) if each.system == arrival.system.code]
    if not issued:
        raise _missing(content)
    _hold_to_one(issued, content)
    return issued


def _hold_to_one(standings: Sequence[Standing], content: Referral) -> None:
    """Rejected where bodies of their own gave the number to several: it does not say which one is meant."""
    if len({(each.system, each.issuer) for each in standings}) > 1:
        raise unclear("more than one certificate bears this number", content.number)


def _about(content: Referral, known: Known) -> list[Standing]:
    return [each for each in known.of_key(content.key) if each.agreement == content.agreement]


def _refer(
    arrival: Arrival, content: Referral, standings: Sequence[Standing], changes: Sequence[Change], exchange: Exchange,
    at: datetime,
) -> Outcome:  # fmt: skip
    """One message to each system on the other side of these certificates, unless none of them went there."""
    assert arrival.system
    code = arrival.system.code
    first: dict[str, Standing] = {}
    for each in standings:
        first.setdefault(each.holder if each.system == code else each.system, each)
    there = {each.holder for each in standings if each.message}
    posts = [
        post
        for other, each in first.items()
        if other in there or other == each.system
        for post in pass_on(content, arrival, exchange.systems[other], exchange, at, certificate=each.id)
    ]
    return Outcome(entry(arrival, partner=next(iter(first))), tuple(posts), changes=tuple(changes))


def _missing(content: Referral) -> Early:
    return Early(*unclear("no certificate of this number was exchanged with this system", content.number).findings)
