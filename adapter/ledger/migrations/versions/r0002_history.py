"""The history of every certificate's states, begun with the state in which it is found."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """What led to the states of certificates that are there already is not known any more."""
    op.create_table(
        "history",
        sa.Column("certificate", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.add_column("certificates", sa.Column("changes", sa.Integer, nullable=False, server_default="1"))
    op.execute(
        "INSERT INTO history (certificate, number, state, at, cause) SELECT id, 1, state, changed_at, "
        "CASE WHEN changed_at = received_at THEN delivery ELSE 'upgrade' END FROM certificates"
    )
