"""What was decided on items, and what is left of them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from entries import AT, entry, standing

from adapter.ledger import ItemStep, Known, Ledger, Outcome, Outpaced, Question

DAY = date(2026, 3, 2)


def step(number: int, balance: str | None, item: int = 1, certificate: str = "s") -> ItemStep:
    left = None if balance is None else Decimal(balance)
    return ItemStep(certificate, item, number, "granted", DAY, "KGM", Decimal("1.50"), left, "f" * 64)


def known(ledger: Ledger, *keys: str) -> Known:
    return ledger.known(Question(keys=keys, used=keys))


def test_what_was_decided_comes_back_as_it_was_written(ledger: Ledger) -> None:
    steps = (step(1, "10.00"), step(2, "8.50"), step(1, None, item=2))
    ledger.write([Outcome(entry("a"), certificate=standing("s"), items=steps)], [], AT)
    assert known(ledger, "KEYs").items_of("s") == list(steps)


def test_it_is_known_only_where_it_is_asked_for(ledger: Ledger) -> None:
    ledger.write([Outcome(entry("a"), certificate=standing("s"), items=(step(1, "10"),))], [], AT)
    assert ledger.known(Question(keys=("KEYs",))).items_of("s") == []


def test_of_two_workers_that_debit_the_same_the_second_has_to_decide_again(ledger: Ledger) -> None:
    ledger.write([Outcome(entry("a"), certificate=standing("s"), items=(step(1, "10"),))], [], AT)
    ledger.write([Outcome(entry("b"), items=(step(2, "4"),))], [], AT)
    with pytest.raises(Outpaced):
        ledger.write([Outcome(entry("c"), items=(step(2, "3"),))], [], AT + timedelta(hours=1))
    assert [each.balance for each in known(ledger, "KEYs").items_of("s")] == [Decimal(10), Decimal(4)]
    assert ledger.known(Question(deliveries=("c",))).deliveries == {}
