import subprocess
import sys
from datetime import date
from importlib.metadata import version

import pytest

from adapter.calendar import Calendar


@pytest.fixture
def calendar(tmp_path):
    return Calendar(tmp_path)


def test_a_weekday_is_worked_and_a_sunday_is_not(calendar):
    assert calendar.working("KR", date(2024, 3, 5))
    assert not calendar.working("KR", date(2024, 3, 3))


def test_korean_new_year_and_its_substitute_holiday_are_not_worked(calendar):
    assert not calendar.working("KR", date(2024, 2, 9))
    assert not calendar.working("KR", date(2024, 2, 12))
    assert calendar.working("KR", date(2024, 2, 13))


def test_a_korean_holiday_declared_once_is_not_worked(calendar):
    assert not calendar.working("KR", date(2024, 10, 1))


def test_a_chinese_weekend_day_worked_in_exchange_for_a_holiday_is_worked(calendar):
    assert calendar.working("CN", date(2024, 2, 4))  # a Sunday
    assert not calendar.working("CN", date(2024, 2, 15))  # the Thursday it was exchanged for


def test_days_worked_in_exchange_are_told_of_the_year_asked_for_only(calendar):
    assert not calendar.working("CN", date(2024, 12, 29))
    assert calendar.working("CN", date(2006, 12, 30))


def test_working_days_are_counted_from_the_day_after(calendar):
    assert calendar.working_days_after("KR", date(2024, 2, 8), 1) == date(2024, 2, 13)
    assert calendar.working_days_after("KR", date(2024, 3, 4), 7) == date(2024, 3, 13)
    assert calendar.working_days_after("KR", date(2024, 3, 2), 0) == date(2024, 3, 2)


def test_working_days_are_counted_over_the_end_of_the_year(calendar):
    assert calendar.working_days_after("KR", date(2024, 12, 31), 1) == date(2025, 1, 2)


def test_the_source_names_package_version_and_country(calendar):
    assert calendar.source("KR") == f"holidays {version('holidays')}, KR"


def test_an_unknown_country_is_a_lookup_error(calendar):
    for country in ("XX", "../KR", ""):
        with pytest.raises(LookupError):
            calendar.working(country, date(2024, 3, 5))


def test_a_warm_cache_answers_without_the_package(tmp_path):
    Calendar(tmp_path).working("KR", date(2024, 2, 12))
    code = (
        "import sys, pathlib, datetime; from adapter.calendar import Calendar;"
        f"works = Calendar(pathlib.Path({str(tmp_path)!r})).working('KR', datetime.date(2024, 2, 12));"
        "sys.exit(works or 'holidays' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_damaged_cache_is_computed_again(tmp_path):
    Calendar(tmp_path).working("KR", date(2024, 2, 12))
    for file in tmp_path.iterdir():
        file.write_text('{"off": ["yesterday"]}')
    assert not Calendar(tmp_path).working("KR", date(2024, 2, 12))


def test_a_folder_that_cannot_be_written_does_not_matter(tmp_path):
    (tmp_path / "file").write_text("")
    assert not Calendar(tmp_path / "file" / "cache").working("KR", date(2024, 2, 12))
    assert not Calendar().working("KR", date(2024, 2, 12))
