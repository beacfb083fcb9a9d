"""Deadlines: in local days, over month ends, leap years and holidays."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
import shelf
from hypothesis import given
from hypothesis import strategies as st

from adapter.calendar import Calendar
from adapter.deadlines import (
    INFORMATION,
    REPLY,
    answer_due,
    end_of,
    expires_on,
    kept_until,
    limit_ends,
    local_day,
    months_after,
    retroactive_until,
    window_ends,
    zone_of,
)
from adapter.parameters import IssueWindow, TimeLimit
from adapter.system import System

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
MONTHS = st.integers(1, 120)
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 12, 31), timezones=st.just(UTC))
MINUTES = st.integers(-14 * 60, 14 * 60)
IK = shelf.catalogue().agreement("ik-cepa")
WEEK = IssueWindow(days=7, count="working", source="invented")


def limit(**length) -> TimeLimit:
    return TimeLimit(what="visit", begins="invented", source="invented", **length)


def offset(minutes: int) -> str:
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


# Months


@given(DAYS, MONTHS)
def test_months_later_it_is_the_same_day_or_the_months_last(day, months):
    later = months_after(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@given(DAYS, DAYS, MONTHS)
def test_who_begins_later_does_not_end_earlier(one, other, months):
    first, second = sorted((one, other))
    assert months_after(first, months) <= months_after(second, months)


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2023, 2, 28), 12, date(2024, 2, 28)),
        (date(2024, 12, 31), 2, date(2025, 2, 28)),
        (date(2023, 12, 31), 2, date(2024, 2, 29)),
        (date(2024, 5, 31), 4, date(2024, 9, 30)),
        (date(9999, 12, 31), 1, date.max),
    ],
)
def test_month_ends_and_leap_years(day, months, last):
    assert months_after(day, months) == last


# Limits


@given(DAYS, st.integers(1, 3_650))
def test_a_limit_of_days_ends_so_many_days_later(day, days):
    assert (end_of(limit(days=days), day) - day).days == days


def test_a_limit_of_working_days_is_counted_by_the_countrys_own_calendar():
    # From Monday 5 February 2024: the 9th and the 12th were Korean holidays, in China more days of the Lunar New Year.
    calendar = Calendar(None)
    assert window_ends(date(2024, 2, 5), WEEK, "KR", calendar) == date(2024, 2, 16)
    assert end_of(limit(days=7, count="working"), date(2024, 2, 5), "KR", calendar) == date(2024, 2, 16)
    assert window_ends(date(2024, 2, 5), WEEK, "CN", calendar) > date(2024, 2, 16)


@given(DAYS, st.integers(1, 30))
def test_working_days_take_no_fewer_than_calendar_days(day, days):
    working = end_of(limit(days=days, count="working"), day, "KR", CALENDAR)
    assert working >= end_of(limit(days=days), day)


CALENDAR = Calendar(None)


def test_working_days_of_no_country_cannot_be_counted():
    with pytest.raises(LookupError, match="working days are a country's own"):
        window_ends(date(2024, 2, 5), WEEK)


@pytest.mark.parametrize(
    "length", [{}, {"months": 2, "days": 60}, {"months": 2, "count": "working"}, {"months": 1, "least": 3}]
)
def test_a_limit_has_one_length(length):
    with pytest.raises(ValueError, match="days"):
        limit(**length)


def test_a_limit_at_the_end_of_the_calendar_ends_with_it():
    assert end_of(limit(days=30), date(9999, 12, 20)) == date.max


# What an agreement says


def test_a_certificate_expires_a_year_after_issue():
    assert expires_on(date(2024, 2, 29), IK.on(date(2024, 2, 29))) == date(2025, 2, 28)


def test_retroactive_issue_ends_a_year_after_shipment():
    assert retroactive_until(date(2023, 3, 31), IK.on(date(2023, 3, 31))) == date(2024, 3, 31)


def test_a_reply_is_due_two_months_and_more_information_four_months_after_receipt():
    terms = IK.on(date(2024, 12, 31))
    assert limit_ends(REPLY, date(2024, 12, 31), terms) == date(2025, 2, 28)
    assert limit_ends(INFORMATION, date(2024, 10, 31), terms) == date(2025, 2, 28)


def test_records_are_kept_five_years():
    assert kept_until(date(2024, 2, 29), IK) == date(2029, 2, 28)


def test_what_the_agreement_does_not_limit_has_no_end():
    silent = {name: () for name in ("validity", "retention", "limits", "retroactive")}
    bare = type(IK).model_validate({**IK.model_dump(), **silent})
    terms = bare.on(date(2024, 1, 1))
    assert expires_on(date(2024, 1, 1), terms) is None
    assert retroactive_until(date(2024, 1, 1), terms) is None
    assert kept_until(date(2024, 1, 1), bare) is None
    assert limit_ends(REPLY, date(2024, 1, 1), terms) is None


def test_no_two_limits_of_one_name_hold_on_one_day():
    twice = [{"what": "visit", "begins": "x", "days": days, "source": "invented"} for days in (1, 2)]
    with pytest.raises(ValueError, match="limits visit: two rows hold on the same day"):
        type(IK).model_validate({**IK.model_dump(), "limits": twice})


# Local days


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("+09:00", date(2025, 1, 1)),
        ("+08:00", date(2025, 1, 1)),
        ("+07:00", date(2024, 12, 31)),
        ("+05:30", date(2024, 12, 31)),
    ],
)
def test_a_moment_falls_on_each_countrys_own_day(zone, day):
    assert local_day(datetime(2024, 12, 31, 16, 59, tzinfo=UTC), zone) == day


@given(MOMENTS, MINUTES)
def test_a_local_day_is_todays_or_the_neighbours(moment, minutes):
    assert abs((local_day(moment, offset(minutes)) - moment.date()).days) <= 1


@given(MOMENTS, MINUTES, MINUTES)
def test_the_zone_that_a_moment_is_told_in_makes_no_difference(moment, minutes, told):
    elsewhere = moment.astimezone(timezone(timedelta(minutes=told)))
    assert local_day(elsewhere, offset(minutes)) == local_day(moment, offset(minutes))


@given(MINUTES)
def test_an_offset_is_read_as_it_is_written(minutes):
    assert zone_of(offset(minutes)).utcoffset(None) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["9", "+9:00", "KST", "+09:00 "])
def test_what_is_no_offset_is_refused(text):
    with pytest.raises(ValueError, match="no offset from UTC"):
        zone_of(text)


def test_a_system_says_how_far_its_clocks_are_from_utc():
    zones = {system.code: system.zone for system in shelf.catalogue().systems.values()}
    assert (zones["unipass"], zones["ID"]) == ("+09:00", "+07:00")
    assert System.model_fields["zone"].default == "+00:00"


# Answers


@given(MOMENTS, st.integers(0, 10_000))
def test_an_answer_is_due_so_many_minutes_after_sending(moment, minutes):
    assert answer_due(moment, minutes) - moment == timedelta(minutes=minutes)


def test_an_answer_at_the_end_of_time_is_due_then():
    last = datetime.max.replace(tzinfo=UTC)
    assert answer_due(last - timedelta(minutes=1), 5) == last
