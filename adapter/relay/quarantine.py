"""Quarantine: deliveries that came back often are decided in a process of their own, which may die of them."""

import multiprocessing
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from adapter.calendar import Calendar
from adapter.catalogue import Catalogue
from adapter.delivery import Delivery
from adapter.findings import Finding, Trouble, Unavailable
from adapter.ledger import Known
from adapter.relay.arrival import arrive
from adapter.relay.decide import decide_all
from adapter.relay.exchange import Exchange
from adapter.schema import Limits
from adapter.trust import NO_SEALS, Seals

SUSPICIOUS = 3
"""Times from which a delivery may be what its takers died of; most such came back only because another was."""
PATIENCE = 60.0
"""Seconds that one delivery may take; a document within the limits takes less than one."""

FAILED = 1
"""The exit code of a process that did not come to the end."""
STARTING = -1
"""The place before the first suspect."""

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
    seals: Seals = NO_SEALS

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
        """The place that one process came to, and what it died of there; nothing if it came to the end.

        Raises Unavailable where the process did not come as far as the first of them.
        """
        ours, theirs = multiprocessing.Pipe()
        process = self._start(theirs)
        place = STARTING
        try:
            for place, word in enumerate([at, *suspects], STARTING):
                ours.send(word)
                if not ours.poll(self.patience):
                    return _died(place, LATE)
                ours.recv()
            return place, None
        except (EOFError, OSError):
            return _died(place, ENDED)
        finally:
            process.kill()
            process.join()
            ours.close()

    def _start(self, theirs: "Connection[None, object]") -> BaseProcess:
        """A process that listens. The suspects are not among its arguments.

        Those go through a pipe of which multiprocessing holds both ends: were the process killed as it begins, what
        does not fit into the pipe would be waited for for ever.
        """
        context = multiprocessing.get_context("spawn")  # a fork would share our connections and locks
        process = context.Process(target=_decide_each, args=(theirs, self), daemon=True)
        try:
            process.start()
        except OSError as error:
            raise Unavailable(f"a process to decide deliveries apart: {error.strerror}", Trouble.CROWDED) from error
        finally:
            theirs.close()
        return process


def _died(place: int, finding: Finding) -> tuple[int, Finding]:
    """What happened at this place; before the first suspect it is no suspect's fault."""
    if place == STARTING:
        raise Unavailable("the process that decides deliveries apart did not begin", Trouble.CROWDED)
    return place, finding


def _decide_each(heard: "Connection[None, Any]", quarantine: Quarantine) -> None:
    """What it fails at is told by its end alone: a process prints its error, and that may hold a value."""
    try:
        _listen(heard, quarantine)
    except Exception:
        os._exit(FAILED)


def _listen(heard: "Connection[None, Any]", quarantine: Quarantine) -> None:
    known, calendar = Catalogue(quarantine.folders, quarantine.cache), Calendar(quarantine.cache)
    exchange = Exchange(known, calendar, quarantine.limits, quarantine.seals)
    at: datetime = heard.recv()
    while True:
        heard.send(None)
        delivery: Delivery = heard.recv()
        decide_all([arrive(delivery, exchange, exchange.facts(at))], Known(), exchange, at.replace(microsecond=0))
