"""A partner that has a broker of its own: we publish there as a guest, mandatory and with confirms."""

import time
from collections.abc import Sequence
from dataclasses import replace

from adapter.connections import Endpoint
from adapter.findings import Unavailable
from adapter.relay.broker import Outcome, Parcel, Receipt
from adapter.relay.endpoints.tls import context_of
from adapter.relay.rabbitmq import RabbitMQ

TOGETHER = 32
"""Parcels that are published before their confirms are waited for."""
ENCRYPTED = "amqps://"


class Amqp:
    """Carries parcels to the partner's broker, for one thread; raises ValueError for what cannot be."""

    def __init__(self, told: Endpoint) -> None:
        self._queue, self._exchange, self._seconds = told.queue, told.exchange, told.timeout
        self._rabbit = partners_broker(told.url or "", told)

    def carry(self, parcels: Sequence[Parcel]) -> list[Receipt]:
        """Publish them in this order, and wait for the confirms."""
        waiting = {parcel.message_id: parcel for parcel in parcels}
        try:
            self._rabbit.send([replace(each, queue=self._queue or each.queue, exchange=self._exchange)
                               for each in parcels])  # fmt: skip
        except Unavailable as trouble:
            return [_receipt(each, Outcome.REFUSED, str(trouble)) for each in parcels]
        receipts: list[Receipt] = []
        deadline = time.monotonic() + self._seconds
        while waiting and (left := deadline - time.monotonic()) > 0:
            for told in self._rabbit.receipts(left):
                if parcel := waiting.pop(told.message_id, None):  # else of one that was given up before
                    receipts.append(_receipt(parcel, told.outcome, told.reason))
        return [*receipts, *(_receipt(each, Outcome.LOST, "no confirm in time") for each in waiting.values())]

    def close(self) -> None:
        """End the connection."""
        self._rabbit.close()


def partners_broker(url: str, told: Endpoint) -> RabbitMQ:
    """The broker at this URL, entered with mutual TLS; raises ValueError without a word of the URL."""
    if told.tls is None or not url.startswith(ENCRYPTED):
        raise ValueError("an endpoint of kind amqp needs a url that begins with amqps:// and tls: our certificate and "
                         "key, and whom we believe")  # fmt: skip
    return RabbitMQ(url, patience=min(told.timeout, 10.0), tls=context_of(told.tls), name=told.tls.name)


def _receipt(parcel: Parcel, outcome: Outcome, reason: str) -> Receipt:
    return Receipt(parcel.message_id, parcel.queue, outcome, reason, own=True)
