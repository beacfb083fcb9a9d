"""`eodes receive`: brings what partners put in elsewhere to their inboxes, until it is told to end."""

from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Thread

import structlog

from adapter.cli.guard import INTERRUPTED, INVALID, VALID, explain, refuse
from adapter.cli.join import broker_of, connections_of
from adapter.cli.log import configure_log
from adapter.cli.relay import Ended, patiently
from adapter.cli.start import open_catalogue
from adapter.relay.names import inbox
from adapter.relay.receiving.keeper import Keeper
from adapter.relay.receiving.opening import open_sources
from adapter.relay.receiving.source import Source
from adapter.schema import Limits
from adapter.settings import settings

LOOK = 0.25
"""Seconds between two looks whether a receiving side failed, or it is time to end."""

log = structlog.get_logger()


def run(
    connections: Path | None, broker: str | None, partner_vhosts: str | None, drain: float, home: Path | None
) -> int:
    """Receive until SIGTERM or Ctrl-C; what is under way is kept first."""
    configure_log()
    told = settings(broker, partner_vhosts=partner_vhosts, connections=connections)
    catalogue = open_catalogue(home or told.home)
    known = connections_of(told, catalogue)
    stop = Ended(drain)
    with stop, broker_of(told, catalogue, stop) as queues:
        keeper = Keeper(queues)
        try:
            sources = open_sources(known, keeper, Limits().size, stop)
        except ValueError as error:
            raise refuse(f"--connections: {told.connections}: {error}") from None
        if not sources:
            raise refuse("no partner puts its messages in elsewhere than in its queue: see --connections")
        inboxes = [inbox(code) for code, each in known.partners.items() if each.source.kind != "queue"]
        patiently(lambda: _declare(lambda: queues.declare(inboxes)), stop)
        failed = receive(sources, stop)
        keeper.close()
    log.info("interrupted" if stop.interrupted else "stopped")
    return INVALID if failed else INTERRUPTED if stop.interrupted else VALID


def receive(sources: Mapping[str, Source], stop: Callable[[], bool]) -> list[Exception]:
    """Run each on a thread of its own until told to end, or until one fails: then all are to be started again."""
    failed: list[Exception] = []

    def ending() -> bool:
        return bool(failed) or stop()

    def work(source: Source) -> None:
        try:
            source.run(ending)
        except Exception as error:
            explain(error)
            failed.append(error)

    threads = [Thread(target=work, args=(each,), name=name, daemon=True) for name, each in sources.items()]
    for thread in threads:
        thread.start()
    log.info("receiving", sources=sorted(sources))
    while any(thread.is_alive() for thread in threads):
        for thread in threads:
            thread.join(LOOK)
    return failed


def _declare(declare: Callable[[], list[str]]) -> None:
    if other := declare():
        log.warning("used as they are, with other properties; eodes topology check explains", other=other)
