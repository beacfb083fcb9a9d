"""What was found on a broker, as far as it concerns the relay."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from adapter.relay.topology import Permission

Thing = Mapping[str, Any]
"""A queue, exchange, binding or policy, in the words of RabbitMQ's management API."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What lies in one vhost."""

    queues: Mapping[str, Thing] = field(default_factory=dict)
    exchanges: Mapping[str, Thing] = field(default_factory=dict)
    bindings: tuple[Thing, ...] = ()
    policies: tuple[tuple[Thing, ...], ...] = ()
    """Users' policies, and operators', which hold beside them."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """The vhosts that there are of those looked for, and who may do what in any vhost."""

    version: str
    vhosts: Mapping[str, Contents]
    tags: Mapping[str, tuple[str, ...]] | None
    """Every user's tags by its name; None where the management user may not see them."""
    permissions: Mapping[str, tuple[Permission, ...]] | None
    """What users may do, by vhost; None where the management user may not see it."""
    elsewhere: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The names of the queues in vhosts that were not looked for, as far as the management user may see them."""

    @property
    def limits_deliveries(self) -> bool:
        """Whether queues drop a message after 20 deliveries unless told otherwise, as since RabbitMQ 4."""
        major = self.version.partition(".")[0]
        return major.isdigit() and int(major) >= 4


def policy_of(queue: str, policies: Iterable[tuple[Thing, ...]]) -> dict[str, Any]:
    """What policies say of a quorum queue: in each group, of those that name it, the one of the highest priority."""
    said: dict[str, Any] = {}
    for group in policies:
        fit = (each for each in group if each.get("apply-to") != "exchanges" and _names(str(each["pattern"]), queue))
        if ranked := sorted(fit, key=lambda each: int(each.get("priority") or 0)):
            said |= ranked[-1]["definition"]
    return said


def _names(pattern: str, queue: str) -> bool:
    try:
        return re.search(pattern, queue) is not None
    except re.error:  # the broker reads a few patterns that we cannot: better one queue too many than one too few
        return True
