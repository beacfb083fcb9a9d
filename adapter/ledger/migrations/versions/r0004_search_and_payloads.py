"""What deliveries and messages are searched by, how bytes are stored, and what retention counts from.

In SQLite the deliveries are copied into a new table: a column behind the bytes could only be read through them.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

AT_ONCE = 5_000


def upgrade() -> None:
    """Keys are made of the numbers that are there; whom a domestic delivery went to is found by its message."""
    with op.batch_alter_table("deliveries", recreate="always" if _is_sqlite() else "never") as deliveries:
        deliveries.add_column(sa.Column("key", sa.Text), **_behind("number"))
        deliveries.add_column(sa.Column("partner", sa.Text), **_behind("key"))
        deliveries.add_column(sa.Column("dropped_at", sa.BigInteger), **_behind("received_at"))
        deliveries.add_column(sa.Column("coding", sa.Text))
    op.add_column("certificates", sa.Column("issued_on", sa.Text))
    op.add_column("bodies", sa.Column("coding", sa.Text))
    op.add_column("outbox", sa.Column("key", sa.Text))
    op.add_column("outbox", sa.Column("dropped_at", sa.BigInteger))
    _fill(op.get_bind())
    _index()


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _behind(column: str) -> dict[str, Any]:
    return {"insert_after": column} if _is_sqlite() else {}


def _fill(connection: sa.Connection) -> None:
    for table in ("deliveries", "outbox"):
        numbers = f"SELECT id, number FROM {table} WHERE number IS NOT NULL"
        rows = iter(connection.execute(sa.text(numbers)).all())
        while several := list(islice(_keys(rows), AT_ONCE)):
            connection.execute(sa.text(f"UPDATE {table} SET key = :key WHERE id = :id"), several)
    connection.execute(
        sa.text(
            "UPDATE outbox SET key = (SELECT key FROM deliveries WHERE deliveries.id = outbox.delivery) "
            "WHERE key IS NULL"
        )
    )
    passed_on = sa.text(
        "SELECT delivery AS id, CASE WHEN sender = origin THEN sender ELSE receiver END AS partner "
        "FROM outbox WHERE origin IS NOT NULL ORDER BY place DESC"
    )
    partners = iter([dict(row) for row in connection.execute(passed_on).mappings()])
    while found := list(islice(partners, AT_ONCE)):
        connection.execute(sa.text("UPDATE deliveries SET partner = :partner WHERE id = :id"), found)


def _keys(rows: Iterator[sa.Row[str, str]]) -> Iterator[dict[str, str]]:
    for id, number in rows:
        yield {"id": id, "key": re.sub("[^0-9A-Z]+", "", number.upper())}


def _index() -> None:
    has_key, is_open = sa.text("key IS NOT NULL"), sa.text("closed_at IS NULL")
    for table in ("deliveries", "outbox"):
        op.create_index(f"{table}_by_key", table, ["key"], sqlite_where=has_key, postgresql_where=has_key)
    op.create_index("deliveries_by_time", "deliveries", ["received_at", "id"])
    op.drop_index("outbox_due", "outbox")
    op.create_index(
        "outbox_due", "outbox", ["next_attempt_at", "place"], sqlite_where=is_open, postgresql_where=is_open
    )
