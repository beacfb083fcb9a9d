"""The command line from start to end, beside the imports that no such command can do without."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path

from adapter.calendar import Calendar
from adapter.catalogue import CHECKOUT
from adapter.certificate import Certificate
from adapter.delivery import Delivery
from adapter.rules import Facts
from adapter.translate import read
from benchmarks.inputs import AT, CERTIFICATES, HOME, Office
from benchmarks.measure import Contest, Row, Work
from benchmarks.works import same

RECORD = CERTIFICATES / "kcci/certificate/kr-cn-1-item-retroactive.json"
"""Issued weeks after shipment and so marked: only the working days of Korea tell that it had to be."""
PARTNER = "CN"
ROW = Row("command", "command", "imports", 2.0, is_cost=True)
IMPORTS = "from pydantic import BaseModel; from lxml import etree"
CALLS = 4


class CountingCalendar(Calendar):
    """A calendar that counts what it is asked."""

    asked = 0

    def working_days_after(self, country: str, day: date, count: int) -> date:
        """The same, counted."""
        self.asked += 1
        return super().working_days_after(country, day, count)


@contextmanager
def command_contest(office: Office) -> Iterator[Contest]:
    """`eodes map` of a Korea-China record, its caches warm, beside a process that only imports."""
    words = ["map", str(RECORD), "--from", HOME, "--to", PARTNER, "--on", str(AT.date())]
    script = Path(sys.executable).with_name("eodes")
    map_it = [*([str(script)] if script.exists() else [sys.executable, "-m", "adapter"]), *words]
    environment = _environment(office)
    written = _run(map_it, environment)
    same(_certificate_of(written, office), _expected(office), "the command writes what the record says")
    _run([sys.executable, "-c", IMPORTS], environment)
    works = {
        "command": Work(partial(_run, map_it, environment), calls=CALLS, explain=partial(_explain, words, environment)),
        "imports": Work(partial(_run, [sys.executable, "-c", IMPORTS], environment), calls=CALLS),
    }
    yield Contest(works, (ROW,), is_slow=True)


def _environment(office: Office) -> dict[str, str]:
    """Outlines, holidays and bytecode are kept in the measurement's own folder, warm after one run of each command."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    bytecode = str(office.cache / "bytecode")
    return kept | {"EODES_CACHE": str(office.cache), "PYTHONPYCACHEPREFIX": bytecode, "PYTHONPATH": str(CHECKOUT)}


def _run(arguments: list[str], environment: dict[str, str]) -> bytes:
    done = subprocess.run(arguments, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments[1:4])} ended with {done.returncode}: {done.stderr.decode()[-800:]}")
    return done.stdout


def _explain(words: list[str], environment: dict[str, str]) -> None:
    """What the command imports, and what it does, each in a process of its own."""
    for way in (["-X", "importtime", "-m", "adapter"], ["-m", "cProfile", "-s", "tottime", "-m", "adapter"]):
        done = subprocess.run(
            [sys.executable, *way, *words], env=environment, capture_output=True, text=True, check=False
        )
        imports = sorted(done.stderr.splitlines(), key=_own_time, reverse=True)[:40]
        print("\n".join(imports if "importtime" in way else done.stdout.partition("Ordered by")[2].splitlines()[:60]))


def _own_time(line: str) -> int:
    found = line.removeprefix("import time:").partition("|")[0].strip()
    return int(found) if found.isdigit() else 0


def _certificate_of(written: bytes, office: Office) -> Certificate:
    return office.read(written, PARTNER).certificate


def _expected(office: Office) -> Certificate:
    """What the record becomes in this process; its rules must have asked the calendar."""
    calendar = CountingCalendar(office.cache)
    reading = read(Delivery(RECORD.read_bytes(), HOME), office.catalogue, Facts(today=AT.date(), calendar=calendar))
    same(calendar.asked > 0, True, "the record's day of issue needs the working days")
    message = office.forward(reading, HOME, PARTNER)
    return _certificate_of(message.body, office)
