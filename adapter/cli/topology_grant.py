"""`eodes topology grant`: what lets a partner into its own vhost, put as commands or done."""

from pathlib import Path

from adapter.cli.guard import VALID, refuse
from adapter.cli.join import management_of, topology_of
from adapter.cli.say import put, tell
from adapter.cli.start import open_catalogue
from adapter.cli.topology_check import relay_user
from adapter.relay.grants import PASSWORD, Grant, commands, grant
from adapter.relay.rabbitmq.management import NotAllowed
from adapter.relay.topology import Topology
from adapter.settings import Settings, settings


def run(
    partner: str,
    broker: str | None,
    partner_vhosts: str | None,
    password_file: Path | None,
    apply: bool,
    management: str | None,
    home: Path | None,
) -> int:
    """Put the commands, or do the same by the management API."""
    told = settings(broker, partner_vhosts=partner_vhosts, management=management)
    catalogue = open_catalogue(home or told.home)
    code = catalogue.system(partner).code
    granted = _grant(code, topology_of(told, catalogue), relay_user(told))
    if not apply:
        put("".join(f"{line}\n" for line in commands(granted, str(password_file) if password_file else None)))
        return VALID
    try:
        management_of(told).apply(granted, _password(told, password_file))
    except NotAllowed as error:
        raise refuse(f"--management: {error}; it takes an administrator") from None
    tell(f"user {granted.user} may enter vhost {granted.vhost}; eodes topology declare, or the relay, makes its queues")
    return VALID


def _grant(code: str, made: Topology, relay: str) -> Grant:
    own = next((vhost for vhost in made.partners if vhost.partner == code), None)
    if own is None:
        raise refuse(f"{code} has no vhost of its own; partners have with --partner-vhosts, domestic systems never")
    try:
        return grant(own, relay)
    except ValueError as error:
        raise refuse(f"--broker: {error}") from None


def _password(told: Settings, file: Path | None) -> str:
    """The first line of the file, else what the environment says; none and an empty one are refused."""
    said = file.read_text(encoding="utf-8", errors="surrogateescape") if file else told.grant_password or ""
    password = said.partition("\n")[0].removesuffix("\r")
    if not password:
        raise refuse(f"the user needs a password: name a file with --password-file, or set {PASSWORD}")
    return password
