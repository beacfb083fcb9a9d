"""Where messages go to, as relays say it; and whether a signature was asked for when a delivery came."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """No relay has said anything yet, and of what came before nobody knows."""
    op.create_table(
        "routes",
        sa.Column("receiver", sa.Text, primary_key=True),
        sa.Column("route", sa.Text, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
    )
    op.add_column("deliveries", sa.Column("sealed", sa.Boolean))
