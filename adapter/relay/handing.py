"""Handing parcels to a broker from outside the relay: a command or a simulated system that waits for its receipts."""

from collections.abc import Sequence

from adapter.findings import Unavailable
from adapter.relay.broker import Broker, Outcome, Parcel

RECEIPT_SECONDS = 10.0


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
            if receipt.outcome is Outcome.RETURNED:
                raise Unavailable(f"there is no queue {receipt.queue}; start `eodes relay` once, it makes the queues")
            if receipt.outcome is not Outcome.CONFIRMED:
                raise Unavailable(f"the broker did not take {receipt.message_id}: {receipt.reason or receipt.outcome}")
        missing -= len(receipts)
