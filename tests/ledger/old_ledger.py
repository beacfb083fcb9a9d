"""Ledgers as older programs left them, with rows in them."""

from typing import Any

from alembic import command
from sqlalchemy import Connection, create_engine, inspect, text

from adapter.ledger.engine import writing
from adapter.ledger.migrations import configured

DELIVERY = {
    "id": "d1", "source": "kcci", "message_id": "m-1", "digest": "5" * 64, "size": 4, "kind": "certificate",
    "agreement": "ik-cepa", "number": "K001-25-0000001", "stage": "done", "answers": "a1", "received_at": 1_000_000,
    "body": b"body",
}  # fmt: skip
DEAD = DELIVERY | {"id": "d2", "stage": "rules", "code": "HS-01", "message": "no such code", "number": None}
BURIED = DEAD | {"id": "d3", "body": None}
CERTIFICATE = {
    "id": "c1", "country": "KR", "issuer": "KCCI", "agreement": "ik-cepa", "key": "K001250000001", "version": "1",
    "number": "K001-25-0000001", "system": "kcci", "holder": "ID", "digest": "6" * 64, "state": "accepted", "items": 1,
    "message": "m1", "delivery": "d1", "received_at": 1_000_000, "changed_at": 3_000_000,
}  # fmt: skip
OPEN = {
    "id": "m1", "receiver": "ID", "sender": "KR", "kind": "certificate", "function": "issue", "agreement": "ik-cepa",
    "number": "K001-25-0000001", "content_type": "application/xml", "digest": "7" * 64, "size": 7, "certificate": "c1",
    "delivery": "d1", "origin": "kcci", "reference": "m-1", "created_at": 1_000_000, "next_attempt_at": 1_000_000,
    "attempts": 3, "first_error": "nobody there", "closed_at": None,
}  # fmt: skip
CLOSED = OPEN | {
    "id": "a1", "receiver": "kcci", "sender": "EODES", "kind": "acknowledgement", "function": "answer",
    "agreement": None, "number": None, "certificate": None, "origin": None, "reference": None, "closed_at": 2_000_000,
}  # fmt: skip
ROWS: list[tuple[str, dict[str, Any]]] = [
    ("deliveries", DELIVERY), ("deliveries", DEAD), ("deliveries", BURIED), ("certificates", CERTIFICATE),
    ("outbox", OPEN), ("outbox", CLOSED), ("bodies", {"id": "m1", "body": b"message"}),
    ("bodies", {"id": "a1", "body": b"message"}),
]  # fmt: skip


def make_old_ledger(url: str, counted: bool = True) -> None:
    """A ledger of the first revision, or of the time before revisions were counted."""
    engine = create_engine(url)
    with writing(engine) as connection:
        take_steps(connection, "0001")
        for table, row in ROWS:
            columns = ", ".join(row)
            values = ", ".join(f":{name}" for name in row)
            connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({values})"), row)
        if not counted:
            connection.execute(text("DROP TABLE alembic_version"))
    engine.dispose()


def take_steps(connection: Connection, to: str) -> None:
    config = configured()
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def rows_of(url: str, table: str) -> list[dict[str, Any]]:
    engine = create_engine(url)
    with engine.connect() as connection:
        key = inspect(engine).get_pk_constraint(table)["constrained_columns"]
        found = connection.execute(text(f"SELECT * FROM {table} ORDER BY {', '.join(key)}"))
        rows = [dict(row) for row in found.mappings()]
    engine.dispose()
    return rows


def insert(url: str, table: str, row: dict[str, Any]) -> None:
    """A row more, with the columns that the ledger has as it is."""
    columns, values = ", ".join(row), ", ".join(f":{name}" for name in row)
    execute(url, f"INSERT INTO {table} ({columns}) VALUES ({values})", **row)


def execute(url: str, statement: str, **values: Any) -> int:
    """Change the ledger behind its back; how many rows that changed."""
    engine = create_engine(url)
    with engine.begin() as connection:
        changed = connection.execute(text(statement), values).rowcount
    engine.dispose()
    return changed
