"""The tables of Parquet and DuckDB files within a connection that reaches nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from engine.book.readers.duckdb_file import SANDBOX, DuckTable, Stored, broken
from engine.book.sql_nodes import call, column, named, text, whole
from engine.book.staging.staged_sql import attached, define, rows
from engine.book.typed_rows import TableReader

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

STORED = "stored"
"""What the rows of a file are called in a query."""

NUMBER = "row number"
"""Which row of its file a row is, from 1: a name that no column of a playbook has."""

BOOK = "book"
"""What an attached DuckDB file is called."""


def open_sandboxed(
    stored: Sequence[Stored], settings: dict[str, str | int], output: Path | None
) -> DuckDBPyConnection:
    """A connection in memory that can read what is ``stored`` and write ``output``, no other file
    but what it spills into its own folder. Nothing in a DuckDB file is called but the tables and
    views of a book: its macros do not take the place of functions.

    Raises:
        BookError: a DuckDB file cannot be read any more.
    """
    import duckdb

    connection = duckdb.connect(":memory:", config={**SANDBOX, **settings})
    for path in {each.path for each in stored if each.name is not None}:
        place = text(str(path)).sql(dialect="duckdb")
        try:
            connection.execute(f"ATTACH {place} AS {BOOK} (READ_ONLY)")
        except duckdb.Error as error:
            raise broken(path.name, error) from error
    paths = [str(each.path) for each in stored if each.name is None]
    paths += [] if output is None else [str(output.absolute())]
    connection.execute("SET allowed_paths = ?", [paths])
    connection.execute("SET enable_external_access = false")
    return connection


def number_rows(connection: DuckDBPyConnection, name: str, reader: TableReader) -> None:
    """Make the relation ``name`` of the columns that ``reader`` wants, and the number of each row.

    It is a view, unless the file has no numbers to offer: then it is a copy.
    """
    source = reader.source
    assert isinstance(source, DuckTable)
    names = dict.fromkeys([reader.schema.key, *reader.names])
    place, number = _place(source.stored), _number(connection, source)
    counted = exp.Window(this=call("row_number")) if number is None else number + whole(1)
    query = exp.select(named(counted, NUMBER), *map(column, names)).from_(place)
    define(connection, "VIEW" if number is not None else "TABLE", name, query)


def _place(stored: Stored) -> exp.Table:
    if stored.name is not None:
        return attached(stored.name, BOOK)
    plain = exp.EQ(this=exp.to_identifier("hive_partitioning"), expression=exp.false())
    return exp.Table(this=call("read_parquet", text(str(stored.path)), plain))


def _number(connection: DuckDBPyConnection, source: DuckTable) -> exp.Expression | None:
    """The column that counts the rows from 0, if there is one."""
    names = {name.casefold() for name in source.names}
    if source.stored.name is None:
        return None if "file_row_number" in names else column("file_row_number")
    if "rowid" in names or not _is_table(connection, source.stored.name):
        return None
    place = _place(source.stored)
    ends = [exp.Count(this=exp.Star()), exp.Max(this=column("rowid"))]
    ((count, last),) = rows(connection, exp.select(*ends).from_(place))
    # Rows that were deleted leave gaps.
    return column("rowid") if count == 0 or last == int(count or 0) - 1 else None


def _is_table(connection: DuckDBPyConnection, name: str) -> bool:
    wanted = {"database_name": BOOK, "schema_name": "main", "table_name": name}
    query = exp.select("table_name").from_(exp.Table(this=call("duckdb_tables")))
    for field, value in wanted.items():
        query = query.where(column(field).eq(text(value)))
    return bool(rows(connection, query))


def stored_of(readers: Iterable[TableReader]) -> list[Stored]:
    """Where those of the tables are that DuckDB reads."""
    sources = [reader.source for reader in readers]
    return [source.stored for source in sources if isinstance(source, DuckTable)]
