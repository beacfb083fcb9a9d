"""The indexes of the ledger's tables: each is there for a question that is asked often."""

from sqlalchemy import Index

from adapter.ledger.proof import METADATA
from adapter.ledger.schema import CERTIFICATES, DEAD, DELIVERIES, HOLDS, OPEN, OUTBOX, VERIFICATIONS

__all__ = ["METADATA"]

_ORDERED = OUTBOX.c.closed_at.is_(None) & OUTBOX.c.certificate.is_not(None)
_IS_CLOSED = OUTBOX.c.closed_at.is_not(None)
_IS_DEAD = DELIVERIES.c.stage != "done"

for _table in (DELIVERIES, OUTBOX):
    _has_key = _table.c.key.is_not(None)
    Index(f"{_table.name}_by_key", _table.c.key, sqlite_where=_has_key, postgresql_where=_has_key)
_HAS_ID = DELIVERIES.c.message_id.is_not(None)
Index(
    "deliveries_by_message", DELIVERIES.c.message_id, DELIVERIES.c.source,
    sqlite_where=_HAS_ID, postgresql_where=_HAS_ID,
)  # fmt: skip
_HAS_REFERENCE = DELIVERIES.c.reference.is_not(None)
Index(
    "deliveries_by_reference", DELIVERIES.c.reference, DELIVERIES.c.source,
    sqlite_where=_HAS_REFERENCE, postgresql_where=_HAS_REFERENCE,
)  # fmt: skip
Index("deliveries_by_time", DELIVERIES.c.received_at, DELIVERIES.c.id)
Index("deliveries_dead", DELIVERIES.c.received_at, DELIVERIES.c.id, sqlite_where=_IS_DEAD, postgresql_where=_IS_DEAD)
Index("holds_by_look", HOLDS.c.next_look_at)
Index("certificates_by_key", CERTIFICATES.c.key)
for _name in ("original", "earlier", "draws_on"):
    _has_one = CERTIFICATES.c[_name].is_not(None)
    Index(f"certificates_by_{_name}", CERTIFICATES.c[_name], sqlite_where=_has_one, postgresql_where=_has_one)
Index("certificates_by_time", CERTIFICATES.c.received_at, CERTIFICATES.c.id)
Index("verifications_by_key", VERIFICATIONS.c.key)
Index("outbox_due", OUTBOX.c.next_attempt_at, OUTBOX.c.place, sqlite_where=OPEN, postgresql_where=OPEN)
Index("outbox_dead", OUTBOX.c.died_at, OUTBOX.c.place, sqlite_where=DEAD, postgresql_where=DEAD)
Index(
    "outbox_in_order", OUTBOX.c.certificate, OUTBOX.c.receiver, OUTBOX.c.place,
    sqlite_where=_ORDERED, postgresql_where=_ORDERED,
)  # fmt: skip
Index("outbox_by_end", OUTBOX.c.receiver, OUTBOX.c.closed_at, sqlite_where=_IS_CLOSED, postgresql_where=_IS_CLOSED)
