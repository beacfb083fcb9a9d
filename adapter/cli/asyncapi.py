"""`eodes asyncapi`: queues and messages, described for programs."""

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from adapter.cli.guard import VALID
from adapter.cli.join import topology_of
from adapter.cli.say import put_json
from adapter.cli.start import open_catalogue
from adapter.relay.asyncapi import describe
from adapter.settings import EMBEDDED, settings

SOMEWHERE = "amqp://localhost"


def run(broker: str | None, partner_vhosts: str | None, home: Path | None) -> int:
    """Put the document; of the broker's URL only host, port and vhosts are told."""
    told = settings(broker or (None if settings().broker else SOMEWHERE), partner_vhosts=partner_vhosts)
    catalogue = open_catalogue(home or told.home)
    layout = topology_of(told, catalogue)
    from adapter.relay.rabbitmq.places import places_of

    url = SOMEWHERE if told.broker_url.startswith(EMBEDDED) else told.broker_url
    first = places_of(url)[0]
    put_json(describe(catalogue, layout, f"{first.host}:{first.port}", url.partition("://")[0], _version()))
    return VALID


def _version() -> str:
    try:
        return version("eodes-adapter")
    except PackageNotFoundError:  # run from its sources
        return "0"
