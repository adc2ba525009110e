"""The types of SQL: of the values of the language, of casts, and of a table's columns."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from sqlglot import exp

from engine.language.conditions import ValueType

SQL_TYPES: Mapping[ValueType, str] = {
    "boolean": "BOOLEAN",
    "number": "DOUBLE",
    "text": "VARCHAR",
    "choice": "VARCHAR",
    "time": "BIGINT",
    "duration": "BIGINT",
}
"""The SQL type of the values of each type; instants and durations are whole seconds."""


def columns_sql(columns: Mapping[str, str], dialect: str = "duckdb") -> str:
    """Print the columns of a CREATE TABLE, ``"id" VARCHAR, ...``, from their types by name."""
    kinds = {name: type_named(type) for name, type in columns.items()}
    declared = (
        exp.ColumnDef(this=exp.to_identifier(name, quoted=True), kind=kind)
        for name, kind in kinds.items()
    )
    return ", ".join(each.sql(dialect=dialect) for each in declared)


def cast(value: exp.Expression, type: str) -> exp.Expression:
    """Build ``CAST(value AS type)``, which fails on values that cannot be converted."""
    return exp.Cast(this=value, to=type_named(type))


def type_named(type: str) -> exp.DataType:
    """Build the type that is written ``type``, such as `BIGINT`."""
    return _type_named(type).copy()


@cache
def _type_named(type: str) -> exp.DataType:
    return exp.DataType.build(type)  # a parser of its own; a statement has thousands of casts
