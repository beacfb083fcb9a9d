"""Messages that their destinations will never take: they wait for an operator, and hold back what follows them."""

from dataclasses import replace

import pytest
from entries import AT, entry, post
from old_ledger import execute

from adapter.ledger import Ledger, Outcome, Post

LATER = AT.replace(hour=11)


@pytest.fixture
def declined(ledger: Ledger) -> Ledger:
    """A certificate that was declined, its cancellation behind it, and a message about another certificate."""
    posts = (
        post("m1", certificate="c1", direct=False),
        post("m2", certificate="c1", direct=False),
        post("m3", certificate="c2", direct=False),
    )
    ledger.write([Outcome(entry("a"), posts)], [], AT)
    ledger.settle([], [], AT, declined=[("m1", "END-01", "it answers 422")])
    return ledger


def _for(receiver: str, what: Post) -> Post:
    return replace(what, message=what.message._replace(receiver=receiver))


def due(ledger: Ledger) -> list[str]:
    return [each.message.id for each in ledger.lease_due(LATER, 10, 10**9).waiting]


def test_what_died_is_not_due_and_holds_back_what_is_about_its_certificate(declined: Ledger) -> None:
    assert due(declined) == ["m3"]


def test_what_died_is_listed_with_its_code_and_counted_apart(declined: Ledger) -> None:
    (dead,) = declined.dead_messages()
    assert (dead.id, dead.code, dead.first_error, dead.died_at) == ("m1", "END-01", "it answers 422", AT)
    (backlog,) = declined.queue(LATER)
    assert (backlog.open, backlog.due, backlog.dead, backlog.first_error) == (2, 2, 1, "it answers 422")


def test_what_died_is_found_by_code_and_receiver_however_much_else_died_after_it(declined: Ledger) -> None:
    later = tuple(_for("XC", post(f"n{number}", direct=False)) for number in range(5))
    declined.write([Outcome(entry("b"), later)], [], LATER)
    declined.settle([], [], LATER, declined=[(each.message.id, "END-01", "no") for each in later])
    assert [each.id for each in declined.dead_messages(1, "END-01", "ID")] == ["m1"]
    assert declined.dead_messages_of("END-01", "ID") == ["m1"]
    assert declined.dead_messages_of("END-01", "XC") == [f"n{number}" for number in range(5)]
    assert declined.dead_messages_of("END-02", "ID") == []


def test_a_receiver_for_whom_all_died_is_shown(ledger: Ledger) -> None:
    ledger.write([Outcome(entry("a"), (post("m1", certificate="c1", direct=False),))], [], AT)
    ledger.settle([], [], AT, declined=[("m1", "END-01", "no")])
    (backlog,) = ledger.queue(LATER)
    assert (backlog.open, backlog.due, backlog.oldest, backlog.dead) == (0, 0, None, 1)


def test_the_first_error_is_kept_when_it_dies(ledger: Ledger) -> None:
    ledger.write([Outcome(entry("a"), (post("m1", certificate="c1", direct=False),))], [], AT)
    ledger.settle([], [("m1", LATER, "nobody there")], AT)
    ledger.settle([], [], AT, declined=[("m1", "END-01", "it answers 422")])
    assert [(dead.first_error, dead.attempts) for dead in ledger.dead_messages()] == [("nobody there", 2)]


def test_what_is_revived_is_due_at_once_and_before_what_it_held_back(declined: Ledger) -> None:
    assert declined.revive(["m1", "m2", "nothing"], LATER) == ["m1"]
    assert declined.dead_messages() == []
    assert sorted(due(declined)) == ["m1", "m3"]


def test_what_is_given_up_lets_go_on_what_it_held_back_and_was_not_sent(declined: Ledger) -> None:
    assert declined.give_up(["m1", "m3"], LATER) == ["m1"]
    assert sorted(due(declined)) == ["m2", "m3"]
    assert declined.dead_messages() == []
    assert declined.revive(["m1"], LATER) == []


def test_what_is_given_up_is_sent_after_all_where_its_sender_asks_for_it_and_may_die_again(declined: Ledger) -> None:
    declined.give_up(["m1"], LATER)
    declined.write([Outcome(entry("a"), repeated=True, again=("m1",))], [], LATER)
    assert "m1" in due(declined)
    assert declined.verify().findings == []
    declined.settle([], [], LATER, declined=[("m1", "END-01", "it answers 422 again")])
    assert [(each.id, each.code, each.died_at) for each in declined.dead_messages()] == [("m1", "END-01", LATER)]
    assert declined.verify().findings == []


def test_what_is_given_up_does_not_leave_with_a_replay(declined: Ledger) -> None:
    declined.give_up(["m1"], LATER)
    assert declined.replay(["m1"], LATER) == []


def test_what_is_confirmed_after_all_is_not_dead(declined: Ledger) -> None:
    declined.settle(["m1"], [], LATER)
    assert declined.dead_messages() == []
    assert sorted(due(declined)) == ["m2", "m3"]
    assert declined.verify().findings == []


def test_what_left_does_not_die_any_more(ledger: Ledger) -> None:
    ledger.write([Outcome(entry("a"), (post("m1", certificate="c1", direct=False),))], [], AT)
    ledger.settle(["m1"], [], AT)
    ledger.settle([], [], AT, declined=[("m1", "END-01", "no")])
    assert ledger.dead_messages() == []
    assert ledger.verify().findings == []


def test_what_is_postponed_is_due_later_and_that_was_no_attempt(ledger: Ledger) -> None:
    ledger.write([Outcome(entry("a"), (post("m1", certificate="c1", direct=False),))], [], AT)
    ledger.settle([], [], AT, postponed=[("m1", LATER.replace(hour=12))])
    assert due(ledger) == []
    (waiting,) = ledger.lease_due(LATER.replace(hour=13), 10, 10**9).waiting
    assert waiting.attempts == 0


@pytest.mark.parametrize("ended", ["revive", "give_up"])
def test_the_proof_holds_whatever_an_operator_decides(declined: Ledger, ended: str) -> None:
    assert declined.verify().findings == []
    getattr(declined, ended)(["m1"], LATER)
    assert declined.verify().findings == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE outbox SET died_at = NULL WHERE id = 'm1'",
        "UPDATE outbox SET died_at = 1 WHERE id = 'm3'",
        "UPDATE outbox SET closed_at = 1 WHERE id = 'm1'",
    ],
    ids=["made alive", "made dead", "made to have been given up"],
)
def test_an_end_that_nobody_brought_about_is_found(declined: Ledger, ledger_url: str, statement: str) -> None:
    execute(ledger_url, statement)
    assert [finding.code for finding in declined.verify().findings] == ["LED-14"]
