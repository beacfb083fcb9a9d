"""What a certificate stands for: an original and its copies, what it replaces, what it draws on."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

NAMED = ("form", "earlier", "draws_on", "valid_from")
# A copy or replacement under its original's number says so in its version; a copy of a known original names that.
OWN_NUMBER = """
UPDATE certificates SET form = substr(version, 1, length(version) - 11), earlier = key
WHERE version LIKE 'true_copy %' OR version LIKE 'replacement %'
"""
COPIES = """
UPDATE certificates SET form = 'true_copy',
    earlier = (SELECT first.key FROM certificates AS first WHERE first.id = certificates.original),
    valid_from = (SELECT first.issued_on FROM certificates AS first WHERE first.id = certificates.original)
WHERE original IS NOT NULL
"""


def upgrade() -> None:
    """Nothing is known of what other replacements and back-to-back certificates named that came before."""
    for name in NAMED:
        op.add_column("certificates", sa.Column(name, sa.Text))
    op.add_column("items", sa.Column("claim", sa.Text))
    for statement in (OWN_NUMBER, COPIES):
        op.execute(sa.text(statement))
    for name in ("original", "earlier", "draws_on"):
        has_one = sa.text(f"{name} IS NOT NULL")
        op.create_index(
            f"certificates_by_{name}", "certificates", [name], sqlite_where=has_one, postgresql_where=has_one
        )
