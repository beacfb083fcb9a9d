"""`eodes simulate`: plays systems at the other ends of the queues until it is told to end, to try a relay out."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep

import structlog

from adapter.calendar import Calendar
from adapter.catalogue import Catalogue
from adapter.cli.guard import VALID
from adapter.cli.join import broker_at
from adapter.cli.log import configure_log
from adapter.cli.start import cache_folder, open_catalogue
from adapter.findings import Unavailable
from adapter.relay.advice import advise
from adapter.relay.names import inbox, outbox
from adapter.relay.stop import Stop
from adapter.settings import EMBEDDED, Settings, settings
from adapter.simulator import Endpoint, Received

WAIT = 0.2
"""Seconds that each system waits for messages before the next has its turn."""
PAUSE = 2.0
"""Seconds until a broker that is away is tried again."""

log = structlog.get_logger()


def run(
    codes: list[str], decide_after: float, broker: str | None, partner_vhosts: str | None, home: Path | None
) -> int:
    """Answer what comes for these systems; their customs decide so many seconds after something came."""
    configure_log()
    told = settings(broker, partner_vhosts=partner_vhosts)
    catalogue = open_catalogue(home or told.home)
    names = [catalogue.system(code).code for code in codes]
    with Stop() as stop:
        while not stop():
            try:
                _play(names, told, catalogue, decide_after, stop)
            except Unavailable as trouble:
                log.warning("waiting", **advise(trouble), seconds=PAUSE)
                sleep(PAUSE)
    log.info("stopped")
    return VALID


def _play(
    names: list[str], told: Settings, catalogue: Catalogue, decide_after: float, stop: Callable[[], bool]
) -> None:
    """Turn by turn until told to end; raises Unavailable when a broker is."""
    with ExitStack() as stack:
        endpoints = [_endpoint(code, told, catalogue, stack) for code in names]
        log.info("simulating", systems=names, broker=told.broker_url)
        decides_at = monotonic() + decide_after
        while not stop():
            for endpoint in endpoints:
                for received in endpoint.step(WAIT):
                    _tell(received)
            if monotonic() >= decides_at:
                decides_at = monotonic() + decide_after
                for endpoint in endpoints:
                    _decide(endpoint)


def _endpoint(code: str, told: Settings, catalogue: Catalogue, stack: ExitStack) -> Endpoint:
    queues = stack.enter_context(broker_at(told, catalogue, outbox(code)))
    if told.broker_url.startswith(EMBEDDED):  # queues in files have no operator: what is missing is made
        queues.declare([inbox(code)])
    return Endpoint(catalogue.system(code), queues, catalogue, _now, Calendar(cache_folder()))


def _decide(endpoint: Endpoint) -> None:
    if count := endpoint.settle():
        log.info("decided", system=endpoint.system.code, certificates=count)
    if count := endpoint.reply():
        log.info("replied", system=endpoint.system.code, verifications=count)


def _tell(received: Received) -> None:
    reading = received.reading
    log.info(
        "received", system=received.system.code, message_id=received.delivery.message_id,
        message=str(reading.table.message) if reading.table else None,
        number=getattr(reading.content, "number", None), verdict=reading.verdict.value,
    )  # fmt: skip


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)  # not every schema has room for less than a second
