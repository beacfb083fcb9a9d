"""Destinations that messages are not handed over to for a while, and how each came to stand as it does."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from operator import attrgetter

from sqlalchemy import Connection, Executable, func, select

from adapter.ledger.engine import micros, moment
from adapter.ledger.entries import Waiting
from adapter.ledger.many import put_new
from adapter.ledger.schema import TURNS
from adapter.ledger.statements import columns_of

COLUMNS = ("receiver", "number", "state", "trips", "until", "at", "reason")


class Position(StrEnum):
    """How a destination's breaker stands."""

    CLOSED = "closed"
    """Messages are handed over."""
    OPEN = "open"
    """None is, until a moment."""
    PROBING = "probing"
    """That moment has passed: one message is on its way to find out; until its lease ends no other is."""

    @classmethod
    def _missing_(cls, value: object) -> "Position":
        """Closed, where a row says what nobody wrote: one bad row must not keep everybody's messages back."""
        return cls.CLOSED


@dataclass(frozen=True, slots=True)
class Turn:
    """A breaker's turn from one position to another; the last one of a receiver says how it stands."""

    receiver: str
    number: int
    """1 for its first turn, then one more each time."""
    position: Position
    trips: int
    """How often it opened since it was last closed."""
    until: datetime
    at: datetime
    reason: str = ""

    def asking(self, at: datetime, until: datetime) -> "Turn":
        """The turn to asking with one message, until its lease ends."""
        return Turn(self.receiver, self.number + 1, Position.PROBING, self.trips, until, at, "asking")


@dataclass(frozen=True, slots=True)
class Due:
    """Messages that are due, and how the breakers stood that they were chosen by."""

    waiting: list[Waiting]
    turns: dict[str, Turn]
    """The last turn of each destination that ever turned."""
    damaged: dict[str, int] = field(default_factory=dict)
    """Attempts by id of those that are due and not as they were written: they must not leave."""


def put_turns(connection: Connection, turns: Iterable[Turn]) -> int:
    """Write the turns that no other worker was first with; how many that were."""
    rows = [
        (turn.receiver, turn.number, turn.position.value, turn.trips, micros(turn.until), micros(turn.at), turn.reason)
        for turn in sorted(turns, key=attrgetter("receiver", "number"))
    ]
    return put_new(connection, TURNS, COLUMNS, rows)


def last_turns(connection: Connection) -> dict[str, Turn]:
    """How each destination stands that ever turned, by receiver."""
    last = select(TURNS.c.receiver, func.max(TURNS.c.number).label("number")).group_by(TURNS.c.receiver).subquery()
    chosen = select(*columns_of(TURNS, COLUMNS)).join(
        last, (TURNS.c.receiver == last.c.receiver) & (TURNS.c.number == last.c.number)
    )
    return {turn.receiver: turn for turn in _read(connection, chosen)}


def turns_of(connection: Connection, receiver: str) -> list[Turn]:
    """All turns of a receiver's breaker, oldest first."""
    chosen = select(*columns_of(TURNS, COLUMNS)).where(TURNS.c.receiver == receiver).order_by(TURNS.c.number)
    return _read(connection, chosen)


def _read(connection: Connection, chosen: Executable) -> list[Turn]:
    return [
        Turn(receiver, number, Position(state), trips, moment(until), moment(at), reason)
        for receiver, number, state, trips, until, at, reason in connection.execute(chosen)
    ]
