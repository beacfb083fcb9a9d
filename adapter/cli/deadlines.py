"""`eodes deadlines`: what is due and what is overdue, by partner, as the ledger knows it."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from adapter.calendar import Calendar
from adapter.cli.guard import VALID
from adapter.cli.join import ledger_of
from adapter.cli.say import put, put_json
from adapter.cli.start import cache_folder, day_of, open_catalogue
from adapter.cli.tables import put_table
from adapter.settings import settings
from adapter.watch.agenda import Due, Watch, lapsing, unanswered, unverified

COLUMNS = ("due", "what", "by", "partner", "agreement", "number", "clause")


def run(partner: str | None, on: str | None, within: int, json: bool, database: str | None, home: Path | None) -> int:
    """Put what is overdue and what is due, by partner and day."""
    told = settings(database=database)
    known = open_catalogue(home or told.home)
    day = day_of(on) if on is not None else None
    at = datetime.combine(day, time.max, UTC) if day else datetime.now(UTC)
    watch = Watch(at, day, timedelta(days=within), known, Calendar(cache_folder()))
    code = known.system(partner).code if partner else None
    with ledger_of(told, make=False) as ledger:
        every = [*lapsing(ledger, watch), *unanswered(ledger, watch), *unverified(ledger, watch)]
    chosen = sorted((each for each in every if code in (None, each.partner)), key=_order)
    if json:
        put_json({"at": watch.at, "within_days": within, "deadlines": [_told(each) for each in chosen]})
        return VALID
    for title, is_over in (("Overdue", True), (f"Due within {within} days", False)):
        rows = [[_told(each)[name] for name in COLUMNS] for each in chosen if each.is_over == is_over]
        if rows:
            put_table(COLUMNS, rows, title)
    if not chosen:
        put(f"nothing is overdue, and nothing due within {within} days\n")
    return VALID


def _order(each: Due) -> tuple[str, bool, str]:
    return each.partner, not each.is_over, str(each.last)


def _told(each: Due) -> dict[str, Any]:
    return {
        "status": "overdue" if each.is_over else "due", "due": each.last.isoformat(), "what": each.what, "by": each.by,
        "partner": each.partner, "agreement": each.agreement, "number": each.number, "clause": each.clause,
        "recalled": each.recalled,
    }  # fmt: skip
