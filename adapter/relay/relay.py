"""The relay: intake and dispatch in one process, with the ledger between them."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import structlog

from adapter.catalogue import Catalogue
from adapter.delivery import Delivery
from adapter.findings import Unavailable
from adapter.ledger import HELD, LIVING, Ledger
from adapter.relay.advice import advise
from adapter.relay.backoff import back_off
from adapter.relay.broker import Broker
from adapter.relay.crossings import NO_ROUTES
from adapter.relay.dispatch import Dispatch
from adapter.relay.exchange import Exchange
from adapter.relay.intake import Intake
from adapter.relay.names import queue_names
from adapter.relay.quarantine import Quarantine
from adapter.relay.taken import Taken
from adapter.relay.uncollected import uncollected
from adapter.relay.witness import Witness, Work
from adapter.rules import WorkingDays
from adapter.schema import Limits
from adapter.trust import NO_SEALS, Seals

LOOK_EVERY = timedelta(seconds=1)
"""How often it is looked whether something that is held may go on."""
IDLE, BUSY = 0.5, 0.01
"""Seconds to wait for deliveries: with nothing under way, and while receipts are awaited."""

log = structlog.get_logger()


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Done:
    """What one round did, in deliveries and messages."""

    taken: int = 0
    accepted: int = 0
    """Deliveries that did what they came for."""
    dead: int = 0
    repeated: int = 0
    """Deliveries that were here before."""
    sent: int = 0
    confirmed: int = 0
    deferred: int = 0
    """Messages that could not be handed over, and will be tried again."""
    held: int = 0
    """Deliveries that wait for the certificate that they are about."""

    def __bool__(self) -> bool:
        return any((self.taken, self.sent, self.confirmed, self.deferred))


class Role(StrEnum):
    """Which half of the work a relay does; several on one ledger share it."""

    BOTH = "both"
    INTAKE = "intake"
    """Takes in what comes, and leaves what came of it to others to send."""
    DISPATCH = "dispatch"
    """Sends what is due, and takes nothing in."""


class Relay:
    """Moves what lies in its queues, a window in each round; nothing is acknowledged before the ledger owns it.

    The clock, chance and pauses are arguments, so that a test can stop time.
    """

    def __init__(
        self,
        broker: Broker,
        ledger: Ledger,
        catalogue: Catalogue,
        *,
        clock: Callable[[], datetime] = _now,
        calendar: WorkingDays | None = None,
        chance: Callable[[], float] = random.random,
        pause: Callable[[float], None] = time.sleep,
        window: int = 256,
        window_bytes: int = 16_000_000,
        limits: Limits | None = None,
        seals: Seals = NO_SEALS,
        role: Role = Role.BOTH,
        witness: Witness | None = None,
        routes: Mapping[str, str] = NO_ROUTES,
    ) -> None:
        self._broker, self._ledger, self._catalogue, self._role = broker, ledger, catalogue, role
        self._clock, self._chance, self._pause = clock, chance, pause
        self._most, self._most_bytes = window, window_bytes
        self._witness = witness or Witness()
        self._exchange = Exchange(catalogue, calendar, limits or Limits(), seals)
        quarantine = Quarantine(catalogue.folders, catalogue.cache, self._exchange.limits, seals=seals)
        self._intake = Intake(ledger, self._exchange, quarantine, self._witness, hands_over=role is Role.BOTH)
        self._dispatch = Dispatch(broker, ledger, chance, self._witness, routes)
        self._window: list[Delivery] = []
        self._held_at: datetime | None = None
        """When to look again for held deliveries that may go on."""

    def declare(self) -> list[str]:
        """Make the relay's queues; names those that exist with other properties."""
        return self._broker.declare(queue_names(self._catalogue))

    def step(self, wait: float = 0.0) -> Done:
        """One round: a window in, what came of it out, and what else is due; after Unavailable, another round helps.

        It waits so many seconds for deliveries if there are none, less while receipts are awaited.
        """
        with uncollected(), self._witness.work(Work.ROUND):
            return self._round(wait)

    def run(self, until: Callable[[], bool], on_step: Callable[[Done], None] | None = None) -> None:
        """Round after round until told to stop, waiting out whatever is unavailable; the last round ends whole."""
        failures = 0
        while not until():
            self._witness.beat()
            try:
                if failures:
                    self.declare()  # a broker that came back may have lost its queues
                done = self.step(IDLE)
            except Unavailable as trouble:
                if until():
                    break
                seconds = back_off(failures, self._chance).total_seconds()
                log.warning("waiting", **advise(trouble), seconds=round(seconds, 1))
                failures += 1
                self._rest(seconds, until)
                continue
            if failures:
                log.info("goes on again")
            failures = 0
            if on_step:
                on_step(done)
        self.close()

    def settle(self, rounds: int = 1_000) -> bool:
        """Rounds until nothing more happens; whether that came within so many."""
        return any(not self.step(BUSY) and self._dispatch.is_idle for _ in range(rounds))

    def close(self, rounds: int = 100) -> None:
        """Wait a little for receipts and write them down; what has none is sent again when its lease ends."""
        try:
            for _ in range(rounds):
                self._dispatch.collect(self._clock())
                if self._dispatch.is_idle:
                    break
                self._dispatch.settle(self._clock())
                self._pause(BUSY)
        except Unavailable as trouble:
            log.warning("ending without all receipts", trouble=str(trouble))

    def _round(self, wait: float) -> Done:
        patience = wait if self._dispatch.is_idle else min(wait, BUSY)
        taken, at = self._take_window(patience)
        self._dispatch.collect(self._clock())
        sent = self._dispatch.send_due(at, hurry=bool(taken)) if self._role is not Role.INTAKE else 0
        closed, deferred = self._dispatch.settle(at) if not taken or self._dispatch.is_troubled else (0, 0)
        return Done(
            taken.taken, taken.accepted, taken.dead, taken.repeated,
            taken.sent + sent, taken.confirmed + closed, deferred, taken.held,
        )  # fmt: skip

    def _take_window(self, patience: float) -> tuple[Done, datetime]:
        """Take a window in, if there is one and that is our part; else only wait for receipts."""
        if self._role is Role.DISPATCH:
            self._dispatch.collect(self._clock(), patience)
            return Done(), self._clock()
        self._dispatch.collect(self._clock())
        with self._witness.work(Work.TAKE):
            self._window = self._window or self._broker.take(
                list(self._exchange.by_queue), self._most, self._most_bytes, patience
            )
        at = self._clock()
        if self._held_at is None:
            self._intake.adopt(at)
        if self._held_at is None or not self._held_at - LOOK_EVERY <= at < self._held_at:
            self._held_at = at + LOOK_EVERY
            self._let_go(self._intake.take_up(at), at)
        return self._take_in(at) if self._window else Done(), at

    def _take_in(self, at: datetime) -> Done:
        closed, sent = self._dispatch.confirmed(), 0
        results: list[Taken] = []
        for part in self._intake.take_in(self._window, closed, at):
            results += part
            sent += self._let_go(part, at)
        self._dispatch.forget(closed)
        return _counted(results, sent, len(closed))

    def _let_go(self, part: Sequence[Taken], at: datetime) -> int:
        """The ledger owns what came of these: acknowledge them, and hand over what may leave at once."""
        now = self._clock()
        self._witness.owned(part, (now - at).total_seconds())
        gone = {id(each.delivery) for each in part}
        self._window = [each for each in self._window if id(each) not in gone]
        done = [each.delivery for each in part if not each.buried and each.delivery.tag is not None]
        if done:  # what was held was acknowledged when it came
            self._broker.acknowledge(done)
        self._dispatch.bury([each for each in part if each.buried], at)
        direct = [post.message for each in part for post in each.outcome.posts if post.direct]
        sent = self._dispatch.send_fresh(direct, now) if direct else 0
        for each in part:
            _tell_dead(each)
        self._tell_reused(part)
        self._tell_dropped(part)
        return sent

    def _tell_reused(self, part: Sequence[Taken]) -> None:
        """One log line for a message id that its sender used before: answers to one may be taken for the other's."""
        entries = [each.outcome.entry for each in part if not each.outcome.repeated]
        ids = {entry.message_id for entry in entries if entry.message_id}
        for source, id in self._ledger.reused(ids) if ids else ():
            log.warning("message id used for more than one message", source=source, message_id=id)

    def _tell_dropped(self, part: Sequence[Taken]) -> None:
        """One log line for each message that is owed again and cannot be: retention dropped its bytes."""
        again = {each.outcome.entry.id: each.outcome.entry for each in part if each.outcome.answers_again}
        for id in self._ledger.unanswerable(again) if again else ():
            log.warning(
                "not answered again: retention dropped its answer",
                id=id, source=again[id].source, message_id=again[id].message_id,
            )  # fmt: skip
        wanted = {message for each in part for message in each.outcome.again}
        for message in self._ledger.dropped(wanted) if wanted else ():
            log.warning("not sent again as it was asked for: retention dropped its bytes", message=message)

    def _rest(self, seconds: float, until: Callable[[], bool]) -> None:
        while seconds > 0 and not until():
            self._pause(min(seconds, IDLE))
            self._witness.beat()
            seconds -= IDLE


def _tell_dead(taken: Taken) -> None:
    """One log line for a delivery that died: what to look for with `eodes dead show`, and why."""
    entry = taken.outcome.entry
    if entry.stage not in LIVING and not (taken.outcome.repeated and taken.delivery.tag):
        log.warning(
            "dead", id=entry.id, source=entry.source, message_id=entry.message_id, number=entry.number,
            stage=entry.stage, code=entry.code,
        )  # fmt: skip


def _counted(results: Sequence[Taken], sent: int, confirmed: int) -> Done:
    dead = sum(each.outcome.entry.stage not in LIVING for each in results)
    held = sum(each.outcome.entry.stage == HELD and not each.outcome.repeated for each in results)
    repeated = sum(each.outcome.repeated for each in results)
    accepted = len(results) - dead - held - repeated
    return Done(len(results), accepted, dead, repeated, sent, confirmed, held=held)
