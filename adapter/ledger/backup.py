"""A copy of ledger and queues that belong together, made while the relay goes on working."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from adapter.files import make_private
from adapter.findings import Unavailable
from adapter.ledger.engine import BUSY_SECONDS
from adapter.ledger.trouble import trouble_of

BESIDE = ("-wal", "-shm", "-journal")
"""How the names of the files end that SQLite keeps beside one that it writes."""


def back_up(ledger: Path, copies: Mapping[Path, Path]) -> None:
    """Copy SQLite files, by the place that each copy goes to, while no transaction of the ledger can commit.

    Then what a queue's copy lacks is in the ledger's, and what left meanwhile is open there: it comes again under the
    same id. Raises Unavailable, and OSError where a copy cannot be written; then there are no copies.
    """
    try:
        with closing(sqlite3.connect(ledger, BUSY_SECONDS, isolation_level=None)) as held:
            held.execute("BEGIN IMMEDIATE")
            for source, copy in copies.items():
                _copy(source, copy)
            held.execute("ROLLBACK")
    except BaseException as error:
        for copy in copies.values():
            _remove(copy, "", *BESIDE)
        if isinstance(error, sqlite3.Error):
            raise Unavailable(f"ledger {ledger}: {error}", trouble_of(error)) from None
        raise


def _copy(source: Path, copy: Path) -> None:
    """One file, readable by its owner alone, with no other files beside it."""
    make_private(copy)
    origin = f"{source.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(origin, BUSY_SECONDS, uri=True)) as old, closing(sqlite3.connect(copy)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode = DELETE")
    _remove(copy, *BESIDE)


def _remove(copy: Path, *ends: str) -> None:
    for end in ends:
        copy.with_name(copy.name + end).unlink(missing_ok=True)
