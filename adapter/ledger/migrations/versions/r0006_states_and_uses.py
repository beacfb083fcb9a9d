"""States in the trade's words, what was decided on items, verifications, and what was exchanged on a day.

In SQLite the deliveries are copied into a new table: a column behind the bytes could only be read through them.
"""

import hashlib
import json
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

CHAIN, CAUSE = "upgrade-0006", "upgrade"
AT_ONCE = 5_000
"""Rows in one link."""
# What the history says stays; each certificate takes one more step. Whoever took a partner's certificate in told it
# that it was accepted; whose message was confirmed was sent.
RENAMED = """
SELECT id, changes + 1 AS number, CASE state WHEN 'granted' THEN 'used' ELSE 'partly_used' END AS state,
    changed_at AS at, :cause AS cause
FROM certificates WHERE state IN ('granted', 'partly_granted') ORDER BY id
"""
TAKEN = """
SELECT certificates.id, changes + 1 AS number, 'accepted' AS state, changed_at AS at, :cause AS cause
FROM certificates JOIN outbox ON outbox.id = certificates.message
WHERE state IN ('issued', 'acknowledged') AND outbox.sender = certificates.system ORDER BY certificates.id
"""
SENT = """
SELECT certificates.id, changes + 1 AS number, 'sent' AS state, outbox.closed_at AS at, outbox.id AS cause
FROM certificates JOIN outbox ON outbox.id = certificates.message
WHERE state = 'issued' AND outbox.closed_at IS NOT NULL ORDER BY certificates.id
"""


def upgrade() -> None:
    """Nothing is known of the items and verifications of what was exchanged before."""
    with op.batch_alter_table("deliveries", recreate="always" if _is_sqlite() else "never") as deliveries:
        behind: dict[str, Any] = {"insert_after": "message_id"} if _is_sqlite() else {}
        deliveries.add_column(sa.Column("reference", sa.Text), **behind)
    op.add_column("certificates", sa.Column("original", sa.Text))
    op.add_column("holds", sa.Column("certificate", sa.Text))
    _make_items()
    _make_verifications()
    _index()
    _move(op.get_bind())


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _make_items() -> None:
    op.create_table(
        "items",
        sa.Column("certificate", sa.Text, primary_key=True),
        sa.Column("item", sa.Integer, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        *_texts("status"),
        *(sa.Column(name, sa.Text) for name in ("decided_on", "unit", "quantity", "balance", "feedback")),
        sa.Column("at", sa.BigInteger, nullable=False),
        *_texts("cause"),
        sqlite_with_rowid=False,
    )


def _make_verifications() -> None:
    op.create_table(
        "verifications",
        sa.Column("request", sa.Text, primary_key=True),
        sa.Column("asker", sa.Text, primary_key=True),
        sa.Column("step", sa.Integer, primary_key=True),
        *_texts("part"),
        sa.Column("is_reply", sa.Boolean, nullable=False),
        *_texts("answerer", "agreement", "number", "key"),
        sa.Column("certificate", sa.Text),
        *_texts("digest"),
        sa.Column("result", sa.Text),
        *_texts("said_on"),
        sa.Column("at", sa.BigInteger, nullable=False),
        *_texts("cause"),
        sqlite_with_rowid=False,
    )


def _index() -> None:
    has_one, is_closed = sa.text("reference IS NOT NULL"), sa.text("closed_at IS NOT NULL")
    op.create_index(
        "deliveries_by_reference", "deliveries", ["reference", "source"], sqlite_where=has_one, postgresql_where=has_one
    )
    op.create_index(
        "outbox_by_end", "outbox", ["receiver", "closed_at"], sqlite_where=is_closed, postgresql_where=is_closed
    )


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _move(connection: sa.Connection) -> None:
    """Certificates into the states of this program, each step written down in a chain of its own."""
    at = connection.execute(sa.text("SELECT max(received_at) FROM deliveries")).scalar() or 0
    previous = "0" * 64
    for link, steps in enumerate(_steps(connection), 1):
        connection.execute(sa.text("INSERT INTO history VALUES (:id, :number, :state, :at, :cause)"), steps)
        moved = "UPDATE certificates SET state = :state, changes = :number, changed_at = :at WHERE id = :id"
        connection.execute(sa.text(moved), steps)
        facts = zlib.compress(json.dumps({"states": [[*step.values()] for step in steps]}).encode(), 1)
        inner = hashlib.sha256(facts).hexdigest()
        sealed = hashlib.sha256(f"{CHAIN}\n{link}\n{at}\n{previous}\n{inner}".encode()).hexdigest()
        values = {"chain": CHAIN, "link": link, "at": at, "previous": previous, "hash": sealed, "facts": facts}
        insert = sa.text("INSERT INTO journal VALUES (:chain, :link, :at, :previous, :hash, :facts)")
        connection.execute(insert, values)
        previous = sealed


def _steps(connection: sa.Connection) -> Iterator[list[dict[str, Any]]]:
    for sql in (RENAMED, TAKEN, SENT):
        values = {"cause": CAUSE} if ":cause" in sql else {}
        rows = iter([dict(row) for row in connection.execute(sa.text(sql), values).mappings()])
        while several := list(islice(rows, AT_ONCE)):
            yield several
