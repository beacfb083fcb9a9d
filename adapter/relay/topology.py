"""What the relay needs on RabbitMQ, as plain values made from the systems alone.

Everything lies in one main vhost, or each partner's two queues lie in a vhost of its own, which its user may enter.
There the entrance leads whatever is put in to the one inbox, whatever it is addressed to: so no routing key and no CC
header reaches anything else, and nothing is dropped. In the main vhost the entrance follows the routing key, and what
names no queue goes to the unknown.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from adapter.relay.names import DEAD, ENTRANCE, UNKNOWN, inbox, outbox
from adapter.system import System

CODE = "{code}"
"""Where the partner's code, in lower case, stands in the name of its vhost."""
NOTHING, EVERYTHING = "^$", ".*"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A durable exchange; what it can route nowhere goes to the alternate one."""

    name: str
    kind: Literal["direct", "fanout"]
    alternate: str | None = None


@dataclass(frozen=True, slots=True)
class Binding:
    """What an exchange leads to a queue."""

    exchange: str
    queue: str
    key: str


@dataclass(frozen=True, slots=True)
class Permission:
    """What a user may do in a vhost: names that it may declare, publish to and take from, as regular expressions."""

    user: str
    configure: str
    write: str
    read: str


@dataclass(frozen=True, slots=True)
class Vhost:
    """What lies in one vhost: durable quorum queues, exchanges, and whom of the partners it lets in."""

    name: str
    queues: tuple[str, ...]
    exchanges: tuple[Exchange, ...]
    bindings: tuple[Binding, ...]
    partner: str | None = None
    """The code of the partner whose own it is."""
    permission: Permission | None = None
    """What that partner's user may do here; it may enter no other vhost."""


@dataclass(frozen=True)
class Topology:
    """Every vhost with what lies in it."""

    main: Vhost
    partners: tuple[Vhost, ...] = ()

    @property
    def vhosts(self) -> tuple[Vhost, ...]:
        """Every vhost, the main one first."""
        return (self.main, *self.partners)

    @cached_property
    def place(self) -> Mapping[str, str]:
        """The vhost of every queue by the queue's name."""
        return {queue: vhost.name for vhost in self.vhosts for queue in vhost.queues}


def topology(systems: Iterable[System], main: str = "/", partner_vhosts: str | None = None) -> Topology:
    """What there should be: in one vhost, or with a vhost named after this pattern for each partner.

    Raises ValueError for a pattern that does not give each partner a vhost of its own.
    """
    ordered = sorted(systems, key=lambda system: system.code)
    apart = [system for system in ordered if partner_vhosts and system.side == "partner"]
    together = [system for system in ordered if system not in apart]
    own = tuple(_own(system.code, _named(system.code, partner_vhosts or "", main)) for system in apart)
    return Topology(_main(main, [system.code for system in together]), own)


def _main(name: str, codes: Iterable[str]) -> Vhost:
    """The vhost of the relay: strangers' mail goes to the unknown, and the dead lie here alone."""
    names = list(codes)
    exchanges = Exchange(UNKNOWN, "fanout"), Exchange(ENTRANCE, "direct", alternate=UNKNOWN)
    led = (Binding(ENTRANCE, inbox(code), inbox(code)) for code in names)
    return Vhost(name, (*_pairs(names), UNKNOWN, DEAD), exchanges, (Binding(UNKNOWN, UNKNOWN, ""), *led))


def _own(code: str, name: str) -> Vhost:
    """A partner's vhost; its user bears the same name."""
    exchanges = (Exchange(ENTRANCE, "fanout"),)
    permission = Permission(name, configure=NOTHING, write=_only(ENTRANCE), read=_only(outbox(code)))
    return Vhost(
        name, tuple(_pairs([code])), exchanges, (Binding(ENTRANCE, inbox(code), inbox(code)),), code, permission
    )


def _pairs(codes: Iterable[str]) -> Iterator[str]:
    for code in codes:
        yield from (inbox(code), outbox(code))


def _only(name: str) -> str:
    return f"^{re.escape(name)}$"


def _named(code: str, pattern: str, main: str) -> str:
    rest = pattern.replace(CODE, "", 1)
    if CODE not in pattern or not re.fullmatch(r"[\w./-]*", rest, re.ASCII):
        raise ValueError(f"a name with {CODE} in it, of ASCII letters, digits and . _ / - otherwise, like eodes-{CODE}")
    name = pattern.replace(CODE, code.lower())
    if name == main:
        raise ValueError(f"{name} is the main vhost, not one of {code}'s own")
    return name
