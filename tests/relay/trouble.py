"""Troubles of the relay as tests make them: it runs into one, waits, and goes on when that is mended."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from post_office import PostOffice, record
from sqlalchemy import Engine, event
from structlog.testing import capture_logs

PATIENCE = 60.0
"""Seconds after which a relay that has not come to an end is told to."""
SECRETS = ("SECRET", "98765.43")
"""What confidential parts of the records are marked with."""

Line = dict[str, Any]


def numbers(count: int) -> list[str]:
    return [f"K001-25-{place:07d}" for place in range(count)]


def put_records(office: PostOffice, wanted: Sequence[str]) -> None:
    """One record under each number; the number is its message id too."""
    for number in wanted:
        office.put("kcci", record(number), number)


class Mend:
    """Pauses that take no time; what is wrong is mended in one of them, and it is remembered how long they were."""

    def __init__(self, mend: Callable[[], None], after: int = 3) -> None:
        self._mend, self._after = mend, after
        self.waited: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.waited.append(seconds)
        if len(self.waited) == self._after:
            self._mend()


def run_until_quiet(office: PostOffice, mend: Mend) -> list[Line]:
    """What the log says while the relay runs until the trouble is over and nothing more happens."""
    relay, steps, late = office.open(office.broker, pause=mend), [True], time.monotonic() + PATIENCE

    def is_over() -> bool:
        return steps[-2:] == [False, False] or time.monotonic() > late

    with capture_logs() as told:
        relay.run(is_over, on_step=lambda done: steps.append(bool(done)))
    return list(told)


def waits(told: Sequence[Line], event: str = "waiting") -> list[Line]:
    """The lines that tell of waiting, in which nothing is secret."""
    assert not [secret for secret in SECRETS if secret in str(told)]
    return [line for line in told if line["event"] == event]


def assert_nothing_is_lost(office: PostOffice, wanted: Sequence[str]) -> None:
    """Every record reached its partner once, its sender knows, and nothing is left to do."""
    assert sorted(sent.headers["number"] for sent in office.take("ID")) == sorted(wanted)
    answers = [(answer.headers["type"], answer.headers["correlation_id"]) for answer in office.take("kcci")]
    assert sorted(answers) == [("acknowledgement", number) for number in sorted(wanted)]
    assert (office.ledger.dead(), office.ledger.queue(office.clock.now)) == ([], [])


class Disk:
    """The disk under a ledger in SQLite: while it is full, the file gets no more pages than it has."""

    MOST_PAGES = 2**30

    def __init__(self, engine: Engine) -> None:
        self.pages = self.MOST_PAGES
        event.listen(engine, "checkout", self._measure)

    def fill(self) -> None:
        self.pages = 1  # which SQLite takes for those that there are

    def make_room(self) -> None:
        self.pages = self.MOST_PAGES

    def _measure(self, connection: Any, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {self.pages}")
