"""Rules on dates: ISS-01, ISS-02, ALT-02, TRN-01, VAL-01, DAT-01."""

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paper import FiveDayWeek, agreement, amended, certificate, found, only, shipped

from adapter.deadlines import months_after
from adapter.findings import Severity
from adapter.rules import Facts
from adapter.rules.dates import LONGEST_CLOSURE

DAYS = st.dates(date(2016, 1, 1), date(2090, 12, 31))
WEEKDAYS = Facts(calendar=FiveDayWeek())
RETROACTIVE = {"retroactive": True}


# ISS-01, counted in calendar days


def test_a_certificate_issued_before_shipment_needs_no_statement():
    assert not found(shipped("2024-03-10", "2024-03-04"), "ISS-01")


def test_a_certificate_without_a_day_of_shipment_is_taken_as_issued_before_it():
    assert not found(certificate(consignment={}), "ISS-01")


def test_the_last_day_of_the_calendar_window_needs_no_statement():
    assert not found(shipped("2024-03-01", "2024-03-08"), "ISS-01")


def test_one_day_after_the_calendar_window_the_statement_is_missed():
    finding = only(shipped("2024-03-01", "2024-03-09"), "ISS-01")
    assert finding.message == "issued 8 calendar days after shipment without the retroactive statement"
    assert (finding.severity, finding.field, finding.found) == (Severity.ERROR, "issued_on", "2024-03-09")
    assert finding.allowed == "not marked up to 7 calendar days after shipment (2024-03-08), marked after"
    assert finding.clause == "Article 3.16.5"


def test_the_statement_makes_late_issue_right():
    assert not found(shipped("2024-03-01", "2024-03-20", **RETROACTIVE), "ISS-01")


def test_the_words_in_the_remarks_are_the_statement_too():
    assert not found(shipped("2024-03-01", "2024-03-20", remarks="Issued retroactively."), "ISS-01")


def test_other_remarks_are_not_the_statement():
    assert found(shipped("2024-03-01", "2024-03-20", remarks="ORDER 17"), "ISS-01")


def test_a_true_copy_stands_to_the_window_as_its_original_did():
    original = {"number": "K001-24-0001111", "issued_on": "2024-03-04"}
    assert not found(shipped("2024-03-01", "2024-06-03", form="true_copy", copy_of=original), "ISS-01")


def test_a_replacement_of_a_late_certificate_without_the_statement_is_a_warning():
    replaced = {"number": "K001-24-0001111", "issued_on": "2024-03-20"}
    finding = only(shipped("2024-03-01", "2024-03-25", form="replacement", supersedes=replaced), "ISS-01")
    assert finding.severity is Severity.WARNING


# ALT-02

MARKS = amended("ik-cepa", retroactive=[{"months": 12, "words": "LATE", "replacements": True, "source": "Article 9"}])
REPLACES = {"form": "replacement", "supersedes": {"number": "K001-24-0001111", "issued_on": "2024-03-01"}}


def test_a_replacement_issued_after_shipment_without_the_statement_is_warned_of_where_the_agreement_asks_for_it():
    finding = only(shipped("2024-03-01", "2024-03-04", **REPLACES), "ALT-02", under=MARKS)
    assert (finding.severity, finding.field, finding.clause) == (Severity.WARNING, "issued_on", "Article 9")
    assert not found(shipped("2024-03-01", "2024-03-04", **REPLACES), "ALT-02")
    assert not found(shipped("2024-03-01", "2024-03-04"), "ALT-02", under=MARKS)


def test_a_replacement_with_the_statement_is_marked_neither_in_vain_nor_too_little():
    marked = shipped("2024-03-01", "2024-03-04", **REPLACES, **RETROACTIVE)
    assert not found(marked, "ALT-02", under=MARKS) and not found(marked, "ISS-02", under=MARKS)
    assert found(marked, "ISS-02")


def test_a_replacement_issued_until_shipment_needs_no_statement():
    assert not found(shipped("2024-03-04", "2024-03-04", **REPLACES), "ALT-02", under=MARKS)


# ISS-01, counted in working days: Friday 1 March 2024; the seventh working day after it is Tuesday 12 March


def test_a_working_day_window_lasts_over_the_weekends():
    assert not found(shipped("2024-03-01", "2024-03-12", "kr-cn"), "ISS-01", WEEKDAYS)


@pytest.mark.parametrize("issued", ["2024-03-13", "2024-03-14"])
def test_one_or_two_working_days_after_the_window_are_a_warning(issued):
    finding = only(shipped("2024-03-01", issued, "kr-cn"), "ISS-01", WEEKDAYS)
    assert finding.severity is Severity.WARNING
    assert "2 working days or fewer decide" in finding.message


def test_three_working_days_after_the_window_are_an_error():
    finding = only(shipped("2024-03-01", "2024-03-15", "kr-cn"), "ISS-01", WEEKDAYS)
    assert finding.severity is Severity.ERROR


