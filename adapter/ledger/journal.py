"""The journal: every transaction that writes adds one link to its worker's own chain, which waits for no other's.

A link's hash is over the one before it and over the SHA-256 of its facts, so that no link can be altered, left out or
moved without all that follow it.
"""

import hashlib
from collections.abc import Callable
from threading import Lock

from sqlalchemy import Connection, Engine

from adapter.ledger.anchors import GENESIS, put_anchor
from adapter.ledger.engine import moment, writing
from adapter.ledger.entries import Outpaced
from adapter.ledger.facts import Facts
from adapter.ledger.many import put_new
from adapter.ledger.proof import JOURNAL

Write = Callable[[Connection, Facts], None]
"""What one transaction does, noting its facts."""
LINK = ("chain", "link", "at", "previous", "hash", "facts")


class Journal:
    """One worker's chain. After a failure nobody knows what was committed: it begins another."""

    def __init__(self, name: Callable[[], str]) -> None:
        self._name, self._lock, self._anchored = name, Lock(), ""
        self._begin()

    def write(self, engine: Engine, at: int, write: Write) -> None:
        """One transaction, and a link for the facts that it gathers; on a new day an anchor goes before it.

        Until it is over nobody else writes through this journal.
        """
        with self._lock:
            try:
                self._anchor(engine, at)
                with writing(engine) as connection:
                    facts = Facts()
                    write(connection, facts)
                    head = self._add(connection, facts, at)
                self._link, self._hash = head
            except Outpaced:  # it was rolled back
                raise
            except BaseException:
                self._begin()
                raise

    def _begin(self) -> None:
        self._chain, self._link, self._hash = self._name(), 0, GENESIS

    def _add(self, connection: Connection, facts: Facts, at: int) -> tuple[int, str]:
        packed = facts.pack()
        if not packed:
            return self._link, self._hash
        link = self._link + 1
        sealed = seal(self._chain, link, at, self._hash, packed)
        if put_new(connection, JOURNAL, LINK, [(self._chain, link, at, self._hash, sealed, packed)]) != 1:
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
