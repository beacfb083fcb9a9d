"""A confirm makes a certificate sent; what is kept until it is asked for was not sent."""

from datetime import timedelta

import pytest
from entries import AT, entry, post, standing

from adapter.ledger import Change, Ledger, Outcome, Outpaced, Step

LATER = AT + timedelta(hours=1)


def certified(id: str, kept: bool = False) -> Outcome:
    """A certificate with the message that carries it."""
    return Outcome(entry(f"d-{id}"), (post(f"m-{id}", certificate=id, direct=not kept, kept=kept),), standing(id))


def test_a_confirm_makes_a_certificate_sent_by_the_message_that_carries_it(ledger: Ledger) -> None:
    ledger.write([certified("c")], [], AT)
    ledger.settle(["m-c"], [], LATER)
    assert ledger.history("c") == [Step("issued", AT, "d-c"), Step("sent", LATER, "m-c")]
    assert [(each.state, each.changed_at) for each in ledger.standings()] == [("sent", LATER)]


def test_what_was_acknowledged_before_the_confirm_stays_so(ledger: Ledger) -> None:
    ledger.write([certified("c")], [], AT)
    ledger.write([Outcome(entry("a"), changes=(Change("c", "acknowledged", ("issued", "sent")),))], ["m-c"], LATER)
    assert [step.state for step in ledger.history("c")] == ["issued", "acknowledged"]
    assert ledger.verify().findings == []


def test_another_message_about_it_does_not_make_it_sent(ledger: Ledger) -> None:
    ledger.write([certified("c"), Outcome(entry("x"), (post("other", direct=False),))], [], AT)
    ledger.settle(["other"], [], LATER)
    assert [each.state for each in ledger.standings()] == ["issued"]


def test_all_of_a_large_window_are_sent(ledger: Ledger) -> None:
    ids = [f"c{place:04d}" for place in range(1_100)]
    ledger.write([certified(id) for id in ids], [], AT)
    ledger.write([], [f"m-{id}" for id in ids], LATER)
    assert {each.state for each in ledger.standings(2_000)} == {"sent"}
    assert ledger.verify().findings == []


def test_what_is_kept_is_not_due_and_not_sent(ledger: Ledger) -> None:
    ledger.write([certified("c", kept=True)], [], AT)
    assert ledger.lease_due(LATER, 10, 10**6).waiting == []
    assert [each.state for each in ledger.standings()] == ["issued"]
    assert ledger.verify().findings == []


def test_what_is_kept_leaves_when_it_is_asked_for(ledger: Ledger) -> None:
    ledger.write([certified("c", kept=True)], [], AT)
    ledger.write([Outcome(entry("q"), again=("m-c",))], [], LATER)
    (due,) = ledger.lease_due(LATER, 10, 10**6).waiting
    assert due.message.id == "m-c"
    ledger.settle(["m-c"], [], LATER)
    assert [each.state for each in ledger.standings()] == ["sent"]
    assert ledger.verify().findings == []


def test_a_firm_change_that_cannot_be_taken_outpaces_whoever_decided_on_it(ledger: Ledger) -> None:
    ledger.write([certified("c")], [], AT)
    ledger.write([Outcome(entry("a"), changes=(Change("c", "used", ("issued",)),))], [], LATER)
    with pytest.raises(Outpaced):
        ledger.write([Outcome(entry("b"), changes=(Change("c", "cancelled", ("issued",), firm=True),))], [], LATER)
    assert [each.state for each in ledger.standings()] == ["used"]
