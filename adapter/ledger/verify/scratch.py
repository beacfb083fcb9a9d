"""What the journal says of each row, gathered from all chains in a file that is thrown away."""

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

KEY = ("id",)
STEPS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "history": (("certificate", "number"), ("state", "at", "cause")),
    "items": (
        ("certificate", "item", "number"),
        ("status", "decided_on", "unit", "quantity", "balance", "feedback", "at", "cause", "claim"),
    ),
    "verifications": (
        ("request", "asker", "step"),
        (
            "part", "is_reply", "answerer", "agreement", "number", "key", "certificate", "digest", "result", "said_on",
            "at", "cause",
        ),
    ),
    "interventions": (("subject", "number"), ("what", "at", "by", "why", "stage", "code", "other")),
}  # fmt: skip
"""Keys and values of the tables that are only added to, in the order in which a link says them."""

_TABLES = (
    "deliveries (id PRIMARY KEY, digest, stage, revised, bare DEFAULT 0, dropped DEFAULT 0, {})",
    "messages (id PRIMARY KEY, digest, receiver, closed DEFAULT 0, again DEFAULT 0, dropped DEFAULT 0, died DEFAULT 0,"
    " revived DEFAULT 0, given_up DEFAULT 0, {})",
    "certificates (id PRIMARY KEY, digest, {})",
    *(
        f"{table} ({', '.join((*keys, *values))}, {{}}, PRIMARY KEY ({', '.join(keys)}))"
        for table, (keys, values) in STEPS.items()
    ),
)
_MARKS = "seen DEFAULT 0, disputed DEFAULT 0"
_PUT = "INSERT INTO {} ({}) VALUES ({}) ON CONFLICT DO UPDATE SET {}"


def _learn(table: str, key: str, values: str, update: str | None = None) -> str:
    columns = [*key.split(), *values.split()]
    update = update or _again(values.split())
    return _PUT.format(table, ", ".join(columns), ", ".join("?" * len(columns)), update)


def _again(names: list[str]) -> str:
    """What becomes of a row of which another link spoke before; not of what is only flagged."""
    said, told = ", ".join(names), ", ".join(f"excluded.{name}" for name in names)
    first = names[0]
    disputed = f"disputed = disputed OR ({first} IS NOT NULL AND ({said}) IS NOT ({told}))"
    return ", ".join([*(f"{name} = excluded.{name}" for name in names), disputed])


_MORE = "revised = coalesce(revised || ' ', '') || excluded.revised"
# Chains are read one after the other: what one says of a row may come before the chain that wrote it.
_LEARNED = {
    "deliveries": _learn("deliveries", "id", "digest stage"),
    "revised": _learn("deliveries", "id", "revised", _MORE),
    "messages": _learn("messages", "id", "digest receiver"),
    "certificates": _learn("certificates", "id", "digest"),
    "states": _learn("history", *map(" ".join, STEPS["history"])),
    "items": _learn("items", *map(" ".join, STEPS["items"])),
    "verifications": _learn("verifications", *map(" ".join, STEPS["verifications"])),
    "interventions": _learn("interventions", *map(" ".join, STEPS["interventions"])),
}
_FLAGGED = {
    "bare": ("deliveries", "bare"),
    "dropped_deliveries": ("deliveries", "dropped"),
    "closed": ("messages", "closed"),
    "again": ("messages", "again"),
    "died": ("messages", "died"),
    "revived": ("messages", "revived"),
    "given_up": ("messages", "given_up"),
    "dropped_messages": ("messages", "dropped"),
}
_FLAG = "INSERT INTO {0} (id, {1}) VALUES (?, 1) ON CONFLICT DO UPDATE SET {1} = 1"


class Scratch:
    """Facts by table and row; memory holds none of them."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, isolation_level=None)
        for word in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -64000"):
            self._database.execute(f"PRAGMA {word}")
        for table in _TABLES:
            self._database.execute(f"CREATE TABLE {table.format(_MARKS)} WITHOUT ROWID")
        self._database.execute("BEGIN")

    def close(self) -> None:
        """Throw it away."""
        self._database.close()

    def learn(self, facts: dict[str, list[Any]]) -> None:
        """What one link says; ValueError where it says what no link says."""
        try:
            for name, rows in facts.items():
                if flagged := _FLAGGED.get(name):
                    self._database.executemany(_FLAG.format(*flagged), [(id,) for id in rows])
                else:
                    self._database.executemany(_LEARNED[name], _whole(name, rows))
        except (KeyError, TypeError, sqlite3.Error) as error:
            raise ValueError("not what a link says") from error

    def said(self, table: str, columns: str, *key: object) -> tuple[Any, ...] | None:
        """These columns of what the journal says of a row; None where it says nothing."""
        row: tuple[Any, ...] | None
        row = self._database.execute(f"SELECT {columns} FROM {table} WHERE {_where(table)}", key).fetchone()
        return row

    def last_state(self, certificate: str) -> tuple[int, str] | None:
        """Number and state of the last step that the journal knows."""
        last = "SELECT number, state FROM history WHERE certificate = ? ORDER BY number DESC LIMIT 1"
        row: tuple[int, str] | None = self._database.execute(last, (certificate,)).fetchone()
        return row

    def see(self, table: str, keys: Iterable[tuple[Any, ...]]) -> None:
        """These rows are there."""
        self._database.executemany(f"UPDATE {table} SET seen = 1 WHERE {_where(table)}", keys)

    def unseen(self, table: str) -> Iterator[tuple[Any, ...]]:
        """The keys of rows that were written and are not there."""
        yield from self._keys(table, f"NOT seen AND {'at' if table in STEPS else 'digest'} IS NOT NULL")

    def disputed(self, table: str) -> Iterator[tuple[Any, ...]]:
        """The keys of rows of which two links say different things; each row is written once."""
        yield from self._keys(table, "disputed")

    def _keys(self, table: str, where: str) -> Iterator[tuple[Any, ...]]:
        yield from self._database.execute(f"SELECT {', '.join(keys_of(table))} FROM {table} WHERE {where}")


def _whole(name: str, rows: list[Any]) -> list[Any]:
    """The rows of a link, also of one that was written before the table had its last column."""
    wide = sum(map(len, STEPS[name])) if name in STEPS else 0
    return [[*row, None] if len(row) == wide - 1 else row for row in rows]


def keys_of(table: str) -> tuple[str, ...]:
    """The columns that tell one row of the table from the others."""
    return STEPS[table][0] if table in STEPS else KEY


def _where(table: str) -> str:
    return " AND ".join(f"{name} = ?" for name in keys_of(table))
