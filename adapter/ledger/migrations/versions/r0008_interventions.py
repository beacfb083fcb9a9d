"""What was done later to a delivery or message, by whom and why; and what is searched, in the order of its pages."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Nothing was done yet, and nothing is known of the receivers that were named beside what came before."""
    op.add_column("deliveries", sa.Column("named", sa.Text))
    op.create_table(
        "interventions",
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.Text) for name in ("by", "why", "stage", "code", "other", "message", "findings")),
        sqlite_with_rowid=False,
    )
    is_dead = sa.text("stage != 'done'")
    op.drop_index("deliveries_dead", "deliveries")
    op.create_index(
        "deliveries_dead", "deliveries", ["received_at", "id"], sqlite_where=is_dead, postgresql_where=is_dead
    )
    op.drop_index("certificates_by_time", "certificates")
    op.create_index("certificates_by_time", "certificates", ["received_at", "id"])
    op.create_index("verifications_by_key", "verifications", ["key"])
