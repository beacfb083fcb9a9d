"""Where those who look on are told: the numbers of one relay or of a crew, and whether all is well."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from adapter.watch.survey import Survey
from adapter.watch.tally import Sheet, Tally

STALLED = 120.0
"""Seconds without a round, or a word that the relay waits, after which it is taken for dead."""


@dataclass(frozen=True, slots=True)
class Report:
    """Numbers of all relays there were, and for each that runs when it last began a round."""

    sheet: Sheet
    beats: Sequence[float]


class Relays(Protocol):
    """One relay, or the workers of a crew."""

    def report(self) -> Report:
        """How they stand."""
        ...


@dataclass(frozen=True)
class Alone:
    """The relay of this process."""

    tally: Tally

    def report(self) -> Report:
        """How it stands."""
        return Report(self.tally.copy(), [self.tally.beat_at])


@dataclass(frozen=True)
class Station:
    """Answers whether relays live, and whether they can work; `clock` is in seconds, the same as theirs."""

    relays: Relays
    survey: Survey
    version: str
    clock: Callable[[], float] = time.monotonic
    stalled: float = STALLED

    def ages(self, report: Report) -> list[float]:
        """Seconds since each relay last began a round."""
        return [max(self.clock() - beat, 0.0) for beat in report.beats]

    def health(self) -> tuple[bool, dict[str, Any]]:
        """Whether relays run, and each began a round not long ago: if not, starting it again helps."""
        ages = self.ages(self.relays.report())
        well = bool(ages) and max(ages) < self.stalled
        return well, {"healthy": well, "seconds_since_round": [round(age, 1) for age in ages]}

    def ready(self) -> tuple[bool, dict[str, Any]]:
        """Whether messages can flow: broker and database answer, all queues are there, and relays run."""
        troubles = dict(self._troubles())
        return not troubles, {"ready": not troubles, "troubles": troubles}

    def _troubles(self) -> Iterator[tuple[str, str]]:
        depths, books = self.survey.depths(), self.survey.books()
        if depths.trouble:
            yield "broker", depths.trouble
        elif missing := [name for name in self.survey.queues if name not in (depths.value or {})]:
            yield "queues", f"missing: {', '.join(missing)}"
        if books.trouble:
            yield "database", books.trouble
        if not self.health()[0]:
            yield "relay", "no round for a long time"
