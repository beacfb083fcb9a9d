"""RabbitMQ's management API: what lies on the broker and who may do what, which AMQP itself does not tell."""

import json
from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, unquote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from adapter.findings import Unavailable
from adapter.relay.grants import Grant, requests
from adapter.relay.inventory import Contents, Inventory, Thing
from adapter.relay.topology import Permission

SECONDS = 30
NOT_ALLOWED, NOT_FOUND = (401, 403), 404
_COUNTED = "?disable_stats=true&enable_queue_totals=true"


class NotAllowed(Exception):
    """The management user may not do or see this."""


class _NoRedirect(HTTPRedirectHandler):
    """Goes nowhere else: the password is for this host."""

    def redirect_request(self, *_: Any) -> None:
        """Nothing to follow: the answer is an error."""


class Management:
    """The API behind a URL with user and password; raises ValueError for what is none, without repeating it.

    Every call raises Unavailable where it does not answer, and NotAllowed where it refuses.
    """

    def __init__(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.hostname or not parts.username:
                raise ValueError
            port = f":{parts.port}" if parts.port else ""
        except ValueError:
            raise ValueError("not a URL like http://USER:PASSWORD@HOST:15672") from None
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        self._user = unquote(parts.username)
        self._place = f"{parts.scheme}://{host}{port}{parts.path.rstrip('/')}"
        self._token = b64encode(f"{self._user}:{unquote(parts.password or '')}".encode()).decode()
        self._opener = build_opener(_NoRedirect)

    def apply(self, grant: Grant, password: str | None) -> None:
        """Make what it grants, and bring what is there to what it should be, the user's password too if one is given.

        Raises ValueError for a new user without one, before anything is done.
        """
        vhost = quote(grant.vhost, safe="")
        said = {"password": password} if password else self._kept(grant.user)
        is_new = self._call("GET", f"vhosts/{vhost}") is None
        for each in requests(grant, said):
            self._call("PUT", each.path, each.body)
        if is_new and self._user not in (each.user for each in grant.permissions):
            # Whoever makes a vhost over this API is let into it; that was not asked for.
            self._call("DELETE", f"permissions/{vhost}/{quote(self._user, safe='')}")

    def _kept(self, user: str) -> dict[str, str]:
        """The hash of the password that a user has: who is written without one loses it."""
        there = self._call("GET", f"users/{quote(user, safe='')}")
        if there is None:
            raise ValueError(f"{user} is a new user and needs a password")
        return {name: str(there[name]) for name in ("password_hash", "hashing_algorithm")}

    def look(self, vhosts: Iterable[str]) -> Inventory:
        """What there is of these vhosts, and who may do what anywhere."""
        found = {name: contents for name in vhosts if (contents := self._contents(quote(name, safe=""))) is not None}
        elsewhere = self._elsewhere(set(found))
        version = str((self._call("GET", "overview") or {}).get("rabbitmq_version", ""))
        try:
            users, permissions = self._call("GET", "users"), self._call("GET", "permissions")
        except NotAllowed:
            return Inventory(version, found, None, None, elsewhere)
        tags = {each["name"]: _tags(each.get("tags")) for each in users or ()}
        return Inventory(version, found, tags, _by_vhost(permissions or ()), elsewhere)

    def _contents(self, vhost: str) -> Contents | None:
        queues = self._call("GET", f"queues/{vhost}{_COUNTED}")
        if queues is None:
            return None
        exchanges = self._call("GET", f"exchanges/{vhost}") or ()
        bindings = self._call("GET", f"bindings/{vhost}") or ()
        policies = (self._call("GET", f"{kind}/{vhost}") or () for kind in ("policies", "operator-policies"))
        return Contents(_named(queues), _named(exchanges), tuple(bindings), tuple(map(tuple, policies)))

    def _elsewhere(self, known: set[str]) -> dict[str, frozenset[str]]:
        named: dict[str, set[str]] = defaultdict(set)
        for queue in self._call("GET", "queues?disable_stats=true") or ():
            named[queue["vhost"]].add(queue["name"])
        return {vhost: frozenset(names) for vhost, names in named.items() if vhost not in known}

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The answer, None where there is no such thing."""
        headers = {"Authorization": f"Basic {self._token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        try:
            with self._opener.open(
                Request(f"{self._place}/api/{path}", data, headers, method=method), timeout=SECONDS
            ) as answer:
                return json.loads(answer.read() or b"null")
        except HTTPError as error:
            if error.code == NOT_FOUND:
                return None
            if error.code in NOT_ALLOWED:
                raise NotAllowed(f"{self._place} does not let user {self._user} {method} {path}") from None
            raise Unavailable(f"{self._place} answers {method} {path} with {error.code}") from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "reason", error)
            raise Unavailable(f"no management API at {self._place}: {type(reason).__name__}: {reason}") from None


def _named(things: Iterable[Thing]) -> dict[str, Thing]:
    return {each["name"]: each for each in things}


def _tags(tags: Any) -> tuple[str, ...]:
    """A list since RabbitMQ 3.9, one text before."""
    return tuple(tags.split(",")) if isinstance(tags, str) and tags else tuple(tags or ())


def _by_vhost(permissions: Iterable[dict[str, str]]) -> dict[str, tuple[Permission, ...]]:
    found: dict[str, tuple[Permission, ...]] = defaultdict(tuple)
    for each in permissions:
        allowed = Permission(each["user"], each["configure"], each["write"], each["read"])
        found[each["vhost"]] += (allowed,)
    return dict(found)
