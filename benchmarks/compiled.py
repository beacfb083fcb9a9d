"""How often one process compiles each reader and writer."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from adapter.mapping.source import Source
from benchmarks.inputs import HOME, PARTNER, Office, arrived, record
from benchmarks.measure import Result
from benchmarks.works import in_in_full, out_in_full, same

NAME = "compiled-once"
TIMES = 20


def compilations(office: Office) -> Result:
    """The most that any reader or writer was compiled while a fresh catalogue mapped certificates, many times."""
    with _counted() as counts:
        fresh = Office(office.cache)
        outward, inward = record(1), arrived(1, fresh)
        for _ in range(TIMES):
            out_in_full(outward, fresh)
            for receiver in ("unipass", "kcci"):
                in_in_full(inward, receiver, fresh)
    systems = {name.split("/")[1] for name in counts}
    same({PARTNER.lower(), HOME, "unipass"} <= systems, True, "all three systems' tables are compiled")
    return Result(NAME, float(max(counts.values())), 1.0, is_cost=True, remark=f"{len(counts)} readers and writers")


@contextmanager
def _counted() -> Iterator[Counter[str]]:
    counts: Counter[str] = Counter()
    compile_source = Source.compile

    def counting(source: Source, function: str, cache: Path | None) -> Any:
        counts[source.name] += 1
        return compile_source(source, function, cache)

    Source.compile = counting  # type: ignore[method-assign]
    try:
        yield counts
    finally:
        Source.compile = compile_source  # type: ignore[method-assign]
