"""Pieces of SQL as only DuckDB has it, and the types that staged values are kept as."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from sqlglot import exp

from engine.book.sql_nodes import call, table, text, whole
from engine.language.conditions import Value, ValueType

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Kind = Literal["TABLE", "VIEW"]

SQL_TYPES: dict[ValueType, str] = {
    "boolean": "BOOLEAN",
    "number": "DOUBLE",
    "text": "VARCHAR",
    "choice": "VARCHAR",
    "time": "BIGINT",
    "duration": "BIGINT",
}
"""What the values of each type are kept as; instants and durations in seconds."""


def attached(name: str, database: str) -> exp.Table:
    """A table or view of the attached ``database``."""
    parts = [exp.to_identifier(part, quoted=True) for part in (name, "main", database)]
    return exp.Table(this=parts[0], db=parts[1], catalog=parts[2])


def cast(value: exp.Expression, type: str) -> exp.Expression:
    """``value`` as ``type``, or an error."""
    return exp.Cast(this=value, to=exp.DataType.build(type, dialect="duckdb"))


def constant(value: Value | None, type: ValueType) -> exp.Expression:
    """A value of the language, or NULL, in the type it is kept as."""
    if value is None:
        return cast(exp.null(), SQL_TYPES[type])
    if type in ("text", "choice"):
        return text(str(value))
    # As text a double keeps its last bit; as a literal it would be read as a decimal first.
    return cast(text(str(value)), SQL_TYPES[type])


def listed(values: Sequence[exp.Expression]) -> exp.Expression:
    """A list."""
    return exp.Array(expressions=list(values))


def one_of(cell: exp.Expression, words: Sequence[str]) -> exp.Expression:
    """Whether ``cell`` is one of ``words``; looked up once for each word of a dictionary, while IN
    compares every row with every word.
    """
    if not words:
        return exp.false()
    keys = listed([text(word) for word in words])
    return call("map_contains", call("map", keys, keys.copy()), cell)


def between(value: exp.Expression, low: int, high: int) -> exp.Expression:
    """Whether ``value`` lies from ``low`` to ``high``; false where it is unknown."""
    inside = exp.Between(this=value, low=whole(low), high=whole(high))
    return exp.Coalesce(this=inside, expressions=[exp.false()])


def floored(value: exp.Expression, divisor: int) -> exp.Expression:
    """A whole number divided by ``divisor``, rounded down; DuckDB rounds towards zero."""
    down = exp.Paren(this=exp.Sub(this=value.copy(), expression=whole(divisor - 1)))
    before = exp.LT(this=value.copy(), expression=whole(0))
    case = exp.Case().when(before, exp.IntDiv(this=down, expression=whole(divisor)), copy=False)
    return case.else_(exp.IntDiv(this=value, expression=whole(divisor)), copy=False)


def define(connection: DuckDBPyConnection, kind: Kind, name: str, query: exp.Query) -> None:
    """Make a table or view, instead of one of that kind that is called so."""
    made = exp.Create(this=table(name), kind=kind, expression=query, replace=True)
    connection.execute(made.sql(dialect="duckdb"))


def rows(connection: DuckDBPyConnection, query: exp.Query) -> list[tuple[Value | None, ...]]:
    """All rows of a query that has few."""
    return connection.execute(query.sql(dialect="duckdb")).fetchall()
