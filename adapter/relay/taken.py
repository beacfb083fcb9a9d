"""What was taken in: a delivery beside what came of it, as intake hands it on."""

import json
from dataclasses import dataclass

from adapter.delivery import Delivery
from adapter.findings import Finding, Severity
from adapter.ledger import Outcome


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery and what came of it."""

    delivery: Delivery
    outcome: Outcome
    buried: bool = False
    """Whether it still has to be laid into the queue of the dead."""

    @property
    def found(self) -> tuple[Finding, ...]:
        """What was found wrong with it, as the ledger keeps it."""
        said = json.loads(self.outcome.entry.findings or "[]")
        return tuple(Finding(**each | {"severity": Severity(each["severity"])}) for each in said)
