"""Which of a system's tables writes a message."""

import re
from collections.abc import Sequence

from adapter.mapping.table import Table


def choose(tables: Sequence[Table], agreement: str | None) -> Table | None:
    """The table that writes a message under this agreement, or under none; None where there is no such table.

    One that knows the agreement goes before one that does not, the system's own before a common one, the agreement's
    own before one for several, a newer version before an older.
    """
    serving = [
        table for table in tables
        if table.direction != "in" and (agreement is None or table.agreement in (None, agreement))
    ]  # fmt: skip
    knowing = [table for table in serving if table.knows(agreement)] or serving
    own = [table for table in knowing if not table.common] or knowing
    closest = [table for table in own if table.agreement == agreement] or own
    return max(closest, key=_numbers, default=None)


def _numbers(table: Table) -> list[int]:
    return [int(part) for part in re.findall(r"[0-9]+", table.version)]
