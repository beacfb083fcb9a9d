"""The states that certificates come into, each one event of the log."""

from collections.abc import Sequence

import structlog

from adapter.ledger import Moved
from adapter.relay.witness import Witness

log = structlog.get_logger()


class Changes(Witness):
    """Tells of every state once the ledger has it: a line each, all of a transaction written at once."""

    def moved(self, steps: Sequence[Moved]) -> None:
        """Certificates came into other states."""
        log.info("certificate changed", each=[_said(step) for step in steps])


def _said(step: Moved) -> dict[str, str]:
    said = {"certificate": step.certificate, "state": step.state, "cause": step.cause}
    return said | {"number": step.number} if step.number else said
