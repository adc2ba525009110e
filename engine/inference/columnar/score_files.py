"""Files of scores: a CSV or Parquet file, or a table in a DuckDB file."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from engine.book.duckdb_tables import CLOSED
from engine.inference.columnar.interruptible import run

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LINES: Mapping[str, str] = {"id": "VARCHAR", "lines": "VARCHAR"}
"""The columns of what becomes CSV: all lines of a prospect in one text."""

BATCH = 5_000
PARQUET = "USE_TMP_FILE false, FORMAT parquet, COMPRESSION zstd"
RAW = "USE_TMP_FILE false, FORMAT csv, QUOTE '', ESCAPE '', DELIMITER '\x01'"
"""Text as it stands: the lines are quoted already, and have no control character in them."""


@dataclass(frozen=True, slots=True)
class Means:
    """What DuckDB may take: ``memory`` (such as `1 GiB`), ``threads``, and room in ``folder``."""

    memory: str
    threads: int
    folder: Path


def write_scores(
    connection: DuckDBPyConnection, query: str, path: Path, header: str | None = None
) -> None:
    """Write the rows of ``query`` to ``path`` by id: as Parquet, or where ``header`` is given as
    CSV below it (an empty one is not written).
    """
    if header is None:
        wanted, options = "*", PARQUET
    else:
        name = exp.to_identifier(header or "lines", quoted=True).sql(dialect="duckdb")
        wanted, options = f"lines AS {name}", f"{RAW}, HEADER {bool(header)}"
    select = f"SELECT {wanted} FROM ({query}) ORDER BY id"  # noqa: S608 - a tree was printed
    run(connection, f"COPY ({select}) TO {_text(path)} ({options})")


def rows_of(means: Means, columns: Mapping[str, str], rows: Iterable[Sequence[object]]) -> Rows:
    """Keep ``rows`` of ``columns`` in a table, to be asked for by `Rows.query`."""
    connection = _connected(":memory:", means)
    listed = ", ".join(
        exp.ColumnDef(this=exp.to_identifier(name, quoted=True), kind=_type(type)).sql("duckdb")
        for name, type in columns.items()
    )
    connection.execute(f"CREATE TABLE rows ({listed})")
    appender = connection.appender("rows")
    rest: Iterator[Sequence[object]] = iter(rows)
    while batch := list(islice(rest, BATCH)):
        appender.append_rows(batch)
        appender.flush()
    return Rows(connection)


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that Python has made, in a table of ``connection``."""

    connection: DuckDBPyConnection
    query: str = "FROM rows"

    def count(self) -> int:
        """How many there are."""
        return int(self.connection.execute("SELECT count(*) FROM rows").fetchall()[0][0])


def join_lines(parts: Sequence[Path]) -> None:
    """Put the lines of all CSV files after the first behind its own."""
    first, *others = parts
    with first.open("ab") as whole:
        for other in others:
            with other.open("rb") as file:
                shutil.copyfileobj(file, whole, 1 << 20)
            other.unlink()


def join_parquet(parts: Sequence[Path], path: Path, means: Means) -> None:
    """Make one Parquet file at ``path`` of ``parts``, in their order."""
    connection = _connected(":memory:", means)
    try:
        run(
            connection, f"COPY ({_rows_in(parts)}) TO {_text(path)} ({PARQUET})"
        )
    finally:
        connection.close()


def fill_table(scores: Path, database: Path, name: str, means: Means) -> None:
    """Make the table ``name`` of the Parquet file ``scores`` in the DuckDB file at ``database``,
    which need not be there. A table of that name is replaced, or stays if this fails, and so do all
    others.

    Raises: InUse, NoDatabase, Unfinished.
    """
    connection = _opened(database, means)
    table = exp.to_identifier(name, quoted=True).sql(dialect="duckdb")
    try:
        connection.execute("BEGIN")
        run(connection, f"CREATE OR REPLACE TABLE {table} AS {_rows_in([scores])}")
        connection.execute("COMMIT")
    finally:
        connection.close()


def may_write(database: Path) -> None:
    """Raise InUse or NoDatabase where the DuckDB file cannot be written."""
    _opened(database).close()


class InUse(Exception):
    """Another program has the DuckDB file open."""


class NoDatabase(Exception):
    """The file is no DuckDB file."""


def _opened(path: Path, means: Means | None = None) -> DuckDBPyConnection:
    import duckdb

    try:
        return _connected(str(path), means)
    except duckdb.IOException as error:
        raise (InUse if "lock" in str(error) else NoDatabase)(str(path)) from error
    except duckdb.Error as error:
        raise NoDatabase(str(path)) from error


def _connected(database: str, means: Means | None) -> DuckDBPyConnection:
    import duckdb

    limits: dict[str, str | int] = {}
    if means is not None:
        limits = {"memory_limit": means.memory, "threads": means.threads}
        limits["temp_directory"] = str(means.folder / "spilt")
    connection = duckdb.connect(database, config={**CLOSED, **limits})
    connection.execute("SET enable_progress_bar = false")
    return connection


def _rows_in(parts: Sequence[Path]) -> str:
    files = exp.Array(expressions=[exp.Literal.string(str(part)) for part in parts])
    return f"FROM read_parquet({files.sql(dialect='duckdb')}, hive_partitioning = false)"


def _type(type: str) -> exp.DataType:
    return exp.DataType.build(type)


def _text(path: Path) -> str:
    return exp.Literal.string(str(path)).sql(dialect="duckdb")
