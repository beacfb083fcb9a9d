"""Whole lives of certificates over RabbitMQ, with every push partner under each of its agreements."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from life import Life, Pair, Paper, asked, exported, imported, life, said

from adapter.catalogue import Catalogue
from adapter.deadlines import REPLY
from adapter.messages import Cancellation, Feedback, Kind, Response
from adapter.simulator import Endpoint
from adapter.verification import VerificationReply

PACKAGED = Catalogue.open()
PARTNERS = [
    system
    for system in PACKAGED.systems.values()
    if system.side == "partner" and system.model == "push" and system.live.status != "planned"
]
EVERY = [Pair(system.code, agreement) for system in PARTNERS for agreement in system.agreements]
PAIRS = [pair for pair in EVERY if exported(PACKAGED, pair, items=3) and exported(PACKAGED, pair, form="replacement")]
IMPORTS = [pair for pair in EVERY if imported(pair)]
each_pair = pytest.mark.parametrize("pair", PAIRS, ids=str)


def test_every_push_partner_lives_both_ways() -> None:
    common = {pair for pair in EVERY if pair.agreement == "rcep"}  # its lives: test_life_rcep.py
    assert set(PAIRS) == set(IMPORTS) == set(EVERY) - common


@pytest.fixture
def issued(pair: Pair, known: Catalogue, amqp_url: str, tmp_path: Path) -> Iterator[tuple[Life, Paper, Endpoint]]:
    """A certificate of three items on its way to the partner, everything else still to come."""
    paper = exported(known, pair, items=3)[0]
    with life(amqp_url, tmp_path, known, pair.partner, paper.certificate) as lived:
        lived.ends[paper.system].submit(paper.body, "m-1")
        yield lived, paper, lived.ends[pair.partner]


@each_pair
def test_a_certificate_is_issued_acknowledged_accepted_and_used_but_for_the_item_that_is_denied(
    issued: tuple[Life, Paper, Endpoint], pair: Pair
) -> None:
    lived, paper, partner = issued
    came = lived.play()
    assert [each.outcome for each in said(came, paper.system, Kind.RESPONSE) if isinstance(each, Response)] == [
        "accepted"
    ]
    steps = [step.state for step in lived.ledger.history(lived.standing(paper.certificate).id)]
    assert steps == ["issued", "sent", "acknowledged", "accepted"]
    assert partner.settle() == 1
    (told,) = said(lived.play(), paper.system, Kind.FEEDBACK)
    assert isinstance(told, Feedback)
    assert [item.status for item in told.items] == ["granted", "granted", "denied"]
    assert lived.state(paper.certificate) == "partly_used"
    assert lived.ledger.dead() == []


@each_pair
def test_a_verification_is_replied_to_in_time_and_another_one_late(
    issued: tuple[Life, Paper, Endpoint], pair: Pair
) -> None:
    lived, paper, partner = issued
    lived.play()
    has_limit = REPLY in PACKAGED.agreement(pair.agreement).on(lived.today).limits
    late = "accepted_with_warnings" if has_limit else "accepted"
    for request, days, outcome in (("V-1", 10, "accepted"), ("V-2", 400, late)):
        partner.say(asked(paper, request, lived), "KR")
        came = lived.play()
        assert len(said(came, paper.system, Kind.VERIFICATION_REQUEST)) == 1
        (open_one,) = lived.ledger.verifications(pair.partner, is_open=True)
        assert (open_one.request, open_one.answerer, open_one.due) == (request, paper.system, ("request",))
        lived.forward(days=days)
        assert lived.ends[paper.system].reply() == 1
        came = lived.play()
        (reply,) = said(came, pair.partner, Kind.VERIFICATION_REPLY)
        assert isinstance(reply, VerificationReply) and (reply.request, reply.result) == (request, "confirmed")
        warned = [each for each in said(came, paper.system, Kind.RESPONSE) if isinstance(each, Response)]
        assert [each.outcome for each in warned][:1] == [outcome]
    assert lived.ledger.verifications(is_open=True) == []
    assert lived.ledger.dead() == []


@each_pair
def test_a_replacement_supersedes_what_it_names_in_one_step(
    pair: Pair, known: Catalogue, amqp_url: str, tmp_path: Path
) -> None:
    replacement = exported(known, pair, form="replacement")[0]
    assert replacement.certificate.supersedes
    (original,) = [
        each
        for each in exported(known, pair)
        if (each.system, each.certificate.number) == (replacement.system, replacement.certificate.supersedes.number)
    ]
    with life(amqp_url, tmp_path, known, pair.partner, replacement.certificate) as lived:
        for paper in (original, replacement):
            lived.ends[paper.system].submit(paper.body, paper.name)
            lived.play()
        assert lived.state(original.certificate) == "superseded"
        assert lived.state(replacement.certificate) == "accepted"
        lived.ends[pair.partner].settle()
        lived.play()
        assert lived.state(original.certificate) == "superseded"
        assert lived.state(replacement.certificate) == "used"
        assert lived.ledger.dead() == []


@each_pair
def test_the_cancellation_of_what_was_used_is_refused_and_the_partner_hears_nothing_of_it(
    issued: tuple[Life, Paper, Endpoint], pair: Pair
) -> None:
    lived, paper, partner = issued
    lived.play()
    partner.settle()
    lived.play()
    home, number = lived.ends[paper.system], paper.certificate.number
    home.say(
        Cancellation(
            number=number, agreement=pair.agreement, issued_on=paper.certificate.issued_on,
            cancelled_on=lived.today, reason="exporter_request",
        ),
        "EODES",
    )  # fmt: skip
    came = lived.play()
    (told,) = said(came, paper.system, Kind.RESPONSE)
    assert isinstance(told, Response) and told.outcome == "rejected"
    assert [complaint.code for complaint in told.complaints] == ["STA-02"]
    assert said(came, pair.partner, Kind.CANCELLATION) == []
    assert lived.state(paper.certificate) == "partly_used"


@pytest.mark.parametrize("pair", IMPORTS, ids=str)
def test_a_partners_certificate_becomes_a_record_here_and_our_feedback_goes_back(
    pair: Pair, known: Catalogue, amqp_url: str, tmp_path: Path
) -> None:
    paper = max(imported(pair), key=lambda each: len(each.certificate.items))
    here = next(code for code, system in known.systems.items() if system.importing)
    with life(amqp_url, tmp_path, known, pair.partner, paper.certificate) as lived:
        lived.ends[pair.partner].submit(paper.body, "c-1")
        came = lived.play()
        assert len(said(came, here, Kind.CERTIFICATE)) == 1
        assert lived.state(paper.certificate) == "accepted"
        lived.ends[here].settle()
        (told,) = said(lived.play(), pair.partner, Kind.FEEDBACK)
        assert isinstance(told, Feedback)
        denied = [item.number for item in told.items if item.status == "denied"]
        assert denied == ([paper.certificate.items[2].number] if len(told.items) == 3 else [])
        lived.ends[here].say(asked(paper, "KR-2026-1", lived), "EODES")
        lived.play()
        assert lived.ends[pair.partner].reply("undetermined") == 1
        (reply,) = said(lived.play(), here, Kind.VERIFICATION_REPLY)
        assert isinstance(reply, VerificationReply) and reply.result == "undetermined"
        assert lived.ledger.dead() == []
