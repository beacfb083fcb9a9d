"""A circuit breaker for each destination: what refuses again and again is left alone, then asked with one message."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from adapter.ledger import Position, Turn
from adapter.relay.backoff import LONGEST

TRIPS_AT = 5
"""Failures in a row, of whatever messages, after which a destination is left alone."""
FIRST_REST = timedelta(seconds=30)


@dataclass(slots=True)
class Breakers:
    """What this process sees of destinations, and the turns that follow from it; other processes' turns are learned."""

    chance: Callable[[], float]
    last: dict[str, Turn] = field(default_factory=dict)
    """The last turn of each destination that ever turned."""
    turns: list[Turn] = field(default_factory=list)
    """Turns that the ledger does not know yet."""
    _failures: Counter[str] = field(default_factory=Counter)

    def learn(self, last: dict[str, Turn]) -> None:
        """What the ledger knows by now; a turn of ours that it does not know yet counts as taken."""
        self.last = last | {turn.receiver: turn for turn in self.turns}

    def holds(self, receiver: str) -> bool:
        """Whether nothing is handed over to this destination, but for the message that asks."""
        turn = self.last.get(receiver)
        return turn is not None and turn.position is not Position.CLOSED

    def delivered(self, receiver: str, at: datetime) -> None:
        """It answered a message: if it was being asked, whatever was wrong is over; else that one was sent before."""
        self._failures.pop(receiver, None)
        turn = self.last.get(receiver)
        if turn is not None and turn.position is Position.PROBING:
            self._turn(receiver, Position.CLOSED, 0, at, at, "a message was answered")

    def failed(self, receiver: str, reason: str, at: datetime) -> None:
        """It did not take a message: after several in a row, or if that was the one that asked, it is left alone."""
        self._failures[receiver] += 1
        turn = self.last.get(receiver)
        asked = turn is not None and turn.position is Position.PROBING
        if asked or (self._failures[receiver] >= TRIPS_AT and not self.holds(receiver)):
            trips = turn.trips + 1 if turn else 1
            rest = min(LONGEST, FIRST_REST * 2 ** min(trips - 1, 20)) * (0.5 + self.chance() / 2)
            self._turn(receiver, Position.OPEN, trips, at + rest, at, reason)

    def _turn(self, receiver: str, position: Position, trips: int, until: datetime, at: datetime, reason: str) -> None:
        number = self.last[receiver].number + 1 if receiver in self.last else 1
        self.last[receiver] = Turn(receiver, number, position, trips, until, at, reason)
        self.turns.append(self.last[receiver])
