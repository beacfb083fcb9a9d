"""`eodes topology declare`: makes what is missing, as the relay does when it starts."""

from pathlib import Path

from adapter.cli.guard import INVALID, VALID
from adapter.cli.join import broker_of
from adapter.cli.log import configure_log
from adapter.cli.say import put, tell
from adapter.cli.start import open_catalogue
from adapter.relay.names import queue_names
from adapter.settings import settings


def run(broker: str | None, partner_vhosts: str | None, home: Path | None) -> int:
    """Declare everything; what is otherwise, or still missing since a partner's vhost is away, makes it fail."""
    configure_log(reader=True)
    told = settings(broker, partner_vhosts=partner_vhosts)
    catalogue = open_catalogue(home or told.home)
    names = queue_names(catalogue)
    with broker_of(told, catalogue) as queues:
        other = queues.declare(names)
        there = queues.depths(names)
    missing = [f"queue {name}: still missing" for name in names if name not in there]
    tell(*missing, *(f"{name}: exists with other properties; eodes topology check explains" for name in other))
    put(f"{len(there)} of {len(names)} queues are there\n")
    return INVALID if missing or other else VALID
