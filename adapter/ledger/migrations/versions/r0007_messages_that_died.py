"""Messages that their destination will never take."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """None has died yet; what is due is told apart from what has."""
    op.add_column("outbox", sa.Column("died_at", sa.BigInteger))
    op.add_column("outbox", sa.Column("code", sa.Text))
    is_open = sa.text("closed_at IS NULL AND died_at IS NULL")
    is_dead = sa.text("closed_at IS NULL AND died_at IS NOT NULL")
    op.drop_index("outbox_due", "outbox")
    op.create_index(
        "outbox_due", "outbox", ["next_attempt_at", "place"], sqlite_where=is_open, postgresql_where=is_open
    )
    op.create_index("outbox_dead", "outbox", ["died_at", "place"], sqlite_where=is_dead, postgresql_where=is_dead)
