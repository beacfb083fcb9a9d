"""Destinations that another relay on the same ledger reaches otherwise: what is for them waits, and that is told."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

import structlog

from adapter.connections import SIGNATURES
from adapter.ledger import Ledger

NO_ROUTES: Mapping[str, str] = MappingProxyType({})
LOOK_EVERY = timedelta(seconds=1)
"""How old what is known of other relays may be when something is sent."""

log = structlog.get_logger()


class Crossings:
    """Says our own routes to the ledger, again and again, and knows where they cross those of others."""

    def __init__(self, ledger: Ledger, routes: Mapping[str, str]) -> None:
        self._ledger, self._routes = ledger, routes
        self._elsewhere: Mapping[str, str] = {}
        self._looked_at: datetime | None = None

    def at(self, at: datetime) -> Mapping[str, str]:
        """The destinations that are not ours to send to now, by the others' routes; raises Unavailable."""
        if self._looked_at is None or not self._looked_at <= at < self._looked_at + LOOK_EVERY:
            said = self._ledger.declare(self._routes, at)
            found = {to: route for to, route in said.items() if not to.startswith(SIGNATURES)}
            self._tell(found)
            self._elsewhere, self._looked_at = found, at
        return self._elsewhere

    def _tell(self, found: Mapping[str, str]) -> None:
        for receiver in sorted(set(found) - set(self._elsewhere)):
            log.warning(
                "another relay reaches this destination otherwise; its messages wait",
                receiver=receiver, route=found[receiver], ours=self._routes.get(receiver, "not said: its queue"),
                advice="give every relay on this ledger one and the same connections.toml and start them again; where "
                'a queue of ours is meant after all, say kind = "queue" in its endpoint',
            )  # fmt: skip
        for receiver in sorted(set(self._elsewhere) - set(found)):
            log.info("this destination is reached as others say; its messages go on", receiver=receiver)
