"""Files of scores: a CSV or Parquet file, or a table in a DuckDB file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from engine.backends.sql.job.export_csv import CsvTemplates, define_macros, lines_of
from engine.backends.sql.job.run_query import run
from engine.book.readers.duckdb_file import SANDBOX
from engine.book.sql_nodes import array, call, column, columns_sql, named, text
from engine.semantics.result_schema import NESTED_TYPES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_BATCH = 5_000
_PARQUET = "USE_TMP_FILE false, FORMAT parquet, COMPRESSION zstd"
ROW_GROUP_SIZE = 8192
"""Rows: some 15 MB of lines."""

RAW = "USE_TMP_FILE false, FORMAT csv, QUOTE '', ESCAPE '', DELIMITER '\x01', HEADER true"
"""Text as it stands: the lines are quoted already, and have no control character in them."""


@dataclass(frozen=True, slots=True)
class Resources:
    """What DuckDB may take: ``memory`` in bytes, ``threads``, and room in ``folder``."""

    memory: int
    threads: int
    folder: Path


def write_scores(
    connection: DuckDBPyConnection, query: str, path: Path, *, for_lines: bool = False
) -> None:
    """Write the rows of ``query``, which have the columns of `result_schema.NESTED`, to Parquet.

    The file ``path`` is ordered by id. ``for_lines``: `write_lines` is to read it. Raises
    QueryFailed.
    """
    # The lines of a whole group are in memory before they are written.
    options = f"{_PARQUET}, ROW_GROUP_SIZE {ROW_GROUP_SIZE}" if for_lines else _PARQUET
    run(connection, f"COPY ({query} ORDER BY id) TO {_text(path)} ({options})")


def result_rows(resources: Resources, rows: Iterable[Sequence[object]]) -> ResultRows:
    """Keep ``rows``, values of `result_schema.NESTED`, in a table of a new connection."""
    connection = _connected(":memory:", resources)
    connection.execute(f"CREATE TABLE rows ({columns_sql(NESTED_TYPES)})")
    appender = connection.appender("rows")
    rest: Iterator[Sequence[object]] = iter(rows)
    while batch := list(islice(rest, _BATCH)):
        appender.append_rows(batch)
        appender.flush()
    return ResultRows(connection)


@dataclass(frozen=True, slots=True)
class ResultRows:
    """Rows that Python has made, in a table of ``connection``."""

    connection: DuckDBPyConnection
    query: str = "FROM rows"

    def count(self) -> int:
        """How many there are."""
        return int(self.connection.execute("SELECT count(*) FROM rows").fetchall()[0][0])


def write_lines(
    parts: Sequence[Path], path: Path, header: str, wording: CsvTemplates, resources: Resources
) -> None:
    """Make a CSV file at ``path`` of the scores in ``parts``, in their order. Raises Unfinished."""
    connection = _connected(":memory:", resources)
    try:
        define_macros(connection)
        lines = lines_of(_rows_in(parts), wording).subquery("l")
        query = exp.select(named(column("lines", "l"), header)).from_(lines)
        run(connection, f"COPY ({query.sql(dialect='duckdb')}) TO {_text(path)} ({RAW})")
    finally:
        connection.close()


def join_parquet(parts: Sequence[Path], path: Path, resources: Resources) -> None:
    """Make one Parquet file at ``path`` of ``parts``, in their order. Raises Unfinished."""
    connection = _connected(":memory:", resources)
    try:
        query = exp.select("*").from_(_rows_in(parts)).sql(dialect="duckdb")
        run(connection, f"COPY ({query}) TO {_text(path)} ({_PARQUET})")
    finally:
        connection.close()


def fill_table(scores: Path, database: Path, name: str, resources: Resources) -> None:
    """Make the table ``name`` of the Parquet file ``scores`` in the DuckDB file at ``database``,
    which need not be there. A table of that name is replaced, or stays if this fails, and so do all
    others.

    Raises: InUse, NoDatabase, Unfinished.
    """
    connection = _opened(database, resources)
    table = exp.to_identifier(name, quoted=True).sql(dialect="duckdb")
    query = exp.select("*").from_(_rows_in([scores])).sql(dialect="duckdb")
    try:
        connection.execute("BEGIN")
        run(connection, f"CREATE OR REPLACE TABLE {table} AS {query}")
        connection.execute("COMMIT")
    finally:
        connection.close()


def may_write(database: Path) -> None:
    """Raise InUse or NoDatabase where the DuckDB file cannot be written."""
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
    files = array([text(str(part)) for part in parts])
    plain = exp.EQ(this=exp.to_identifier("hive_partitioning"), expression=exp.false())
    return exp.Table(this=call("read_parquet", files, plain))


def _text(path: Path) -> str:
    return exp.Literal.string(str(path)).sql(dialect="duckdb")
