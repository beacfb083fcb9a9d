"""`eodes deadlines`: what is due and what is overdue, by partner, as the ledger knows it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from adapter.calendar import Calendar
from adapter.catalogue import Catalogue
from adapter.cli.guard import VALID
from adapter.cli.join import ledger_of
from adapter.cli.say import put, put_json
from adapter.cli.start import cache_folder, day_of, open_catalogue
from adapter.cli.tables import put_table
from adapter.deadlines import INFORMATION, REPLY, answer_due, end_of, expires_on, local_day, zone_of
from adapter.ledger import Ledger
from adapter.settings import settings
from adapter.system import System

COLUMNS = ("due", "what", "by", "partner", "agreement", "number", "clause")
LIMITS = {"request": REPLY, "information": INFORMATION}
"""What the agreement's limit for each question of a verification is called."""
OVER = ("rejected", "used", "superseded", "cancelled")
"""The states in which nobody waits for a certificate to be used."""
UNHEARD, HEARD = ("issued", "sent"), ("acknowledged",)
"""The states of a certificate that nobody acknowledged, and of one that nobody accepted or rejected."""
LONGEST = timedelta(days=10 * 366)
"""No certificate is valid for longer."""


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that somebody has to do, or that ends by itself, by a day or a moment."""

    last: date | datetime
    what: str
    by: str
    """Whose it is to act: a system's code."""
    partner: str
    agreement: str
    number: str
    clause: str
    recalled: bool
    is_over: bool


@dataclass(frozen=True, slots=True)
class Watch:
    """The moment that deadlines are held to, and how far ahead is looked."""

    at: datetime
    day: date | None
    """The day that was asked for, the same everywhere; else it is by now another day in some places."""
    within: timedelta
    catalogue: Catalogue
    calendar: Calendar

    def day_in(self, system: System) -> date:
        """The day that it is where the system is."""
        return self.day or local_day(self.at, system.zone)


def run(partner: str | None, on: str | None, within: int, json: bool, database: str | None, home: Path | None) -> int:
    """Put what is overdue and what is due, by partner and day."""
    told = settings(database=database)
    known = open_catalogue(home or told.home)
    day = day_of(on) if on is not None else None
    at = datetime.combine(day, time.max, UTC) if day else datetime.now(UTC)
    watch = Watch(at, day, timedelta(days=within), known, Calendar(cache_folder()))
    code = known.system(partner).code if partner else None
    with ledger_of(told) as ledger:
        every = [*_lapsing(ledger, watch), *_unanswered(ledger, watch), *_unverified(ledger, watch)]
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


def _lapsing(ledger: Ledger, watch: Watch) -> Iterator[Due]:
    """Certificates that end within the time looked ahead; one that has ended asks nothing of anybody."""
    today = watch.at.date()
    for each in ledger.lapsing(today - LONGEST, today + timedelta(days=1), OVER):
        issuer, holder = watch.catalogue.system(each.system), watch.catalogue.system(each.holder)
        if each.issued_on is None:
            continue
        terms, day = watch.catalogue.agreement(each.agreement).on(each.issued_on), watch.day_in(issuer)
        last = expires_on(each.issued_on, terms)
        if last is None or terms.validity is None or not day <= last <= day + watch.within:
            continue
        partner = holder if holder.side == "partner" else issuer
        yield Due(
            last, "expiry", holder.code, partner.code, each.agreement, each.number, terms.validity.source,
            terms.validity.recalled, is_over=False,
        )  # fmt: skip


def _unanswered(ledger: Ledger, watch: Watch) -> Iterator[Due]:
    """Certificates that a partner was sent and has not acknowledged, or not accepted or rejected, in its own time."""
    for each in ledger.unanswered((*UNHEARD, *HEARD)):
        system = watch.catalogue.system(each.receiver)
        if system.answers is None:
            continue
        what = "acknowledgement" if each.state in UNHEARD else "response"
        last = answer_due(each.sent_at, getattr(system.answers, what)).astimezone(zone_of(system.zone))
        if last <= watch.at + watch.within:
            yield Due(
                last, what, system.code, system.code, each.agreement, each.number, system.answers.source,
                recalled=False, is_over=last < watch.at,
            )  # fmt: skip


def _unverified(ledger: Ledger, watch: Watch) -> Iterator[Due]:
    """Questions of verifications without a reply; the days are those of whoever has to reply."""
    for each in ledger.verifications(is_open=True):
        asker, answerer = watch.catalogue.system(each.asker), watch.catalogue.system(each.answerer)
        for part in each.due:
            received = local_day(each.asked_at(part), answerer.zone)
            limit = watch.catalogue.agreement(each.agreement).on(received).limits.get(LIMITS[part])
            if limit is None:
                continue
            last, day = end_of(limit, received, answerer.country, watch.calendar), watch.day_in(answerer)
            if last <= day + watch.within:
                partner = asker if asker.side == "partner" else answerer
                yield Due(
                    last, limit.what, answerer.code, partner.code, each.agreement, each.number, limit.source,
                    limit.recalled, is_over=last < day,
                )  # fmt: skip
