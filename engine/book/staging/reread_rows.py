"""Rows that Python reads for the staged relations: all those of CSV, YAML and JSON files, and of
Parquet and DuckDB files the ones that SQL cannot vouch for.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from sqlglot import exp

from engine.book.sql_nodes import constant, named
from engine.book.staging.staged_sql import define
from engine.book.table_schema import staged_name
from engine.book.typed_rows import TableReader, TypedRow
from engine.language.conditions import Value

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BATCH = 20_000


class Complement:
    """Every key but ``excluded``."""

    def __init__(self, excluded: Container[str]) -> None:
        self.excluded = excluded

    def __contains__(self, key: object) -> bool:
        return key not in self.excluded


def fill(
    connection: DuckDBPyConnection,
    name: str,
    reader: TableReader,
    rows: Iterator[TypedRow],
    defaults: Mapping[str, Value],
) -> None:
    """Make the table ``name`` of ``rows``, which come from ``reader``. A cell with nothing in it
    gets the default of its column; one that cannot be read stays unknown.
    """
    key = reader.layout.key
    cells = [
        named(constant(None, each.type), staged_name(key, each.name)) for each in reader.columns
    ]
    empty = exp.select(named(constant(None, "text"), key), *cells).limit(0)
    define(connection, "TABLE", name, empty)
    appender = connection.appender(name)
    filled = _filled(rows, reader.names, defaults)
    while batch := list(islice(filled, BATCH)):
        appender.append_rows(batch)
        appender.flush()


def _filled(
    rows: Iterator[TypedRow], names: Sequence[str], defaults: Mapping[str, Value]
) -> Iterator[list[Value | None]]:
    given = [(at, name, defaults[name]) for at, name in enumerate(names) if name in defaults]
    for key, values, unreadable in rows:
        row = [key, *values]
        for at, name, default in given:
            if values[at] is None and name not in unreadable:
                row[at + 1] = default
        yield row
