"""The tables as they were before revisions were counted."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Deliveries, certificates, the outbox and its bodies."""
    _make_deliveries()
    _make_certificates()
    _make_outbox()
    op.create_table(
        "bodies",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )


def _make_deliveries() -> None:
    is_dead = sa.text("stage != 'done'")
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Text, primary_key=True),
        *_texts("source"),
        sa.Column("message_id", sa.Text),
        *_texts("digest"),
        sa.Column("size", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text) for name in ("kind", "agreement", "number")),
        *_texts("stage"),
        *(sa.Column(name, sa.Text) for name in ("code", "message", "findings", "answers")),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary),
    )
    op.create_index("deliveries_dead", "deliveries", ["received_at"], sqlite_where=is_dead, postgresql_where=is_dead)


def _make_certificates() -> None:
    op.create_table(
        "certificates",
        sa.Column("id", sa.Text, primary_key=True),
        *_texts("country", "issuer", "agreement", "key", "version", "number", "system", "holder", "digest", "state"),
        sa.Column("items", sa.Integer, nullable=False),
        *_texts("message", "delivery"),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
    )
    op.create_index("certificates_by_key", "certificates", ["key"])
    op.create_index("certificates_by_time", "certificates", ["received_at"])


def _make_outbox() -> None:
    is_open = sa.text("closed_at IS NULL")
    is_ordered = sa.text("closed_at IS NULL AND certificate IS NOT NULL")
    op.create_table(
        "outbox",
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        *_texts("receiver", "sender", "kind", "function"),
        *(sa.Column(name, sa.Text) for name in ("agreement", "number", "answers")),
        *_texts("content_type", "digest"),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("certificate", sa.Text),
        *_texts("delivery"),
        *(sa.Column(name, sa.Text) for name in ("origin", "reference")),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("next_attempt_at", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("first_error", sa.Text),
        sa.Column("closed_at", sa.BigInteger),
        sqlite_autoincrement=True,
    )
    op.create_index("outbox_due", "outbox", ["next_attempt_at"], sqlite_where=is_open, postgresql_where=is_open)
    op.create_index(
        "outbox_in_order", "outbox", ["certificate", "receiver", "place"],
        sqlite_where=is_ordered, postgresql_where=is_ordered,
    )  # fmt: skip


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]
