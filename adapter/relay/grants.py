"""What lets a partner into its own vhost and nowhere else, as commands to run or as requests to the management API."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from adapter.relay.topology import EVERYTHING, Permission, Vhost

PASSWORD = "EODES_GRANT_PASSWORD"
"""The environment's name for the password of the partner's user."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A vhost, its partner's user, and the relay's own user in it; no topic permissions: there is no topic exchange."""

    vhost: str
    user: str
    permissions: tuple[Permission, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """One call of the management API."""

    path: str
    body: dict[str, Any]


def grant(vhost: Vhost, relay_user: str) -> Grant:
    """Raises ValueError where the vhost is no partner's own, or its user would be the relay's."""
    own = vhost.permission
    if own is None:
        raise ValueError(f"vhost {vhost.name} is no partner's own")
    if own.user == relay_user:
        raise ValueError(f"the relay's user bears the name of {vhost.partner}'s: {relay_user}")
    relay = Permission(relay_user, EVERYTHING, EVERYTHING, EVERYTHING)
    return Grant(vhost.name, own.user, (own, relay))


def commands(grant: Grant, password_file: str | None = None) -> Iterator[str]:
    """Lines for a shell beside the broker, which may be run again; the password comes from the file or environment."""
    vhost, user = shlex.quote(grant.vhost), shlex.quote(grant.user)
    yield f"rabbitmqctl add_vhost {vhost}"
    # Read from standard input: other users of the machine see what stands on a command line.
    verbs = ("add_user", "change_password")
    add, change = (_with_password(f"rabbitmqctl {verb} {user}", password_file) for verb in verbs)
    yield f"{add} || {change}"
    yield f"rabbitmqctl set_user_tags {user}"
    for each in grant.permissions:
        words = (each.user, each.configure, each.write, each.read)
        yield f"rabbitmqctl set_permissions --vhost {vhost} {' '.join(map(_quoted, words))}"


def requests(grant: Grant, password: str) -> Iterator[Request]:
    """The same for the management API."""
    vhost, user = quote(grant.vhost, safe=""), quote(grant.user, safe="")
    yield Request(f"vhosts/{vhost}", {})
    yield Request(f"users/{user}", {"password": password, "tags": ""})
    for each in grant.permissions:
        may = {"configure": each.configure, "write": each.write, "read": each.read}
        yield Request(f"permissions/{vhost}/{quote(each.user, safe='')}", may)


def _with_password(command: str, file: str | None) -> str:
    return f"{command} < {shlex.quote(file)}" if file else f"printf '%s\\n' \"${PASSWORD}\" | {command}"


def _quoted(word: str) -> str:
    """Quoted whatever it is: a pattern that a shell leaves alone today looks like one that it does not."""
    return "'" + word.replace("'", "'\"'\"'") + "'"
