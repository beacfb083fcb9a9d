"""`eodes replay`: messages that left leave once more, with the same id and the same bytes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapter.catalogue import Catalogue
from adapter.cli.dead_again import operator
from adapter.cli.guard import INVALID, VALID, refuse
from adapter.cli.join import ledger_of
from adapter.cli.progress import how_far
from adapter.cli.say import put, put_json
from adapter.cli.start import moment_of, open_catalogue
from adapter.cli.tables import put_table
from adapter.ledger import Deed, Ledger, Posted
from adapter.messages import Kind
from adapter.settings import settings

REPLAY = "replay"
COLUMNS = ("receiver", "kind", "outcome", "count")
OVER = "its certificate is over (--ended sends it too)"
DROPPED, OPEN, KEPT = "its bytes were dropped", "it has not left yet", "it never left"
GIVEN_UP = "it was declined and given up"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which messages: those named, by certificate's number, or all that left for a partner in a time."""

    ids: Sequence[str] = ()
    numbers: Sequence[str] = ()
    partner: str | None = None
    since: str | None = None
    until: str | None = None


@dataclass(slots=True)
class Tally:
    """What becomes of each kind of message, and the ids of those that leave."""

    counted: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    ids: list[str] = field(default_factory=list)

    def count(self, messages: Sequence[Posted], said: dict[str, str], outcome: str) -> None:
        """Some more: those of which nothing else is said have this outcome."""
        for each in messages:
            self.counted[each.receiver, each.kind, said.get(each.id, outcome)] += 1
        self.ids += [each.id for each in messages if each.id not in said]


def run(
    chosen: Chosen, ended: bool, yes: bool, by: str | None, why: str | None, json: bool, database: str | None,
    home: Path | None,
) -> int:  # fmt: skip
    """Say what would leave once more, or have it leave; what cannot is told with the reason."""
    told = settings(database=database)
    known = open_catalogue(home or told.home)
    deed, tally, sent = Deed(REPLAY, by or operator(), why), Tally(), "is due again" if yes else "would leave again"
    with ledger_of(told, make=False) as ledger, how_far() as progress:
        for page in _pages(ledger, known, chosen):
            said = _left_out(ledger, page, ended)
            if yes:
                ready = [each.id for each in page if each.id not in said]
                again = set(ledger.replay(ready, datetime.now(UTC), deed))
                said |= {id: OPEN for id in ready if id not in again}
            tally.count(page, said, sent)
            progress("messages", tally.counted.total(), tally.counted.total())
    _put(tally, yes, json)
    return VALID if tally.ids else INVALID


def _pages(ledger: Ledger, known: Catalogue, chosen: Chosen) -> Iterator[list[Posted]]:
    partner = known.system(chosen.partner).code if chosen.partner else None
    if chosen.ids or chosen.numbers:
        if chosen.since or chosen.until:
            raise refuse("--since and --until are for all that left for a partner, without a number or id")
        named = [_named(ledger, id) for id in dict.fromkeys(chosen.ids)]
        about = [each for number in chosen.numbers for each in ledger.messages_of(number)]
        sides = {code for code, system in known.systems.items() if system.side == "partner"}
        wanted = {partner} if partner else sides
        if page := [*named, *(each for each in about if each.receiver in wanted)]:
            yield page
        return
    if partner is None or chosen.since is None:
        raise refuse("name a certificate's number, --message ID, or --partner with --since")
    until = moment_of("--until", chosen.until) if chosen.until else datetime.now(UTC)
    # What is sent again meanwhile is confirmed after now, and is not to be sent once more.
    yield from ledger.sent(partner, moment_of("--since", chosen.since), min(until, datetime.now(UTC)))


def _named(ledger: Ledger, id: str) -> Posted:
    message = ledger.message(id)
    if message is None:
        raise refuse(f"{id}: no message of ours has this id")
    return message


def _left_out(ledger: Ledger, page: Sequence[Posted], ended: bool) -> dict[str, str]:
    """Why each that is left out is, by id: a certificate that is over would come to life again over there."""
    papers = [each for each in page if each.certificate and each.kind == Kind.CERTIFICATE]
    over = {} if ended else ledger.endings([str(each.certificate) for each in papers])
    said = {each.id: OVER for each in papers if each.certificate in over}
    for each in page:
        if each.closed_at is None:
            said[each.id] = OPEN
        elif each.died_at:
            said[each.id] = GIVEN_UP
        elif each.attempts == 0:
            said[each.id] = KEPT
        elif each.dropped_at:
            said[each.id] = DROPPED
    return said


def _put(tally: Tally, yes: bool, json: bool) -> None:
    rows: list[dict[str, Any]] = [
        dict(zip(COLUMNS, (*key, count), strict=True)) for key, count in sorted(tally.counted.items())
    ]
    if json:
        put_json({"applied": yes, "messages": rows, "ids": tally.ids})
        return
    if rows:
        put_table(COLUMNS, [[row[name] for name in COLUMNS] for row in rows])
    if not rows:
        put("nothing of this ever left for a partner; `eodes search` finds what came and what leaves\n")
        return
    many = f"{len(tally.ids)} of {tally.counted.total()} messages"
    put(f"{many} are due again\n" if yes else f"{many} would leave again; --yes has them leave\n")
