"""`eodes relay`: moves what lies in the queues until it is told to end."""

import os
import signal
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread, Timer
from time import monotonic, sleep
from traceback import extract_stack
from types import FrameType

import structlog
import typer

from adapter.calendar import Calendar
from adapter.cli.guard import INTERRUPTED, INVALID, VALID, explain
from adapter.cli.join import connections_of, endpoints_of, ledger_of
from adapter.cli.log import configure_log
from adapter.cli.readers import advice_on, open_files, readable_keys
from adapter.cli.seals import require_agreement, seals_of
from adapter.cli.start import cache_folder, open_catalogue
from adapter.cli.watching import watched, watched_crew
from adapter.findings import Unavailable
from adapter.key_files import to_see_to
from adapter.ledger import Ledger
from adapter.relay.advice import advise
from adapter.relay.crew import Crew
from adapter.relay.relay import Done, Relay, Role
from adapter.relay.stop import Stop
from adapter.relay.witness import Witness
from adapter.settings import Settings, settings

CREW = "EODES_CREW"
"""Tells a worker its crew's process, so that it does not outlive a crew that is killed."""
CREW_SIZE = "EODES_CREW_SIZE"
"""Tells a worker how many share what a partner may be sent in a second."""
GRACE = 4.0
"""Seconds more than its workers that a crew has to end."""
TELLING = 1.0
"""Seconds that the last line of the log may take; nobody may read it any more."""
PAUSE = 1.0
"""Seconds between tries to reach a broker or database that is not there when the relay starts."""
TELL_AGAIN = 60.0
"""Seconds after which the same trouble is told again."""

log = structlog.get_logger()


class Ended(Stop):
    """Ends the relay after a round, or in the middle of one that takes too long; knows whether it was Ctrl-C."""

    interrupted = False

    def __init__(self, drain: float) -> None:
        super().__init__()
        self._drain, self._crew = drain, int(os.environ.get(CREW, "0"))

    def __call__(self) -> bool:
        """Whether the relay is to end: it was told to, or its crew is gone."""
        return super().__call__() or (self._crew > 0 and os.getppid() != self._crew)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        was_told = super().__call__()
        if self._crew and (number == signal.SIGINT or was_told):
            return  # a terminal and a service's manager tell every process; the crew tells its workers to end, once
        self.interrupted = number == signal.SIGINT
        if not was_told:
            late = Timer(self._drain, _give_up)
            late.daemon = True
            late.start()
        super()._ask(number, frame)


def run(
    broker: str | None, database: str | None, partner_vhosts: str | None, role: str, workers: int, drain: float,
    watch: str | None, connections: Path | None, home: Path | None,
) -> int:  # fmt: skip
    """Relay until SIGTERM or Ctrl-C; the round that is under way ends whole."""
    configure_log()
    told = settings(broker, database, partner_vhosts, watch=watch, connections=connections)
    if CREW not in os.environ and (places := open_files(told)):
        log.warning("others on this machine may read certificates", files=places, advice=advice_on(places))
    if CREW not in os.environ and (places := readable_keys(told)):
        log.warning("others on this machine may read keys", files=places, advice=f"chmod go= {' '.join(places)}")
    stop = Ended(drain + GRACE if workers > 1 else drain)
    if workers > 1:
        with stop, watched_crew(told, open_catalogue(home or told.home)) as also:
            code = _crew(told, role, workers, drain, home, also).run(stop)
    else:
        code = _alone(told, Role(role), home, stop)
    if CREW not in os.environ:
        log.info("interrupted" if stop.interrupted else "stopped")
    return code or (INTERRUPTED if stop.interrupted else VALID)


def _alone(told: Settings, role: Role, home: Path | None, stop: Stop) -> int:
    catalogue = open_catalogue(home or told.home)
    catalogue.load()  # a table that cannot be read ends it now, not every record with it
    seals, share = seals_of(told, catalogue), int(os.environ.get(CREW_SIZE, "1"))
    for concern in to_see_to(seals, catalogue, datetime.now(UTC)):
        log.warning("a key or certificate needs seeing to", what=concern, advice="docs/signatures.md says how")
    connections = connections_of(told, catalogue)
    with stop, watched(told, catalogue) as witness, endpoints_of(told, catalogue, connections, stop, share) as queues:

        def opened(ledger: Ledger) -> Relay:
            if role is not Role.DISPATCH:
                require_agreement(ledger, connections)
            return Relay(
                queues, ledger, catalogue, calendar=Calendar(cache_folder()), seals=seals, role=role, witness=witness,
                routes=connections.said,
            )  # fmt: skip

        patiently(lambda: _relay(told, role, opened, stop, witness), stop, witness.beat)
    return VALID


def _crew(told: Settings, role: str, workers: int, drain: float, home: Path | None, also: Mapping[str, str]) -> Crew:
    """Processes of this very command; what may hold a password goes by the environment, which no list of them shows."""
    command = [sys.executable, "-m", "adapter", "relay", "--role", role, "--drain", str(drain)]
    command += ["--home", str(home)] if home else []
    told.furnish()
    named = {"EODES_BROKER": told.broker_url, "EODES_DATABASE": told.ledger_url, CREW: str(os.getpid())}
    named |= {CREW_SIZE: str(workers)}
    named |= {"EODES_PARTNER_VHOSTS": told.partner_vhosts} if told.partner_vhosts else {}
    named |= {"EODES_CONNECTIONS": str(told.connections)} if told.connections else {}
    return Crew(command, os.environ | named | dict(also), workers, drain + GRACE / 2)


def _relay(told: Settings, role: Role, opened: Callable[[Ledger], Relay], stop: Stop, witness: Witness) -> None:
    """Relay until told to end; raises Unavailable where broker or database cannot be reached to begin with."""
    with ledger_of(told, told=witness.moved) as ledger:
        relay = opened(ledger)
        other = relay.declare()
        log.info("relaying", role=role.value, process=os.getpid(), broker=told.broker_url, database=told.ledger_url)
        if other:
            log.warning("used as they are, with other properties; eodes topology check explains", other=other)
        try:
            relay.run(stop, _told)
        except Exception as error:
            # The settings were right, so this is not for whoever made them: a crew starts its worker again.
            explain(error)
            raise typer.Exit(INVALID) from error


def _give_up() -> None:
    """End in the middle of a round: what was not acknowledged or not confirmed comes again.

    The log says where each thread stood, unless it is the log itself that keeps it.
    """
    telling = Thread(target=_tell_where_it_stands, daemon=True)
    telling.start()
    telling.join(TELLING)
    os._exit(INVALID)


def _tell_where_it_stands() -> None:
    stacks = sys._current_frames().values()
    stood = [[f"{Path(each.filename).name}:{each.lineno} {each.name}" for each in extract_stack(top)] for top in stacks]
    log.warning("ended before the round was whole; what was under way comes again", stood=stood)


def patiently(action: Callable[[], None], stop: Stop, beat: Callable[[], None] = lambda: None) -> None:
    """Do it, and again while something is unavailable, unless told to end; each trouble is told now and then."""
    told, told_at = "", 0.0
    while not stop():
        beat()
        try:
            return action()
        except Unavailable as trouble:
            if stop():
                break
            if str(trouble) != told or monotonic() - told_at >= TELL_AGAIN:
                log.warning("waiting", **advise(trouble))
                told, told_at = str(trouble), monotonic()
            sleep(PAUSE)
    return None


def _told(done: Done) -> None:
    if done:
        counts = {name: getattr(done, name) for name in done.__slots__}
        log.info("round", **{name: count for name, count in counts.items() if count})
