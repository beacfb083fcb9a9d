"""Numbering: series, gaps, and numbers used twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.numbering import serial_of, series_of

SERIALS = st.lists(st.integers(1, 9_999_999), min_size=1, max_size=40)


def issued(serials):
    return [("KCCI", "ik-cepa", f"K001-25-{serial:07}") for serial in serials]


@pytest.mark.parametrize(
    ("number", "form", "serial"),
    [
        ("K001-16-1234567", "K001-16-#", 1234567),
        ("0001234/JKT/2024", "#/JKT/2024", 1234),
        ("VN-KR 15/01/00009", "VN-KR 15/01/#", 9),
        ("EIC/2019/007/0000769A/00000028", "EIC/2019/007/0000769A/#", 28),
    ],
)
def test_the_serial_is_the_longest_run_of_digits(number, form, serial):
    assert serial_of(number) == (form, serial)


def test_a_number_without_a_digit_is_in_no_series():
    assert series_of([("KCCI", "ik-cepa", "KEY")]) == []


def test_gaps_and_numbers_used_twice_are_told():
    (series,) = series_of(issued([3, 1, 7, 7, 4]))
    assert (series.form, series.count, series.first, series.last) == ("K001-25-#", 5, 1, 7)
    assert series.missing == ((2, 2), (5, 6))
    assert series.twice == (7,)


def test_years_and_issuing_bodies_have_series_of_their_own():
    others = [("KCCI", "ik-cepa", "K001-26-0000001"), ("KCS", "ik-cepa", "K001-25-0000001")]
    assert len(series_of([*issued([1]), *others])) == 3


@given(SERIALS)
def test_every_serial_between_the_first_and_the_last_is_there_or_missing(serials):
    (series,) = series_of(issued(serials))
    missing = sum(last - first + 1 for first, last in series.missing)
    assert missing + len(set(serials)) == series.last - series.first + 1


@given(SERIALS)
def test_no_gap_holds_a_serial_that_is_there(serials):
    (series,) = series_of(issued(serials))
    assert not [serial for serial in serials for first, last in series.missing if first <= serial <= last]
