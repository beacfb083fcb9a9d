"""The ledger: what came, what became of it, what is to leave."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Table, select

from adapter.delivery import Message
from adapter.ledger.engine import micros, open_engine, put, reading, writing
from adapter.ledger.entries import Known, Outcome, Sent, Standing, Step, Waiting
from adapter.ledger.history import read_steps
from adapter.ledger.journal import Journal
from adapter.ledger.lists import list_backlogs, list_dead, list_standings, one_dead, standing
from adapter.ledger.payload import unpacked
from adapter.ledger.prune import Pruned, drop, over
from adapter.ledger.retention import Retention
from adapter.ledger.schema import BODIES, CERTIFICATES, DELIVERIES, OUTBOX
from adapter.ledger.search import arrived, deliveries_about, due_at, messages_about, page_before, posted
from adapter.ledger.shown import Arrived, Backlog, Dead, Place, Posted
from adapter.ledger.statements import CLOSE, DEFER, LEASE, MESSAGE, SENT, STANDING, columns_of, due
from adapter.ledger.verify import Proof, Tell, say_nothing, verify
from adapter.ledger.window import write_window
from adapter.messages import Function, Kind

AT_ONCE = 500
"""How many values one question may hold."""


def _any_name() -> str:
    return secrets.token_hex(8)


class Ledger:
    """Every verb is one transaction, and raises findings.Unavailable where the database cannot be reached.

    `lease` is how long a message that was handed out stays with who has it; after that it is due again. `chains` names
    the chains that it writes into the journal, each name new.
    """

    def __init__(
        self, engine: Engine, lease: timedelta = timedelta(seconds=30), chains: Callable[[], str] = _any_name
    ) -> None:
        self._engine, self._lease = engine, lease
        self._journal = Journal(chains)

    @classmethod
    def open(cls, url: str) -> "Ledger":
        """The ledger at this database URL, made where there is none; raises ValueError or Unavailable."""
        return cls(open_engine(url))

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def known(self, deliveries: Sequence[str], keys: Iterable[str], answered: Iterable[str]) -> Known:
        """What a window depends on: which deliveries were here before, certificates by match key, messages by id."""
        with reading(self._engine) as connection:
            stages = _rows(connection, DELIVERIES, ("id", "stage"), DELIVERIES.c.id, deliveries)
            certificates = _rows(connection, CERTIFICATES, STANDING, CERTIFICATES.c.key, keys)
            sent = [Sent(*row) for row in _rows(connection, OUTBOX, SENT, OUTBOX.c.id, answered)]
        standings = sorted(map(standing, certificates), key=lambda each: (str(each.received_at), each.id))
        return Known({id: stage for id, stage in stages}, standings, sent)

    def write(self, outcomes: Sequence[Outcome], closed: Sequence[str], at: datetime) -> None:
        """A window's outcomes and the messages that were confirmed meanwhile, whole; raises window.Outpaced."""
        now = micros(at)
        with self._journal.writing(self._engine, now) as (connection, facts):
            write_window(connection, outcomes, now, micros(at + self._lease), facts)
            facts.closed += _close(connection, closed, now)

    def settle(self, closed: Iterable[str], deferred: Iterable[tuple[str, datetime, str]], at: datetime) -> None:
        """Close what was confirmed; put off what was not, by id, until when, and why: the first reason is kept."""
        now = micros(at)
        with self._journal.writing(self._engine, now) as (connection, facts):
            facts.closed += _close(connection, closed, now)
            put(connection, DEFER, [(micros(until), error, id) for id, until, error in sorted(deferred)])

    def lease_due(self, at: datetime, most: int, most_bytes: int) -> list[Waiting]:
        """Messages that are due, oldest first, with a lease on each; at most so many and of so many bytes, but one."""
        with writing(self._engine) as connection:
            chosen: dict[str, int] = {}
            size = 0
            for id, bytes_, attempts in connection.execute(due(micros(at), most)):
                size += bytes_
                if chosen and size > most_bytes:
                    break
                chosen[id] = attempts
            put(connection, LEASE, [(micros(at + self._lease), id) for id in chosen])
            messages = _messages(connection, list(chosen))
        return [Waiting(messages[id], attempts) for id, attempts in chosen.items()]

    def prune(self, retention: Retention, at: datetime, apply: bool, tell: Tell = say_nothing) -> Pruned:
        """Drop the bytes of deliveries and messages whose retention is over; unless `apply`, only say which."""
        pruned = Pruned()
        for table in (DELIVERIES, OUTBOX):
            for free in over(self._engine, table, retention, at, tell):
                dropped = self._drop(table, [row.id for row, _ in free], micros(at)) if apply else None
                for row, agreement in free:
                    if dropped is None or row.id in dropped:
                        pruned.count(table, agreement, row.size)
        return pruned

    def _drop(self, table: Table, ids: Sequence[str], at: int) -> set[str]:
        with self._journal.writing(self._engine, at) as (connection, facts):
            return set(drop(connection, table, ids, at, facts))

    def verify(self, tell: Tell = say_nothing, noted: str | None = None) -> Proof:
        """Whether all is as it was written, see verify.verify; it takes minutes for a large ledger."""
        return verify(self._engine, tell, noted)

    def standings(self, limit: int = 100) -> list[Standing]:
        """The certificates that came last, newest first."""
        with reading(self._engine) as connection:
            return list_standings(connection, limit)

    def history(self, certificate: str) -> list[Step]:
        """The states of the certificate of this id, oldest first."""
        with reading(self._engine) as connection:
            return read_steps(connection, certificate)

    def deliveries_of(self, number: str) -> list[Arrived]:
        """The deliveries about the certificate of this number, oldest first, without their bytes."""
        with reading(self._engine) as connection:
            return sorted(arrived(connection, deliveries_about(number)), key=lambda each: (each.received_at, each.id))

    def messages_of(self, number: str) -> list[Posted]:
        """The messages about the certificate of this number and the answers, oldest first, without their bytes."""
        with reading(self._engine) as connection:
            return sorted(posted(connection, messages_about(number)), key=lambda each: each.created_at)

    def deliveries(self, before: Place | None = None, limit: int = 100) -> list[Arrived]:
        """A page of deliveries, newest first, without their bytes; `before` is the place of the last page's last."""
        with reading(self._engine) as connection:
            return arrived(connection, page_before(before, limit))

    def due(self, at: datetime, limit: int = 100) -> list[Posted]:
        """The messages that are due, those first that are due the longest; nothing is leased."""
        with reading(self._engine) as connection:
            return posted(connection, due_at(micros(at), limit))

    def queue(self, at: datetime) -> list[Backlog]:
        """What waits for each receiver."""
        with reading(self._engine) as connection:
            return list_backlogs(connection, at)

    def dead(self, limit: int = 100) -> list[Dead]:
        """The deliveries that died last, newest first, without their bytes."""
        with reading(self._engine) as connection:
            return list_dead(connection, limit)

    def dead_letter(self, id: str) -> Dead | None:
        """One delivery that died, with its findings and bytes."""
        with reading(self._engine) as connection:
            return one_dead(connection, id)


def _close(connection: Connection, confirmed: Iterable[str], at: int) -> list[str]:
    closed = sorted(confirmed)
    put(connection, CLOSE, [(at, id) for id in closed])
    return closed


def _rows(
    connection: Connection, table: Table, names: tuple[str, ...], key: ColumnElement[Any], values: Iterable[str]
) -> list[Any]:
    """Rows whose key is one of the values."""
    wanted = sorted(set(values))
    found: list[Any] = []
    for start in range(0, len(wanted), AT_ONCE):
        found += connection.execute(select(*columns_of(table, names)).where(key.in_(wanted[start : start + AT_ONCE])))
    return found


def _messages(connection: Connection, ids: Sequence[str]) -> dict[str, Message]:
    stored = _rows(connection, BODIES, ("id", "coding", "body"), BODIES.c.id, ids)
    bodies = {id: unpacked(coding, body) for id, coding, body in stored}
    found: dict[str, Message] = {}
    for row in _rows(connection, OUTBOX, MESSAGE, OUTBOX.c.id, ids):
        values: dict[str, Any] = dict(row._mapping)
        values |= {"kind": Kind(values["kind"]), "function": Function(values["function"])}
        found[row.id] = Message(**values, body=bodies[row.id])
    return found
