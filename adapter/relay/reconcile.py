"""Reconciliation: what we and a partner say of the same day, held against each other; a long list comes in parts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from adapter import translate
from adapter.delivery import Delivery
from adapter.findings import Finding, Severity
from adapter.ledger import DayBook, Exchanged, Known, Outcome, Post
from adapter.messages import Kind
from adapter.reconciliation import Counted, Reconciliation, Tally
from adapter.relay.arrival import Arrival
from adapter.relay.entry import entry
from adapter.relay.exchange import Exchange
from adapter.relay.reply import say
from adapter.system import System

MOST = 1_000
"""Messages in one part: documents may repeat an element 2 000 times."""
OTHER_SIDE = {"sent": "received", "received": "sent"}


@dataclass(frozen=True, slots=True)
class Difference:
    """A message that one side has and the other has not, or has with other bytes."""

    code: str
    what: str
    kind: str
    direction: str
    """As we see it."""
    id: str
    """The message's; of a count that is wrong, what was counted and listed."""


MISSING_HERE, MISSING_THERE, OTHER_BYTES, MISCOUNTED = "RCD-01", "RCD-02", "RCD-03", "RCD-04"
SAID = {
    MISSING_HERE: "missing here",
    MISSING_THERE: "missing there",
    OTHER_BYTES: "other bytes",
    MISCOUNTED: "miscounted",
}


def take_reconciliation(
    arrival: Arrival, told: Reconciliation, known: Known, exchange: Exchange, at: datetime
) -> Outcome:
    """Compared as soon as all its parts are there: differences are told, and ours is sent unless this answers it."""
    assert arrival.system and arrival.reading
    book = known.days.get((arrival.system.code, told.day), DayBook())
    theirs = parts_told(book, arrival.system, told.day, exchange, told)
    if not is_whole(theirs):
        return Outcome(entry(arrival))
    remarks = tuple(map(_remark, differences(theirs, book)))
    if arrival.reading.header.answers:
        return Outcome(entry(arrival, findings=remarks), remarks=remarks)
    posts = tuple(
        Post(say(part, Kind.RECONCILIATION, arrival, exchange, at, f"{part.part}"))
        for part in tell(told.day, book.ours)
    )
    return Outcome(entry(arrival, findings=remarks), posts, remarks=remarks)


def tell(day: date, exchanged: Iterable[Exchanged]) -> list[Reconciliation]:
    """What we say of a day, in as many parts as it takes; each tally counts the whole day."""
    every = sorted({(each.kind, each.direction, each.id, each.digest) for each in exchanged})
    counts = {key: len(list(rows)) for key, rows in groupby(every, key=lambda row: row[:2])}
    slices = [every[start : start + MOST] for start in range(0, len(every), MOST)] or [[]]
    return [
        Reconciliation(
            day=day, part=place, parts=len(slices),
            tallies=tuple(
                Tally(
                    kind=kind, direction=direction, count=counts[kind, direction],
                    messages=tuple(Counted(id=id, digest=digest) for _, _, id, digest in rows),
                )
                for (kind, direction), rows in groupby(some, key=lambda row: row[:2])
            ),
        )
        for place, some in enumerate(slices, 1)
    ]  # fmt: skip


def parts_told(
    book: DayBook, partner: System, day: date, exchange: Exchange, last: Reconciliation | None = None
) -> list[Reconciliation]:
    """The parts of what the partner said of the day, the newest of each; `last` is the one that just came."""
    parts: dict[int, Reconciliation] = {}
    for body in book.told:
        said = Delivery(body, partner.code)  # what its signature was held to when it came may be out of use by now
        content = translate.read(said, exchange.catalogue, limits=exchange.limits, seals=None).content
        if isinstance(content, Reconciliation) and content.day == day:
            parts[content.part] = content
    if last:
        parts[last.part] = last
    newest = (last or max(parts.values(), key=lambda each: each.parts)).parts if parts else 0
    return [part for number, part in sorted(parts.items()) if number <= newest and part.parts == newest]


def ids_told(parts: Iterable[Reconciliation]) -> list[str]:
    """The ids of the messages that these parts list."""
    return [message.id for part in parts for tally in part.tallies for message in tally.messages]


def is_whole(parts: Sequence[Reconciliation]) -> bool:
    """Whether all parts are there."""
    return bool(parts) and len(parts) == parts[0].parts


def differences(theirs: Sequence[Reconciliation], book: DayBook) -> Iterator[Difference]:
    """What one side has and the other has not, each message once."""
    ours: dict[tuple[str, str], set[str]] = {}
    for each in (*book.ours, *book.elsewhere):
        ours.setdefault((each.direction, each.id), set()).add(each.digest)
    counted: set[tuple[str, str]] = set()
    for tally in (tally for part in theirs for tally in part.tallies):
        direction = OTHER_SIDE[tally.direction]
        for message in tally.messages:
            counted.add((direction, message.id))
            digests = ours.get((direction, message.id))
            if digests is None:
                yield _difference(MISSING_HERE, tally.kind, direction, message.id)
            elif message.digest not in digests:
                yield _difference(OTHER_BYTES, tally.kind, direction, message.id)
    for kind, direction, id in sorted({(each.kind, each.direction, each.id) for each in book.ours}):
        if (direction, id) not in counted:
            yield _difference(MISSING_THERE, kind, direction, id)
    yield from _miscounted(theirs)


def _miscounted(theirs: Sequence[Reconciliation]) -> Iterator[Difference]:
    """The kinds of which all parts together list other messages than each of them counts, for the day or itself."""
    tallies = [tally for part in theirs for tally in part.tallies]
    for kind, direction in sorted({(tally.kind, tally.direction) for tally in tallies}):
        same = [tally for tally in tallies if (tally.kind, tally.direction) == (kind, direction)]
        ids = [message.id for tally in same for message in tally.messages]
        counts, is_each_its_own = {tally.count for tally in same}, all(len(one.messages) == one.count for one in same)
        if len(set(ids)) < len(ids) or (counts != {len(ids)} and not is_each_its_own):
            said = f"{' and '.join(map(str, sorted(counts)))} counted, {len(set(ids))} listed"
            yield _difference(MISCOUNTED, kind, OTHER_SIDE[direction], said)


def _difference(code: str, kind: str, direction: str, id: str) -> Difference:
    return Difference(code, SAID[code], kind, direction, id)


def _remark(difference: Difference) -> Finding:
    """Told with its id, which is no secret: without it nobody could look."""
    message = f"{difference.kind} {difference.id}, {difference.direction} as we see it: {difference.what}"
    return Finding(code=difference.code, message=message, severity=Severity.WARNING, field="tallies")
