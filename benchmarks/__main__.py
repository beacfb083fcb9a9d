"""`python -m benchmarks`: measures, prints a table, writes build/bench.json; ends with 0 also when a goal is missed."""

import argparse
import fnmatch
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from adapter.catalogue import CHECKOUT
from benchmarks import command, compiled, signing, whole_relay, workers
from benchmarks.inputs import Office
from benchmarks.measure import Result, Row, Work, timed
from benchmarks.partners import partner_plans
from benchmarks.profiling import print_profile
from benchmarks.questions import question_plans
from benchmarks.report import print_table, write_json
from benchmarks.rows import Planned, mapping_plans

PLACE = CHECKOUT / "build" / "bench.json"


def main() -> None:
    """Measures what is asked for."""
    asked = _arguments()
    with TemporaryDirectory(prefix="eodes-bench-") as folder:
        office = Office(Path(folder))
        plans = _plans(office, asked.amqp)
        if asked.profile:
            _profile(plans, asked.profile)
            return
        wanted = _wanted(_names(plans), asked.only)
        results = [
            result
            for plan in plans
            if (rows := [row for row in plan.rows if row.name in wanted])
            for result in _measured(plan, rows, asked.rounds)
        ]
        if compiled.NAME in wanted:
            results.append(compiled.compilations(office))
    if not results:
        raise SystemExit(f"no row is called {asked.only}; there are {', '.join(_names(plans))}")
    print_table(results)
    if asked.out or not asked.only:  # a few rows do not take the place of all
        write_json(results, asked.out or PLACE)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="How fast the adapter is, beside what.")
    parser.add_argument(
        "--only", metavar="NAME", help="the row of this name, rows like it ('relay*'), or whose names hold it"
    )
    parser.add_argument(
        "--rounds", type=int, default=15, help="interleaved rounds (default 15, at least 5; slow rows always take 5)"
    )
    parser.add_argument("--profile", metavar="NAME", help="profile this row's work, measure nothing")
    parser.add_argument("--amqp", metavar="URL", help="an administrator of this broker, in place of a private one")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the JSON goes, also with --only")
    return parser.parse_args()


def _plans(office: Office, amqp: str | None) -> list[Planned]:
    return [
        *mapping_plans(office),
        *partner_plans(office),
        *(
            Planned(rows, partial(whole_relay.relay_contest, kind, office, amqp))
            for kind, rows in whole_relay.ROWS.items()
        ),
        *signing.signing_plans(office, amqp),
        Planned((workers.ROW,), partial(workers.workers_contest, office, amqp)),
        Planned((command.ROW,), partial(command.command_contest, office)),
        *question_plans(),
    ]


def _wanted(names: list[str], only: str | None) -> list[str]:
    """The row of this name, or those like a pattern, or whose names hold it."""
    return fnmatch.filter(names, only or "*") or fnmatch.filter(names, f"*{only}*")


def _measured(plan: Planned, rows: list[Row], rounds: int) -> list[Result]:
    print(f"measuring {', '.join(row.name for row in rows)} ...", flush=True)
    try:
        with plan.opens() as contest:
            times = timed(contest, rounds, rows)
            return [replace(times.result(row), seconds=_spent(contest.works[row.work])) for row in rows]
    except Exception as error:  # the other rows are worth having all the same
        return [
            Result(row.name, None, row.goal, row.is_cost, remark=f"{type(error).__name__}: {error}"[:200])
            for row in rows
        ]


def _spent(work: Work) -> dict[str, float] | None:
    return work.seconds() if work.seconds else None


def _profile(plans: list[Planned], name: str) -> None:
    for plan in plans:
        for row in plan.rows:
            if row.name == name:
                with plan.opens() as contest:
                    print_profile(contest, row)
                return
    raise SystemExit(f"no row is called {name}; there are {', '.join(_names(plans))}")


def _names(plans: list[Planned]) -> list[str]:
    return [*(row.name for plan in plans for row in plan.rows), compiled.NAME]


if __name__ == "__main__":
    main()
