"""Quarantine: deliveries that came back often are decided in a process of their own, which may die of them."""

import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path

from adapter.calendar import Calendar
from adapter.catalogue import Catalogue
from adapter.delivery import Delivery
from adapter.findings import Finding
from adapter.ledger import Known
from adapter.relay.arrival import arrive
from adapter.relay.decide import decide_all
from adapter.relay.exchange import Exchange
from adapter.schema import Limits

SUSPICIOUS = 3
"""Times from which a delivery may be what its takers died of; most such came back only because another was."""
PATIENCE = 60.0
"""Seconds that one delivery may take; a document within the limits takes less than one."""

LATE, ENDED = (
    Finding(code="REL-02", message=f"it came back often, and decided alone, {why}")
    for why in ("it took too long", "the process that decided it ended")
)


@dataclass(frozen=True, slots=True)
class Quarantine:
    """What is needed to decide as the relay does; it crosses over into another process."""

    folders: tuple[Path, ...]
    cache: Path | None
    limits: Limits
    patience: float = PATIENCE

    def fatal(self, suspects: Sequence[Delivery], at: datetime) -> dict[int, Finding]:
        """Those that end the process which decides them, twice, or keep it for too long, by place.

        Once proves nothing: a process may be killed from outside, for want of memory or by an operator.
        """
        found: dict[int, Finding] = {}
        start = 0
        while start < len(suspects):
            last, finding = self._hear(suspects[start:], at)
            if finding == ENDED:
                _, finding = self._hear(suspects[start + last : start + last + 1], at)
            if finding:
                found[start + last] = finding
            start += last + 1
        return found

    def _hear(self, suspects: Sequence[Delivery], at: datetime) -> tuple[int, Finding | None]:
        """The place that one process came to, and what it died of there; nothing if it came to the end."""
        ours, theirs = multiprocessing.Pipe(duplex=False)
        context = multiprocessing.get_context("spawn")  # a fork would share our connections and locks
        process = context.Process(target=_decide_each, args=(theirs, self, suspects, at), daemon=True)
        process.start()
        theirs.close()
        place = 0
        try:
            while ours.poll(self.patience):
                place = ours.recv()
                if place == len(suspects):
                    return place - 1, None
            return place, LATE
        except EOFError:
            return place, ENDED
        finally:
            process.kill()
            process.join()
            ours.close()


def _decide_each(
    told: "Connection[int, int]", quarantine: Quarantine, suspects: Sequence[Delivery], at: datetime
) -> None:
    exchange = Exchange(Catalogue(quarantine.folders, quarantine.cache), Calendar(quarantine.cache), quarantine.limits)
    for place, delivery in enumerate(suspects):
        told.send(place)
        decide_all([arrive(delivery, exchange, exchange.facts(at))], Known(), exchange, at.replace(microsecond=0))
    told.send(len(suspects))
