"""`eodes relay`: moves what lies in the queues until it is told to end."""

import signal
import sys
from collections.abc import Callable, MutableMapping
from pathlib import Path
from time import sleep
from types import FrameType
from typing import Any

import structlog

from adapter.calendar import Calendar
from adapter.catalogue import Catalogue
from adapter.cli.guard import INTERRUPTED, VALID
from adapter.cli.join import broker_of, ledger_of
from adapter.cli.say import masked, tell
from adapter.cli.start import cache_folder, open_catalogue
from adapter.findings import Unavailable
from adapter.relay.broker import Broker
from adapter.relay.relay import Done, Relay
from adapter.relay.stop import Stop
from adapter.settings import Settings, settings

PAUSE = 1.0
"""Seconds between tries to reach a broker or database that is not there when the relay starts."""

log = structlog.get_logger()


class Ended(Stop):
    """Ends the relay after a round; knows whether it was Ctrl-C."""

    interrupted = False

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.interrupted = number == signal.SIGINT
        super()._ask(number, frame)


def run(broker: str | None, database: str | None, home: Path | None) -> int:
    """Relay until SIGTERM or Ctrl-C; the round that is under way ends whole."""
    configure_log()
    told = settings(broker, database)
    catalogue = open_catalogue(home or told.home)
    stop = Ended()
    with stop, broker_of(told) as queues:
        patiently(lambda: _relay(told, queues, catalogue, stop), stop)
    tell("interrupted; the round under way was ended whole" if stop.interrupted else "stopped")
    return INTERRUPTED if stop.interrupted else VALID


def _relay(told: Settings, queues: Broker, catalogue: Catalogue, stop: Stop) -> None:
    """Relay until told to end; raises Unavailable where broker or database cannot be reached to begin with."""
    with ledger_of(told) as ledger:
        relay = Relay(queues, ledger, catalogue, calendar=Calendar(cache_folder()))
        other = relay.declare()
        log.info("relaying", broker=told.broker_url, database=told.ledger_url)
        if other:
            log.warning("queues that exist with other properties, used as they are", queues=other)
        relay.run(stop, _told)


def patiently(action: Callable[[], None], stop: Stop) -> None:
    """Do it, and again while something is unavailable, unless told to end before that."""
    while not stop():
        try:
            return action()
        except Unavailable as trouble:
            log.warning("waiting", trouble=str(trouble))
            sleep(PAUSE)
    return None


def configure_log() -> None:
    """Log to standard error: lines to read on a terminal, JSON elsewhere; no URL with its password."""
    terminal = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_passwords,
            structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _without_passwords(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: masked(value) if isinstance(value, str) else value for name, value in event.items()}


def _told(done: Done) -> None:
    if done:
        counts = {name: getattr(done, name) for name in done.__slots__}
        log.info("round", **{name: count for name, count in counts.items() if count})
