"""What the ledger is asked for often, with a million rows beside the same with ten thousand."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import cycle
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from adapter.catalogue import CHECKOUT
from adapter.ledger import Ledger, Place, moment
from adapter.ledger.engine import open_engine
from benchmarks.many_rows import AT, fill, key
from benchmarks.measure import Contest, Row, Work
from benchmarks.rows import Planned
from benchmarks.works import same

FEW, MANY, GROWTH = 10_000, 1_000_000, 1.5
"""Rows, and how much dearer a question may be with a hundred times as many: an index has one floor more then."""
QUESTIONS = ("number", "page", "due")
DATABASES = ("sqlite", "postgresql")
PAGE = 50
ASKED = 997
"""Different numbers and pages that are asked for in turn, so that no answer lies ready."""


def question_plans() -> Iterator[Planned]:
    """The rows of each database: a question with many rows against the same with few."""
    for database in DATABASES:
        rows = tuple(
            Row(f"ask-{question}-{database}", f"{question}-{MANY}", f"{question}-{FEW}", GROWTH, is_cost=True)
            for question in QUESTIONS
        )
        yield Planned(rows, partial(_contest, database, rows))


@contextmanager
def _contest(database: str, rows: tuple[Row, ...]) -> Iterator[Contest]:
    works: dict[str, Work] = {}
    with ExitStack() as stack:
        for size in (FEW, MANY):
            ledger = _filled(stack.enter_context(_database(database)), size)
            stack.callback(ledger.close)
            works |= {f"{name}-{size}": Work(ask) for name, ask in _questions(ledger, size).items()}
        yield Contest(works, rows)


def _questions(ledger: Ledger, size: int) -> dict[str, Callable[[], object]]:
    """Each checked to bring up what it should."""
    chosen = [Random(ASKED).randrange(PAGE, size) for _ in range(ASKED)]
    numbers, places = cycle(key(row) for row in chosen), cycle(_place(row) for row in chosen)
    asked: dict[str, Callable[[], list[object]]] = {
        "number": lambda: [*ledger.deliveries_of(next(numbers)), *ledger.messages_of(next(numbers))],
        "page": lambda: list(ledger.deliveries(next(places), PAGE)),
        "due": lambda: list(ledger.due(moment(AT), PAGE)),
    }
    same({name: len(ask()) for name, ask in asked.items()}, {"number": 4, "page": PAGE, "due": PAGE}, "all is found")
    return dict(asked)


def _place(row: int) -> Place:
    """Behind the second in which this row was received, and at least a page of others."""
    return Place(moment(1_000_000_000_000_000 + (row // 256 + 1) * 1_000_000), "")


def _filled(url: str, size: int) -> Ledger:
    engine = open_engine(url)
    fill(engine, size)
    return Ledger(engine)


@contextmanager
def _database(kind: str) -> Iterator[str]:
    """The URL of an empty database."""
    if kind == "sqlite":
        with TemporaryDirectory(prefix="eodes-bench-") as folder:
            yield f"sqlite:///{Path(folder) / 'ledger.db'}"
        return
    sys.path.insert(0, str(CHECKOUT / "tests"))
    from servers import postgresql

    with postgresql() as server, server.database() as url:
        yield url
