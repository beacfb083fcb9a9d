"""What waits, for a destination that is left alone or a certificate to come; and what bears an id used before."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """No breaker has turned yet, and nothing is held."""
    op.create_table(
        "turns",
        sa.Column("receiver", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("trips", sa.Integer, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "holds",
        sa.Column("delivery", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("next_look_at", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
    )
    op.create_index("holds_by_look", "holds", ["next_look_at"])
    has_id = sa.text("message_id IS NOT NULL")
    op.create_index(
        "deliveries_by_message", "deliveries", ["message_id", "source"], sqlite_where=has_id, postgresql_where=has_id
    )
