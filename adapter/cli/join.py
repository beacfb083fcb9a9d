"""Where settings become things: the broker and the ledger that commands share."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from adapter.catalogue import Catalogue
from adapter.cli.guard import refuse
from adapter.connections import Connections, open_connections
from adapter.findings import Trouble, Unavailable
from adapter.ledger import Ledger, Moved, NoLedger, tell_nobody
from adapter.relay.broker import Broker
from adapter.relay.topology import Topology, topology
from adapter.settings import EMBEDDED, Settings

if TYPE_CHECKING:
    from adapter.relay.rabbitmq.management import Management


@contextmanager
def broker_of(
    settings: Settings, catalogue: Catalogue, until: Callable[[], bool] = lambda: False, make: bool = True
) -> Iterator[Broker]:
    """The broker that the settings name, closed at the end; a URL of none is refused.

    Once `until` says so, nothing waits for a broker that is away. Unless `make`, queues in a file that is not there
    are Unavailable, and not made.
    """
    if not make:
        _require_queues(settings)
    broker = _open_broker(settings, topology_of(settings, catalogue), until)
    try:
        yield broker
    finally:
        broker.close()


@contextmanager
def endpoints_of(
    settings: Settings, catalogue: Catalogue, connections: Connections, until: Callable[[], bool] = lambda: False,
    share: int = 1,
) -> Iterator[Broker]:  # fmt: skip
    """The broker, and over it the partners' endpoints that the connections name; what cannot be is refused.

    `share` is how many processes send side by side.
    """
    from adapter.relay.endpoints.opening import over

    broker = _open_broker(settings, topology_of(settings, catalogue), until)
    try:
        whole = over(broker, connections, share)
    except ValueError as error:
        broker.close()
        raise refuse(f"--connections: {settings.connections}: {error}") from None
    with closing(whole):
        yield whole


def connections_of(settings: Settings, catalogue: Catalogue) -> Connections:
    """How each partner is reached; a file that cannot be understood, or names whom nobody knows, is refused."""
    try:
        connections = open_connections(settings.connections)
    except ValueError as error:
        raise refuse(f"--connections: {error}") from None
    partners = {code for code, system in catalogue.systems.items() if system.side == "partner"}
    if unknown := sorted(set(connections.partners) - partners):
        known = ", ".join(sorted(partners))
        raise refuse(f"--connections: {settings.connections}: no partner {', '.join(unknown)}; there are {known}")
    return connections


@contextmanager
def broker_at(settings: Settings, catalogue: Catalogue, queue: str) -> Iterator[Broker]:
    """The broker as whoever fills or empties this one queue comes to it, with no other rights; closed at the end.

    On RabbitMQ that is a connection into the queue's own vhost, where nothing is made. Queues in a file have no
    operator: there the queue is made.
    """
    made, url = topology_of(settings, catalogue), settings.broker_url
    if url.startswith(EMBEDDED):
        broker = _open_broker(settings, made)
        broker.declare([queue])
    else:
        from adapter.relay.rabbitmq import RabbitMQ
        from adapter.relay.rabbitmq.vhosts import url_of

        place = made.place[queue]
        broker = RabbitMQ(url if place == made.main.name else url_of(url, place))
    try:
        yield broker
    finally:
        broker.close()


def topology_of(settings: Settings, catalogue: Catalogue) -> Topology:
    """What there should be on the broker; vhosts for partners are refused where they are badly named or cannot be."""
    url, pattern = settings.broker_url, settings.partner_vhosts
    if pattern and url.startswith(EMBEDDED):
        raise refuse("--partner-vhosts: an embedded broker has no vhosts; name RabbitMQ's URL with --broker")
    try:
        return topology(catalogue.systems.values(), _main_vhost(url), pattern)
    except ValueError as error:
        raise refuse(f"--partner-vhosts: {error}") from None


@contextmanager
def ledger_of(
    settings: Settings, make: bool = True, told: Callable[[Sequence[Moved]], None] = tell_nobody
) -> Iterator[Ledger]:
    """The ledger that the settings name, closed at the end; a URL of none is refused. Raises Unavailable.

    Unless `make`, one that is not there is Unavailable too, and not made. `told` hears how certificates move.
    """
    if make:
        settings.furnish()
    try:
        ledger = Ledger.open(settings.ledger_url, timedelta(seconds=settings.lease), make, told)
    except NoLedger as error:
        raise Unavailable(f"{error}; {_asked_by(settings.database, settings, 'database')}", Trouble.MISSING) from None
    except ValueError as error:
        raise refuse(f"--database: {error}") from None
    with closing(ledger):
        yield ledger


def management_of(settings: Settings) -> "Management":
    """The management API that the settings name; without one, or for a URL of none, refused."""
    from adapter.relay.rabbitmq.management import Management

    if settings.management is None:
        raise refuse("name RabbitMQ's management API with --management or EODES_MANAGEMENT")
    try:
        return Management(settings.management)
    except ValueError as error:
        raise refuse(f"--management: {error}") from None


def _main_vhost(url: str) -> str:
    if url.startswith(EMBEDDED):
        return "/"
    from adapter.relay.rabbitmq.places import vhost_of

    try:
        return vhost_of(url)
    except ValueError as error:
        raise refuse(f"--broker: {error}") from None


def _require_queues(settings: Settings) -> None:
    """Raises Unavailable where the queues are to be in a file and there is none."""
    place = Path(settings.broker_url.removeprefix(EMBEDDED))
    if settings.broker_url.startswith(EMBEDDED) and not place.is_file():
        asked = _asked_by(settings.broker, settings, "broker")
        raise Unavailable(f"there are no queues: there is no file {place}; {asked}", Trouble.MISSING)


def _asked_by(named: str | None, settings: Settings, option: str) -> str:
    """Who said to look there, and how what is missing comes to be made."""
    if named:
        where = f"--{option} or EODES_{option.upper()} names it"
    else:
        where = "EODES_DATA names its folder" if settings.data else "it lies there unless EODES_DATA says otherwise"
    return f"{where}; if that is right, `eodes relay` makes what is missing when it begins"


def _open_broker(settings: Settings, topology: Topology, until: Callable[[], bool] = lambda: False) -> Broker:
    url = settings.broker_url
    if url.startswith(EMBEDDED):
        from adapter.relay.embedded import Embedded

        settings.furnish()
        return Embedded(Path(url.removeprefix(EMBEDDED)))
    if topology.partners:
        from adapter.relay.rabbitmq.vhosts import Vhosts

        return Vhosts(url, topology, until=until)
    from adapter.relay.rabbitmq import RabbitMQ

    return RabbitMQ(url, vhost=topology.main, until=until)
