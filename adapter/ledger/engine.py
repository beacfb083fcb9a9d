"""The database behind the ledger: SQLite in WAL mode on one machine, PostgreSQL when several share the work."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Executable, create_engine, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
)
from sqlalchemy.sql.compiler import SQLCompiler

from adapter.extras import how_to_install
from adapter.files import make_private
from adapter.findings import Unavailable
from adapter.ledger.trouble import READ_ONLY, trouble_of
from adapter.ledger.upgrade import bring_up, is_current, is_there

BUSY_SECONDS = 10.0
"""How long a statement waits for another process to finish writing."""
NO_URL = "not a database URL like sqlite:////FOLDER/ledger.db or postgresql://USER:PASSWORD@HOST/NAME"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_READING = {"reading": True}


class NoLedger(ValueError):
    """There is no ledger where one was looked for."""


def open_engine(url: str, busy: float = BUSY_SECONDS, make: bool = True) -> Engine:
    """The database at this URL, its tables as this program needs them; raises ValueError or Unavailable.

    Unless `make`, a ledger that is not there is not made: NoLedger.
    `busy` is in seconds: how long a statement on SQLite waits for another process to finish writing.
    """
    try:
        address = make_url(url)
        if address.get_backend_name() == "postgresql":
            address = address.set(drivername="postgresql+psycopg")
        engine = create_engine(address, paramstyle="qmark" if address.get_backend_name() == "sqlite" else "format")
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        if isinstance(error, ImportError) and url.startswith("postgresql"):
            said = f"what talks to PostgreSQL is not installed: {how_to_install('postgresql')}"
            raise ValueError(said) from None
        # The URL is not repeated: where it is misspelt, its password may stand anywhere.
        raise ValueError(NO_URL) from None
    if not make:
        _require_ledger(engine)
    if engine.dialect.name == "sqlite":
        if address.database not in (None, "", ":memory:") and "uri" not in address.query:
            make_private(str(address.database))
        event.listen(engine, "connect", partial(_prepare_sqlite, busy))
        event.listen(engine, "begin", _begin_sqlite)
    with _a_database(engine), reading(engine) as connection:
        if is_current(engine, connection):
            return engine
    with writing(engine) as connection:
        bring_up(engine, connection)
    return engine


@contextmanager
def _a_database(engine: Engine) -> Iterator[None]:
    """Raises ValueError where the file is something else, or what a torn disk left of it.

    SQLite has to find that out: whoever opened and closed the file beside it would drop the locks of this process.
    """
    try:
        yield
    except DBAPIError as error:
        if getattr(error.orig, "sqlite_errorcode", None) != sqlite3.SQLITE_NOTADB:
            raise
        said = f"{engine.url.database} is no SQLite database; if it was the ledger, put a backup back"
        raise ValueError(said) from None


def _require_ledger(engine: Engine) -> None:
    """Raises ValueError where there is no ledger, without making anything of it."""
    if engine.dialect.name == "sqlite" and not Path(str(engine.url.database)).is_file():
        raise NoLedger(f"there is no ledger: there is no file {engine.url.database}")
    with _a_database(engine), reading(engine) as connection:
        if not is_there(engine, connection):
            raise NoLedger(f"there is no ledger in {engine.url.database}")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction: all of it or nothing."""
    with unavailable(engine), engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A look that keeps nobody from writing."""
    with unavailable(engine), engine.connect().execution_options(**_READING) as connection:
        yield connection


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A long look at all as it is at its beginning."""
    isolation = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with unavailable(engine), engine.connect().execution_options(**_READING, **isolation) as connection:
        yield connection


@contextmanager
def unavailable(engine: Engine) -> Iterator[None]:
    """Raises Unavailable where the database is gone, locked or full; what is wrong in itself stays what it is."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise _unavailable(engine, error) from error
    except DBAPIError as error:
        gone = error.connection_invalidated and not isinstance(error, IntegrityError)
        if gone or getattr(error.orig, "sqlstate", None) == READ_ONLY:
            raise _unavailable(engine, error) from error
        raise


def _unavailable(engine: Engine, error: DBAPIError) -> Unavailable:
    """Where and what; the URL's password is in neither."""
    said = " ".join(str(error.orig).split())  # a database may say more than one line
    return Unavailable(f"ledger at {engine.url!r}: {said}", trouble_of(error.orig))


def put(connection: Connection, statement: Executable, rows: Sequence[tuple[Any, ...]]) -> int:
    """Run the statement once for each row of plain values, in the order of its parameters; the rows that it changed."""
    if not rows:
        return 0
    sql = text_of(connection, statement)
    return connection.execution_options(preserve_rowcount=True).exec_driver_sql(sql, rows).rowcount


def text_of(connection: Connection, statement: Executable) -> str:
    """The statement in the words of this database."""
    return _text(connection.dialect.name, statement, connection.engine)


@lru_cache(maxsize=128)
def _text(dialect: str, statement: Executable, engine: Engine) -> str:
    """Compiled once: going through parameter names and types for every row would cost more than the database does."""
    compiled = statement.compile(engine)  # type: ignore[attr-defined]
    assert isinstance(compiled, SQLCompiler)
    return str(compiled)


def micros(moment: datetime) -> int:
    """Microseconds since 1970, UTC."""
    return (moment - EPOCH) // _MICROSECOND


def moment(micros: int) -> datetime:
    """The point in time of these microseconds; beyond the calendar its end, so that no row stops whoever reads it."""
    try:
        return EPOCH + micros * _MICROSECOND
    except OverflowError:
        return (datetime.max if micros > 0 else datetime.min).replace(tzinfo=UTC)


def _prepare_sqlite(busy: float, connection: Any, _: Any) -> None:
    connection.isolation_level = None  # transactions begin as `_begin_sqlite` says
    connection.execute(f"PRAGMA busy_timeout = {int(busy * 1000)}")
    for _ in range(max(1, int(busy * 20))):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            break
        except Exception:  # whoever finds another process at the same switch is told at once, and does not wait
            time.sleep(0.05)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA cache_size = -16000")
    # A window alone fills the usual 1 000 pages: it would be written twice, and synchronised three times.
    connection.execute("PRAGMA wal_autocheckpoint = 10000")


def _begin_sqlite(connection: Connection) -> None:
    # Whoever begins by reading and then writes may be refused halfway; writers queue up at the start.
    is_reading = connection.get_execution_options().get("reading")
    connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")
