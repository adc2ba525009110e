"""Write scores to a CSV or Parquet file, or to a table in a DuckDB file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from engine.backends.sql.job.export_csv import CsvTemplates, define_macros, lines_of
from engine.backends.sql.job.run_query import query_errors, run
from engine.book.readers.duckdb_file import SANDBOX, escaped_path
from engine.book.sql_nodes import array, call, column, named, text
from engine.book.sql_types import columns_sql
from engine.semantics.result_schema import NESTED_TYPES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_BATCH = 5_000
_PARQUET = "USE_TMP_FILE false, FORMAT parquet, COMPRESSION zstd"
ROW_GROUP_SIZE = 8192
"""Rows: about 15 MB of lines of CSV."""

RAW = "USE_TMP_FILE false, FORMAT csv, QUOTE '', ESCAPE '', DELIMITER '\x01', HEADER true"
"""Options to write lines as they are: they are quoted already, and have no control characters.

USE_TMP_FILE is false here and for Parquet, as the sandbox lets DuckDB write one path only."""


@dataclass(frozen=True, slots=True)
class Resources:
    """What DuckDB may use.

    Attributes:
        memory: In bytes.
        threads: Their number.
        folder: Where it may put temporary files.
    """

    memory: int
    threads: int
    folder: Path


def write_scores(
    connection: DuckDBPyConnection, query: str, path: Path, *, for_lines: bool = False
) -> None:
    """Write the rows of a query to a Parquet file, ordered by id.

    Args:
        connection: What runs the query.
        query: A select of `result_schema.NESTED`.
        path: The file.
        for_lines: Whether `write_lines` will read the file.

    Raises:
        QueryFailed: DuckDB lacks memory or space.
    """
    # `write_lines` holds the lines of a whole row group in memory.
    options = f"{_PARQUET}, ROW_GROUP_SIZE {ROW_GROUP_SIZE}" if for_lines else _PARQUET
    run(connection, f"COPY ({query} ORDER BY id) TO {_text(path)} ({options})")


def result_rows(resources: Resources, rows: Iterable[Sequence[object]]) -> ResultRows:
    """Put ``rows``, values of `result_schema.NESTED`, into a table of a new connection."""
    connection = _connected(":memory:", resources)
    connection.execute(f"CREATE TABLE rows ({columns_sql(NESTED_TYPES)})")
    appender = connection.appender("rows")
    rest: Iterator[Sequence[object]] = iter(rows)
    while batch := list(islice(rest, _BATCH)):
        with query_errors():
            appender.append_rows(batch)
            appender.flush()
    return ResultRows(connection)


@dataclass(frozen=True, slots=True)
class ResultRows:
    """Rows that Python has computed, in a table of ``connection``."""

    connection: DuckDBPyConnection
    query: str = "FROM rows"

    def count(self) -> int:
        """Return the number of rows."""
        return int(self.connection.execute("SELECT count(*) FROM rows").fetchall()[0][0])


def write_lines(
    parts: Sequence[Path], path: Path, header: str, wording: CsvTemplates, resources: Resources
) -> None:
    """Write a CSV file.

    Args:
        parts: Parquet files that `write_scores` wrote, in order.
        path: The file to write.
        header: Its first line.
        wording: The parts of lines that depend on the playbook alone.
        resources: What DuckDB may use.

    Raises:
        QueryFailed: DuckDB lacks memory or space.
    """
    connection = _connected(":memory:", resources)
    try:
        define_macros(connection)
        lines = lines_of(_rows_in(parts), wording).subquery("l")
        query = exp.select(named(column("lines", "l"), header)).from_(lines)
        run(connection, f"COPY ({query.sql(dialect='duckdb')}) TO {_text(path)} ({RAW})")
    finally:
        connection.close()


def join_parquet(parts: Sequence[Path], path: Path, resources: Resources) -> None:
    """Join Parquet files to one.

    Args:
        parts: The files, in order.
        path: The file to write.
        resources: What DuckDB may use.

    Raises:
        QueryFailed: DuckDB lacks memory or space.
    """
    connection = _connected(":memory:", resources)
    try:
        query = exp.select("*").from_(_rows_in(parts)).sql(dialect="duckdb")
        run(connection, f"COPY ({query}) TO {_text(path)} ({_PARQUET})")
    finally:
        connection.close()


def count_in_state(parts: Sequence[Path], state: str, resources: Resources) -> int:
    """Return how many prospects are in a state.

    Args:
        parts: Parquet files that `write_scores` wrote.
        state: The state.
        resources: What DuckDB may use.
    """
    connection = _connected(":memory:", resources)
    try:
        query = exp.select(exp.Count(this=exp.Star())).from_(_rows_in(parts))
        query = query.where(column("state").eq(text(state)))
        return int(connection.execute(query.sql(dialect="duckdb")).fetchall()[0][0])
    finally:
        connection.close()


def fill_table(scores: Path, database: Path, name: str, resources: Resources) -> None:
    """Create or replace a table in a DuckDB file; if that fails, the file keeps what it had.

    Args:
        scores: The Parquet file with the rows.
        database: The DuckDB file, which need not exist.
        name: The table.
        resources: What DuckDB may use.

    Raises:
        DatabaseLocked: Another program has the file open.
        NotADatabase: It is not a DuckDB file.
        QueryFailed: DuckDB lacks memory or space.
    """
    connection = _opened(database, resources)
    table = exp.to_identifier(name, quoted=True).sql(dialect="duckdb")
    query = exp.select("*").from_(_rows_in([scores])).sql(dialect="duckdb")
    try:
        connection.execute("BEGIN")
        run(connection, f"CREATE OR REPLACE TABLE {table} AS {query}")
        run(connection, "COMMIT")
    finally:
        connection.close()


def may_write(database: Path) -> None:
    """Raise DatabaseLocked or NotADatabase if the DuckDB file cannot be written."""
    _opened(database).close()


class DatabaseLocked(Exception):
    """Another program has the DuckDB file open."""


class NotADatabase(Exception):
    """The file is not a DuckDB file."""


def _opened(path: Path, resources: Resources | None = None) -> DuckDBPyConnection:
    import duckdb

    try:
        return _connected(str(path), resources)
    except duckdb.IOException as error:
        raise (DatabaseLocked if "Could not set lock" in str(error) else NotADatabase)(
            str(path)
        ) from error
    except duckdb.Error as error:
        raise NotADatabase(str(path)) from error


def _connected(database: str, resources: Resources | None) -> DuckDBPyConnection:
    import duckdb

    limits: dict[str, str | int] = {}
    if resources is not None:
        limits = {"memory_limit": f"{resources.memory} B", "threads": resources.threads}
        limits["temp_directory"] = str(resources.folder / "spilt")
    connection = duckdb.connect(database, config={**SANDBOX, **limits})
    connection.execute("SET enable_progress_bar = false")
    return connection


def _rows_in(parts: Sequence[Path]) -> exp.Table:
    files = array([text(escaped_path(part)) for part in parts])
    # Otherwise DuckDB would make columns of folders whose names look like `key=value`.
    plain = exp.EQ(this=exp.to_identifier("hive_partitioning"), expression=exp.false())
    return exp.Table(this=call("read_parquet", files, plain))


def _text(path: Path) -> str:
    return exp.Literal.string(str(path)).sql(dialect="duckdb")
