"""Open the Parquet and DuckDB files of a book in a connection that can access no other file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from engine.book.readers.duckdb_file import (
    ATTACHED,
    BINARY,
    SANDBOX,
    DuckTable,
    Stored,
    allowed_paths,
    attach,
    broken,
    escaped_path,
)
from engine.book.sql_nodes import call, column, named, text, whole
from engine.book.staging.staged_sql import define, rows
from engine.book.typed_rows import TableReader

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

STORED = "stored"
"""The alias of the rows of a file in a query."""

ROW_NUMBER = "row number"
"""The column with the number of a row in its file, from 1; no column of a playbook has a space."""


def open_sandboxed(
    stored: Sequence[Stored], settings: dict[str, str | int], output: Path | None
) -> DuckDBPyConnection:
    """Open a connection in memory that can access no files but those of a book.

    Args:
        stored: The tables that can be read.
        settings: Further settings of DuckDB by name.
        output: The only file that can be written, besides those in DuckDB's temporary folder.

    Raises:
        BookError: a DuckDB file cannot be read any more.
    """
    import duckdb

    connection = duckdb.connect(":memory:", config={**SANDBOX, **settings})
    for path in {each.path for each in stored if each.name is not None}:
        try:
            attach(connection, path)
        except duckdb.Error as error:
            raise broken(path.name, error) from error
    paths = allowed_paths(each.path for each in stored if each.name is None)
    paths += [] if output is None else [str(output.absolute())]
    connection.execute("SET allowed_paths = ?", [paths])
    connection.execute("SET enable_external_access = false")
    return connection


def number_rows(connection: DuckDBPyConnection, name: str, reader: TableReader) -> None:
    """Create a relation of `ROW_NUMBER` and the columns that a reader reads.

    Args:
        connection: Gets the relation.
        name: The name of the relation.
        reader: The reader of a table in a Parquet or DuckDB file.
    """
    # A view of the file, so that nothing is copied, if the file itself has row numbers. Otherwise a
    # table: a window function in a view might number the rows differently at each query.
    source = reader.source
    assert isinstance(source, DuckTable)
    names = dict.fromkeys([reader.schema.key, *reader.names])
    cells = [_without_collation(source, reader.sources[name], name) for name in names]
    number = _number(connection, source)
    counted = exp.Window(this=call("row_number")) if number is None else number + whole(1)
    query = exp.select(named(counted, ROW_NUMBER), *cells).from_(_place(source.stored))
    define(connection, "TABLE" if number is None else "VIEW", name, query)


def _without_collation(source: DuckTable, stored: str, name: str) -> exp.Expression:
    """Build the column ``stored`` of a file as ``name``, compared by code point."""
    if source.stored.name is None or source.type_of(stored) != "varchar":
        return named(column(stored), name)
    binary = exp.to_identifier(BINARY, quoted=True)
    return named(exp.Collate(this=column(stored), expression=binary), name)


def _place(stored: Stored) -> exp.Table:
    if stored.name is not None:
        parts = (stored.name, "main", ATTACHED)
        name, schema, catalog = (exp.to_identifier(part, quoted=True) for part in parts)
        return exp.Table(this=name, db=schema, catalog=catalog)
    plain = exp.EQ(this=exp.to_identifier("hive_partitioning"), expression=exp.false())
    return exp.Table(this=call("read_parquet", text(escaped_path(stored.path)), plain))


def _number(connection: DuckDBPyConnection, source: DuckTable) -> exp.Expression | None:
    """Return the column of the file that counts its rows from 0, if it has one."""
    # A column of the book with the same name would hide DuckDB's own.
    import duckdb

    names = {name.casefold() for name in source.names}
    if source.stored.name is None:
        return None if "file_row_number" in names else column("file_row_number")
    if "rowid" in names:
        return None
    ends = [exp.Count(this=exp.Star()), exp.Max(this=column("rowid"))]
    try:
        ((count, last),) = rows(connection, exp.select(*ends).from_(_place(source.stored)))
    except duckdb.BinderException:  # a view has no `rowid`
        return None
    # Deleted rows leave gaps, with which `rowid` does not count the rows.
    return column("rowid") if count == 0 or last == int(count or 0) - 1 else None


def stored_of(readers: Iterable[TableReader]) -> list[Stored]:
    """Return where the tables that DuckDB can read are stored."""
    sources = [reader.source for reader in readers]
    return [source.stored for source in sources if isinstance(source, DuckTable)]
