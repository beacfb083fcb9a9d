"""What the ledger knows of that has a day: read in both databases."""

from dataclasses import replace
from datetime import date, timedelta

from entries import AT, entry, post, standing

from adapter.ledger import Change, Outcome
from adapter.messages import Kind

DAY = date(2026, 3, 1)
LATER = AT + timedelta(days=1)


def test_certificates_lapse_by_their_day_of_issue_unless_they_are_over(ledger):
    days = {"early": DAY - timedelta(days=1), "first": DAY, "last": DAY + timedelta(days=9), "unknown": None}
    for id, day in days.items():
        ledger.write([Outcome(entry(id), (), replace(standing(id), issued_on=day))], [], AT)
    gone = replace(standing("gone", "cancelled"), issued_on=DAY)
    ledger.write([Outcome(entry("gone"), (), gone)], [], AT)
    found = ledger.lapsing(DAY, DAY + timedelta(days=9), ("cancelled",))
    assert [(each.id, each.issued_on) for each in found] == [("first", DAY), ("last", DAY + timedelta(days=9))]


def test_a_certificate_is_unanswered_from_when_its_message_left_until_its_state_moves(ledger):
    named = replace(standing("c"), message="m")
    ledger.write([Outcome(entry("d"), (post("m", certificate="c"),), named)], [], AT)
    assert ledger.unanswered(("issued",)) == []
    ledger.settle(["m"], [], LATER)
    (waits,) = ledger.unanswered(("issued",))
    assert (waits.receiver, waits.number, waits.state, waits.sent_at) == ("ID", "KEY-c", "issued", LATER)
    ledger.write([Outcome(entry("a"), changes=(Change("c", "acknowledged", ("issued",)),))], [], LATER)
    assert ledger.unanswered(("issued",)) == []
    assert [each.state for each in ledger.unanswered(("issued", "acknowledged"))] == ["acknowledged"]


def question(id, kind=Kind.VERIFICATION_REQUEST, source="ID", stage="done"):
    asked = replace(entry(id, stage), source=source, kind=kind, key="KEYc", agreement="ik-cepa", number="KEY-c")
    return Outcome(asked)


def test_a_verification_is_open_until_a_reply_came_after_it(ledger):
    ledger.write([Outcome(entry("d"), (), standing("c"))], [], AT)
    ledger.write([question("q")], [], AT)
    ledger.write([question("more", Kind.VERIFICATION_INFORMATION)], [], LATER)
    kinds = [(each.kind, each.source, each.issuer, each.received_at) for each in ledger.unverified()]
    assert kinds == [
        (Kind.VERIFICATION_REQUEST, "ID", "kcci", AT),
        (Kind.VERIFICATION_INFORMATION, "ID", "kcci", LATER),
    ]
    ledger.write([question("r", Kind.VERIFICATION_REPLY, "kcci")], [], AT + timedelta(hours=1))
    assert [each.kind for each in ledger.unverified()] == [Kind.VERIFICATION_INFORMATION]
    ledger.write([question("s", Kind.VERIFICATION_REPLY, "kcci")], [], LATER + timedelta(hours=1))
    assert ledger.unverified() == []


def test_a_question_that_died_or_that_is_about_no_certificate_waits_for_nobody(ledger):
    ledger.write([question("q")], [], AT)
    ledger.write([Outcome(entry("d"), (), standing("c")), question("dead", stage="rules")], [], AT)
    assert [each.number for each in ledger.unverified()] == ["KEY-c"]
    ledger.write([question("own", source="kcci")], [], LATER)
    assert [each.source for each in ledger.unverified()] == ["ID"]


def test_numbers_of_copies_are_left_out(ledger):
    copy = replace(standing("copy"), version="true_copy 2026-03-02")
    ledger.write([Outcome(entry("d"), (), standing("c")), Outcome(entry("e"), (), copy)], [], AT)
    assert ledger.numbers() == [("KCCI", "ik-cepa", "KEY-c")]
