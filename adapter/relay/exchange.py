"""Who exchanges with whom: the systems of the catalogue, and the day and calendar that rules are held to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from adapter.catalogue import Catalogue
from adapter.relay.names import inbox
from adapter.rules import Facts, WorkingDays
from adapter.schema import Limits
from adapter.system import System
from adapter.trust import NO_SEALS, Seals

RELAY = "EODES"
"""What the relay calls itself to domestic systems; partners know it by its country."""


@dataclass(frozen=True)
class Exchange:
    """Everything but the ledger's facts that decides what comes of a delivery."""

    catalogue: Catalogue
    calendar: WorkingDays | None = None
    limits: Limits = Limits()
    seals: Seals = NO_SEALS
    verifies: bool = True
    """Whether signatures are verified: not those of what was taken in before, for they were when it came."""

    @cached_property
    def systems(self) -> Mapping[str, System]:
        """Every system by its code."""
        return self.catalogue.systems

    @cached_property
    def by_queue(self) -> Mapping[str, System]:
        """Every system by the queue that it fills."""
        return {inbox(code): system for code, system in self.systems.items()}

    @cached_property
    def home(self) -> str:
        """The country that partners know us by."""
        return next(system.country for system in self.systems.values() if system.side == "domestic")

    @property
    def held_to(self) -> Seals | None:
        """What the signatures of deliveries are held to; none where they are not verified."""
        return self.seals if self.verifies else None

    def seals_from(self, system: System) -> bool:
        """Whether what comes from this system is held to signatures, if it has one or because it must."""
        return self.seals.asked(system) or bool(self.seals.of(system))

    def name_towards(self, system: System) -> str:
        """What we call ourselves to this system."""
        return self.home if system.side == "partner" else RELAY

    def facts(self, at: datetime) -> Facts:
        """What rules may ask, save for what the ledger knows."""
        return Facts(today=at.date(), at=at, calendar=self.calendar)
