"""What is granted is debited, and given back once it is denied after all: the last decision on each claim counts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from entries import standing
from hypothesis import given
from hypothesis import strategies as st

from adapter.findings import Rejected
from adapter.ledger import ItemStep
from adapter.messages import Feedback
from adapter.relay.uses import Use, stands, use
from adapter.states import Event

DAY = date(2026, 3, 2)
STANDING = standing("s", "accepted")
WHOLE = ItemStep("s", 1, 1, unit="KGM", balance=Decimal(100))
UNTOLD: tuple[ItemStep, ...] = ()


def decide(status: str, quantity: int | None = None, claim: str | None = None, days: int = 0) -> Feedback:
    item: dict[str, Any] = {"number": 1, "status": status, "reason": None if status == "granted" else "other"}
    item |= {} if quantity is None else {"quantity": Decimal(quantity)}
    day = DAY + timedelta(days=days)
    return Feedback(number="K", agreement="x", import_declaration=claim, decided_on=day, items=(item,))  # type: ignore[arg-type]


def after(*feedback: Feedback, stock: Sequence[ItemStep] = (WHOLE,)) -> tuple[Event, Decimal | None]:
    """What the last of these makes of the certificate, and what is left of its item."""
    steps, made = list(stock), Use(Event.PENDING)
    for each in feedback:
        made = use(each, STANDING, steps, debits=True)
        steps += made.steps
    return made.event, steps[-1].balance


def test_a_grant_that_is_denied_later_is_given_back() -> None:
    assert after(decide("granted")) == (Event.USED, 0)
    assert after(decide("granted"), decide("denied", days=1)) == (Event.DENIED, 100)
    assert after(decide("granted", 40), decide("denied", days=1)) == (Event.DENIED, 100)


def test_what_was_given_back_may_be_granted_again() -> None:
    again = decide("granted", 100, days=2)
    assert after(decide("granted"), decide("denied", days=1), again) == (Event.USED, 0)


def test_what_another_claim_was_granted_stays_used() -> None:
    first, second = decide("granted", 40, claim="A-1"), decide("granted", 60, claim="B-1")
    assert after(first, second) == (Event.USED, 0)
    assert after(first, second, decide("denied", claim="A 1", days=1)) == (Event.PARTLY_USED, 40)
    assert after(first, decide("denied", claim="B-1", days=1)) == (Event.PARTLY_USED, 60)


def test_a_denial_without_a_claim_is_of_them_all() -> None:
    claims = decide("granted", 40, claim="A-1"), decide("granted", 60, claim="B-1")
    assert after(*claims, decide("denied", days=1)) == (Event.DENIED, 100)


def test_a_suspended_grant_is_given_back_until_it_is_granted_again() -> None:
    assert after(decide("granted", 100), decide("suspended", days=1)) == (Event.SUSPENDED, 100)
    again = decide("granted", 100, days=2)
    assert after(decide("granted", 100), decide("suspended", days=1), again) == (Event.USED, 0)


@pytest.mark.parametrize("stock", [(WHOLE,), UNTOLD], ids=["debited", "not debited"])
def test_a_grant_of_nothing_is_no_use(stock: tuple[ItemStep, ...]) -> None:
    event, _ = after(decide("granted", 0), stock=stock)
    assert event is Event.PENDING
    event, _ = after(decide("denied"), decide("granted", 0, days=1), stock=stock)
    assert event is Event.DENIED


def test_a_denial_that_comes_before_the_grant_it_takes_back_takes_it_back() -> None:
    assert after(decide("denied", days=1), decide("granted", 40)) == (Event.DENIED, 100)


def test_more_than_is_left_is_refused_still() -> None:
    with pytest.raises(Rejected, match="FBK-06"):
        after(decide("granted", 40, claim="A"), decide("granted", 61, claim="B"))


def test_where_nobody_debits_the_last_decision_counts() -> None:
    assert after(decide("granted"), decide("denied", days=1), stock=UNTOLD) == (Event.DENIED, None)
    assert after(decide("denied", days=1), decide("granted"), stock=UNTOLD) == (Event.DENIED, None)


DECISIONS = st.lists(
    st.tuples(
        st.sampled_from(["granted", "denied", "suspended", "pending"]),
        st.integers(0, 9),
        st.sampled_from([None, "A", "B"]),
    ),
    max_size=8,
)


@given(decisions=DECISIONS, order=st.randoms(use_true_random=False))
def test_the_order_in_which_decisions_come_decides_nothing(decisions: list[tuple[str, int, str | None]], order) -> None:
    steps = [
        ItemStep("s", 1, 2 + place, status, DAY + timedelta(days=place), "KGM", Decimal(quantity), claim=claim)
        for place, (status, quantity, claim) in enumerate(decisions)
    ]
    shuffled = order.sample(steps, len(steps))
    came = [replace(step, number=2 + place) for place, step in enumerate(shuffled)]
    assert stands([WHOLE, *came]) == stands([WHOLE, *steps])


@given(decisions=DECISIONS)
def test_no_more_is_left_than_there_was_and_what_is_used_is_what_is_granted(
    decisions: list[tuple[str, int, str | None]],
) -> None:
    steps = [
        ItemStep("s", 1, 2 + place, status, DAY, "KGM", Decimal(quantity), claim=claim)
        for place, (status, quantity, claim) in enumerate(decisions)
    ]
    status, left = stands([WHOLE, *steps])
    assert left is not None and left <= 100
    assert (left < 100) == (status == "granted")
