"""Lists and structs in SQL, as DuckDB and Spark both have them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from sqlglot import exp

from engine.book.sql_nodes import array, call, null, text, whole

NestedIn = Literal["duckdb", "spark"]
Of = Callable[[exp.Expression], exp.Expression]
"""What is to be said of an item of a list."""

ITEM = "_item"
"""What an item is called while it is looked at; no column is called so."""


def struct(**fields: exp.Expression) -> exp.Expression:
    """Return a struct of ``fields``, in their order."""
    pairs = [
        exp.PropertyEQ(this=exp.to_identifier(name), expression=value)
        for name, value in fields.items()
    ]
    return exp.Struct(expressions=pairs)


def field(item: exp.Expression, name: str) -> exp.Expression:
    """Return the field ``name`` of a struct."""
    return exp.Dot(this=item.copy(), expression=exp.to_identifier(name))


def empty_array(type: str) -> exp.Expression:
    """Return a list of ``type`` with nothing in it."""
    return exp.cast(exp.Array(expressions=[]), type)


def filter_array(items: exp.Expression, test: Of) -> exp.Expression:
    """Those of ``items`` of which ``test`` holds."""
    return exp.ArrayFilter(this=items, expression=_lambda(test))


def map_array(items: exp.Expression, of: Of) -> exp.Expression:
    """Return what each of ``items`` becomes."""
    return exp.Transform(this=items, expression=_lambda(of))


def map_indexed(
    items: exp.Expression,
    of: Callable[[exp.Expression, exp.Expression], exp.Expression],
    to: NestedIn,
) -> exp.Expression:
    """Return what ``of`` makes of each of ``items`` and its place, counted from 1."""
    names = [exp.to_identifier(name) for name in (ITEM, "_place")]
    item, place = (exp.Column(this=name.copy()) for name in names)
    counted = place if to == "duckdb" else exp.Add(this=place, expression=whole(1))
    return exp.Transform(
        this=items, expression=exp.Lambda(this=of(item, counted), expressions=names)
    )


def ascending(items: exp.Expression) -> exp.Expression:
    """``items`` in order; structs by their first field, then by the next."""
    return call("array_sort", items)


def sort_key(value: exp.Expression, place: exp.Expression) -> exp.Expression:
    """Return what sorts by ``value`` from the largest down (`m` is its negative), then by ``place``
    (`n`).

    Two numbers sort in half the time that a number and a word take.
    """
    return struct(m=exp.Neg(this=value), n=exp.cast(place, "INT"))


def array_get(
    items: Sequence[exp.Expression], place: exp.Expression, to: NestedIn
) -> exp.Expression:
    """Return the item at ``place``, counted from 1."""
    first = items[0]
    if all(item == first for item in items):
        return first
    return call("list_extract" if to == "duckdb" else "element_at", array(items), place)


def to_timestamp(seconds: exp.Expression, to: NestedIn) -> exp.Expression:
    """Return the instant ``seconds`` after 1970 began in UTC, as a TIMESTAMP WITH TIME ZONE."""
    return call("to_timestamp" if to == "duckdb" else "timestamp_seconds", seconds)


def text_or_null(value: str | None) -> exp.Expression:
    """Return a text literal, or NULL as text."""
    return null("VARCHAR") if value is None else text(value)


def _lambda(of: Of) -> exp.Lambda:
    name = exp.to_identifier(ITEM)
    return exp.Lambda(this=of(exp.Column(this=name.copy())), expressions=[name])
