"""Whole lives of certificates under an agreement of many Parties, with each partner that exchanges under it."""

import json
from pathlib import Path

import pytest
import shelf
from life import Life, Pair, Paper, asked, life, said
from post_office import fixture

from adapter.catalogue import Catalogue
from adapter.certificate import Certificate
from adapter.delivery import Delivery
from adapter.messages import Cancellation, Feedback, Kind, Response
from adapter.translate import read
from adapter.verification import VerificationReply

CODE, HOME = "rcep", "kcci"
PARTNERS = [
    system
    for system in shelf.catalogue().systems.values()
    if system.side == "partner" and system.model == "push" and CODE in system.agreements
]
each_partner = pytest.mark.parametrize("pair", [Pair(system.code, CODE) for system in PARTNERS], ids=str)
DENIED = ["granted", "granted", "denied"]


def record(known: Catalogue, country: str, number: str, **changes: str) -> Paper:
    """The chamber's record of three items, with the goods going to this country."""
    told = json.loads(fixture("kcci/certificate/rcep-3-items.json"))
    del told["dischargePortCode"]
    there = {"consigneeCountry": country, "destinationCountry": country, "certificateNo": number}
    body = json.dumps(told | there | changes).encode()
    content = read(Delivery(body, HOME), known).content
    assert isinstance(content, Certificate)
    return Paper(HOME, number, body, content)


def issued(known: Catalogue, country: str) -> Certificate:
    """A certificate of three items for Korea, by this country's issuing body."""
    told = json.loads(fixture("common/certificate/rcep-import-3-items.hub.json"))
    told["exporter"]["address"]["country"] = country
    told["issued_by"] = {"code": next(row.code for row in known.agreement(CODE).certifiers if row.country == country)}
    del told["consignment"]["loading"]
    for item in told["items"]:
        item["origin"] = country
    return Certificate.model_validate_json(json.dumps(told))


@each_partner
def test_a_certificate_is_issued_used_but_for_one_item_not_cancelled_and_verified_in_time_and_late(
    pair: Pair, known: Catalogue, amqp_url: str, tmp_path: Path
) -> None:
    paper = record(known, known.system(pair.partner).country, "K001-26-0900118")
    with life(amqp_url, tmp_path, known, pair.partner, paper.certificate) as lived:
        home, partner = lived.ends[HOME], lived.ends[pair.partner]
        home.submit(paper.body, "m-1")
        lived.play()
        assert lived.state(paper.certificate) == "accepted"
        assert partner.settle() == 1
        (told,) = said(lived.play(), HOME, Kind.FEEDBACK)
        assert isinstance(told, Feedback) and [item.status for item in told.items] == DENIED
        assert _cancelled(lived, paper, pair) == ["STA-02"]
        assert lived.state(paper.certificate) == "partly_used"
        assert _verified(lived, paper, pair, "V-1", days=10) == "accepted"
        assert _verified(lived, paper, pair, "V-2", days=400) == "accepted_with_warnings"
        assert [dead.code for dead in lived.ledger.dead()] == ["STA-02"]


def _cancelled(lived: Life, paper: Paper, pair: Pair) -> list[str]:
    """What the home is complained to of when it cancels what was used; the partner hears nothing."""
    certificate = paper.certificate
    lived.ends[HOME].say(
        Cancellation(
            number=certificate.number, agreement=CODE, issued_on=certificate.issued_on, cancelled_on=lived.today,
            reason="exporter_request",
        ),
        "EODES",
    )  # fmt: skip
    came = lived.play()
    assert said(came, pair.partner, Kind.CANCELLATION) == []
    (told,) = said(came, HOME, Kind.RESPONSE)
    assert isinstance(told, Response) and told.outcome == "rejected"
    return [complaint.code for complaint in told.complaints]


def _verified(lived: Life, paper: Paper, pair: Pair, request: str, days: int) -> str:
    """What the partner makes of a reply that comes after so many days."""
    lived.ends[pair.partner].say(asked(paper, request, lived), "KR")
    assert len(said(lived.play(), HOME, Kind.VERIFICATION_REQUEST)) == 1
    lived.forward(days=days)
    assert lived.ends[HOME].reply() == 1
    came = lived.play()
    (reply,) = said(came, pair.partner, Kind.VERIFICATION_REPLY)
    assert isinstance(reply, VerificationReply) and (reply.request, reply.result) == (request, "confirmed")
    outcomes = [each.outcome for each in said(came, HOME, Kind.RESPONSE) if isinstance(each, Response)]
    return outcomes[0]


@each_partner
def test_a_replacement_supersedes_and_a_partners_own_certificate_comes_home_with_feedback_going_back(
    pair: Pair, known: Catalogue, amqp_url: str, tmp_path: Path
) -> None:
    country = known.system(pair.partner).country
    original = record(known, country, "K001-26-0900240")
    named = {"replacedNo": original.certificate.number, "replacedDate": original.certificate.issued_on.isoformat()}
    corrected = {"transaction": "CORRECTED", "copyType": "REPLACEMENT", "issueDate": "2026-01-20", **named}
    replacement = record(known, country, "K001-26-0900301", **corrected)
    theirs = issued(known, country)
    here = next(code for code, system in known.systems.items() if system.importing)
    with life(amqp_url, tmp_path, known, pair.partner, theirs) as lived:
        for paper in (original, replacement):
            lived.ends[HOME].submit(paper.body, paper.name)
            lived.play()
        assert lived.state(original.certificate) == "superseded"
        assert lived.state(replacement.certificate) == "accepted"
        lived.ends[pair.partner].say(theirs, "KR")
        assert len(said(lived.play(), here, Kind.CERTIFICATE)) == 1
        assert lived.ends[here].settle() == 1
        (told,) = said(lived.play(), pair.partner, Kind.FEEDBACK)
        assert isinstance(told, Feedback) and [item.status for item in told.items] == DENIED
        assert lived.state(theirs) == "partly_used"
        assert lived.ledger.dead() == []
