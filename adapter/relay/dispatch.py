"""Dispatch: messages leave pipelined, are closed on the broker's confirm, and put off without one."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from adapter.delivery import Message
from adapter.findings import Unavailable
from adapter.ledger import Ledger
from adapter.relay.backoff import back_off
from adapter.relay.broker import Broker, Outcome, Parcel
from adapter.relay.graves import Graves
from adapter.relay.intake import Taken
from adapter.relay.names import outbox

MOST_DUE, MOST_DUE_BYTES = 256, 16_000_000
LOOK_EVERY = timedelta(seconds=0.25)
"""How often the outbox is looked into while intake is busy."""


class Dispatch:
    """What is under way is known here and leased in the ledger: if this process dies, it is due when the lease ends."""

    def __init__(self, broker: Broker, ledger: Ledger, chance: Callable[[], float]) -> None:
        self._broker, self._ledger, self._chance = broker, ledger, chance
        self._under_way: dict[str, int] = {}
        self._graves = Graves(broker, chance)
        self._confirmed: list[str] = []
        self._deferred: list[tuple[str, datetime, str]] = []
        self._look_at: datetime | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way and every receipt is in the ledger."""
        return not (self._under_way or self._confirmed or self._deferred) and self._graves.are_quiet

    @property
    def is_troubled(self) -> bool:
        """Whether something was put off and the ledger does not know it yet."""
        return bool(self._deferred)

    def send(self, messages: Sequence[Message], at: datetime, attempts: int = 0) -> int:
        """Hand over, in this order; what the broker cannot take now is put off."""
        parcels = [_parcel(message) for message in messages]
        self._under_way.update((message.id, attempts) for message in messages)
        try:
            self._broker.send(parcels)
        except Unavailable as error:
            self._put_off([parcel.message_id for parcel in parcels], str(error), at)
            return 0
        return len(parcels)

    def bury(self, corpses: Iterable[Taken], at: datetime) -> None:
        """What the ledger must not take in goes to the dead with the reason; it is acknowledged once it lies there."""
        self._graves.bury(corpses, at)

    def collect(self, at: datetime) -> None:
        """Take what receipts there are, those of the dead last: what goes wrong with them touches no other."""
        receipts = self._broker.receipts(0)
        for receipt in receipts:
            if receipt.message_id not in self._under_way:
                continue
            if receipt.outcome is Outcome.CONFIRMED:
                del self._under_way[receipt.message_id]
                self._confirmed.append(receipt.message_id)
            else:
                self._put_off([receipt.message_id], f"{receipt.queue}: {receipt.outcome}: {receipt.reason}", at)
        self._graves.close([each for each in receipts if each.message_id in self._graves], at)
        self._graves.try_again(at)

    def confirmed(self) -> list[str]:
        """The messages whose confirmation is not yet in the ledger."""
        return list(self._confirmed)

    def forget(self, confirmed: Sequence[str]) -> None:
        """These are in the ledger."""
        del self._confirmed[: len(confirmed)]

    def settle(self, at: datetime) -> tuple[int, int]:
        """Write down what was confirmed and what was put off; how many of each."""
        closed, deferred = self._confirmed, self._deferred
        if closed or deferred:
            self._ledger.settle(closed, deferred, at)
            self._confirmed, self._deferred = [], []
        return len(closed), len(deferred)

    def send_due(self, at: datetime, hurry: bool) -> int:
        """Hand over what is due; in a hurry only now and then, while intake has work."""
        if hurry and self._look_at is not None and self._look_at - LOOK_EVERY <= at < self._look_at:
            return 0  # a clock that was put back is before all of that, and keeps nothing waiting
        self._look_at = at + LOOK_EVERY
        waiting = self._ledger.lease_due(at, MOST_DUE, MOST_DUE_BYTES)
        sent = 0
        for attempts in sorted({each.attempts for each in waiting}, reverse=True):
            messages = [each.message for each in waiting if each.attempts == attempts]
            sent += self.send([each for each in messages if each.id not in self._under_way], at, attempts)
        return sent

    def _put_off(self, ids: Iterable[str], error: str, at: datetime) -> None:
        for id in ids:
            attempts = self._under_way.pop(id, 0)
            self._deferred.append((id, at + back_off(attempts, self._chance), error))


def _parcel(message: Message) -> Parcel:
    headers: dict[str, str | int] = {
        "sender": message.sender,
        "function": message.function.value,
    }
    if message.agreement:
        headers["agreement"] = message.agreement
    if message.number:
        headers["number"] = message.number
    queue, kind = outbox(message.receiver), message.kind.value
    return Parcel(queue, message.id, message.body, message.content_type, kind, message.answers, headers)
