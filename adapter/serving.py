"""Which of a system's tables writes a message: by its agreement, its day and its version."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from adapter.findings import Finding, Severity
from adapter.mapping.path import Step
from adapter.mapping.table import Table
from adapter.messages import Kind
from adapter.system import System, Version


def choose(
    tables: Sequence[Table], agreement: str | None, versions: Sequence[Version] = (), day: date | None = None
) -> Table | None:
    """The table that writes a message under this agreement, or under none; None where there is no such table.

    One that knows the agreement goes before one that does not, the system's own before a common one; of those whose
    version is sent on the day, the agreement's own before one for several, a newer version before an older.
    """
    serving = [
        table for table in tables
        if table.direction != "in" and (agreement is None or table.agreement in (None, agreement))
    ]  # fmt: skip
    knowing = [table for table in serving if table.knows(agreement)] or serving
    own = [table for table in knowing if not table.common] or knowing
    sent = [table for table in own if day is None or is_sent(table, versions, day)]
    closest = [table for table in sent if table.agreement == agreement] or sent
    return max(closest, key=_numbers, default=None)


def is_sent(table: Table, versions: Sequence[Version], day: date) -> bool:
    """Whether the table's version is sent on this day; one that is not named is sent on any."""
    rows = naming(table, versions)
    return not rows or any(row.holds(day) for row in rows)


def naming(table: Table, versions: Sequence[Version]) -> list[Version]:
    """The rows of a profile that name the table's version."""
    return [
        row for row in versions
        if (row.message, row.version) == (table.message, table.version) and row.agreement in (None, table.agreement)
    ]  # fmt: skip


def _numbers(table: Table) -> list[int]:
    return [int(part) for part in re.findall(r"[0-9]+", table.version)]


def doubts(system: System, tables: Sequence[Table]) -> Iterator[Finding]:
    """What is wrong with a system's tables taken together: versions without table or days, tables that begin alike."""
    yield from _alike(tables)
    for row in system.versions:
        if not any(row in naming(table, [row]) for table in tables):
            yield _doubt("LINT-VERSION", "has no table", row, Severity.ERROR)
        if row.since and row.until and row.since > row.until:
            yield _doubt("LINT-VERSION", "ends before it begins", row, Severity.ERROR)
    for kind in Kind:
        if any(row.message == kind for row in system.versions):
            yield from _gaps(system, kind, [table for table in tables if table.message is kind])


def _alike(tables: Sequence[Table]) -> Iterator[Finding]:
    """Tables of which only the first is ever read."""
    first: dict[tuple[Step, ...], Table] = {}
    for table in (table for table in tables if table.direction != "out"):
        earlier = first.setdefault(table.root.steps, table)
        if earlier is not table:
            message = f"{table.name} begins like {earlier.name}, so it is never read"
            allowed = "a root, namespace or predicate of its own"
            yield Finding(code="LINT-ALIKE", message=message, path=table.root.text or None, allowed=allowed)


def _doubt(code: str, message: str, row: Version, severity: Severity) -> Finding:
    under = f" under {row.agreement}" if row.agreement else ""
    return Finding(code=code, message=f"{row.message} {row.version}{under} {message}", severity=severity)


def _gaps(system: System, kind: Kind, tables: Sequence[Table]) -> Iterator[Finding]:
    """The days between two versions on which neither is sent, and the end of the last one."""
    for agreement in system.agreements if any(table.agreement for table in tables) else (None,):
        days = _changes(system.versions, kind)
        sent = [choose(tables, agreement, system.versions, day) is not None for day in days]
        for place in range(1, len(days)):
            if sent[place - 1] and not sent[place]:
                again = (day for day, is_there in zip(days, sent, strict=True) if is_there and day > days[place])
                yield _gap(kind, agreement, days[place], next(again, None))


def _changes(versions: Sequence[Version], kind: Kind) -> list[date]:
    """The days on which another version may begin, and the day before them all."""
    rows = [row for row in versions if row.message == kind]
    starts = {row.since for row in rows if row.since} | {row.until + timedelta(days=1) for row in rows if row.until}
    return [date.min, *sorted(starts)]


def _gap(kind: Kind, agreement: str | None, since: date, until: date | None) -> Finding:
    under = f" under {agreement}" if agreement else ""
    if until is None:
        message = f"no version of {kind}{under} is sent from {since} on"
        return Finding(code="LINT-GAP", message=message, severity=Severity.WARNING)
    return Finding(code="LINT-GAP", message=f"no version of {kind}{under} is sent from {since} until {until}")
