"""Many rows in one statement: going to the database for each row costs more than what it does for it."""

import json
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    Connection,
    Dialect,
    Executable,
    Table,
    Text,
    TypeDecorator,
    bindparam,
    cast,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

from adapter.ledger.engine import put, text_of

MOST_VALUES = 32_000
"""How many values one statement may hold; SQLite takes 32 766 since 3.32."""


def put_new(connection: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> int:
    """Insert the rows that are not there yet, in their order, and say how many; the database decides who was first."""
    if not rows:
        return 0
    if connection.dialect.name != "sqlite":
        return put(connection, _insert_arrays(table, columns), [tuple(map(list, zip(*rows, strict=True)))])
    most, inserted = MOST_VALUES // len(columns), 0
    for start in range(0, len(rows), most):
        some = rows[start : start + most]
        sql = _insert_values(table, columns, len(some), text_of(connection, _insert(table, columns)))
        values = tuple(value for row in some for value in row)
        inserted += connection.execution_options(preserve_rowcount=True).exec_driver_sql(sql, values).rowcount
    return inserted


@cache
def _insert(table: Table, columns: tuple[str, ...]) -> Executable:
    values: dict[str, Any] = {column: bindparam(f"new_{column}") for column in columns}
    return sqlite.insert(table).values(values).on_conflict_do_nothing().inline()


@lru_cache(maxsize=256)
def _insert_values(table: Table, columns: tuple[str, ...], rows: int, sql: str) -> str:
    """The statement with values for so many rows in place of those for one."""
    one = f"({', '.join('?' * len(columns))})"
    assert sql.count(one) == 1
    return sql.replace(one, ", ".join([one] * rows))


@cache
def _insert_arrays(table: Table, columns: tuple[str, ...]) -> Executable:
    """One array for each column: the statement is the same for any number of rows, and read once."""
    arrays = [cast(bindparam(f"all_{name}"), ARRAY(table.c[name].type)) for name in columns]
    rows = select(*func.unnest(*arrays).table_valued(*columns).render_derived().c)
    return postgresql.insert(table).from_select(list(columns), rows).on_conflict_do_nothing()


class among(FunctionElement[bool]):  # noqa: N801 - it reads as a function does
    """Whether a column is one of many texts, bound under a name: one value, however many they are."""

    type = Boolean()
    inherit_cache = True

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        super().__init__(column, bindparam(name, type_=_Texts()))

    def self_group(self, against: Any = None) -> "among":
        """As it is: with `= 1` behind it, as SQLAlchemy has it elsewhere, SQLite would not ask an index."""
        return self


class _Texts(TypeDecorator[list[str]]):
    """An array, and JSON where there are none."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """What the database has for it."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else postgresql.ARRAY(Text()))

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> Any:
        """The texts as the database takes them."""
        return json.dumps(value) if dialect.name == "sqlite" else value


@compiles(among, "sqlite")
def _among_json(element: among, compiler: SQLCompiler, **words: Any) -> str:
    column, texts = (compiler.process(each, **words) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({texts}))"


@compiles(among, "postgresql")
def _among_array(element: among, compiler: SQLCompiler, **words: Any) -> str:
    column, texts = (compiler.process(each, **words) for each in element.clauses)
    return f"{column} = ANY ({texts})"
