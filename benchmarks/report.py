"""The table on screen, and build/bench.json."""

import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.measure import Result


def print_table(results: Sequence[Result]) -> None:
    """One line for each row: the ratio, its spread over the rounds, the goal, and whether it is met."""
    table = Table("row", "ratio", "lowest - highest", "goal", "met", "us each", "", box=None, pad_edge=False)
    for column in table.columns[1:6]:
        column.justify = "right"
    for each in results:
        sign = "<=" if each.is_cost else ">="
        met = "yes" if each.met else "NO"
        spread = f"{each.spread[0]:.2f} - {each.spread[1]:.2f}" if each.spread else ""
        taken = f"{each.microseconds:,.0f}" if each.microseconds else ""
        table.add_row(each.name, _ratio(each), spread, f"{sign} {each.goal:g}", met, taken, each.remark or _spent(each))
    console = Console(width=None if Console().is_terminal else 120, highlight=False)
    console.print(table)
    missed = [each.name for each in results if not each.met]
    console.print(
        f"{len(missed)} of {len(results)} goals MISSED: {', '.join(missed)}" if missed else "All goals are met."
    )


def write_json(results: Sequence[Result], place: Path) -> None:
    """One flat object: name -> ratio, goal, met; for relays also each process's processor seconds for one record."""
    told = {each.name: _told(each) for each in results}
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(told, indent=2) + "\n")


def _told(each: Result) -> dict[str, object]:
    ratio = None if each.ratio is None else round(each.ratio, 3)
    spent = {"cpu_seconds_each": each.seconds} if each.seconds else {}
    return {"ratio": ratio, "goal": each.goal, "met": each.met, **spent}


def _spent(each: Result) -> str:
    return ", ".join(f"{name} {seconds * 1e6:,.0f} us CPU" for name, seconds in (each.seconds or {}).items())


def _ratio(each: Result) -> str:
    return "-" if each.ratio is None else f"{each.ratio:.3f}"
