"""Whether certificates are numbered consecutively: series, their gaps, and numbers that were used twice."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

DIGITS = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Series:
    """The certificates of one issuing body whose numbers differ in their serial only."""

    issuer: str
    agreement: str
    form: str
    """The number with `#` for the serial: `K001-25-#`."""
    count: int
    first: int
    last: int
    missing: tuple[tuple[int, int], ...]
    """Serials between the first and the last that are not there, each run by its ends."""
    twice: tuple[int, ...]


def series_of(issued: Iterable[tuple[str, str, str]]) -> list[Series]:
    """The series of certificates, each told by issuing body, agreement and number; one without a digit is in none."""
    found: defaultdict[tuple[str, str, str], Counter[int]] = defaultdict(Counter)
    for issuer, agreement, number in issued:
        if parts := serial_of(number):
            found[issuer, agreement, parts[0]][parts[1]] += 1
    return [_series(*named, times) for named, times in sorted(found.items())]


def serial_of(number: str) -> tuple[str, int] | None:
    """A number's form and its serial: the longest run of digits, of several the last. None without a digit."""
    runs = list(DIGITS.finditer(number))
    if not runs:
        return None
    serial = max(runs, key=lambda run: (run.end() - run.start(), run.start()))
    return f"{number[: serial.start()]}#{number[serial.end() :]}", int(serial[0])


def _series(issuer: str, agreement: str, form: str, times: Counter[int]) -> Series:
    serials = sorted(times)
    gaps = tuple((one + 1, other - 1) for one, other in pairwise(serials) if other - one > 1)
    twice = tuple(serial for serial in serials if times[serial] > 1)
    return Series(issuer, agreement, form, times.total(), serials[0], serials[-1], gaps, twice)
