"""What brings a partner's messages to us, and how its trouble is told."""

import time
from collections.abc import Callable
from typing import Protocol

import structlog

from adapter.findings import Unavailable
from adapter.relay.advice import advise
from adapter.relay.backoff import back_off

log = structlog.get_logger()


class Source(Protocol):
    """Runs until it is told to end; what it has under way then is either kept or comes again."""

    def run(self, until: Callable[[], bool]) -> None:
        """Bring in whatever comes."""
        ...


class Outage:
    """Trouble with one partner's source: told when it begins and when it is over, and waited out."""

    def __init__(self, partner: str, chance: Callable[[], float], pause: Callable[[float], None] = time.sleep) -> None:
        self._partner, self._chance, self._pause = partner, chance, pause
        self._failures = 0

    def wait(self, trouble: Unavailable, until: Callable[[], bool]) -> None:
        """Longer each time, but no longer than it takes to be told to end."""
        if not self._failures:
            log.warning("nothing comes in from a partner", partner=self._partner, **advise(trouble))
        seconds = min(60.0, back_off(self._failures, self._chance).total_seconds())
        self._failures += 1
        while seconds > 0 and not until():
            self._pause(min(seconds, 0.25))
            seconds -= 0.25

    def end(self) -> None:
        """It went well."""
        if self._failures:
            log.info("messages come in from a partner again", partner=self._partner)
        self._failures = 0
