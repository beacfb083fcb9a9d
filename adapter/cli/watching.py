"""Whoever watches `eodes relay`: what they want to be told, and where they are answered."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from adapter.calendar import Calendar
from adapter.catalogue import Catalogue
from adapter.cli.guard import refuse
from adapter.cli.join import broker_of
from adapter.cli.start import cache_folder, program_version
from adapter.extras import how_to_install
from adapter.relay.witness import Witness, Witnesses
from adapter.settings import Settings
from adapter.watch.changes import Changes
from adapter.watch.sheets import Sheets, Written
from adapter.watch.station import Alone, Relays, Station
from adapter.watch.survey import Survey
from adapter.watch.tally import Tally

TALLY = "EODES_TALLY"
"""Tells a worker the folder of its crew's numbers."""
LOOPBACK = "127.0.0.1"
TRACED = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
"""Either says where traces go; without them there are none."""

log = structlog.get_logger()


@contextmanager
def watched(told: Settings, catalogue: Catalogue) -> Iterator[Witness]:
    """Who is told what this process does: the log, traces if asked for, and numbers if it or its crew is watched."""
    if folder := os.environ.get(TALLY):
        with closing(Written(Path(folder))) as written, _traced(written, Changes()) as witness:
            yield witness
    elif told.watch:
        tally = Tally()
        with _serving(told, catalogue, Alone(tally)), _traced(tally, Changes()) as witness:
            yield witness
    else:
        with _traced(Changes()) as witness:
            yield witness


@contextmanager
def watched_crew(told: Settings, catalogue: Catalogue) -> Iterator[dict[str, str]]:
    """What the workers of a crew are told by their environment, so that the crew is watched as one."""
    if not told.watch:
        yield {}
        return
    with TemporaryDirectory(prefix="eodes-") as folder, _serving(told, catalogue, Sheets(Path(folder))):
        yield {TALLY: folder}


def place_of(said: str) -> tuple[str, int]:
    """Host and port; the loopback's where only a port is named; refused where neither."""
    host, separator, port = said.rpartition(":")
    host = host.removeprefix("[").removesuffix("]") if separator else LOOPBACK
    if not host or not port.isdecimal() or not port.isascii() or int(port) > 65_535:
        raise refuse(f"--watch {said}: say HOST:PORT, or only a port of this machine's own address, like 9464")
    return host, int(port)


@contextmanager
def _serving(told: Settings, catalogue: Catalogue, relays: Relays) -> Iterator[None]:
    from adapter.watch.server import WatchServer

    host, port = place_of(told.watch or "")
    closed: list[None] = []
    with broker_of(told, catalogue, lambda: bool(closed)) as broker:
        survey = Survey(broker, told.ledger_url, catalogue, Calendar(cache_folder()))
        try:
            server = WatchServer(Station(relays, survey, program_version()), host, port)
        except OSError as error:
            raise refuse(f"--watch {told.watch}: {error.strerror or error}") from None
        log.info("watched", address=":".join(map(str, server.address)))
        with closing(survey), closing(server):
            try:
                yield
            finally:
                closed.append(None)


@contextmanager
def _traced(*witnesses: Witness) -> Iterator[Witness]:
    """These, and the traces if somebody takes them; refused where what makes them is not installed."""
    if not any(os.environ.get(name) for name in TRACED):
        yield Witnesses(*witnesses) if len(witnesses) > 1 else witnesses[0]
        return
    try:
        from adapter.watch.traces import open_traces
    except ImportError:
        said = "OTEL_EXPORTER_OTLP_ENDPOINT asks for traces, and what makes them is not installed"
        raise refuse(f"{said}: {how_to_install('opentelemetry')}") from None
    with closing(open_traces(program_version())) as traces:
        yield Witnesses(*witnesses, traces)
