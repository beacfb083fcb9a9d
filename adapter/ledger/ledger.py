"""The ledger: what came, what became of it, what is to leave."""

from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Engine, Table, select

from adapter.delivery import Message
from adapter.ledger.engine import begin, micros, open_engine, put, reading, writing
from adapter.ledger.entries import Backlog, Dead, Known, Outcome, Sent, Standing, Waiting
from adapter.ledger.lists import list_backlogs, list_dead, list_standings, one_dead, standing
from adapter.ledger.schema import BODIES, CERTIFICATES, DELIVERIES, OUTBOX
from adapter.ledger.statements import CLOSE, DEFER, LEASE, MESSAGE, SENT, STANDING, columns_of, due
from adapter.ledger.window import write_window
from adapter.messages import Function, Kind

AT_ONCE = 500
"""How many values one question may hold."""

T = TypeVar("T")


class Ledger:
    """Every verb is one transaction, and raises findings.Unavailable where the database cannot be reached.

    `lease` is how long a message that was handed out stays with who has it; after that it is due again.
    """

    def __init__(self, engine: Engine, lease: timedelta = timedelta(seconds=30)) -> None:
        self._engine, self._lease = engine, lease
        self._committer = ThreadPoolExecutor(1, "ledger")
        self._committing: Future[None] | None = None

    @classmethod
    def open(cls, url: str) -> "Ledger":
        """The ledger at this database URL, made where there is none; raises ValueError or Unavailable."""
        return cls(open_engine(url))

    def close(self) -> None:
        """Let go of the database, after what is being committed."""
        self._committer.shutdown()
        self._engine.dispose()

    def known(self, deliveries: Sequence[str], keys: Iterable[str], answered: Iterable[str]) -> Known:
        """What a window depends on: which deliveries were here before, certificates by match key, messages by id."""
        self._await_commit()
        with reading(self._engine) as connection:
            stages = _rows(connection, DELIVERIES, ("id", "stage"), DELIVERIES.c.id, deliveries)
            certificates = _rows(connection, CERTIFICATES, STANDING, CERTIFICATES.c.key, keys)
            sent = [Sent(*row) for row in _rows(connection, OUTBOX, SENT, OUTBOX.c.id, answered)]
        standings = sorted(map(standing, certificates), key=lambda each: (str(each.received_at), each.id))
        return Known({id: stage for id, stage in stages}, standings, sent)

    def write(self, outcomes: Sequence[Outcome], closed: Sequence[str], at: datetime) -> None:
        """A window's outcomes and the messages that were confirmed meanwhile, whole; raises window.Outpaced."""
        self.entrust(outcomes, closed, at).result()

    def entrust(self, outcomes: Sequence[Outcome], closed: Sequence[str], at: datetime) -> "Future[None]":
        """As `write`, but the ledger owns them only when the future has its result: the database is at work meanwhile.

        That holds until the disk has it, and does not need the interpreter, so the caller may go on with other work.
        """
        now = micros(at)

        def write(connection: Connection) -> None:
            write_window(connection, outcomes, now, micros(at + self._lease))
            put(connection, CLOSE, [(now, id) for id in sorted(closed)])

        self._await_commit()
        try:
            self._committing = self._committer.submit(begin(self._engine, write))
            return self._committing
        except Exception as error:
            failed: Future[None] = Future()
            failed.set_exception(error)
            return failed

    def settle(self, closed: Iterable[str], deferred: Iterable[tuple[str, datetime, str]], at: datetime) -> None:
        """Close what was confirmed; put off what was not, by id, until when, and why: the first reason is kept."""
        now = micros(at)
        with writing(self._engine) as connection:
            put(connection, CLOSE, [(now, id) for id in sorted(closed)])
            put(connection, DEFER, [(micros(until), error, id) for id, until, error in sorted(deferred)])

    def lease_due(self, at: datetime, most: int, most_bytes: int) -> list[Waiting]:
        """Messages that are due, longest first, with a lease on each; at most so many and of so many bytes, but one."""
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

    def standings(self, limit: int = 100) -> list[Standing]:
        """The certificates that came last, newest first."""
        with reading(self._engine) as connection:
            return list_standings(connection, limit)

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

    def _await_commit(self) -> None:
        """Until the transaction before is over, however it ended: whoever entrusted it is told."""
        if self._committing:
            wait([self._committing])
            self._committing = None


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
    bodies = {id: bytes(body) for id, body in _rows(connection, BODIES, ("id", "body"), BODIES.c.id, ids)}
    found: dict[str, Message] = {}
    for row in _rows(connection, OUTBOX, MESSAGE, OUTBOX.c.id, ids):
        values: dict[str, Any] = dict(row._mapping)
        values |= {"kind": Kind(values["kind"]), "function": Function(values["function"])}
        found[row.id] = Message(**values, body=bodies[row.id])
    return found
