"""How long the bytes of an exchange are kept: so many years from the day of issue, as each agreement has it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from adapter.agreement import Agreement
from adapter.deadlines import kept_until, months_after

LAST_TO_END = timezone(timedelta(hours=-12))
"""Where a day ends last: a day of issue is a local date, wherever its issuer is."""


@dataclass(frozen=True, slots=True)
class Retention:
    """The years of every agreement; ValueError where none says any."""

    agreements: Mapping[str, Agreement]
    longest: int
    """Years for what belongs to no certificate."""

    @classmethod
    def of(cls, agreements: Mapping[str, Agreement]) -> "Retention":
        """As the agreements have it."""
        years = [row.years for agreement in agreements.values() for row in agreement.retention]
        if not years:
            raise ValueError("no agreement says how long records are kept: nothing may be dropped")
        return cls(agreements, max(years))

    def last_day(self, agreement: str, issued_on: date, received_at: datetime) -> date | None:
        """The last day on which bytes about a certificate are kept; None, and they stay, where nobody says.

        Counted from its day of issue, or from when the bytes came if that was later: who sends an old certificate
        today, or asks about one, is answered again tomorrow.
        """
        known = self.agreements.get(agreement)
        return kept_until(issued_on, known, _day(received_at)) if known else None

    def last_day_without(self, received_at: datetime) -> date:
        """The last day for what belongs to no certificate, counted from when it came."""
        return months_after(_day(received_at), 12 * self.longest)


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()


def today(at: datetime) -> date:
    """The day that it is by now everywhere."""
    return at.astimezone(LAST_TO_END).date()


def latest(days: Iterable[date | None]) -> date | None:
    """The last of several last days; None, and all stays, if one of them is not known."""
    known = list(days)
    return None if None in known else max(day for day in known if day)
