"""What a relay did since it began, in plain numbers that are added up part by part."""

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any

from adapter.delivery import Message
from adapter.ledger import DONE, HELD, Moved, Outcome
from adapter.relay.taken import Taken
from adapter.relay.witness import UnderWay, Witness, Work
from adapter.watch import metrics
from adapter.watch.metrics import SECONDS, Metric

Labels = tuple[str, ...]
Cell = tuple[str, Labels]
"""A metric's name with the values of its labels."""


@dataclass(frozen=True)
class Sheet:
    """Numbers of one relay, or of several added up."""

    counts: Counter[Cell] = field(default_factory=Counter)
    spreads: dict[Cell, list[float]] = field(default_factory=dict)
    """For each histogram, how many fell under each bound and under none, and last the sum of all seconds."""

    def spread(self, metric: Metric, labels: Labels, seconds: float, count: int = 1) -> None:
        """So many things took so many seconds each."""
        row = self.spreads.setdefault((metric.name, labels), [0.0] * (len(SECONDS) + 2))
        row[bisect_left(SECONDS, seconds)] += count
        row[-1] += seconds * count

    def add(self, other: "Sheet") -> None:
        """Add another's numbers to these."""
        self.counts.update(other.counts)
        for cell, row in other.spreads.items():
            before = self.spreads.setdefault(cell, [0.0] * len(row))
            before[:] = [a + b for a, b in zip(before, row, strict=True)]

    def as_json(self) -> dict[str, Any]:
        """As values that JSON knows."""
        counts = [[name, labels, count] for (name, labels), count in self.counts.items()]
        return {"counts": counts, "spreads": [[name, labels, row] for (name, labels), row in self.spreads.items()]}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "Sheet":
        """The numbers that were written with `as_json`."""
        counts = Counter({(name, tuple(labels)): count for name, labels, count in said["counts"]})
        return cls(counts, {(name, tuple(labels)): row for name, labels, row in said["spreads"]})


class Tally(Witness):
    """Counts what its relay does; whoever looks on takes a copy. `clock` is in seconds, the same in every process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock, self._sheet = clock, Lock(), Sheet()
        self.beat_at = clock()
        """When the relay last began a round, or told that it waits."""

    def copy(self) -> Sheet:
        """The numbers as they are."""
        with self._lock:
            return Sheet(self._sheet.counts.copy(), {cell: [*row] for cell, row in self._sheet.spreads.items()})

    def beat(self) -> None:
        """The relay lives."""
        self.beat_at = self._clock()

    @contextmanager
    def work(self, work: Work, count: int = 0) -> Iterator[None]:
        """Measure it, also where it fails."""
        began = self._clock()
        try:
            yield
        finally:
            with self._lock:
                self._sheet.spread(metrics.WORK, (work.value,), self._clock() - began)

    def owned(self, part: Sequence[Taken], seconds: float) -> None:
        """Count what came of these; what was held was taken off its queue long ago."""
        counts: Counter[Cell] = Counter()
        for each in part:
            entry = each.outcome.entry
            if fate := _fate(each.outcome):
                counts[metrics.DELIVERIES.name, (entry.source, fate)] += 1
            if fate == "dead":
                counts[metrics.DEAD.name, (entry.source, entry.stage, entry.code or "")] += 1
        taken = sum(each.delivery.tag is not None for each in part)
        with self._lock:
            self._sheet.counts.update(counts)
            if taken:
                self._sheet.spread(metrics.OWNED, (), max(seconds, 0.0), taken)

    def moved(self, steps: Sequence[Moved]) -> None:
        """Count the states that certificates came into."""
        self._count((metrics.STATES.name, (step.state,)) for step in steps)

    def handed_over(self, messages: Sequence[Message]) -> None:
        """Count what is on its way."""
        self._count((metrics.SENT.name, (each.receiver, each.kind.value)) for each in messages)

    def confirmed(self, gone: Sequence[UnderWay], at: datetime) -> None:
        """Count what arrived, and how long that took."""
        self._count((metrics.CONFIRMED.name, (each.receiver, each.kind)) for each in gone)
        lags = Counter((each.receiver, each.since) for each in gone)
        with self._lock:
            for (receiver, since), count in lags.items():
                if since:
                    lag = max((at - since).total_seconds(), 0.0)
                    self._sheet.spread(metrics.CONFIRM, (receiver,), lag, count)

    def put_off(self, gone: Sequence[UnderWay]) -> None:
        """Count what did not get away; what must not leave at all has no receiver."""
        self._count((metrics.DEFERRED.name, (each.receiver, each.kind)) for each in gone if each.receiver)

    def _count(self, cells: Iterator[Cell]) -> None:
        counts = Counter(cells)
        with self._lock:
            self._sheet.counts.update(counts)


def _fate(outcome: Outcome) -> str | None:
    """What a delivery came to; None for one that was held, and is held on."""
    stage = outcome.entry.stage
    if stage == HELD:
        return None if outcome.repeated else "held"
    if stage == DONE:
        return "repeated" if outcome.repeated and not outcome.revised else "accepted"
    return "dead"
