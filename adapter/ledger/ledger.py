"""The ledger: what came, what became of it, what is to leave."""

import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, Table

from adapter.ledger.asked import find
from adapter.ledger.destinations import Due, Position, Turn, last_turns, put_turns
from adapter.ledger.endings import give_up, replay, revive, write_deaths
from adapter.ledger.engine import micros, open_engine, put, reading, writing
from adapter.ledger.entries import DISMISSED, Deed, Moved, Outcome, Waiting
from adapter.ledger.facts import Facts
from adapter.ledger.handing import fitting, messages_of
from adapter.ledger.history import Row
from adapter.ledger.holds import adopt_held, lease_held
from adapter.ledger.interventions import died_of, dismiss, note
from adapter.ledger.journal import Journal, Write
from adapter.ledger.known import Known, Question
from adapter.ledger.looks import Looks
from adapter.ledger.originals import Original
from adapter.ledger.prune import Pruned, drop, over
from adapter.ledger.retention import Retention
from adapter.ledger.routes import declare
from adapter.ledger.schema import DELIVERIES, OUTBOX
from adapter.ledger.statements import DEFER, LEASE, due, recall
from adapter.ledger.verify import Tell, say_nothing
from adapter.ledger.window import close, pages_of, write_window

CLOSED = Position.CLOSED
LEASE_TIME = timedelta(seconds=30)
AHEAD = timedelta(hours=1)
"""No message is put off for longer, and no destination left alone."""


def tell_nobody(steps: Sequence[Moved]) -> None:
    """Nobody asks how certificates move."""


def _any_name() -> str:
    return secrets.token_hex(8)


