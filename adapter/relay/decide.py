"""What comes of a delivery: pure, given what the ledger knows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any

from adapter.certificate import Certificate
from adapter.enquiry import ExportLink, StatusQuery, StatusReply
from adapter.findings import Finding, Rejected, Verdict
from adapter.ledger import DONE, HELD, SETTLED, Hold, Known, Outcome, Post
from adapter.messages import Acknowledgement, Cancellation, Feedback, Response
from adapter.reconciliation import Reconciliation
from adapter.relay.answers import take_acknowledgement, take_response
from adapter.relay.arrival import Arrival, crashed
from adapter.relay.certificates import offer_all, take_certificate
from adapter.relay.changes import Early
from adapter.relay.enquiries import take_query, take_status
from adapter.relay.entry import entry
from adapter.relay.exchange import Exchange
from adapter.relay.origin import vouch
from adapter.relay.reconcile import take_reconciliation
from adapter.relay.referrals import take_cancellation, take_export_link, take_feedback
from adapter.relay.reply import accept, acknowledge, acknowledge_all, reject
from adapter.relay.second_look import look_again
from adapter.relay.verifications import take_question, take_reply
from adapter.translate import traced
from adapter.verification import VerificationInformation, VerificationReply, VerificationRequest

Taker = Callable[[Arrival, Any, Known, Exchange, datetime], Outcome]
TAKERS: Mapping[type, Taker] = MappingProxyType(
    {
        Certificate: take_certificate,
        Cancellation: take_cancellation,
        Acknowledgement: take_acknowledgement,
        Response: take_response,
        Feedback: take_feedback,
        ExportLink: take_export_link,
        VerificationRequest: take_question,
        VerificationInformation: take_question,
        VerificationReply: take_reply,
        StatusQuery: take_query,
        StatusReply: take_status,
        Reconciliation: take_reconciliation,
    }
)
"""What comes of a valid delivery, by what it says."""

HELD_FOR = timedelta(hours=24)
"""How long something may come before the certificate that it is about."""


def decide_all(arrivals: Sequence[Arrival], known: Known, exchange: Exchange, at: datetime) -> list[Outcome]:
    """What comes of each, whatever it is, in order: the later ones know of the earlier.

    What can be written together is, which is faster than one by one: first what certificates become, and last the
    answers to what was accepted.
    """
    outcomes, arrivals = [], offer_all(arrivals, exchange, at)
    for arrival in arrivals:
        outcome = _decide(arrival, known, exchange, at)
        known.learn(outcome)
        outcomes.append(outcome)
    return _answer_all(outcomes, arrivals, exchange, at)


def give_up(arrival: Arrival, error: Exception, known: Known, exchange: Exchange, at: datetime) -> Outcome:
    """What could not be written down is dead, with nothing of what it says; its sender is told."""
    before = known.deliveries.get(arrival.id)
    bare = replace(arrival, reading=replace(arrival.reading, content=None) if arrival.reading else None)
    if before in SETTLED:
        return Outcome(entry(bare), repeated=True)
    outcome = _refuse(bare, (crashed(error),), "crash", exchange, at)
    return _revise(outcome, bare) if before else outcome


def _decide(arrival: Arrival, known: Known, exchange: Exchange, at: datetime) -> Outcome:
    """What came before is answered again, and looked at again only if it died."""
    before = known.deliveries.get(arrival.id)
    if before in SETTLED:
        return Outcome(entry(arrival), repeated=True, answers_again=_is_sent_again(arrival))
    try:
        outcome = _safely(partial(_take, arrival, known, exchange, at), arrival, exchange, at)
    except Early as early:
        outcome = _hold(arrival, early, known, exchange, at)
    return _revise(outcome, arrival) if before else outcome


def _answer_all(
    outcomes: Sequence[Outcome], arrivals: Sequence[Arrival], exchange: Exchange, at: datetime
) -> list[Outcome]:
    """The outcomes, those of what was accepted with word to whoever sent it."""
    accepted = [arrival for outcome, arrival in zip(outcomes, arrivals, strict=True) if _is_answered(outcome, arrival)]
    try:
        said = dict(zip(map(id, accepted), acknowledge_all(accepted, exchange, at), strict=True))
    except Exception:
        said = {}  # written alone, each shows whether it is the one that we fail at
    return [
        _answer(outcome, arrival, said.get(id(arrival)), exchange, at) if _is_answered(outcome, arrival) else outcome
        for outcome, arrival in zip(outcomes, arrivals, strict=True)
    ]


def _is_answered(outcome: Outcome, arrival: Arrival) -> bool:
    """Whether it was accepted, and now; an answer is not answered."""
    is_new = outcome.revised or not outcome.repeated
    return (
        outcome.entry.stage == DONE
        and is_new
        and not isinstance(arrival.content, Acknowledgement | Response | StatusReply)
    )


def _answer(
    outcome: Outcome, arrival: Arrival, acknowledged: tuple[Post, ...] | Rejected | None, exchange: Exchange,
    at: datetime,
) -> Outcome:  # fmt: skip
    def accepted() -> Outcome:
        posts = acknowledge(arrival, exchange, at) if acknowledged is None else acknowledged
        if isinstance(posts, Rejected):
            raise posts
        return replace(outcome, posts=(*outcome.posts, *accept(arrival, posts, outcome.remarks, exchange, at)))

    answered = _safely(accepted, arrival, exchange, at)
    return _revise(answered, arrival) if outcome.revised else answered


def _revise(outcome: Outcome, arrival: Arrival) -> Outcome:
    """The outcome of what died before, as it stands now that it was looked at again."""
    posts = tuple(replace(post, direct=False) for post in outcome.posts)
    return replace(outcome, posts=posts, repeated=True, revised=True, answers_again=_is_sent_again(arrival))


def _is_sent_again(arrival: Arrival) -> bool:
    """Whether its sender sent it, and waits for an answer; else the broker brings it again."""
    return arrival.delivery.times == 1


def _safely(work: Callable[[], Outcome], arrival: Arrival, exchange: Exchange, at: datetime) -> Outcome:
    try:
        return work()
    except Early:
        raise
    except Rejected as refusal:
        told = traced(refusal.findings, arrival.reading) if arrival.reading else refusal.findings
        return _refuse(arrival, told, refusal.stage, exchange, at)
    except Exception as error:
        return _refuse(arrival, (crashed(error),), "crash", exchange, at)


def _take(arrival: Arrival, known: Known, exchange: Exchange, at: datetime) -> Outcome:
    first = arrival.reading
    arrival = look_again(arrival, known, exchange, at)
    reading = arrival.reading
    if reading is None or first is None:
        return _refuse(arrival, arrival.findings, arrival.stage, exchange, at)
    if reading.verdict is not Verdict.VALID:
        # A fact that we lack is no fault of the sender's; it is told all the same that nothing was sent.
        stage = reading.stage if reading.verdict is Verdict.INVALID else "undecided"
        return _refuse(arrival, reading.findings, stage, exchange, at)
    vouch(reading, exchange)
    take = TAKERS.get(type(reading.content))
    if take is None:
        raise TypeError("a valid reading without content")
    outcome = take(arrival, reading.content, known, exchange, at)
    if reading is first:
        return outcome
    found = tuple(finding for finding in reading.findings if finding not in first.findings)
    return replace(outcome, remarks=(*outcome.remarks, *found))


def _hold(arrival: Arrival, early: Early, known: Known, exchange: Exchange, at: datetime) -> Outcome:
    """Acknowledged, and kept until the certificate comes; refused when that takes too long.

    Another certificate of that number may be there already, and would be taken for it again and again: the longer
    something has been held in vain, the longer until it is looked at again.
    """
    until = known.holds.get(arrival.id, at + HELD_FOR)
    held = entry(arrival, HELD, early.findings)
    if at >= until or held.message_id != arrival.delivery.message_id:  # it could not be taken up again as it came
        return _refuse(arrival, early.findings, "refer", exchange, at)
    in_vain = None if _is_sent_again(arrival) else min(until, at + (HELD_FOR - (until - at)) / 2)
    hold = Hold(arrival.keys[0], until, early.certificate, in_vain)
    return Outcome(held, tuple(acknowledge(arrival, exchange, at)), hold=hold)


def _refuse(arrival: Arrival, findings: Sequence[Finding], stage: str, exchange: Exchange, at: datetime) -> Outcome:
    """Dead in the ledger, and its sender told; where even telling fails, dead all the same."""
    try:
        posts = reject(arrival, findings, exchange, at)
    except Exception as error:
        posts, findings = (), (*findings, crashed(error))
    return Outcome(entry(arrival, stage or "read", findings), posts)
