"""By when something has to happen: pure, in the local days of whoever has to do it."""

import re
from calendar import monthrange
from datetime import date, datetime, timedelta, timezone
from typing import Protocol

from adapter.agreement import Agreement, Terms
from adapter.parameters import IssueWindow, TimeLimit

REPLY, INFORMATION = "verification_reply", "verification_information"
"""What the limits of a verification are called among an agreement's limits."""
OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")


class WorkingDays(Protocol):
    """A calendar that knows each country's working days."""

    def working_days_after(self, country: str, day: date, count: int) -> date:
        """The count-th working day after this day."""

    def source(self, country: str) -> str:
        """Where the country's holidays come from."""


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the month's last where it is shorter: 29 February + 12 is 28 February.

    The last day that there is where it would come after that.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def local_day(moment: datetime, offset: str) -> date:
    """The day that a moment falls on where clocks are so far from UTC: `+09:00`."""
    return moment.astimezone(zone_of(offset)).date()


def zone_of(offset: str) -> timezone:
    """The zone so far from UTC; ValueError for what is no offset."""
    said = OFFSET.fullmatch(offset)
    if said is None:
        raise ValueError(f"{offset!r} is no offset from UTC: write it like +09:00")
    length = timedelta(hours=int(said[2]), minutes=int(said[3]))
    return timezone(-length if said[1] == "-" else length)


def end_of(limit: TimeLimit, began: date, country: str | None = None, calendar: WorkingDays | None = None) -> date:
    """The last day of a limit that began on this day; LookupError for working days without country or calendar."""
    if limit.months is not None:
        return months_after(began, limit.months)
    assert limit.days is not None
    return _after(began, limit.days, limit.count == "working", country, calendar)


def window_ends(
    shipped: date, window: IssueWindow, country: str | None = None, calendar: WorkingDays | None = None
) -> date:
    """The last day of issue that is not retroactive; LookupError for working days without country or calendar."""
    return _after(shipped, window.days, window.count == "working", country, calendar)


def _after(began: date, days: int, working: bool, country: str | None, calendar: WorkingDays | None) -> date:
    if not working:
        return began + timedelta(days=days) if days <= (date.max - began).days else date.max
    if country is None or calendar is None:
        raise LookupError("working days are a country's own: name it, and give its calendar")
    return calendar.working_days_after(country, began, days) if days else began


def retroactive_until(shipped: date, terms: Terms) -> date | None:
    """The last day of issue at all; None where the agreement names none."""
    return months_after(shipped, terms.retroactive.months) if terms.retroactive else None


def expires_on(issued_on: date, terms: Terms) -> date | None:
    """The last day on which a certificate of this day of issue may be used; None where the agreement names none."""
    return months_after(issued_on, terms.validity.months) if terms.validity else None


def kept_until(issued_on: date, agreement: Agreement, received_on: date | None = None) -> date | None:
    """The last day on which what was exchanged about a certificate is kept; None where the agreement names none.

    Counted from the day of issue, or of receipt where that is later.
    """
    retention = agreement.on(issued_on).retention
    return months_after(max(issued_on, received_on or issued_on), 12 * retention.years) if retention else None


def limit_ends(
    what: str, began: date, terms: Terms, country: str | None = None, calendar: WorkingDays | None = None
) -> date | None:
    """The last day of the agreement's limit of this name, such as REPLY; None where the agreement names none."""
    limit = terms.limits.get(what)
    return end_of(limit, began, country, calendar) if limit else None


def answer_due(sent_at: datetime, minutes: int) -> datetime:
    """The moment by which an answer is expected; the last moment of the calendar where it would come after that."""
    last = datetime.max.replace(tzinfo=sent_at.tzinfo)
    return sent_at + timedelta(minutes=minutes) if timedelta(minutes=minutes) <= last - sent_at else last