def test_a_working_day_verdict_names_its_calendar_and_source():
    finding = only(shipped("2024-03-01", "2024-03-15", "kr-cn"), "ISS-01", WEEKDAYS)
    assert "2024-03-12 by the working days of KR, a five-day week in KR" in (finding.allowed or "")


def test_a_holiday_makes_the_working_day_window_longer():
    holidays = Facts(calendar=FiveDayWeek("2024-03-11", "2024-03-12"))
    assert not found(shipped("2024-03-01", "2024-03-14", "kr-cn"), "ISS-01", holidays)


def test_without_a_calendar_a_working_day_window_is_undecided():
    finding = only(shipped("2024-03-01", "2024-03-13", "kr-cn"), "ISS-01")
    assert finding.severity is Severity.UNDECIDED
    assert "without the working-day calendar" in finding.message


def test_without_an_exporting_country_a_working_day_window_is_undecided():
    subject = shipped("2024-03-01", "2024-03-13", "kr-cn", issued_by=None, exporter={"name": "HANBIT"})
    finding = only(subject, "ISS-01", WEEKDAYS)
    assert finding.severity is Severity.UNDECIDED
    assert "without the exporting country" in finding.message


def test_days_that_decide_without_a_calendar_ask_for_none():
    assert not found(shipped("2024-03-01", "2024-03-08", "kr-cn"), "ISS-01")
    assert only(shipped("2024-03-01", "2024-05-31", "kr-cn"), "ISS-01").severity is Severity.ERROR


def test_a_recalled_window_warns_at_most_even_when_undecided():
    subject = shipped("2024-03-01", "2024-03-29", "akfta")
    assert only(subject, "ISS-01", WEEKDAYS).severity is Severity.WARNING
    assert only(subject, "ISS-01").severity is Severity.WARNING


@given(DAYS, st.integers(1, 7))
def test_within_as_many_calendar_days_a_working_day_window_is_never_over(day, later):
    subject = shipped(str(day), str(day + timedelta(days=later)), "kr-cn")
    assert not found(subject, "ISS-01", WEEKDAYS)


@given(DAYS, st.integers(2 * 7 + LONGEST_CLOSURE + 1, 300))
def test_past_the_longest_closure_calendar_and_no_calendar_agree(day, later):
    subject = shipped(str(day), str(day + timedelta(days=later)), "kr-cn")
    assert only(subject, "ISS-01", WEEKDAYS).severity is only(subject, "ISS-01").severity is Severity.ERROR


# ISS-02


def test_a_statement_after_the_window_and_within_a_year_is_right():
    assert not found(shipped("2024-03-01", "2025-03-01", **RETROACTIVE), "ISS-02")


def test_a_statement_within_the_calendar_window_is_an_error():
    finding = only(shipped("2024-03-01", "2024-03-08", **RETROACTIVE), "ISS-02")
    assert finding.message == "marked retroactive though issued within the window"
    assert (finding.severity, finding.field, finding.found) == (Severity.ERROR, "retroactive", "true")


def test_a_statement_at_the_end_of_a_working_day_window_is_a_warning():
    finding = only(shipped("2024-03-01", "2024-03-12", "kr-cn", **RETROACTIVE), "ISS-02", WEEKDAYS)
    assert finding.severity is Severity.WARNING


def test_a_statement_well_within_a_working_day_window_is_an_error():
    finding = only(shipped("2024-03-01", "2024-03-08", "kr-cn", **RETROACTIVE), "ISS-02", WEEKDAYS)
    assert finding.severity is Severity.ERROR


def test_a_statement_without_a_day_of_shipment_is_undecided():
    finding = only(certificate(consignment={}, **RETROACTIVE), "ISS-02")
    assert finding.severity is Severity.UNDECIDED
    assert "without the day of shipment" in finding.message


def test_words_in_the_remarks_without_the_mark_are_a_warning():
    finding = only(shipped("2024-03-01", "2024-03-20", remarks="ISSUED RETROACTIVELY"), "ISS-02")
    assert (finding.severity, finding.field) == (Severity.WARNING, "retroactive")


def test_a_day_after_the_year_is_too_late_even_with_the_statement():
    finding = only(shipped("2024-03-01", "2025-03-02", **RETROACTIVE), "ISS-02")
    assert finding.message == "issued 366 calendar days after shipment, past the limit for retroactive issue"
    assert finding.allowed == "within 12 months of shipment: until 2025-03-01"


def test_a_year_after_29_february_ends_on_28_february():
    assert not found(shipped("2024-02-29", "2025-02-28", **RETROACTIVE), "ISS-02")
    assert found(shipped("2024-02-29", "2025-03-01", **RETROACTIVE), "ISS-02")


@given(DAYS, st.integers(0, 240))
def test_months_later_is_the_same_day_or_the_end_of_a_shorter_month(day, months):
    later = months_after(day, months)
    last = calendar.monthrange(later.year, later.month)[1]
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or later.day == last < day.day


