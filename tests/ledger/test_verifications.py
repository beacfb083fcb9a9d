"""Verifications: what was asked, what was replied, and what still waits for a reply."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from entries import AT, entry, standing

from adapter.ledger import Ledger, Outcome, Outpaced, Question, VerificationStep

REQUEST = VerificationStep(
    "V-1", "ID", 1, "request", False, "kcci", "ik-cepa", "KEY-s", "KEYs", "s", "1" * 64, None, AT.date()
)
REPLY = replace(REQUEST, step=2, is_reply=True, digest="2" * 64, result="confirmed")
MORE = replace(REQUEST, step=3, part="information", digest="3" * 64)
TOLD = replace(MORE, step=4, is_reply=True, digest="4" * 64, result="not_originating")


@pytest.fixture
def asked(ledger: Ledger) -> Ledger:
    """A certificate about which something was asked."""
    issued = replace(standing("s"), issued_on=date(2026, 2, 1))
    ledger.write([Outcome(entry("a"), certificate=issued, verifications=(REQUEST,))], [], AT)
    return ledger


def go_on(ledger: Ledger, *steps: VerificationStep) -> None:
    for step in steps:
        ledger.write([Outcome(entry(f"e{step.step}"), verifications=(step,))], [], AT + timedelta(days=step.step))


def test_what_was_asked_waits_for_a_reply(asked: Ledger) -> None:
    (found,) = asked.verifications(is_open=True)
    assert (found.asker, found.answerer, found.request, found.number) == ("ID", "kcci", "V-1", "KEY-s")
    assert (found.issued_on, found.requested_at, found.due) == (date(2026, 2, 1), AT, ("request",))


def test_a_reply_ends_it_until_more_is_asked(asked: Ledger) -> None:
    go_on(asked, REPLY)
    assert asked.verifications(is_open=True) == []
    go_on(asked, MORE)
    (found,) = asked.verifications(is_open=True)
    assert (found.due, found.asked_at("information"), found.result) == (
        ("information",), AT + timedelta(days=3), "confirmed",
    )  # fmt: skip
    go_on(asked, TOLD)
    (found,) = asked.verifications()
    assert (found.due, found.result, found.completed_at) == ((), "not_originating", AT + timedelta(days=4))


def test_two_partners_may_give_the_same_number(asked: Ledger) -> None:
    asked.write([Outcome(entry("b"), verifications=(replace(REQUEST, asker="CN"),))], [], AT)
    assert [each.asker for each in asked.verifications()] == ["CN", "ID"]
    assert [each.asker for each in asked.verifications("ID")] == ["ID"]
    assert len(asked.verifications("kcci")) == 2


def test_the_steps_of_a_number_are_known_as_they_were_written(asked: Ledger) -> None:
    go_on(asked, REPLY)
    found = asked.known(Question(requests=("V-1",))).verification("V-1")
    assert [replace(each, at=None) for each in found] == [REQUEST, REPLY]
    assert found[0].at == AT


def test_of_two_workers_that_take_the_same_step_the_second_has_to_decide_again(asked: Ledger) -> None:
    go_on(asked, REPLY)
    with pytest.raises(Outpaced):
        asked.write([Outcome(entry("z"), verifications=(replace(REPLY, digest="9" * 64),))], [], AT)
