"""Graves: what the ledger must not take in, on its way into the queue of the dead."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from adapter.delivery import Delivery
from adapter.findings import Unavailable
from adapter.relay.backoff import back_off
from adapter.relay.broker import Broker, Outcome, Parcel, Receipt
from adapter.relay.names import DEAD
from adapter.relay.taken import Taken


@dataclass(slots=True)
class Grave:
    """A parcel for the dead, and the deliveries to be acknowledged once it lies there, without their bytes."""

    parcel: Parcel
    deliveries: list[Delivery]
    attempts: int = 0
    again_at: datetime | None = None
    """When to try again; None while it is under way."""


class Graves:
    """A delivery whose grave is open stays unacknowledged: if this process dies, the broker brings it again."""

    def __init__(self, broker: Broker, chance: Callable[[], float]) -> None:
        self._broker, self._chance = broker, chance
        self._open: dict[str, Grave] = {}

    def __contains__(self, id: str) -> bool:
        return id in self._open

    @property
    def are_quiet(self) -> bool:
        """Whether no receipt is awaited."""
        return all(grave.again_at for grave in self._open.values())

    def bury(self, corpses: Iterable[Taken], at: datetime) -> None:
        """Each goes to the dead with the reason; one that comes again meanwhile is not laid there twice."""
        fresh = []
        for each in corpses:
            delivery, entry = each.delivery, each.outcome.entry
            held = replace(delivery, body=b"")
            if grave := self._open.get(entry.id):
                grave.deliveries.append(held)
                continue
            headers = {"source": delivery.source, "reason": entry.code or "", "message_id": entry.message_id or ""}
            if entry.named:  # as the ledger has it: what was named at length would be refused again and again
                headers["receiver"] = entry.named
            parcel = Parcel(DEAD, entry.id, delivery.body, headers=headers)
            self._open[entry.id] = Grave(parcel, [held])
            fresh.append(self._open[entry.id])
        self._send(fresh, at)

    def close(self, receipts: Iterable[Receipt], at: datetime) -> None:
        """What lies among the dead is acknowledged; if that fails, the broker brings it again."""
        for receipt in receipts:
            if receipt.outcome is Outcome.CONFIRMED:
                with suppress(Unavailable):
                    self._broker.acknowledge(self._open.pop(receipt.message_id).deliveries)
            else:
                self._put_off(self._open[receipt.message_id], at)

    def try_again(self, at: datetime) -> None:
        """Hand over what was put off until now."""
        self._send([grave for grave in self._open.values() if grave.again_at and grave.again_at <= at], at)

    def _send(self, graves: Sequence[Grave], at: datetime) -> None:
        """All of them at once: a broker that is away is waited for once."""
        if not graves:
            return
        for grave in graves:
            grave.again_at = None
        try:
            self._broker.send([grave.parcel for grave in graves])
        except Unavailable:
            for grave in graves:
                self._put_off(grave, at)

    def _put_off(self, grave: Grave, at: datetime) -> None:
        grave.again_at = at + back_off(grave.attempts, self._chance)
        grave.attempts += 1
