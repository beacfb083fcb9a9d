"""`eodes reconcile`: what was exchanged with a partner on a day, held against what the partner says of it."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from adapter.cli.guard import INDETERMINATE, INVALID, VALID, refuse
from adapter.cli.join import ledger_of
from adapter.cli.say import put, put_json
from adapter.cli.start import day_of, open_catalogue
from adapter.cli.tables import put_table
from adapter.ledger import DayAsked, DayBook, Ledger, Question
from adapter.reconciliation import Reconciliation
from adapter.relay.exchange import Exchange
from adapter.relay.reconcile import Difference, differences, ids_told, is_whole, parts_told
from adapter.relay.route import EXCHANGING
from adapter.relay.unasked import reconcile_with
from adapter.settings import settings
from adapter.system import System

COLUMNS, APART = ("kind", "direction", "count"), ("code", "what", "kind", "direction", "id")
WAITS = "in the outbox: the relay sends it\n"
TOLD = "told before as it is now: nothing is sent again\n"
CODES = {"agrees": VALID, "differs": INVALID, "not told": INDETERMINATE}


def run(
    partner: str, day: str | None, json: bool, database: str | None, home: Path | None, is_sent: bool = False
) -> int:
    """Put both sides of the day, and where they differ; or tell the partner ours."""
    told = settings(database=database)
    known = open_catalogue(home or told.home)
    system, asked = known.system(partner), day_of(day, "--day") if day else datetime.now(UTC).date() - timedelta(days=1)
    with ledger_of(told, make=False) as ledger:
        if is_sent:
            return _send(ledger, system, asked, Exchange(known), json)
        book, theirs = _both(ledger, system, asked, Exchange(known))
    found = list(differences(theirs, book)) if theirs else []
    outcome = ("differs" if found else "agrees") if theirs else "not told"
    counts = sorted(Counter((each.kind, each.direction) for each in book.ours).items())
    if json:
        put_json(_told(system, asked, outcome, counts, found))
        return CODES[outcome]
    rows = [[kind, direction, count] for (kind, direction), count in counts]
    put_table(COLUMNS, rows, f"{system.code} on {asked}, as the ledger has it")
    if found:
        put_table(APART, [[getattr(each, name) for name in APART] for each in found], "Differences")
    put(f"{outcome}: {_words(outcome, system)}\n")
    return CODES[outcome]


def _send(ledger: Ledger, system: System, day: date, exchange: Exchange, json: bool) -> int:
    """Put ours of the day into the outbox, for the relay to send; what was told as it is now is not told again."""
    now = datetime.now(UTC)
    if system.side != "partner" or system.live.status not in EXCHANGING:
        raise refuse(f"{system.code} is no partner that exchanges messages: there is nobody to tell")
    if day >= now.date():
        raise refuse(f"--day: {day} is not over in UTC")
    outcome = reconcile_with(system, day, ledger.day(DayAsked(system.code, day)).ours, exchange, now)
    is_new = outcome.entry.id not in ledger.known(Question(deliveries=(outcome.entry.id,))).deliveries
    if is_new:
        ledger.write([outcome], [], now)
    ids = [post.message.id for post in outcome.posts]
    if json:
        put_json({"partner": system.code, "day": day.isoformat(), "messages": ids, "new": is_new})
    else:
        put("".join(f"{id}  -> {system.code}\n" for id in ids) + (WAITS if is_new else TOLD))
    return VALID


def _both(ledger: Ledger, system: System, day: date, exchange: Exchange) -> tuple[DayBook, list[Reconciliation]]:
    """What the ledger has of the day, and what the partner said of it; nothing unless all its parts came."""
    theirs = parts_told(ledger.day(DayAsked(system.code, day)), system, day, exchange)
    ids = set(ids_told(theirs))
    return ledger.day(DayAsked(system.code, day, tuple(sorted(ids)))), theirs if is_whole(theirs) else []


def _told(
    system: System, day: date, outcome: str, counts: Sequence[tuple[tuple[str, str], int]], found: Sequence[Difference]
) -> dict[str, Any]:
    return {
        "partner": system.code, "day": day.isoformat(), "outcome": outcome,
        "counts": [{"kind": kind, "direction": direction, "count": count} for (kind, direction), count in counts],
        "differences": [{name: getattr(each, name) for name in APART} for each in found],
    }  # fmt: skip


def _words(outcome: str, system: System) -> str:
    return {
        "agrees": f"{system.code} has what we have",
        "differs": "ask who is right; a message that is missing there is sent again on request",
        "not told": f"no reconciliation of {system.code} for this day has come, or not all its parts",
    }[outcome]
