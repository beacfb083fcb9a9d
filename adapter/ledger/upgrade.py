"""A ledger is brought to the tables of this program when it is opened."""

from sqlalchemy import Column, Connection, Engine, MetaData, PrimaryKeyConstraint, String, Table, insert, select

from adapter.ledger.indexes import METADATA
from adapter.ledger.schema import DELIVERIES

HEAD = "0010"
"""The revision that the tables in schema.py are at."""
VERSION = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""The row in which alembic keeps a database's revision."""
_LOCK = "SELECT pg_advisory_xact_lock(20861)"


def is_current(engine: Engine, connection: Connection) -> bool:
    """Whether nothing is to be done; alembic, which takes long to import, is then not asked."""
    return _revision(engine, connection) == HEAD


def is_there(engine: Engine, connection: Connection) -> bool:
    """Whether there is a ledger, of whatever revision."""
    return any(engine.dialect.has_table(connection, table.name) for table in (VERSION, DELIVERIES))


def bring_up(engine: Engine, connection: Connection) -> None:
    """New tables in an empty database, one revision after the other in an old one; ValueError for a newer one."""
    if engine.dialect.name == "postgresql":  # two workers that start together must not both make the tables
        connection.exec_driver_sql(_LOCK)
    revision = _revision(engine, connection)
    if revision == HEAD:
        return
    if revision is None and not engine.dialect.has_table(connection, DELIVERIES.name):
        METADATA.create_all(connection)
        VERSION.create(connection)
        connection.execute(insert(VERSION).values(version_num=HEAD))
        return
    from adapter.ledger.migrations import migrate

    migrate(connection, revision)


def _revision(engine: Engine, connection: Connection) -> str | None:
    if not engine.dialect.has_table(connection, VERSION.name):
        return None
    return connection.execute(select(VERSION.c.version_num)).scalar()
