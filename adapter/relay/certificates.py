"""What comes of a certificate: it goes to the other side once, whatever its sender repeats."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from adapter.certificate import Certificate, match_key
from adapter.envelope import address, digest
from adapter.findings import Finding, Rejected, Severity
from adapter.ledger import Known, Outcome, Post, Standing
from adapter.messages import Function
from adapter.relay.arrival import Arrival, Offer
from adapter.relay.changes import change_all
from adapter.relay.entry import entry
from adapter.relay.exchange import Exchange
from adapter.relay.kin import place, references
from adapter.relay.route import named_by, route
from adapter.relay.uses import stock_up
from adapter.stages import each
from adapter.states import Event, State
from adapter.system import System
from adapter.writing import Draft, write_all

UNSENT = ""
"""The message of a certificate that goes nowhere."""
FIRST = "1"
"""The version of a certificate under a number of its own."""


def offer_all(arrivals: Sequence[Arrival], exchange: Exchange, at: datetime) -> list[Arrival]:
    """The arrivals, those that say a valid certificate with what comes of it; they go stage by stage.

    Where we fail at one, none has an offer: each is then made when it is decided, which shows at which we fail.
    """
    said = [arrival for arrival in arrivals if isinstance(arrival.content, Certificate) and arrival.is_valid]
    try:
        offers = _offers(said, exchange, at)
    except Exception:
        return list(arrivals)
    made = {id(arrival): offer for arrival, offer in zip(said, offers, strict=True)}
    return [replace(arrival, offer=made[id(arrival)]) if id(arrival) in made else arrival for arrival in arrivals]


def _offers(arrivals: Sequence[Arrival], exchange: Exchange, at: datetime) -> list[Offer]:
    standings = [_stand(arrival) for arrival in arrivals]
    receivers = each(lambda arrival: _receiver(arrival, exchange, at), arrivals)

    def draft(receiver: System, arrival: Arrival, standing: Standing) -> Draft:
        assert arrival.content and arrival.system
        header = address(arrival.content, arrival.system, receiver, at, cause=standing.digest)
        return Draft(arrival.content, receiver, header)

    messages = write_all(each(draft, receivers, arrivals, standings), exchange.catalogue, exchange.seals)
    return list(map(Offer, standings, receivers, messages))


def take_certificate(
    arrival: Arrival, certificate: Certificate, known: Known, exchange: Exchange, at: datetime
) -> Outcome:
    """The message to the other side; none if it is known, unless its sender asks for one; Rejected if it differs.

    It is kept for a partner that asks instead of being told. What was replaced before it came goes nowhere.
    """
    assert arrival.system
    standing, receiver, message = arrival.offer or _offers([arrival], exchange, at)[0]
    if first := known.certificates.get(standing.id):
        return _take_again(arrival, first, standing, exchange)
    among = place(certificate, standing, known)
    if isinstance(receiver, Rejected):
        raise receiver
    if isinstance(message, Rejected):
        raise message
    is_kept = receiver.model == "pull"
    sent = Post(message, standing.id, arrival.system.code, arrival.reference, direct=not is_kept, kept=is_kept)
    whole = replace(
        standing, holder=receiver.code, message=UNSENT if among.superseded else message.id,
        original=among.original, valid_from=among.valid_from,
    )  # fmt: skip
    return Outcome(
        entry(arrival, partner=receiver.code), () if among.superseded else (sent,), whole, changes=among.changes,
        items=stock_up(certificate, whole, receiver), remarks=among.remarks, kin=among.kin,
    )  # fmt: skip


def _take_again(arrival: Arrival, first: Standing, standing: Standing, exchange: Exchange) -> Outcome:
    assert arrival.reading
    if first.digest != standing.digest:
        message = (
            "a certificate with this number and other content was received before; a correction needs a new number"
        )
        raise Rejected(
            Finding(code="DUP-01", message=message, field="number", found=standing.number), stage="duplicate"
        )
    if arrival.reading.header.function is not Function.RESEND:
        remarks = _repeated(arrival, standing)
        return Outcome(entry(arrival, partner=first.holder, findings=remarks), remarks=remarks)
    change_all([first], Event.SENT_AGAIN)  # what is over would come to life again over there
    is_told = exchange.systems[first.holder].model == "push"
    return Outcome(entry(arrival, partner=first.holder), again=(first.message,) if is_told else ())


def _repeated(arrival: Arrival, standing: Standing) -> tuple[Finding, ...]:
    """What is said of a certificate that came again under another message id, as agreed with its sender."""
    assert arrival.system
    if arrival.system.duplicates == "acknowledge":
        return ()
    message = "this certificate was received before, with the same content"
    again = Finding(
        code="DUP-02", message=message, field="number", found=standing.number,
        severity=Severity.WARNING if arrival.system.duplicates == "flag" else Severity.ERROR,
    )  # fmt: skip
    if again.severity is Severity.ERROR:
        raise Rejected(again, stage="duplicate")
    return (again,)


def _receiver(arrival: Arrival, exchange: Exchange, at: datetime) -> System:
    assert isinstance(arrival.content, Certificate) and arrival.system
    return route(arrival.content, arrival.system, named_by(arrival, exchange), exchange, at.date())


def _stand(arrival: Arrival) -> Standing:
    certificate, system = arrival.content, arrival.system
    assert isinstance(certificate, Certificate) and system
    issuer = certificate.issued_by.code if certificate.issued_by else system.code
    version, key = _version(certificate), certificate.key
    form, earlier, draws_on = references(certificate)
    named = "\n".join((system.country, issuer, certificate.agreement, key, version))
    return Standing(
        id=hashlib.sha256(named.encode()).hexdigest()[:32], country=system.country, issuer=issuer,
        agreement=certificate.agreement, key=key, version=version, number=certificate.number,
        system=system.code, holder="", digest=digest(certificate.as_json().encode()), state=_first(system).value,
        items=len(certificate.items), message="", delivery=arrival.id,
        issued_on=certificate.issued_on, form=form, earlier=earlier, draws_on=draws_on,
    )  # fmt: skip


def _first(system: System) -> State:
    """How a certificate stands at first: whoever takes a partner's in tells the partner that it is accepted."""
    return State.ACCEPTED if system.side == "partner" else State.ISSUED


def _version(certificate: Certificate) -> str:
    """A copy or replacement that bears the number of its original is another version of it."""
    if certificate.form == "original":  # whatever it names besides, its number is its own
        return FIRST
    earlier = certificate.copy_of if certificate.form == "true_copy" else certificate.supersedes
    if earlier is None or match_key(earlier.number) != certificate.key:
        return FIRST
    return f"{certificate.form} {certificate.issued_on}"
