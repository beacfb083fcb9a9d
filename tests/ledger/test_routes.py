"""Where relays say that messages go to, read aloud."""

from datetime import timedelta

from entries import AT, entry, post

from adapter.ledger import Ledger, Outcome

LEASE = timedelta(seconds=30)
HTTPS, OTHER, QUEUE = "https 1", "https 2", "queue"


def later(seconds: float):
    return AT + timedelta(seconds=seconds)


def test_where_nobody_says_anything_nothing_is_another_relays(ledger: Ledger) -> None:
    assert ledger.declare({}, AT) == {}


def test_relays_that_say_the_same_are_not_in_each_others_way(ledger: Ledger) -> None:
    assert ledger.declare({"ID": HTTPS}, AT) == {}
    assert ledger.declare({"ID": HTTPS, "CN": OTHER}, later(1)) == {}


def test_whoever_says_nothing_leaves_alone_what_was_said_once(ledger: Ledger) -> None:
    ledger.declare({"ID": HTTPS}, AT)
    assert ledger.declare({}, later(1)) == {"ID": HTTPS}
    assert ledger.declare({}, later(10_000_000)) == {"ID": HTTPS}


def test_of_two_that_say_otherwise_the_first_goes_on(ledger: Ledger) -> None:
    ledger.declare({"ID": HTTPS}, AT)
    assert ledger.declare({"ID": OTHER}, later(29)) == {"ID": HTTPS}
    assert ledger.declare({"ID": HTTPS}, later(29)) == {}


def test_a_changed_file_counts_when_nobody_says_the_former_any_more(ledger: Ledger) -> None:
    ledger.declare({"ID": HTTPS}, AT)
    assert ledger.declare({"ID": OTHER}, later(31)) == {}
    assert ledger.declare({"ID": HTTPS}, later(32)) == {"ID": OTHER}


def test_whoever_goes_on_keeps_it(ledger: Ledger) -> None:
    for seconds in range(0, 100, 9):
        assert ledger.declare({"ID": HTTPS}, later(seconds)) == {}
        assert ledger.declare({"ID": OTHER}, later(seconds + 1)) == {"ID": HTTPS}


def test_a_partner_that_is_said_to_have_its_queue_again_has_it(ledger: Ledger) -> None:
    ledger.declare({"ID": HTTPS}, AT)
    assert ledger.declare({"ID": QUEUE}, later(60)) == {}
    assert ledger.declare({}, later(61)) == {}


def test_a_moment_that_only_a_clock_ahead_can_have_said_keeps_nobody(ledger: Ledger) -> None:
    ledger.declare({"ID": HTTPS}, later(86_400))
    assert ledger.declare({"ID": OTHER}, AT) == {}
    assert ledger.declare({"ID": HTTPS}, later(1)) == {"ID": OTHER}


def test_nothing_is_handed_out_for_whom_another_reaches(ledger: Ledger) -> None:
    ledger.write([Outcome(entry("d"), (post("m"),))], [], AT)
    receiver = post("m").message.receiver
    at = later(60)
    assert ledger.lease_due(at, 9, 9_999, {receiver: HTTPS}).waiting == []
    assert [each.message.id for each in ledger.lease_due(at, 9, 9_999, {"else": HTTPS}).waiting] == ["m"]
