"""What comes of the question how a certificate stands: the ledger answers, or the partner where it cannot."""

from collections.abc import Sequence
from datetime import datetime
from hmac import compare_digest

from adapter.certificate import Certificate
from adapter.enquiry import StatusQuery, StatusReply, key_information
from adapter.findings import Finding, Rejected
from adapter.ledger import Known, Outcome, Post, Standing
from adapter.messages import Kind
from adapter.relay.arrival import Arrival
from adapter.relay.changes import living, unclear
from adapter.relay.entry import entry
from adapter.relay.exchange import Exchange
from adapter.relay.passing import pass_on, speaks
from adapter.relay.reply import say
from adapter.relay.route import named_by, partner_under
from adapter.relay.second_look import read_paper
from adapter.relay.validity import last_day, state_on
from adapter.states import Event, Refusal, State, after
from adapter.system import System

UNKNOWN = "unknown"
"""The state of a certificate that the ledger does not know, or that is no affair of who asks."""
NO_CODE = "-" * 16
"""What a code is compared with where there is none, so that it takes as long to say no."""


def take_query(arrival: Arrival, query: StatusQuery, known: Known, exchange: Exchange, at: datetime) -> Outcome:
    """How it stands, to its issuer or whoever it went to; the document once more where that is wanted and may be had.

    What a domestic system asks and the ledger does not know, the partner is asked. Rejected (REF-01) where several
    certificates bear the number and the code tells none from the others.
    """
    assert arrival.system
    about = [each for each in known.of_key(query.key) if each.agreement == query.agreement]
    found = [each for each in about if arrival.system.code in (each.holder, each.system)]
    if not found and (partner := _partner(query, arrival, exchange, at)):
        return Outcome(entry(arrival, partner=partner.code), pass_on(query, arrival, partner, exchange, at))
    found, paper = _meant(query, found, known, exchange)
    is_open = paper is not None and fits(query.reference_code, paper)
    standing = last_changed(found) if found else None
    reply = _reply(query, standing, paper if is_open else None, arrival, known, exchange, at)
    message = say(reply, Kind.STATUS_REPLY, arrival, exchange, at)
    again = _again(query, standing, arrival.system, is_open) if standing else ()
    return Outcome(entry(arrival), (Post(message, direct=True),), again=again)


def take_status(arrival: Arrival, reply: StatusReply, known: Known, exchange: Exchange, at: datetime) -> Outcome:
    """The partner's reply, to the system that asked; Rejected (REF-02) where none did."""
    assert arrival.system
    sent = known.sent.get(reply.received)
    if sent is None or sent.receiver != arrival.system.code or sent.kind != Kind.STATUS_QUERY or sent.origin is None:
        message = "no query of this id was sent to this system"
        raise Rejected(Finding(code="REF-02", message=message, field="received", found=reply.received), stage="refer")
    own = reply.model_copy(update={"received": sent.reference})
    posts = pass_on(own, arrival, exchange.systems[sent.origin], exchange, at, answers=sent.reference)
    return Outcome(entry(arrival, partner=sent.origin), posts)


def paper_of(standings: Sequence[Standing], known: Known, exchange: Exchange) -> Certificate | None:
    """The newest of these as it came, if its bytes are kept."""
    papers = [known.papers[each.id] for each in standings if each.id in known.papers]
    return read_paper(papers[-1], exchange) if papers else None


def fits(code: str | None, certificate: Certificate | None) -> bool:
    """Whether this is the certificate's reference code, compared in constant time; one without a code opens to none."""
    secret = certificate.reference_code if certificate else None
    is_same = compare_digest((code or "").strip().encode(), (secret or NO_CODE).encode())
    return is_same and bool(secret)


def last_changed(standings: Sequence[Standing]) -> Standing:
    """The version whose state says how the certificate stands."""
    return max(living(standings), key=lambda each: (str(each.changed_at or "9"), each.id))


def by_body(standings: Sequence[Standing]) -> list[list[Standing]]:
    """The versions of each certificate: a number is its issuing body's own, under each agreement."""
    found: dict[tuple[str, str, str], list[Standing]] = {}
    for each in standings:
        found.setdefault((each.country, each.issuer, each.agreement), []).append(each)
    return list(found.values())


def _meant(
    query: StatusQuery, found: list[Standing], known: Known, exchange: Exchange
) -> tuple[list[Standing], Certificate | None]:
    """The certificate that is meant, and as it came; Rejected (REF-01) where no code tells which of several that is."""
    meant = [(each, paper_of(living(each), known, exchange)) for each in by_body(found)]
    if len(meant) > 1:
        meant = [(each, paper) for each, paper in meant if fits(query.reference_code, paper)]
        if len(meant) != 1:
            raise unclear("more than one certificate bears this number", query.number)
    return meant[0] if meant else ([], None)


def _partner(query: StatusQuery, arrival: Arrival, exchange: Exchange, at: datetime) -> System | None:
    """The partner that may know, where a domestic system asks."""
    assert arrival.system
    if arrival.system.side != "domestic":
        return None
    try:
        partner = partner_under(query.agreement, named_by(arrival, exchange), exchange, at.date())
    except Rejected:
        return None
    return partner if speaks(partner, Kind.STATUS_QUERY, query.agreement, exchange) else None


def _reply(
    query: StatusQuery, standing: Standing | None, shown: Certificate | None, arrival: Arrival, known: Known,
    exchange: Exchange, at: datetime,
) -> StatusReply:  # fmt: skip
    if standing is None:
        return StatusReply(
            received=arrival.reference, number=query.number, agreement=query.agreement, state=UNKNOWN
        )  # fmt: skip
    changed = standing.changed_at or at
    return StatusReply(
        received=arrival.reference, number=standing.number, agreement=standing.agreement,
        state=state_on(standing, at.date(), exchange).value, changed_on=changed.date(),
        expires_on=last_day(standing, exchange), information=key_information(shown) if shown else None,
    )  # fmt: skip


def _again(query: StatusQuery, standing: Standing, asker: System, is_open: bool) -> tuple[str, ...]:
    """The message that carries the certificate, for whom it is meant; who asks instead of being told, by its code."""
    is_over = isinstance(after(State(standing.state), Event.SENT_AGAIN), Refusal)
    may_have = asker.code == standing.holder and (is_open or asker.model == "push")
    return (standing.message,) if query.wants == "document" and may_have and not is_over else ()
