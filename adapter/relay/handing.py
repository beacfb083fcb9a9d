"""Handing parcels to a broker from outside the relay: a command or a simulated system that waits for its receipts."""

from collections.abc import Sequence

from adapter.findings import Trouble, Unavailable
from adapter.relay.broker import Broker, Outcome, Parcel, Receipt

RECEIPT_SECONDS = 10.0
START = "start `eodes relay` once, it makes what is missing"
REFUSALS = {
    "NOT_FOUND": (START, Trouble.MISSING),
    "ACCESS_REFUSED": ("let this user write to that exchange", Trouble.DENIED),
}
"""What AMQP's words for a no mean for whoever publishes, and what to do."""


def hand_over(broker: Broker, parcels: Sequence[Parcel]) -> None:
    """Send and wait until every parcel is confirmed; raises Unavailable where one is not."""
    if not parcels:
        return
    broker.send(parcels)
    missing = len(parcels)
    while missing:
        receipts = broker.receipts(RECEIPT_SECONDS)
        if not receipts:
            raise Unavailable("the broker did not confirm in time")
        for receipt in receipts:
            if receipt.outcome is not Outcome.CONFIRMED:
                raise _untaken(receipt)
        missing -= len(receipts)


def _untaken(receipt: Receipt) -> Unavailable:
    if receipt.outcome is Outcome.RETURNED:
        return Unavailable(f"there is no queue {receipt.queue}; {START}", Trouble.MISSING)
    said = f"the broker did not take {receipt.message_id}: {receipt.reason or receipt.outcome}"
    for word, (advice, trouble) in REFUSALS.items():
        if word in receipt.reason:
            return Unavailable(f"{said}; {advice}", trouble)
    return Unavailable(said)
