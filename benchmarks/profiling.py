"""Where the time of one row goes, by cProfile."""

import cProfile
import pstats
from time import perf_counter

from benchmarks.measure import Contest, Row, settle_memory

SECONDS = 2.0
LINES = 45


def print_profile(contest: Contest, row: Row) -> None:
    """Runs the row's work for a while under the profiler; what it calls is listed by its own time and by the sum."""
    work = contest.works[row.work]
    if work.explain:
        work.explain()
        return
    if work.prepare:
        work.prepare()
    began = perf_counter()
    work.run()  # warm, and how long a call takes
    calls = work.calls or max(3, round(SECONDS / (perf_counter() - began)))
    settle_memory()
    profiler = cProfile.Profile()
    for _ in range(calls):
        if work.prepare:
            work.prepare()
        profiler.enable()
        work.run()
        profiler.disable()
    print(f"{row.name}: {calls} calls of {work.units} unit(s) each, under a profiler that makes small functions dear")
    for order in ("tottime", "cumtime"):
        pstats.Stats(profiler).strip_dirs().sort_stats(order).print_stats(LINES)
