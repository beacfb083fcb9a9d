"""What comes of a certificate: it goes to the other side once, whatever its sender repeats."""

import hashlib
from dataclasses import replace
from datetime import datetime

from adapter import translate
from adapter.certificate import Certificate, Reference, match_key
from adapter.envelope import digest
from adapter.findings import Finding, Rejected
from adapter.ledger import Change, Known, Outcome, Post, Standing
from adapter.messages import Function
from adapter.relay.arrival import Arrival, read
from adapter.relay.entry import entry
from adapter.relay.exchange import Exchange
from adapter.relay.route import route
from adapter.relay.states import CANCELLED, ISSUED, SUPERSEDED, USED, move
from adapter.rules import Facts
from adapter.system import System

FIRST = "1"
"""The version of a certificate under a number of its own."""


def take_certificate(
    arrival: Arrival, certificate: Certificate, known: Known, exchange: Exchange, at: datetime
) -> Outcome:
    """The message to the other side; none if it is known, unless its sender asks for one; Rejected if it differs."""
    assert arrival.system
    standing = _stand(certificate, arrival, arrival.system)
    if first := known.certificates.get(standing.id):
        return _take_again(arrival, first, standing)
    receiver = route(certificate, arrival.system, _named(arrival, exchange), exchange, at.date())
    message = translate.forward(certificate, arrival.system, receiver, exchange.catalogue, at, cause=standing.digest)
    sent = Post(message, standing.id, arrival.system.code, arrival.reference, direct=True)
    return Outcome(
        entry(arrival),
        (sent,),
        replace(standing, holder=receiver.code, message=message.id),
        changes=_superseded(certificate, standing, known),
    )


def original_used(certificate: Certificate, system: System, known: Known) -> bool | None:
    """Whether the original of a true copy was used; None where the ledger does not know the original."""
    originals = _of(certificate.copy_of, certificate, system, known) if certificate.copy_of else []
    return any(each.state in USED for each in originals) if originals else None


def look_again(arrival: Arrival, certificate: Certificate, known: Known, exchange: Exchange, at: datetime) -> Arrival:
    """A true copy, judged by what the ledger knows of its original."""
    assert arrival.system
    facts = exchange.facts(at)
    used = original_used(certificate, arrival.system, known)
    asked = Facts(today=facts.today, calendar=facts.calendar, ledger=True, original_used=used)
    return replace(arrival, reading=read(arrival.delivery, arrival.system, exchange, asked))


def _take_again(arrival: Arrival, first: Standing, standing: Standing) -> Outcome:
    assert arrival.reading
    if first.digest != standing.digest:
        message = (
            "a certificate with this number and other content was received before; a correction needs a new number"
        )
        raise Rejected(
            Finding(code="DUP-01", message=message, field="number", found=standing.number), stage="duplicate"
        )
    stands = first.state not in (CANCELLED, SUPERSEDED)  # else it would come to life again over there
    again = (first.message,) if stands and arrival.reading.header.function is Function.RESEND else ()
    return Outcome(entry(arrival), again=again)


def _stand(certificate: Certificate, arrival: Arrival, system: System) -> Standing:
    issuer = certificate.issued_by.code if certificate.issued_by else system.code
    version = _version(certificate)
    key = certificate.key
    named = "\n".join((system.country, issuer, certificate.agreement, key, version))
    return Standing(
        id=hashlib.sha256(named.encode()).hexdigest()[:32], country=system.country, issuer=issuer,
        agreement=certificate.agreement, key=key, version=version, number=certificate.number,
        system=system.code, holder="", digest=digest(certificate.as_json().encode()), state=ISSUED,
        items=len(certificate.items), message="", delivery=arrival.id,
    )  # fmt: skip


def _version(certificate: Certificate) -> str:
    """A copy or replacement that bears the number of its original is another version of it."""
    earlier = certificate.copy_of or certificate.supersedes
    if earlier is None or match_key(earlier.number) != certificate.key:
        return FIRST
    return f"{certificate.form} {certificate.issued_on}"


def _superseded(certificate: Certificate, standing: Standing, known: Known) -> tuple[Change, ...]:
    if certificate.supersedes is None:
        return ()
    earlier = known.of_key(match_key(certificate.supersedes.number))
    replaced = [each for each in earlier if (each.agreement, each.system) == (standing.agreement, standing.system)]
    return move((each.id for each in replaced), SUPERSEDED)


def _of(reference: Reference, certificate: Certificate, system: System, known: Known) -> list[Standing]:
    found = known.of_key(match_key(reference.number))
    return [each for each in found if each.agreement == certificate.agreement and each.country == system.country]


def _named(arrival: Arrival, exchange: Exchange) -> str | None:
    """The partner that the sender named beside the record, else in it; what names no system in it is no address."""
    beside = arrival.delivery.headers.get("receiver")
    if isinstance(beside, str) and beside:
        return beside
    within = arrival.reading.header.receiver if arrival.reading else None
    return within if within in exchange.systems else None
