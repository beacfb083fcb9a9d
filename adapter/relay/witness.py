"""Whoever watches the relay: told what it did, a part of a window at a time, never message by message."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from adapter.delivery import Message
from adapter.ledger import Moved
from adapter.relay.taken import Taken


class Work(StrEnum):
    """What the relay spends its time with: in a round, one after the other."""

    ROUND = "round"
    """All of one round."""
    TAKE = "take"
    """Waiting for deliveries, and taking them off the queues."""
    DECIDE = "decide"
    """Reading a part of a window, and deciding what comes of it."""
    WRITE = "write"
    """Waiting for the ledger to own it, as far as that is not done while the next part is decided."""
    SEND = "send"
    """Handing messages over."""
    CONFIRM = "confirm"
    """Writing down what was confirmed and what was put off."""


class UnderWay(NamedTuple):
    """A message that was handed over and has no receipt yet."""

    attempts: int
    receiver: str
    kind: str = ""
    since: datetime | None = None
    """When the ledger came to own it."""


class Witness:
    """Sees everything and does nothing; whoever watches overrides what it wants to see.

    Nothing here may raise, wait for anything, or take longer than a part of a window is worth.
    """

    def beat(self) -> None:
        """The relay lives: a round begins, or it waits for what is away."""

    def work(self, work: Work, count: int = 0) -> AbstractContextManager[object]:
        """Entered while this is done, with so many deliveries or messages."""
        return nullcontext()

    def owned(self, part: Sequence[Taken], seconds: float) -> None:
        """The ledger owns what came of these, so many seconds after they were taken off their queues."""

    def moved(self, steps: Sequence[Moved]) -> None:
        """Certificates came into other states, and the ledger has them; called by the ledger's own thread."""

    def handed_over(self, messages: Sequence[Message]) -> None:
        """These are on their way."""

    def confirmed(self, gone: Sequence[UnderWay], at: datetime) -> None:
        """Their receivers have these by now."""

    def put_off(self, gone: Sequence[UnderWay]) -> None:
        """These did not get away, and are tried again."""


class Witnesses(Witness):
    """Several, each told everything."""

    def __init__(self, *each: Witness) -> None:
        self._each = each

    def beat(self) -> None:
        """The relay lives."""
        for each in self._each:
            each.beat()

    def work(self, work: Work, count: int = 0) -> AbstractContextManager[object]:
        """Entered while this is done."""
        stack = ExitStack()
        for each in self._each:
            stack.enter_context(each.work(work, count))
        return stack

    def owned(self, part: Sequence[Taken], seconds: float) -> None:
        """The ledger owns what came of these."""
        for each in self._each:
            each.owned(part, seconds)

    def moved(self, steps: Sequence[Moved]) -> None:
        """Certificates came into other states."""
        for each in self._each:
            each.moved(steps)

    def handed_over(self, messages: Sequence[Message]) -> None:
        """These are on their way."""
        for each in self._each:
            each.handed_over(messages)

    def confirmed(self, gone: Sequence[UnderWay], at: datetime) -> None:
        """Their receivers have these by now."""
        for each in self._each:
            each.confirmed(gone, at)

    def put_off(self, gone: Sequence[UnderWay]) -> None:
        """These did not get away."""
        for each in self._each:
            each.put_off(gone)
