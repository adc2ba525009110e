"""Build pieces of SQL that only DuckDB has, and execute sqlglot trees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from sqlglot import exp

from engine.book.sql_nodes import array, call, table, text, whole
from engine.language.conditions import Value

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Kind = Literal["TABLE", "VIEW"]


def in_word_map(cell: exp.Expression, words: Sequence[str]) -> exp.Expression:
    """Build the condition that ``cell`` is one of ``words``: ``map_contains(MAP {...}, cell)``."""
    # Not IN, which compares every row with every word: DuckDB looks up a map only once for each
    # entry of a column's dictionary.
    if not words:
        return exp.false()
    keys = array([text(word) for word in words])
    return call("map_contains", call("map", keys, keys.copy()), cell)


def between(value: exp.Expression, low: int, high: int) -> exp.Expression:
    """Build ``COALESCE(value BETWEEN low AND high, FALSE)``.

    Args:
        value: An expression for a number.
        low: The least number, included.
        high: The greatest number, included.
    """
    inside = exp.Between(this=value, low=whole(low), high=whole(high))
    return exp.Coalesce(this=inside, expressions=[exp.false()])


def floored(value: exp.Expression, divisor: int) -> exp.Expression:
    """Build the integer ``value`` divided by ``divisor`` and rounded down."""
    # DuckDB's `//` rounds towards zero, and `floor(value / divisor)` would go through a double,
    # which does not hold all nanoseconds.
    down = exp.Paren(this=exp.Sub(this=value.copy(), expression=whole(divisor - 1)))
    before = exp.LT(this=value.copy(), expression=whole(0))
    case = exp.Case().when(before, exp.IntDiv(this=down, expression=whole(divisor)), copy=False)
    return case.else_(exp.IntDiv(this=value, expression=whole(divisor)), copy=False)


def define(connection: DuckDBPyConnection, kind: Kind, name: str, query: exp.Query) -> None:
    """Execute ``CREATE OR REPLACE kind name AS query``.

    Args:
        connection: Gets the relation.
        kind: TABLE or VIEW; a relation of the other kind is not replaced.
        name: The name of the relation.
        query: Its content.
    """
    made = exp.Create(this=table(name), kind=kind, expression=query, replace=True)
    connection.execute(made.sql(dialect="duckdb"))


def rows(connection: DuckDBPyConnection, query: exp.Query) -> list[tuple[Value | None, ...]]:
    """Execute a query and fetch all its rows into memory."""
    return connection.execute(query.sql(dialect="duckdb")).fetchall()
