"""Build pieces of SQL that only DuckDB has, and run statements that are trees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from sqlglot import exp

from engine.book.sql_nodes import array, call, table, text, whole
from engine.language.conditions import Value

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Kind = Literal["TABLE", "VIEW"]


def cast(value: exp.Expression, type: str) -> exp.Expression:
    """CAST of ``value`` to ``type``, which raises where it is impossible."""
    return exp.Cast(this=value, to=exp.DataType.build(type, dialect="duckdb"))


def in_word_map(cell: exp.Expression, words: Sequence[str]) -> exp.Expression:
    """Whether ``cell`` is one of ``words``, by a map.

    Not IN, which compares every row with every word: DuckDB looks a map up once for each entry of a
    column's dictionary.
    """
    if not words:
        return exp.false()
    keys = array([text(word) for word in words])
    return call("map_contains", call("map", keys, keys.copy()), cell)


def between(value: exp.Expression, low: int, high: int) -> exp.Expression:
    """Whether ``value`` lies from ``low`` to ``high``; false where it is unknown."""
    inside = exp.Between(this=value, low=whole(low), high=whole(high))
    return exp.Coalesce(this=inside, expressions=[exp.false()])


def floored(value: exp.Expression, divisor: int) -> exp.Expression:
    """Return the integer ``value`` divided by ``divisor`` and rounded down; DuckDB rounds towards
    zero.
    """
    down = exp.Paren(this=exp.Sub(this=value.copy(), expression=whole(divisor - 1)))
    before = exp.LT(this=value.copy(), expression=whole(0))
    case = exp.Case().when(before, exp.IntDiv(this=down, expression=whole(divisor)), copy=False)
    return case.else_(exp.IntDiv(this=value, expression=whole(divisor)), copy=False)


def define(connection: DuckDBPyConnection, kind: Kind, name: str, query: exp.Query) -> None:
    """Make the table or view ``name``, or replace the one of that kind."""
    made = exp.Create(this=table(name), kind=kind, expression=query, replace=True)
    connection.execute(made.sql(dialect="duckdb"))


def rows(connection: DuckDBPyConnection, query: exp.Query) -> list[tuple[Value | None, ...]]:
    """Run a query and fetch all its rows, which should be few."""
    return connection.execute(query.sql(dialect="duckdb")).fetchall()
