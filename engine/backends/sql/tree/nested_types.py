"""Build lists and structs, as both DuckDB and Spark have them.

The examples are for DuckDB; sqlglot prints the same trees for Spark.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from sqlglot import exp

from engine.book.sql_nodes import array, call, null, text, whole
from engine.book.sql_types import cast

NestedIn = Literal["duckdb", "spark"]
Of = Callable[[exp.Expression], exp.Expression]
"""Builds the body of a lambda from its parameter, an item of a list."""

ITEM = "_item"
"""The parameter of lambdas; no column has that name."""


def struct(**fields: exp.Expression) -> exp.Expression:
    """Build a struct of ``fields``, in their order: ``{'a': "f"."a", 'b': 'z'}``."""
    pairs = [
        exp.PropertyEQ(this=exp.to_identifier(name), expression=value)
        for name, value in fields.items()
    ]
    return exp.Struct(expressions=pairs)


def field(item: exp.Expression, name: str) -> exp.Expression:
    """Build access to a field of a struct: ``_item.m``."""
    return exp.Dot(this=item.copy(), expression=exp.to_identifier(name))


def empty_array(type: str) -> exp.Expression:
    """Build an empty list of ``type``: ``CAST([] AS TEXT[])``."""
    return cast(exp.Array(expressions=[]), type)


def filter_array(items: exp.Expression, test: Of) -> exp.Expression:
    """Build the filter ``LIST_FILTER(items, LAMBDA _item : test)``."""
    return exp.ArrayFilter(this=items, expression=_lambda(test))


def map_array(items: exp.Expression, of: Of) -> exp.Expression:
    """Build the map ``LIST_TRANSFORM(items, LAMBDA _item : of)``."""
    return exp.Transform(this=items, expression=_lambda(of))


def map_indexed(
    items: exp.Expression,
    of: Callable[[exp.Expression, exp.Expression], exp.Expression],
    to: NestedIn,
) -> exp.Expression:
    """Build a map over each item and its index, counted from 1.

    ``LIST_TRANSFORM(items, LAMBDA _item, _place : {'rank': _place, 'v': _item})`` in DuckDB is
    ``TRANSFORM(items, (_item, _place) -> STRUCT(_place + 1 AS rank, _item AS v))`` in Spark.

    Args:
        items: A list.
        of: Builds the new item from an item and its index.
        to: The dialect; Spark counts from 0.
    """
    names = [exp.to_identifier(name) for name in (ITEM, "_place")]
    item, place = (exp.Column(this=name.copy()) for name in names)
    counted = place if to == "duckdb" else exp.Add(this=place, expression=whole(1))
    return exp.Transform(
        this=items, expression=exp.Lambda(this=of(item, counted), expressions=names)
    )


def ascending(items: exp.Expression) -> exp.Expression:
    """Build ``items`` sorted ascending, structs by their first field, then by the next."""
    return call("array_sort", items)


def sort_key(value: exp.Expression, place: exp.Expression) -> exp.Expression:
    """Build a struct that sorts by ``value`` descending, then by ``place``.

    ``{'m': -"f"."value", 'n': CAST("f"."place" AS INT)}``. Two numbers sort in half the time of a
    number and a text, so ids are looked up afterwards.
    """
    return struct(m=exp.Neg(this=value), n=cast(place, "INT"))


def array_get(
    items: Sequence[exp.Expression], place: exp.Expression, to: NestedIn
) -> exp.Expression:
    """Build ``LIST_EXTRACT([a, b], place)``, or a single item if all are equal.

    Args:
        items: At least one.
        place: The index, from 1.
        to: The dialect.
    """
    first = items[0]
    if all(item == first for item in items):
        return first
    return call("list_extract" if to == "duckdb" else "element_at", array(items), place)


def to_timestamp(seconds: exp.Expression, to: NestedIn) -> exp.Expression:
    """Build a TIMESTAMP WITH TIME ZONE from seconds since 1970 UTC."""
    return call("to_timestamp" if to == "duckdb" else "timestamp_seconds", seconds)


def text_or_null(value: str | None) -> exp.Expression:
    """Build a text literal, or NULL cast to text."""
    return null("VARCHAR") if value is None else text(value)


def _lambda(of: Of) -> exp.Lambda:
    name = exp.to_identifier(ITEM)
    return exp.Lambda(this=of(exp.Column(this=name.copy())), expressions=[name])
