"""What the ledger knows of that has a day: read in both databases."""

from dataclasses import replace
from datetime import date, timedelta

from entries import AT, entry, post, standing

from adapter.ledger import Change, Outcome

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


def test_a_copy_lapses_by_the_day_on_which_its_originals_validity_began(ledger):
    later = DAY + timedelta(days=30)
    copies = {"inside": (later, DAY), "outside": (DAY, DAY - timedelta(days=1))}
    for id, (issued, began) in copies.items():
        ledger.write([Outcome(entry(id), (), replace(standing(id), issued_on=issued, valid_from=began))], [], AT)
    assert [each.id for each in ledger.lapsing(DAY, DAY + timedelta(days=9), ())] == ["inside"]


def test_a_certificate_is_unanswered_from_when_its_message_left_until_its_state_moves(ledger):
    named = replace(standing("c"), message="m")
    ledger.write([Outcome(entry("d"), (post("m", certificate="c"),), named)], [], AT)
    assert ledger.unanswered(("issued", "sent")) == []
    ledger.settle(["m"], [], LATER)
    (waits,) = ledger.unanswered(("issued", "sent"))
    assert (waits.receiver, waits.number, waits.state, waits.sent_at) == ("ID", "KEY-c", "sent", LATER)
    ledger.write([Outcome(entry("a"), changes=(Change("c", "acknowledged", ("sent",)),))], [], LATER)
    assert ledger.unanswered(("issued", "sent")) == []
    assert [each.state for each in ledger.unanswered(("sent", "acknowledged"))] == ["acknowledged"]


def test_what_is_kept_until_it_is_asked_for_waits_for_no_answer(ledger):
    named = replace(standing("c"), message="m")
    ledger.write([Outcome(entry("d"), (post("m", certificate="c", direct=False, kept=True),), named)], [], AT)
    assert ledger.unanswered(("issued",)) == []


def test_numbers_of_copies_are_left_out(ledger):
    copy = replace(standing("copy"), version="true_copy 2026-03-02")
    ledger.write([Outcome(entry("d"), (), standing("c")), Outcome(entry("e"), (), copy)], [], AT)
    assert ledger.numbers() == [("KCCI", "ik-cepa", "KEY-c")]
