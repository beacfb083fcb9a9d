"""A second look at what was read, once the ledger has said what it knows: some rules rest on what came before."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from adapter import translate
from adapter.certificate import Certificate, match_key
from adapter.deadlines import local_day
from adapter.delivery import Delivery
from adapter.enquiry import KeyInformation, key_information
from adapter.ledger import ItemStep, Known, Paper, Standing
from adapter.messages import Content, Feedback
from adapter.relay.arrival import Arrival
from adapter.relay.changes import living
from adapter.relay.exchange import Exchange
from adapter.relay.kin import drawing_on, rests_on
from adapter.rules import Facts
from adapter.rules.originals import left_of
from adapter.states import USED_STATES
from adapter.system import System
from adapter.verification import VerificationInformation, VerificationReply, VerificationRequest

Referred = Feedback | VerificationRequest | VerificationInformation | VerificationReply
"""What is held to the certificate that it is about."""


def look_again(arrival: Arrival, known: Known, exchange: Exchange, at: datetime) -> Arrival:
    """What was read, judged by what the ledger knows of it; the same where that adds nothing."""
    reading, content = arrival.reading, arrival.content
    facts = _facts(content, arrival.system, known, exchange, at) if reading and arrival.system and content else None
    if reading is None or facts is None:
        return arrival
    return replace(arrival, reading=translate.judge_again(reading, exchange.catalogue, facts))


def read_paper(paper: Paper, exchange: Exchange) -> Certificate | None:
    """What a certificate says as it came; None where its table cannot read it any more."""
    came = Delivery(paper.body, paper.source)  # its signature was verified then
    content = translate.read(came, exchange.catalogue, limits=exchange.limits, seals=None).content
    return content if isinstance(content, Certificate) else None


def _facts(content: Content, system: System, known: Known, exchange: Exchange, at: datetime) -> Facts | None:
    plain = exchange.facts(at)
    if isinstance(content, Certificate):
        original = _rests_on(content, known, exchange)
        if content.form == "true_copy":
            first = _copied(content, system, known)
            used, copied = _used(first, known), _shown(first, known, exchange)
            return replace(plain, ledger=True, original_used=used, copied=copied, original=original)
        return replace(plain, original=original) if original else None
    if not isinstance(content, Referred):
        return None
    about = living([each for each in _about(content, known) if system.code == _theirs(content, each)])
    if len({(each.system, each.issuer) for each in about}) > 1:
        return None  # which one is meant is not said, so it is held to none
    return replace(
        plain,
        exchanged=_shown(about, known, exchange),
        left=_left(known.items_of(about[0].stock)) if about else None,
        asked_on=_asked_on(content, system, known, at) if isinstance(content, VerificationReply) else None,
    )


def _rests_on(certificate: Certificate, known: Known, exchange: Exchange) -> KeyInformation | None:
    """The first Party's certificate with what others have left of it; None where it did not come this way."""
    first = rests_on(certificate, known)
    whole = _shown(first, known, exchange)
    if whole is None:
        return None
    named = certificate.copy_of or certificate.supersedes
    own = known.of_key(certificate.key) + (known.of_key(match_key(named.number)) if named else [])
    itself = {each.id for each in known.family_of(own)}
    draws = [each for each in drawing_on(first[0], known) if each.id not in itself]
    return left_of(whole, [drawn for each in draws if (drawn := _shown([each], known, exchange))])


def _shown(certificates: Iterable[Standing], known: Known, exchange: Exchange) -> KeyInformation | None:
    """The key information of the newest of these, if its bytes are kept."""
    ids = [each.id for each in certificates if each.id in known.papers]
    if not ids:
        return None
    if ids[-1] not in known.shown:
        newest = read_paper(known.papers[ids[-1]], exchange)
        known.shown[ids[-1]] = key_information(newest) if newest else None
    return known.shown[ids[-1]]


def _copied(certificate: Certificate, system: System, known: Known) -> Sequence[Standing]:
    """What a true copy is made of, as far as the ledger knows it: the original, or copies of that."""
    found = known.of_key(match_key(certificate.copy_of.number)) if certificate.copy_of else []
    return [each for each in found if (each.agreement, each.country) == (certificate.agreement, system.country)]


def _used(originals: Sequence[Standing], known: Known) -> bool | None:
    """Whether the original of a true copy was used; None where the ledger does not know the original."""
    used_as_one = known.family_of(originals)
    return any(each.state in USED_STATES for each in used_as_one) if originals else None


def _about(content: Referred, known: Known) -> list[Standing]:
    return [each for each in known.of_key(content.key) if each.agreement == content.agreement]


def _theirs(content: Referred, standing: Standing) -> str:
    """Whose the certificate is for whoever says this: it issued what it replies about, and has what it decides on."""
    return standing.system if isinstance(content, VerificationReply) else standing.holder


def _left(steps: Iterable[ItemStep]) -> dict[int, Decimal]:
    """What is left of each item; the last step of each says it."""
    return {step.item: step.balance for step in steps if step.balance is not None}


def _asked_on(reply: VerificationReply, system: System, known: Known, at: datetime) -> date | None:
    """The local day on which the question came that is replied to."""
    about = system.code, reply.agreement, reply.key, reply.answers_to
    asked = [
        each
        for each in known.verification(reply.request)
        if (each.answerer, each.agreement, each.key, each.part) == about and not each.is_reply
    ]
    return local_day(asked[-1].at or at, system.zone) if asked else None