class Ledger(Looks):
    """Every verb is one transaction, and raises findings.Unavailable where the database cannot be reached.

    `lease` is how long a message that was handed out stays with who has it; after that it is due again. `chains` names
    the chains that it writes into the journal, each name new. `told` hears of every state of a certificate once it is
    committed, on whatever thread that was.
    """

    def __init__(
        self, engine: Engine, lease: timedelta = LEASE_TIME, chains: Callable[[], str] = _any_name,
        told: Callable[[Sequence[Moved]], None] = tell_nobody,
    ) -> None:  # fmt: skip
        super().__init__(engine)
        self._lease, self._told = lease, told
        self._journal = Journal(chains)
        self._committer = ThreadPoolExecutor(1, "ledger")
        self._committing: Future[None] | None = None

    @classmethod
    def open(
        cls, url: str, lease: timedelta = LEASE_TIME, make: bool = True,
        told: Callable[[Sequence[Moved]], None] = tell_nobody,
    ) -> "Ledger":  # fmt: skip
        """The ledger at this database URL, made where there is none, if it may be; raises ValueError or Unavailable."""
        return cls(open_engine(url, make=make), lease, told=told)

    def close(self) -> None:
        """Let go of the database, after what is being committed."""
        self._committer.shutdown()
        self._engine.dispose()

    def known(self, question: Question) -> Known:
        """What a window depends on: which deliveries were here before, certificates, messages that were answered."""
        self._await_commit()
        with reading(self._engine) as connection:
            return find(connection, question)

    def write(self, outcomes: Sequence[Outcome], closed: Sequence[str], at: datetime) -> None:
        """A window's outcomes and the messages that were confirmed meanwhile, whole; raises window.Outpaced."""
        self.entrust(outcomes, closed, at).result()

    def entrust(self, outcomes: Sequence[Outcome], closed: Sequence[str], at: datetime) -> "Future[None]":
        """As `write`, but owned only when the future has its result: the caller may go on with other work meanwhile."""
        now = micros(at)
        try:
            pages = pages_of(outcomes, now, micros(at + self._lease))
        except Exception as error:
            failed: Future[None] = Future()
            failed.set_exception(error)
            return failed

        def write(connection: Connection, facts: Facts) -> None:
            write_window(connection, outcomes, pages, closed, now, facts)

        self._await_commit()
        self._committing = self._committer.submit(self._write, now, write, outcomes)
        return self._committing

    def lease_held(self, at: datetime, most: int) -> list[Original]:
        """Deliveries that were held until now, each with a lease on it, as they came."""
        with writing(self._engine) as connection:
            return lease_held(connection, micros(at), micros(at + self._lease), most)

    def adopt_held(self, at: datetime, until: datetime) -> list[str]:
        """Deliveries that stand as held with nothing that says how long, held again until then; gives their ids."""
        with writing(self._engine) as connection:
            return adopt_held(connection, micros(at), micros(until))

    def settle(
        self, closed: Iterable[str], deferred: Iterable[tuple[str, datetime, str]], at: datetime,
        turns: Iterable[Turn] = (), declined: Iterable[tuple[str, str, str]] = (),
        postponed: Iterable[tuple[str, datetime]] = (),
    ) -> None:  # fmt: skip
        """Close what was confirmed; put off what was not, by id, until when, and why: the first reason is kept.

        With it go the turns of breakers that follow from it; what its destination will never take, by id, code and
        reason; and what was only not its turn yet, by id and until when: that was no attempt.
        """
        now = micros(at)

        def write(connection: Connection, facts: Facts) -> None:
            close(connection, (), closed, now, facts)
            put(connection, DEFER, [(micros(until), error, id) for id, until, error in sorted(deferred)])
            put(connection, LEASE, [(micros(until), id) for id, until in sorted(postponed)])
            write_deaths(connection, declined, now, facts)
            put_turns(connection, turns)

        self._write(now, write)

    def revive(self, ids: Iterable[str], at: datetime, deed: Deed | None = None) -> list[str]:
        """Send these after all, from now on: the ids of those that had died; raises Unavailable."""
        return self._end(revive, ids, at, deed)

    def give_up(self, ids: Iterable[str], at: datetime, deed: Deed | None = None) -> list[str]:
        """Never send these, and let go on what they held back: the ids of those that had died; raises Unavailable."""
        return self._end(give_up, ids, at, deed)

    def replay(self, ids: Iterable[str], at: datetime, deed: Deed | None = None) -> list[str]:
        """Send these once more: the ids of those that had left, and whose bytes are kept; raises Unavailable."""
        return self._end(replay, ids, at, deed)

    def dismiss(self, ids: Iterable[str], at: datetime, deed: Deed) -> list[str]:
        """These deliveries are seen to and no longer among the dead: the ids of those that were; raises Unavailable."""
        changed: list[str] = []

        def write(connection: Connection, facts: Facts) -> None:
            facts.interventions += dismiss(connection, ids, deed, micros(at))
            changed.extend(row[0] for row in facts.interventions)
            facts.revised += [(id, DISMISSED) for id in changed]

        self._journal.write(self._engine, micros(at), write)
        return changed

    def _end(
        self, end: Callable[..., list[str]], ids: Iterable[str], at: datetime, deed: Deed | None
    ) -> list[str]:  # fmt: skip
        changed: list[str] = []

        def write(connection: Connection, facts: Facts) -> None:
            before = died_of(connection, ids) if deed else {}
            changed.extend(end(connection, ids, micros(at), facts))
            facts.interventions += note(connection, {id: before.get(id) for id in changed}, deed, micros(at))

        self._journal.write(self._engine, micros(at), write)
        return changed

    def declare(self, routes: Mapping[str, str], at: datetime) -> dict[str, str]:
        """As `routes.declare`, for as long as a lease runs."""
        return declare(self._engine, routes, at, self._lease)

    def lease_due(self, at: datetime, most: int, most_bytes: int, elsewhere: Collection[str] = ()) -> Due:
        """Messages that are due, oldest first, with a lease on each; at most so many and of so many bytes, but one.

        For a destination whose breaker is open there are none, until it is time to ask it with one; for those
        `elsewhere` none. Nothing waits for a moment that only a clock which was ahead can have named.
        """
        latest = at + max(AHEAD, 2 * self._lease)
        with writing(self._engine) as connection:
            connection.execute(recall(micros(at), micros(latest)))
            turns = last_turns(connection)
            apart = {receiver: turn for receiver, turn in turns.items() if turn.position is not CLOSED}
            chosen = fitting(connection.execute(due(micros(at), most, {*apart, *elsewhere})), most_bytes)
            for turn in (turn for turn in apart.values() if turn.receiver not in elsewhere):
                if turn.until <= at or turn.until > latest:
                    chosen |= self._ask(connection, turn, at)
                    turns[turn.receiver] = turn.asking(at, at + self._lease)
            put(connection, LEASE, [(micros(at + self._lease), id) for id in chosen])
            messages = messages_of(connection, list(chosen))
        waiting = [Waiting(messages[id][0], n, messages[id][1]) for id, n in chosen.items() if id in messages]
        return Due(waiting, turns, {id: attempts for id, attempts in chosen.items() if id not in messages})

    def _ask(self, connection: Connection, turn: Turn, at: datetime) -> dict[str, int]:
        """The one message that asks a destination, unless another worker was first to ask."""
        found = fitting(connection.execute(due(micros(at), 1, only=turn.receiver)), 0)
        return found if found and put_turns(connection, [turn.asking(at, at + self._lease)]) else {}

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
        dropped: set[str] = set()

        def write(connection: Connection, facts: Facts) -> None:
            dropped.update(drop(connection, table, ids, at, facts))

        self._journal.write(self._engine, at, write)
        return dropped

    def _write(self, at: int, write: Write, outcomes: Sequence[Outcome] = ()) -> None:
        """One transaction, and word of how certificates stand by now."""
        steps: list[Row] = []

        def write_all(connection: Connection, facts: Facts) -> None:
            write(connection, facts)
            steps.extend(facts.states)

        self._journal.write(self._engine, at, write_all)
        if steps:
            numbers = {each.certificate.id: each.certificate.number for each in outcomes if each.certificate}
            with suppress(Exception):  # it is committed, whatever becomes of telling it
                self._told([Moved(id, state, cause, numbers.get(id)) for id, _, state, _, cause in steps])

    def _await_commit(self) -> None:
        """Until the transaction before is over, however it ended: whoever entrusted it is told."""
        if self._committing:
            wait([self._committing])
            self._committing = None