@given(DAYS, DAYS, st.integers(0, 36))
def test_months_later_keeps_the_order_of_days(one, other, months):
    assert (one <= other) <= (months_after(one, months) <= months_after(other, months))


# TRN-01


def test_the_day_of_entry_into_force_is_in_force():
    assert not found(shipped("2023-01-01", "2023-01-01"), "TRN-01")


def test_a_day_before_entry_into_force_is_not():
    finding = only(shipped("2022-12-31", "2022-12-31"), "TRN-01")
    assert (finding.severity, finding.allowed) == (Severity.ERROR, "from 2023-01-01")


def test_goods_under_way_at_entry_into_force_may_be_certified():
    assert not found(shipped("2022-12-20", "2023-02-01"), "TRN-01")


def test_goods_under_way_are_claimed_for_within_their_days():
    assert not found(shipped("2022-12-20", "2023-06-30"), "TRN-01")
    assert only(shipped("2022-12-20", "2023-07-01"), "TRN-01").severity is Severity.WARNING


def test_an_agreement_that_ended_is_not_in_force():
    ended = amended("ik-cepa", in_force={"until": date(2024, 1, 1), "source": "invented"})
    assert only(certificate(), "TRN-01", under=ended).allowed == "until 2024-01-01"


@pytest.mark.parametrize(
    ("seller", "buyer", "first"),
    [
        ("KR", "CN", date(2022, 2, 1)),  # China was in a month before Korea
        ("KR", "MY", date(2022, 3, 18)),
        ("KR", "ID", date(2023, 1, 2)),
        ("ID", "KR", date(2023, 1, 2)),
        ("KR", "PH", date(2023, 6, 2)),
    ],
)
def test_an_agreement_is_in_force_between_two_parties_since_the_later_of_them_joined(seller, buyer, first):
    def between(day):
        address = {"line": "1 CONTOH", "country": seller}
        sides = {"exporter": {"name": "A", "address": address}, "issued_by": None}
        travel = {"departed_on": day, "destination": buyer}
        return found(certificate("rcep", consignment=travel, issued_on=day, **sides), "TRN-01")

    assert between(first) == []
    (finding,) = between(first - timedelta(days=1))
    assert (finding.severity, finding.allowed) == (Severity.ERROR, f"from {first}")


def test_without_a_destination_the_buyers_country_says_since_when_an_agreement_is_in_force():
    travel = {"departed_on": "2022-12-30"}
    finding = only(certificate("rcep", consignment=travel, issued_on="2022-12-30"), "TRN-01")
    assert finding.allowed == "from 2023-01-02"


def test_a_day_of_joining_that_was_recalled_only_warns():
    travel = {"departed_on": "2022-04-30", "destination": "MM"}
    finding = only(certificate("rcep", consignment=travel, issued_on="2022-04-30"), "TRN-01")
    assert finding.severity is Severity.WARNING


def test_only_a_party_can_have_joined():
    stranger = {"country": "XA", "since": date(2024, 1, 1), "source": "invented"}
    with pytest.raises(ValueError, match="joined: XA is no party"):
        amended("rcep", joined=[stranger])


# VAL-01


def used_on(day: str) -> Facts:
    return Facts(today=date.fromisoformat(day), incoming=True)


def test_a_certificate_is_valid_for_a_year():
    assert not found(certificate(issued_on="2024-03-04"), "VAL-01", used_on("2025-03-04"))


def test_a_certificate_used_after_a_year_is_a_warning():
    finding = only(certificate(issued_on="2024-03-04"), "VAL-01", used_on("2025-03-05"))
    assert (finding.severity, finding.message) == (Severity.WARNING, "expired on 2025-03-04")


def test_a_true_copy_is_valid_as_long_as_its_original():
    copy = certificate(form="true_copy", copy_of={"number": "K1", "issued_on": "2023-03-04"})
    assert found(copy, "VAL-01", used_on("2024-03-05"))


def test_an_outgoing_certificate_is_not_asked_whether_it_expired():
    assert not found(certificate(), "VAL-01", Facts(today=date(2030, 1, 1)))


# DAT-01


def test_the_issuers_day_may_be_one_ahead_of_ours():
    assert not found(certificate(), "DAT-01", Facts(today=date(2024, 3, 3)))


def test_a_day_of_issue_that_has_not_come_is_an_error():
    finding = only(certificate(), "DAT-01", Facts(today=date(2024, 3, 2)))
    assert (finding.severity, finding.allowed) == (Severity.ERROR, "at the latest 2024-03-03")


def test_without_a_today_no_day_is_in_the_future():
    assert not found(certificate(issued_on="2099-01-01"), "DAT-01")


def test_an_agreement_is_asked_for_the_terms_of_the_day():
    limits = [agreement("kr-cn").on(date(2022, 6, day)).item_limit for day in (11, 12)]
    assert [limit and limit.items for limit in limits] == [20, None]
