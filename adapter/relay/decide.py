"""What comes of a delivery: pure, given what the ledger knows."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from adapter.certificate import Certificate
from adapter.findings import Finding, Rejected, Verdict
from adapter.ledger import DONE, HELD, Hold, Known, Outcome
from adapter.messages import Acknowledgement, Cancellation, Feedback, Response
from adapter.relay.answers import take_acknowledgement, take_response
from adapter.relay.arrival import Arrival, crashed
from adapter.relay.certificates import look_again, take_certificate
from adapter.relay.entry import entry
from adapter.relay.exchange import Exchange
from adapter.relay.origin import vouch
from adapter.relay.referrals import Early, take_cancellation, take_feedback
from adapter.relay.reply import accept, acknowledge, reject

HELD_FOR = timedelta(hours=24)
"""How long something may come before the certificate that it is about."""


def decide_all(arrivals: Sequence[Arrival], known: Known, exchange: Exchange, at: datetime) -> list[Outcome]:
    """What comes of each, whatever it is, in order: the later ones know of the earlier.

    The answers to those that were accepted are written last and all together, which is faster than one by one.
    """
    outcomes = []
    for arrival in arrivals:
        outcome = _decide(arrival, known, exchange, at)
        known.learn(outcome)
        outcomes.append(outcome)
    return [_answer(outcome, arrival, exchange, at) for outcome, arrival in zip(outcomes, arrivals, strict=True)]


def give_up(arrival: Arrival, error: Exception, known: Known, exchange: Exchange, at: datetime) -> Outcome:
    """What could not be written down is dead, with nothing of what it says; its sender is told."""
    before = known.deliveries.get(arrival.id)
    bare = replace(arrival, reading=replace(arrival.reading, content=None) if arrival.reading else None)
    if before == DONE:
        return Outcome(entry(bare), repeated=True)
    outcome = _refuse(bare, (crashed(error),), "crash", exchange, at)
    return _revise(outcome, bare) if before else outcome


def _decide(arrival: Arrival, known: Known, exchange: Exchange, at: datetime) -> Outcome:
    """What came before is answered again, and looked at again only if it died."""
    before = known.deliveries.get(arrival.id)
    if before == DONE:
        return Outcome(entry(arrival), repeated=True, answers_again=_is_sent_again(arrival))
    try:
        outcome = _safely(partial(_take, arrival, known, exchange, at), arrival, exchange, at)
    except Early as early:
        outcome = _hold(arrival, early, known, exchange, at)
    return _revise(outcome, arrival) if before else outcome


def _answer(outcome: Outcome, arrival: Arrival, exchange: Exchange, at: datetime) -> Outcome:
    """The outcome with word to whoever sent what was accepted; an answer is not answered."""
    content, is_new = arrival.content, outcome.revised or not outcome.repeated
    if outcome.entry.stage != DONE or not is_new or isinstance(content, Acknowledgement | Response):
        return outcome
    answered = _safely(partial(_accept, outcome, arrival, exchange, at), arrival, exchange, at)
    return _revise(answered, arrival) if outcome.revised else answered


def _accept(outcome: Outcome, arrival: Arrival, exchange: Exchange, at: datetime) -> Outcome:
    assert arrival.reading
    findings = (*arrival.reading.findings, *outcome.remarks)
    return replace(outcome, posts=(*outcome.posts, *accept(arrival, findings, exchange, at)))


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
        return _refuse(arrival, refusal.findings, refusal.stage, exchange, at)
    except Exception as error:
        return _refuse(arrival, (crashed(error),), "crash", exchange, at)


def _take(arrival: Arrival, known: Known, exchange: Exchange, at: datetime) -> Outcome:
    if isinstance(arrival.content, Certificate) and arrival.content.form == "true_copy":
        arrival = look_again(arrival, arrival.content, known, exchange, at)
    reading = arrival.reading
    if reading is None:
        return _refuse(arrival, arrival.findings, arrival.stage, exchange, at)
    if reading.verdict is not Verdict.VALID:
        # A fact that we lack is no fault of the sender's; it is told all the same that nothing was sent.
        stage = reading.stage if reading.verdict is Verdict.INVALID else "undecided"
        return _refuse(arrival, reading.findings, stage, exchange, at)
    vouch(reading, exchange)
    match reading.content:
        case Certificate() as certificate:
            return take_certificate(arrival, certificate, known, exchange, at)
        case Cancellation() as cancellation:
            return take_cancellation(arrival, cancellation, known, exchange, at)
        case Feedback() as feedback:
            return take_feedback(arrival, feedback, known, exchange, at)
        case Acknowledgement() as acknowledgement:
            return take_acknowledgement(arrival, acknowledgement, known)
        case Response() as response:
            return take_response(arrival, response, known, exchange, at)
    raise TypeError("a valid reading without content")


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
    return Outcome(held, (acknowledge(arrival, exchange, at),), hold=Hold(arrival.keys[0], until, in_vain))


def _refuse(arrival: Arrival, findings: Sequence[Finding], stage: str, exchange: Exchange, at: datetime) -> Outcome:
    """Dead in the ledger, and its sender told; where even telling fails, dead all the same."""
    try:
        posts = reject(arrival, findings, exchange, at)
    except Exception as error:
        posts, findings = (), (*findings, crashed(error))
    return Outcome(entry(arrival, stage or "read", findings), posts)
