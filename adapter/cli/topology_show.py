"""`eodes topology show`: what there should be on RabbitMQ."""

from dataclasses import asdict
from pathlib import Path

from adapter.cli.guard import VALID
from adapter.cli.join import topology_of
from adapter.cli.say import put_json
from adapter.cli.start import open_catalogue
from adapter.cli.tables import put_table
from adapter.relay.topology import Exchange, Topology
from adapter.settings import settings


def run(broker: str | None, partner_vhosts: str | None, json: bool, home: Path | None) -> int:
    """Put every vhost with its queues, exchanges and the partner's permission."""
    told = settings(broker, partner_vhosts=partner_vhosts)
    made = topology_of(told, open_catalogue(home or told.home))
    if json:
        put_json({"main": asdict(made.main), "partners": [asdict(vhost) for vhost in made.partners]})
    else:
        _put(made)
    return VALID


def _put(made: Topology) -> None:
    put_table(("vhost", "queue"), [(vhost.name, queue) for vhost in made.vhosts for queue in vhost.queues], "Queues")
    exchanges = [
        (vhost.name, each.exchange, _kind(vhost.exchanges, each.exchange), each.key, each.queue)
        for vhost in made.vhosts
        for each in vhost.bindings
    ]
    put_table(("vhost", "exchange", "kind", "key", "queue"), exchanges, "Exchanges")
    permissions = [
        (vhost.name, each.user, each.configure, each.write, each.read)
        for vhost in made.partners
        if (each := vhost.permission)
    ]
    if permissions:
        put_table(("vhost", "user", "configure", "write", "read"), permissions, "Partners' users")


def _kind(exchanges: tuple[Exchange, ...], name: str) -> str:
    found = next(each for each in exchanges if each.name == name)
    return found.kind + (f", else to exchange {found.alternate}" if found.alternate else "")
