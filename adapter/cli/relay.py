"""`eodes relay`: moves what lies in the queues until it is told to end."""

import signal
from collections.abc import Callable
from pathlib import Path
from time import sleep
from types import FrameType

import structlog

from adapter.calendar import Calendar
from adapter.catalogue import Catalogue
from adapter.cli.guard import INTERRUPTED, VALID
from adapter.cli.join import broker_of, ledger_of
from adapter.cli.log import configure_log
from adapter.cli.say import tell
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


def run(broker: str | None, database: str | None, partner_vhosts: str | None, home: Path | None) -> int:
    """Relay until SIGTERM or Ctrl-C; the round that is under way ends whole."""
    configure_log()
    told = settings(broker, database, partner_vhosts)
    catalogue = open_catalogue(home or told.home)
    stop = Ended()
    with stop, broker_of(told, catalogue) as queues:
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
            log.warning("used as they are, with other properties; eodes topology check explains", other=other)
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


def _told(done: Done) -> None:
    if done:
        counts = {name: getattr(done, name) for name in done.__slots__}
        log.info("round", **{name: count for name, count in counts.items() if count})
