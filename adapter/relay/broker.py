"""What the relay asks of a message broker: verbs for whole batches, and the values they pass."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from adapter.delivery import Delivery

UNREADABLE = "x-unreadable"
"""Header that stands alone, with the reason, where what arrived beside the body could not be read."""
OVERSIZED = "x-oversized"
"""Header with a body's size, where it was too large to be let in: then there is none."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A body with what is written on it, for one queue."""

    queue: str
    message_id: str
    body: bytes
    content_type: str | None = None
    type: str | None = None
    """The kind of message."""
    correlation_id: str | None = None
    headers: Mapping[str, str | int] = field(default_factory=dict)
    persistent: bool = True
    """Whether it outlives a restart of the broker."""
    exchange: str = ""
    """Where it is put in, unless by the default way that the relay alone goes; others may ignore it."""


class Outcome(StrEnum):
    """What became of a parcel."""

    CONFIRMED = "confirmed"
    """The queue has it and keeps it."""
    RETURNED = "returned"
    """There is no such queue."""
    REFUSED = "refused"
    """The broker could not take it."""
    LOST = "lost"
    """Nobody knows: the connection ended before the broker answered. Send it again under the same id."""
    DECLINED = "declined"
    """Whom it is for will never take these bytes: it is dead until an operator says otherwise."""
    POSTPONED = "postponed"
    """It is not its turn yet: nothing was tried."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one parcel; each that was sent gets exactly one."""

    message_id: str
    queue: str
    outcome: Outcome
    reason: str = ""
    after: float = 0.0
    """Seconds, at least, until it may be sent again."""
    own: bool = False
    """Whether the connection was its destination's own, so that losing it is the destination's failure."""


class Broker(Protocol):
    """Queues that keep what is sent to them until it is acknowledged.

    Every verb raises findings.Unavailable when the broker cannot be reached: nothing is lost, trying again helps.
    """

    def declare(self, queues: Iterable[str]) -> list[str]:
        """Make durable queues where there are none; names those that exist with other properties, left as they are."""
        ...

    def take(self, queues: Sequence[str], most: int, most_bytes: int, wait: float) -> list[Delivery]:
        """A window of deliveries, each with its queue's name as source; empty after `wait` seconds without any.

        It holds at most `most` deliveries and `most_bytes` of bodies, but always one: a single body may be larger.
        It comes at once when it is full, and soon after the first delivery when it is not. What is taken belongs to
        the taker until it is acknowledged or released, or the taker is gone; a broker may hand out no more than two of
        its windows before that.
        """
        ...

    def acknowledge(self, deliveries: Iterable[Delivery]) -> None:
        """Done: they never come again. Those this broker no longer holds are ignored, and do come again."""
        ...

    def release(self, deliveries: Iterable[Delivery]) -> None:
        """Give back: they come again with their `times` raised."""
        ...

    def send(self, parcels: Sequence[Parcel]) -> None:
        """Hand over, in this order, without waiting for receipts; blocks while too much is without one.

        It takes all or, raising Unavailable, none.
        """
        ...

    def receipts(self, wait: float) -> list[Receipt]:
        """What became of parcels since the last call; empty after `wait` seconds without news."""
        ...

    def depths(self, queues: Iterable[str]) -> dict[str, int]:
        """How many messages wait untaken in each queue that exists; a broker may count a moment late."""
        ...

    def close(self) -> None:
        """Let go: what was taken and not acknowledged comes again. Parcels without a receipt may or may not arrive."""
        ...
