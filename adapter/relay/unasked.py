"""What we say of a day to a partner that has not asked: it goes through the ledger's outbox like everything else."""

from collections.abc import Iterable
from datetime import date, datetime

from adapter import translate
from adapter.delivery import Message
from adapter.envelope import digest, function_of
from adapter.ledger import Entry, Exchanged, Outcome, Post
from adapter.messages import Header, Kind
from adapter.reconciliation import Reconciliation
from adapter.relay.exchange import RELAY, Exchange
from adapter.relay.reconcile import tell
from adapter.system import System


def reconcile_with(
    partner: System, day: date, exchanged: Iterable[Exchanged], exchange: Exchange, at: datetime
) -> Outcome:
    """Ours of the day, part by part, each written and validated; Rejected where the partner has no form for it.

    The order stands in the ledger as a delivery of the relay's own. The same day with the same messages is the same
    order, under the same id, however often it is given.
    """
    parts = tell(day, exchanged)
    body = "\n".join((partner.code, *(part.as_json() for part in parts))).encode()
    sealed = digest(body)
    posts = tuple(Post(_message(part, partner, sealed, exchange, at)) for part in parts)
    order = Entry(
        id=sealed[:32], source=RELAY, message_id=None, digest=sealed, size=len(body), body=body,
        kind=Kind.RECONCILIATION.value, partner=partner.code,
    )  # fmt: skip
    return Outcome(order, posts)


def _message(part: Reconciliation, partner: System, order: str, exchange: Exchange, at: datetime) -> Message:
    named = digest(f"{Kind.RECONCILIATION}\n{order}\n{part.part}".encode())[:32]
    header = Header(
        id=named, kind=Kind.RECONCILIATION, function=function_of(part), sender=exchange.name_towards(partner),
        receiver=partner.code, sent_at=at.replace(microsecond=0),
    )  # fmt: skip
    return translate.write(part, partner, exchange.catalogue, header)
