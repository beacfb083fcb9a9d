"""The journal: every transaction that writes adds one link to its worker's own chain, which waits for no other's.

A link's hash is over the one before it and over the SHA-256 of its facts, so that no link can be altered, left out or
moved without all that follow it.
"""

import hashlib
from collections.abc import Callable
from functools import partial
from threading import Lock

from sqlalchemy import Connection, Engine

from adapter.ledger.anchors import GENESIS, put_anchor
from adapter.ledger.engine import begin, moment, put, writing
from adapter.ledger.entries import Outpaced
from adapter.ledger.facts import Facts
from adapter.ledger.proof import JOURNAL
from adapter.ledger.statements import put_new

Write = Callable[[Connection, Facts], None]
"""What one transaction does, noting its facts."""
LINK = ("chain", "link", "at", "previous", "hash", "facts")


class Journal:
    """One worker's chain. After a failure nobody knows what was committed: it begins another."""

    def __init__(self, name: Callable[[], str]) -> None:
        self._name, self._lock, self._anchored = name, Lock(), ""
        self._begin()

    def write(self, engine: Engine, at: int, write: Write) -> None:
        """One transaction, and a link for the facts that it gathers; on a new day an anchor goes before it."""
        self.begin(engine, at, write)()

    def begin(self, engine: Engine, at: int, write: Write) -> Callable[[], None]:
        """The same, not committed: whoever calls what this gives back, on any thread, commits it.

        Until then nobody else writes through this journal.
        """
        self._lock.acquire()
        try:
            self._anchor(engine, at)
            heads: list[tuple[int, str]] = []

            def write_all(connection: Connection) -> None:
                facts = Facts()
                write(connection, facts)
                heads.append(self._add(connection, facts, at))

            commit = begin(engine, write_all)
        except Outpaced:  # it was rolled back
            self._lock.release()
            raise
        except BaseException:
            self._begin()
            self._lock.release()
            raise
        return partial(self._finish, commit, heads)

    def _finish(self, commit: Callable[[], None], heads: list[tuple[int, str]]) -> None:
        try:
            commit()
            [(self._link, self._hash)] = heads
        except BaseException:
            self._begin()
            raise
        finally:
            self._lock.release()

    def _begin(self) -> None:
        self._chain, self._link, self._hash = self._name(), 0, GENESIS

    def _add(self, connection: Connection, facts: Facts, at: int) -> tuple[int, str]:
        packed = facts.pack()
        if not packed:
            return self._link, self._hash
        link = self._link + 1
        sealed = seal(self._chain, link, at, self._hash, packed)
        statement = put_new(JOURNAL, LINK, connection.dialect.name)
        if put(connection, statement, [(self._chain, link, at, self._hash, sealed, packed)]) != 1:
            raise RuntimeError(f"another worker writes the chain {self._chain!r}")
        return link, sealed

    def _anchor(self, engine: Engine, at: int) -> None:
        day = moment(at).date().isoformat()
        if day != self._anchored:
            with writing(engine) as connection:
                self._anchored = day if put_anchor(connection, day, at) else ""


def seal(chain: str, link: int, at: int, previous: str, facts: bytes) -> str:
    """The hash of a link."""
    inner = hashlib.sha256(facts).hexdigest()
    return hashlib.sha256(f"{chain}\n{link}\n{at}\n{previous}\n{inner}".encode()).hexdigest()
