"""The journal and its anchors; what is there already is written down in a chain of its own, as it is found."""

import hashlib
import json
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

CHAIN = "upgrade"
AT_ONCE = 5_000
"""Rows in one link."""
FOUND = {
    "deliveries": "SELECT id, digest, stage FROM deliveries ORDER BY id",
    "bare": "SELECT id FROM deliveries WHERE body IS NULL ORDER BY id",
    "messages": "SELECT id, digest, receiver FROM outbox ORDER BY place",
    "closed": "SELECT id FROM outbox WHERE closed_at IS NOT NULL ORDER BY place",
    "certificates": "SELECT id, digest FROM certificates ORDER BY id",
    "states": "SELECT certificate, number, state, at, cause FROM history ORDER BY certificate, number",
}


def upgrade() -> None:
    """Times are those of the newest row."""
    op.create_table(
        "journal",
        sa.Column("chain", sa.Text, primary_key=True),
        sa.Column("link", sa.Integer, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("previous", "hash")),
        sa.Column("facts", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "anchors",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("day", sa.Text, nullable=False, unique=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("previous", "hash")),
        sa.Column("heads", sa.LargeBinary, nullable=False),
    )
    _write_down(op.get_bind())


def _write_down(connection: sa.Connection) -> None:
    at = connection.execute(sa.text("SELECT max(received_at) FROM deliveries")).scalar() or 0
    previous = "0" * 64
    insert = sa.text("INSERT INTO journal VALUES (:chain, :link, :at, :previous, :hash, :facts)")
    for link, said in enumerate(_links(connection), 1):
        facts = zlib.compress(json.dumps(said, separators=(",", ":"), sort_keys=True).encode(), 1)
        inner = hashlib.sha256(facts).hexdigest()
        sealed = hashlib.sha256(f"{CHAIN}\n{link}\n{at}\n{previous}\n{inner}".encode()).hexdigest()
        values = {"chain": CHAIN, "link": link, "at": at, "previous": previous, "hash": sealed, "facts": facts}
        connection.execute(insert, values)
        previous = sealed


def _links(connection: sa.Connection) -> Iterator[dict[str, list[Any]]]:
    for name, sql in FOUND.items():
        rows = connection.execute(sa.text(sql), execution_options={"yield_per": AT_ONCE})
        values: Iterator[Any] = ([*row] if len(row) > 1 else row[0] for row in rows)
        while several := list(islice(values, AT_ONCE)):
            yield {name: several}
