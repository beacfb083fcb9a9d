"""Working days of a country, by the `holidays` package, kept on disk by country, year and version of the package."""

import json
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from adapter.files import version_of, write_whole


class Year(NamedTuple):
    """One country's year."""

    off: frozenset[date]
    """Public holidays, also those moved or added for one that fell on a weekend."""
    worked: frozenset[date]
    """Weekend days worked in exchange for a holiday."""
    weekend: frozenset[int]
    """Days of the week, Monday is 0."""

    def works(self, day: date) -> bool:
        """Whether offices work on this day."""
        return day in self.worked or (day.weekday() not in self.weekend and day not in self.off)


class Calendar:
    """Working days by country (ISO 3166-1 alpha-2); years still to be announced have only their fixed holidays."""

    def __init__(self, cache: Path | None = None) -> None:
        self._cache = cache
        self._years: dict[tuple[str, int], Year] = {}

    def working(self, country: str, day: date) -> bool:
        """Whether offices work there on this day; raises LookupError for a country the package does not know."""
        return self._year(country, day.year).works(day)

    def working_days_after(self, country: str, day: date, count: int) -> date:
        """The last of that many working days after the day, which itself does not count."""
        left = count
        while left > 0:
            day += timedelta(days=1)
            left -= self.working(country, day)
        return day

    def source(self, country: str) -> str:
        """What the working days of this country rest on."""
        return f"holidays {self._version}, {country}"

    @cached_property
    def _version(self) -> str:
        return version_of("holidays")

    def _year(self, country: str, year: int) -> Year:
        found = self._years.get((country, year))
        if found is None:
            found = self._stored(country, year) or self._computed(country, year)
            self._years[country, year] = found
        return found

    def _stored(self, country: str, year: int) -> Year | None:
        if self._cache is None:
            return None
        try:
            told = json.loads(self._place(country, year).read_bytes())
            return Year(_days(told["off"]), _days(told["worked"]), frozenset(map(int, told["weekend"])))
        except (OSError, ValueError, KeyError, TypeError):  # absent or damaged: compute it again
            return None

    def _computed(self, country: str, year: int) -> Year:
        import holidays  # 0.1 s that only a cold cache costs

        try:
            # The year after is asked for too: a day worked in December may belong to a holiday in January.
            known: Any = holidays.country_holidays(country, years=(year, year + 1))
        except NotImplementedError:
            raise LookupError(f"no calendar of country {country!r}") from None
        found = Year(
            frozenset(day for day in known if day.year == year),
            frozenset(day for day in getattr(known, "weekend_workdays", ()) if day.year == year),
            frozenset(known.weekend),
        )
        self._keep(country, year, found)
        return found

    def _keep(self, country: str, year: int, found: Year) -> None:
        if self._cache is None:
            return
        told = {"off": _texts(found.off), "worked": _texts(found.worked), "weekend": sorted(found.weekend)}
        with suppress(OSError):  # where nothing is writable the year is computed in every process
            self._cache.mkdir(parents=True, exist_ok=True)
            write_whole(self._place(country, year), json.dumps(told).encode())

    def _place(self, country: str, year: int) -> Path:
        if not (country.isascii() and country.isalpha()):  # it becomes part of a file's name
            raise LookupError(f"no calendar of country {country!r}")
        assert self._cache is not None
        return self._cache / f"{country}-{year}-holidays-{self._version}.json"


def _days(texts: Iterable[str]) -> frozenset[date]:
    return frozenset(map(date.fromisoformat, texts))


def _texts(days: Iterable[date]) -> list[str]:
    return sorted(day.isoformat() for day in days)
