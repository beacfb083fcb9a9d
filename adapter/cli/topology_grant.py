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
from adapter.settings import Settings, secret_file, settings


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
        file = password_file or secret_file("grant_password")
        put("".join(f"{line}\n" for line in commands(granted, str(file.absolute()) if file else None)))
        return VALID
    password = _password(told, password_file)
    try:
        management_of(told).apply(granted, password)
    except NotAllowed as error:
        raise refuse(f"--management: {error}; it takes an administrator") from None
    except ValueError as error:
        raise refuse(f"{error}: name a file with --password-file, or set {PASSWORD}") from None
    kept = "" if password else " with the password that it has"
    place = f"vhost {granted.vhost}{kept}; eodes topology declare, or the relay, makes its queues"
    tell(f"user {granted.user} may enter {place}")
    return VALID


def _grant(code: str, made: Topology, relay: str) -> Grant:
    own = next((vhost for vhost in made.partners if vhost.partner == code), None)
    if own is None:
        raise refuse(f"{code} has no vhost of its own; partners have with --partner-vhosts, domestic systems never")
    try:
        return grant(own, relay)
    except ValueError as error:
        raise refuse(f"--broker: {error}") from None


def _password(told: Settings, file: Path | None) -> str | None:
    """The first line of the file, else what the settings say, without blanks at its ends, as rabbitmqctl has it."""
    said = file.read_text(encoding="utf-8", errors="surrogateescape") if file else told.grant_password or ""
    password = said.partition("\n")[0].strip()
    if file and not password:
        raise refuse(f"--password-file {file}: its first line is empty")
    return password or None
