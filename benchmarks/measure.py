"""Works timed against each other in interleaved rounds, and the rows that hold them to a goal."""

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter

from adapter.relay.uncollected import uncollected

SLICE = 0.05
"""Seconds that one work is repeated for in one round."""
LEAST_ROUNDS = 5
"""Rounds that a median is taken of at least, and for slow works at most."""


@dataclass(frozen=True)
class Work:
    """Something that takes time: one call of `run` does `units` of it."""

    run: Callable[[], object]
    units: int = 1
    prepare: Callable[[], object] | None = None
    """Called before each slice, outside the time taken."""
    calls: int | None = None
    """Calls in one slice; as many as fit into it where nothing is said."""
    seconds: Callable[[], dict[str, float]] | None = None
    """Processor seconds for one unit, by process, where more than one took part."""
    explain: Callable[[], object] | None = None
    """Prints where the time goes, for work that is done in another process."""


@dataclass(frozen=True)
class Row:
    """One work held against another: so many times its rate, or so many times its cost."""

    name: str
    work: str
    against: str
    goal: float
    is_cost: bool = False
    """Whether the ratio is of costs and must stay below the goal; else it is of rates and must reach it."""


@dataclass(frozen=True)
class Contest:
    """Works that are timed together, and the rows that come of them."""

    works: dict[str, Work]
    rows: Sequence[Row]
    is_slow: bool = False
    """Whether a round takes seconds, so that no more of them are made than are needed."""


@dataclass(frozen=True)
class Result:
    """What a row came to."""

    name: str
    ratio: float | None
    goal: float
    is_cost: bool = False
    microseconds: float | None = None
    """The median of the work's time for one unit."""
    spread: tuple[float, float] | None = None
    """The lowest and the highest ratio of all rounds."""
    remark: str = ""
    seconds: dict[str, float] | None = None
    """Processor seconds for one unit, by process, where more than one took part."""

    @property
    def met(self) -> bool:
        """Whether the goal was reached, as far as could be measured."""
        if self.ratio is None:
            return False
        return self.ratio <= self.goal if self.is_cost else self.ratio >= self.goal


@dataclass
class Times:
    """Seconds for one unit of each work, round by round."""

    taken: dict[str, list[float]] = field(default_factory=dict)

    def result(self, row: Row) -> Result:
        """The row's ratio: the median of the ratios within each round, so that a slow moment slows both sides."""
        pairs = list(zip(self.taken[row.work], self.taken[row.against], strict=True))
        ratios = [work / against if row.is_cost else against / work for work, against in pairs]
        own = median(self.taken[row.work]) * 1e6
        return Result(row.name, median(ratios), row.goal, row.is_cost, own, (min(ratios), max(ratios)))


def settle_memory() -> None:
    """What is loaded is never looked at again."""
    gc.collect()
    gc.freeze()


def timed(contest: Contest, rounds: int, rows: Sequence[Row]) -> Times:
    """Times the works that these rows need; each round begins with another of them.

    The collector runs between the slices and not within them, as in the relay, whose rounds are `uncollected`.
    """
    names = list(dict.fromkeys(name for row in rows for name in (row.against, row.work)))
    works = {name: contest.works[name] for name in names}
    settle_memory()
    times = Times({name: [] for name in names})
    with uncollected():
        calls = {name: work.calls or _fitting(work) for name, work in works.items()}
        for turn in range(LEAST_ROUNDS if contest.is_slow else max(rounds, LEAST_ROUNDS)):
            first = turn % len(names)
            for name in names[first:] + names[:first]:
                times.taken[name].append(_slice(works[name], calls[name]))
    return times


def _slice(work: Work, calls: int) -> float:
    if work.prepare:
        work.prepare()
    gc.collect()
    run = work.run
    began = perf_counter()
    for _ in range(calls):
        run()
    return (perf_counter() - began) / (calls * work.units)


def _fitting(work: Work) -> int:
    """How many calls fill a slice; the calls that find out also warm the work up."""
    calls = 1
    while (took := _slice(work, calls) * calls * work.units) < SLICE / 4:
        calls *= 4
    return max(1, round(calls * SLICE / took))
