"""`eodes topology check`: what lies on RabbitMQ, held against what should."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from urllib.parse import unquote, urlsplit

from adapter.cli.guard import INDETERMINATE, INVALID, VALID, refuse
from adapter.cli.join import management_of, topology_of
from adapter.cli.say import printable, put, put_json
from adapter.cli.start import open_catalogue
from adapter.findings import Severity
from adapter.relay.access import access_differences, forgotten_vhosts
from adapter.relay.differences import Difference, differences
from adapter.relay.rabbitmq.management import NotAllowed
from adapter.settings import Settings, settings

VERDICTS = {VALID: "valid", INVALID: "invalid", INDETERMINATE: "indeterminate"}


def run(
    broker: str | None,
    partner_vhosts: str | None,
    management: str | None,
    json: bool,
    strict: bool,
    home: Path | None,
) -> int:
    """Put each difference with what to do about it; errors, and strictly judged warnings, make it fail."""
    told = settings(broker, partner_vhosts=partner_vhosts, management=management)
    made = topology_of(told, open_catalogue(home or told.home))
    user = relay_user(told)
    try:
        found = management_of(told).look(vhost.name for vhost in made.vhosts)
    except NotAllowed as error:
        raise refuse(f"--management: {error}") from None
    apart = forgotten_vhosts(made, found, user)
    every = [*differences(made, found), *access_differences(made, found, user), *apart]
    code = _code(every, strict)
    if json:
        put_json({"verdict": VERDICTS[code], "differences": [asdict(each) for each in every]})
    else:
        put("".join(map(_line, every)) + f"{VERDICTS[code]}: {len(every)} differences in {len(made.vhosts)} vhosts\n")
    return code


def relay_user(told: Settings) -> str:
    """The user whom the relay comes as; a broker that is not RabbitMQ is refused."""
    if not told.broker_url.startswith(("amqp://", "amqps://")):
        raise refuse("name RabbitMQ's URL with --broker or EODES_BROKER: vhosts and users are only there")
    return unquote(urlsplit(told.broker_url).username or "guest")


def _code(every: Sequence[Difference], strict: bool) -> int:
    severities = {each.severity for each in every}
    if Severity.ERROR in severities or (strict and Severity.WARNING in severities):
        return INVALID
    return INDETERMINATE if Severity.UNDECIDED in severities else VALID


def _line(each: Difference) -> str:
    what = f"{each.severity} {each.what} in vhost {each.vhost}"
    return printable(f"{what}: should be: {each.should}; is: {each.found}; to do: {each.do}") + "\n"
