"""What lets a partner into its own vhost and nowhere else, as commands to run or as requests to the management API."""

import shlex
from collections.abc import Iterator, Mapping
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
    """Lines for a shell beside the broker, which may be run again; the password comes from the file or environment.

    A user that there is keeps its password where none is given; a new one without is refused before anything is done.
    """
    vhost, user = shlex.quote(grant.vhost), shlex.quote(grant.user)
    is_there = f"printf '%s\\n' \"$users\" | cut -f 1 | grep -Fx -- {user} > /dev/null"
    if password_file:  # rabbitmqctl too reads the first line alone, and drops blanks at its ends
        first_line = "'s/^[[:space:]]*//; s/[[:space:]]*$//; q'"
        yield f"{PASSWORD}=$(sed {first_line} {shlex.quote(password_file)})"
        yield f': "${{{PASSWORD}:?the file of the password is empty}}"'
    needed = f"{grant.user} is a new user and needs a password"
    refused = f'[ -n "${{{PASSWORD}:-}}" ] || {_said(needed)}; : "${{{PASSWORD}:?}}"'
    yield "users=$(rabbitmqctl -s list_users)"  # by itself: where the broker is down, that is said, and not of a user
    yield f"if {is_there}; then set -- change_password; else set -- add_user; {refused}; fi"
    yield f"rabbitmqctl add_vhost {vhost}"
    # Read from standard input: other users of the machine see what stands on a command line.
    given = f'printf \'%s\\n\' "${PASSWORD}" | rabbitmqctl "$1" {user}'
    kept = _said(f"no {PASSWORD}: user {grant.user} keeps its password")
    yield f'if [ -n "${{{PASSWORD}:-}}" ]; then {given}; else {kept}; fi'
    yield f"rabbitmqctl set_user_tags {user}"
    for each in grant.permissions:
        words = (each.user, each.configure, each.write, each.read)
        yield f"rabbitmqctl set_permissions --vhost {vhost} {' '.join(map(_quoted, words))}"


def requests(grant: Grant, password: Mapping[str, str]) -> Iterator[Request]:
    """The same for the management API; the password is one, or the hash of the one that the user has."""
    vhost, user = quote(grant.vhost, safe=""), quote(grant.user, safe="")
    yield Request(f"vhosts/{vhost}", {})
    yield Request(f"users/{user}", {**password, "tags": ""})
    for each in grant.permissions:
        may = {"configure": each.configure, "write": each.write, "read": each.read}
        yield Request(f"permissions/{vhost}/{quote(each.user, safe='')}", may)


def _said(words: str) -> str:
    return f"printf '%s\\n' {_quoted(words)} >&2"


def _quoted(word: str) -> str:
    """Quoted whatever it is: a pattern that a shell leaves alone today looks like one that it does not."""
    return "'" + word.replace("'", "'\"'\"'") + "'"
