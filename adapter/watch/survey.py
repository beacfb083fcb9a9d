"""How broker and ledger stand, looked up when somebody asks: never by the relay's own connections."""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from adapter.calendar import Calendar
from adapter.catalogue import Catalogue
from adapter.findings import Unavailable
from adapter.ledger import Backlog, Looks, Turn
from adapter.ledger.counts import Counts
from adapter.relay.broker import Broker
from adapter.relay.names import queue_names
from adapter.watch.agenda import Watch, unanswered, unverified
from adapter.watch.glance import Glance, Seen

KEEP, KEEP_DEADLINES = 5.0, 60.0
"""Seconds for which a look is good enough; deadlines cost more than the rest."""
AHEAD = timedelta(days=7)

Deadlines = Mapping[tuple[str, str, str], int]
"""How many by partner, what, and overdue or due."""


@dataclass(frozen=True, slots=True)
class Books:
    """The ledger at a moment."""

    at: datetime
    backlogs: list[Backlog]
    turns: Mapping[str, Turn]
    counts: Counts


class Survey:
    """Depths, backlogs and deadlines, each with a look of its own, so that one that hangs keeps no other."""

    def __init__(
        self, broker: Broker, ledger_url: str, catalogue: Catalogue, calendar: Calendar,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        self._broker, self._url, self._clock = broker, ledger_url, clock
        self.catalogue, self._calendar = catalogue, calendar
        self.queues = queue_names(catalogue)
        self._looks: Looks | None = None
        self._depths = Glance(lambda: self._broker.depths(self.queues), KEEP)
        self._books = Glance(self._read_books, KEEP)
        self._deadlines = Glance(self._read_deadlines, KEEP_DEADLINES)

    def depths(self) -> Seen[dict[str, int]]:
        """How many messages wait in each queue that there is."""
        return self._depths.now()

    def books(self) -> Seen[Books]:
        """What is open, dead and held, and how breakers stand."""
        return self._books.now()

    def deadlines(self) -> Seen[Deadlines]:
        """What is owed."""
        return self._deadlines.now()

    def close(self) -> None:
        """Let go of the ledger; the broker is whoever's who lent it."""
        if self._looks:
            with suppress(Exception):
                self._looks.close()

    def _ledger(self) -> Looks:
        """The ledger, as soon as it is there."""
        try:
            self._looks = self._looks or Looks.at(self._url)
        except ValueError as error:
            raise Unavailable(str(error)) from None
        return self._looks

    def _read_books(self) -> Books:
        ledger, at = self._ledger(), self._clock()
        return Books(at, ledger.queue(at), ledger.turns(), ledger.counts())

    def _read_deadlines(self) -> Deadlines:
        ledger = self._ledger()
        watch = Watch(self._clock(), None, AHEAD, self.catalogue, self._calendar)
        every = [*unanswered(ledger, watch), *unverified(ledger, watch)]
        return Counter((each.partner, each.what, "overdue" if each.is_over else "due") for each in every)
