"""Every state that a certificate was in is kept, with what brought it about."""

from datetime import timedelta

from entries import AT, entry, standing
from old_ledger import make_old_ledger, rows_of

from adapter.ledger import Change, Ledger, Outcome, Step

LATER = AT + timedelta(hours=1)


def test_the_first_state_is_there_from_the_beginning(ledger: Ledger) -> None:
    ledger.write([Outcome(entry("a"), certificate=standing("s"))], [], AT)
    assert ledger.history("s") == [Step("issued", AT, "a")]


def test_a_change_is_kept_with_its_cause(ledger: Ledger) -> None:
    ledger.write([Outcome(entry("a"), certificate=standing("s"))], [], AT)
    ledger.write([Outcome(entry("b"), changes=(Change("s", "accepted", ("issued",)),))], [], LATER)
    assert ledger.history("s") == [Step("issued", AT, "a"), Step("accepted", LATER, "b")]
    (found,) = ledger.standings()
    assert (found.state, found.changed_at) == ("accepted", LATER)


def test_a_change_that_is_not_taken_leaves_no_trace(ledger: Ledger) -> None:
    ledger.write([Outcome(entry("a"), certificate=standing("s", "denied"))], [], AT)
    ledger.write([Outcome(entry("b"), changes=(Change("s", "accepted", ("issued",)),))], [], LATER)
    ledger.write([Outcome(entry("c"), changes=(Change("nobody", "accepted", ("issued",)),))], [], LATER)
    assert ledger.history("s") == [Step("denied", AT, "a")]


def test_changes_within_one_window_are_taken_one_after_the_other(ledger: Ledger) -> None:
    accepted, granted, late = (
        Change("s", "accepted", ("issued", "granted")),
        Change("s", "granted", ("accepted",)),
        Change("s", "acknowledged", ("issued",)),
    )
    ledger.write(
        [
            Outcome(entry("a"), certificate=standing("s")),
            Outcome(entry("b"), changes=(accepted,)),
            Outcome(entry("c"), changes=(granted,)),
            Outcome(entry("d"), changes=(late,)),
            Outcome(entry("e"), changes=(accepted,)),
        ],
        [],
        AT,
    )
    assert [(step.state, step.cause) for step in ledger.history("s")] == [
        ("issued", "a"), ("accepted", "b"), ("granted", "c"), ("accepted", "e"),
    ]  # fmt: skip
    assert [each.state for each in ledger.standings()] == ["accepted"]


def test_the_changes_of_a_large_window_are_all_taken(ledger: Ledger) -> None:
    ids = [f"s{place:04d}" for place in range(1_100)]
    ledger.write([Outcome(entry(f"a{id}"), certificate=standing(id)) for id in ids], [], AT)
    ledger.write([Outcome(entry(f"b{id}"), changes=(Change(id, "accepted", ("issued",)),)) for id in ids], [], LATER)
    assert {each.state for each in ledger.standings(2_000)} == {"accepted"}


def test_the_history_of_older_certificates_begins_with_the_state_in_which_they_are_found(ledger_url: str) -> None:
    make_old_ledger(ledger_url)
    Ledger.open(ledger_url).close()
    assert rows_of(ledger_url, "history") == [
        {"certificate": "c1", "number": 1, "state": "accepted", "at": 3_000_000, "cause": "upgrade"}
    ]
