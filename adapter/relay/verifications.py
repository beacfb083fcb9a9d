"""What comes of a verification's questions and replies: the importing customs asks, whoever issued replies."""

from collections.abc import Sequence
from datetime import datetime

from adapter.certificate import match_key
from adapter.envelope import digest
from adapter.findings import Finding, Rejected, Severity
from adapter.ledger import Known, Outcome, Part, Standing, VerificationStep
from adapter.relay.arrival import Arrival
from adapter.relay.changes import living
from adapter.relay.entry import entry
from adapter.relay.exchange import Exchange
from adapter.relay.passing import pass_on
from adapter.relay.route import importing, named_by, partner_under
from adapter.system import System
from adapter.verification import VerificationInformation, VerificationReply, VerificationRequest

Question = VerificationRequest | VerificationInformation


def take_question(arrival: Arrival, question: Question, known: Known, exchange: Exchange, at: datetime) -> Outcome:
    """It goes to the system that issued the certificate, and is kept until that has replied.

    One about a number that nobody knows goes to the other side's customs: that it was never issued is an answer too.
    """
    assert arrival.system
    asker, said = arrival.system, digest(question.as_json().encode())
    before = [each for each in known.verification(question.request) if each.asker == asker.code]
    part: Part = "request" if isinstance(question, VerificationRequest) else "information"
    _check(question, part, before, said)
    held = living([each for each in _about(question, known) if each.holder == asker.code])
    about = held[0].id if held else None
    answerer = _answerer(question, held, before, arrival, exchange, at)
    posts = pass_on(question, arrival, answerer, exchange, at, certificate=about)
    step = VerificationStep(
        question.request, asker.code, len(before) + 1, part, False, answerer.code, question.agreement,
        question.number, question.key, about, said, None, question.requested_on,
    )  # fmt: skip
    is_new = not any(each.digest == said for each in before)
    return Outcome(entry(arrival, partner=answerer.code), posts, verifications=(step,) if is_new else ())


def take_reply(arrival: Arrival, reply: VerificationReply, known: Known, exchange: Exchange, at: datetime) -> Outcome:
    """It goes to whoever asked; Rejected (REF-03) where nobody did."""
    assert arrival.system
    said, code = digest(reply.as_json().encode()), arrival.system.code
    about = code, reply.agreement, reply.key, reply.answers_to
    asked = [
        each
        for each in known.verification(reply.request)
        if (each.answerer, each.agreement, each.key, each.part) == about and not each.is_reply
    ]
    if not asked or len({each.asker for each in asked}) > 1:
        raise _unasked(reply, Severity.ERROR if not asked else Severity.UNDECIDED)
    question = asked[-1]
    before = [each for each in known.verification(reply.request) if each.asker == question.asker]
    asker = exchange.systems[question.asker]
    posts = pass_on(reply, arrival, asker, exchange, at, certificate=question.certificate)
    step = VerificationStep(
        reply.request, question.asker, len(before) + 1, reply.answers_to, True, code, reply.agreement, reply.number,
        reply.key, question.certificate, said, reply.result, reply.replied_on,
    )  # fmt: skip
    is_new = not any(each.digest == said for each in before)
    return Outcome(entry(arrival, partner=asker.code), posts, verifications=(step,) if is_new else ())


def _about(question: Question, known: Known) -> list[Standing]:
    return [each for each in known.of_key(match_key(question.number)) if each.agreement == question.agreement]


def _check(question: Question, part: Part, before: Sequence[VerificationStep], said: str) -> None:
    """Rejected where more is asked than the request that was never made, or another thing under the same number."""
    first = before[0] if before else None
    if part == "information" and (first is None or (first.agreement, first.key) != (question.agreement, question.key)):
        raise _unasked(question, Severity.UNDECIDED)
    if part == "request" and first is not None and first.digest != said:
        message = "another verification was asked for under this number before"
        raise Rejected(Finding(code="REF-04", message=message, field="request", found=question.request), stage="refer")


def _answerer(
    question: Question, held: Sequence[Standing], before: Sequence[VerificationStep], arrival: Arrival,
    exchange: Exchange, at: datetime,
) -> System:  # fmt: skip
    assert arrival.system
    issuers = {each.system for each in held}
    if before:  # whoever has the request has what is asked for besides
        issuers = {before[0].answerer}
    if len(issuers) > 1:
        message = "more than one certificate bears this number"
        undecided = Finding(
            code="REF-01", message=message, severity=Severity.UNDECIDED, field="number", found=question.number
        )
        raise Rejected(undecided, stage="refer")
    if issuers:
        return exchange.systems[issuers.pop()]
    if arrival.system.side == "partner":
        return importing(question.agreement, exchange)
    return partner_under(question.agreement, named_by(arrival, exchange), exchange, at.date())


def _unasked(content: Question | VerificationReply, severity: Severity) -> Rejected:
    """A reply, or a question for more, of which this system has no request."""
    message = "no request of this number was made about this certificate, or more than one"
    finding = Finding(code="REF-03", message=message, severity=severity, field="request", found=content.request)
    return Rejected(finding, stage="refer")
