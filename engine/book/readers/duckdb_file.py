"""Read tables in Parquet and DuckDB files in a DuckDB that cannot access any other file."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.book.book_problem import BookError, BookProblem
from engine.book.cells import ID_COLUMNS, NOT_UTF8, RawCell, inexact_id
from engine.book.source_table import Report
from engine.book.table_schema import STORED_TABLES, StoredTable

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation, Error, Expression

WHOLE = frozenset(
    f"{sign}{size}int" for sign in ("", "u") for size in ("tiny", "small", "big", "huge")
)
AS_IT_IS = WHOLE | {"integer", "uinteger", "float", "double", "decimal", "boolean"}
AS_TEXT = frozenset(
    {"varchar", "enum", "uuid", "date", "timestamp", "timestamp_s", "timestamp_ms", "timestamp_ns"}
)
WITH_ZONE = "timestamp with time zone"
READABLE = AS_IT_IS | AS_TEXT | {WITH_ZONE, "null"}

# A book may come from anybody: no view in it may read other files, Python variables or the network.
SANDBOX: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "python_enable_replacements": False,
}
_BATCH = 2_000

ATTACHED = "book"
"""The name under which a DuckDB file is attached."""

BINARY = "binary"
"""The collation that compares code points. A column of a DuckDB file may have another one, in which
`A` equals `a`, and its type does not tell."""

_TABLES = (
    "SELECT table_name FROM information_schema.tables"
    " WHERE table_catalog = ? AND table_schema = 'main'"
)


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a table is stored: in the Parquet file ``path``, or as ``name`` in that DuckDB file."""

    path: Path
    name: StoredTable | None = None


class DuckTable:
    """One table or view, as a relation that is evaluated when its rows are read.

    ``number`` is the name of a column of the relation that holds the number of each row, if it has
    such a column; rows are then yielded in that order.
    """

    header = True

    def __init__(
        self,
        connection: DuckDBPyConnection,
        relation: DuckDBPyRelation,
        file: str,
        stored: Stored,
        number: str | None = None,
    ) -> None:
        self.file = file
        self.stored = stored
        self.names = [name for name in relation.columns if name != number]
        self._types = {
            name: type.id for name, type in zip(relation.columns, relation.types, strict=True)
        }
        self._connection = connection
        self._relation = relation
        self._number = number

    @property
    def place(self) -> Path:
        """The file the table is in."""
        return self.stored.path

    def rows(
        self, columns: Sequence[str], report: Report, key: str | None
    ) -> Iterator[tuple[int, Sequence[RawCell]]]:
        """Yield the number of each row and its cells; report columns whose type is unreadable.

        Args:
            columns: The columns to read, the key first.
            report: Called with a problem for each column that holds lists, for example.
            key: Rows that cannot have this key are omitted; None for all rows.

        Raises:
            BookError: the key has an unreadable type, or the file is broken.
        """
        import duckdb

        for name in columns:
            if self._types[name] not in READABLE:
                report(self._unfit(name, key=name == columns[0]))
        relation = self._numbered(columns)
        # DuckDB writes large floats with an exponent, and ids have none: Python compares them.
        if key is not None and self._types[columns[0]] not in {"float", "double"}:
            relation = relation.filter(_may_be("cell_0", key))
        try:
            # By a cursor: relations have no `fetchmany` in DuckDB 2, and a second table can be read
            # meanwhile.
            result = self._connection.cursor().execute(relation.sql_query())
            short = [at for at, name in enumerate(columns) if self._is_short_id(name)]
            while batch := result.fetchmany(_BATCH):
                for number_, *cells_ in batch:
                    for at in short:
                        cells_[at] = cells_[at] and (inexact_id(cells_[at], 2.0**24) or cells_[at])
                    yield number_, cells_
        except duckdb.Error as error:
            raise broken(self.file, error) from error

    def _is_short_id(self, name: str) -> bool:
        """Return whether ``name`` is a column of ids in four bytes, which hold 24 bits of them."""
        return name in ID_COLUMNS and self._types[name] == "float"

    def type_of(self, name: str) -> str:
        """Return DuckDB's name for the type of the column ``name``."""
        return self._types[name]

    def _numbered(self, columns: Sequence[str]) -> DuckDBPyRelation:
        from duckdb import ColumnExpression, SQLExpression

        cells = [self._cell(name).alias(f"cell_{at}") for at, name in enumerate(columns)]
        if self._number is None:
            number = SQLExpression("row_number() OVER ()").alias("number")
            return self._relation.select(number, *cells)
        number = ColumnExpression(self._number).alias("number")
        return self._relation.select(number, *cells).sort(ColumnExpression("number"))

    def _unfit(self, name: str, key: bool) -> BookProblem:
        what = f"values of type {self._types[name]}"
        help = "a cell can be text, a number, true or false, a date or an instant"
        if key:
            raise BookError(f"the column `{name}` of `{self.file}` has {what}", help)
        message = f"the column has {what} and is ignored"
        return BookProblem(self.file, None, name, "column-type", message, help)

    def _cell(self, name: str) -> Expression:
        """Build the conversion of a column to text, number or boolean; instants to text in UTC."""
        from duckdb import CaseExpression, ColumnExpression, ConstantExpression, FunctionExpression

        column, type = ColumnExpression(name), self._types[name]
        if type in AS_IT_IS:
            return column
        if type in AS_TEXT:
            return column.cast("VARCHAR")
        if type == WITH_ZONE:
            # A cast to text would use the machine's zone, and infinity has no microseconds.
            utc = FunctionExpression("make_timestamp", FunctionExpression("epoch_us", column))
            text = FunctionExpression("concat", utc.cast("VARCHAR"), ConstantExpression("Z"))
            finite = FunctionExpression("isfinite", column)
            return CaseExpression(finite, text).otherwise(column.cast("VARCHAR"))
        return ConstantExpression(None)


def _may_be(cell: str, key: str) -> Expression:
    """Build the condition that ``cell`` may equal ``key``, so that few rows leave the database.

    It is that of `source_table.may_be`: ``contains(cell, key)``, or ``cell`` is not ASCII.
    """
    from duckdb import ColumnExpression, ConstantExpression, FunctionExpression

    text = ColumnExpression(cell).cast("VARCHAR")
    found = FunctionExpression("contains", text, ConstantExpression(key))
    # `strlen` counts bytes and `length` characters: they differ if the text is not ASCII.
    return found | (FunctionExpression("strlen", text) != FunctionExpression("length", text))


def parquet_tables(paths: Mapping[StoredTable, Path]) -> dict[StoredTable, DuckTable]:
    """Open the tables in the Parquet files at ``paths``.

    Raises:
        BookError: one of them cannot be read as Parquet.
    """
    import duckdb

    for path in paths.values():
        _refuse_name(path)
    connection = duckdb.connect(":memory:", config=SANDBOX)
    connection.execute("SET allowed_paths = ?", [allowed_paths(paths.values())])
    # In this order: paths are allowed before access is forbidden, and nothing changes after that.
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    tables: dict[StoredTable, DuckTable] = {}
    for table, path in paths.items():
        try:
            relation = connection.read_parquet(escaped_path(path), hive_partitioning=False)
        except duckdb.Error as error:
            raise broken(path.name, error) from error
        tables[table] = DuckTable(connection, relation, path.name, Stored(path.absolute()))
    return tables


def database_tables(path: Path) -> dict[StoredTable, DuckTable]:
    """Open the tables and views in the DuckDB file at ``path``, which is not written to.

    Raises:
        BookError: it cannot be read as DuckDB, or a view reads another file.
    """
    import duckdb

    _refuse_name(path, "\\")
    connection = duckdb.connect(":memory:", config=SANDBOX)
    try:
        attach(connection, path)
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        names = {name for (name,) in connection.execute(_TABLES, [ATTACHED]).fetchall()}
        return {
            table: DuckTable(
                connection,
                _without_collations(connection.sql(f"FROM {ATTACHED}.main.{table}")),
                f"{path.name}:{table}",
                Stored(path.absolute(), table),
            )
            for table in STORED_TABLES
            if table in names
        }
    except duckdb.Error as error:
        raise broken(path.name, error) from error


def escaped_path(path: Path) -> str:
    """Return ``path`` as DuckDB reads it in functions that take patterns: as nothing but itself."""
    return glob.escape(str(path.absolute()))


def allowed_paths(paths: Iterable[Path]) -> list[str]:
    """Return the setting `allowed_paths` that allows ``paths``, also if they are `escaped_path`."""
    return [name for path in paths for name in (str(path.absolute()), escaped_path(path))]


def unfit_name(path: Path, marks: str = "") -> str | None:
    """Return why DuckDB cannot take the name of a file, or None.

    Args:
        path: The file.
        marks: Characters that DuckDB does not take literally: in the name of a database a backslash
            is a slash, and what follows a question mark does not count for the files beside it.
    """
    name = str(path.absolute())
    if NOT_UTF8.search(name):
        return "its path is not UTF-8 text"
    odd = next((mark for mark in marks if mark in name and mark != os.sep), None)
    return f"DuckDB takes no `{odd}` in a path" if odd else None


def _refuse_name(path: Path, marks: str = "") -> None:
    reason = unfit_name(path, marks)
    if reason is not None:
        raise BookError(f"`{path.name}` cannot be read: {reason}", "rename it, or its folder")


def attach(connection: DuckDBPyConnection, path: Path) -> None:
    """Attach the DuckDB file at ``path`` as `ATTACHED`, to read it.

    It is attached and not opened itself, as macros of an untrusted file must not replace functions.

    Raises:
        duckdb.Error: it cannot be read.
    """
    place = str(path.absolute()).replace("'", "''")
    connection.execute(f"ATTACH '{place}' AS {ATTACHED} (READ_ONLY)")


def _without_collations(relation: DuckDBPyRelation) -> DuckDBPyRelation:
    """Return ``relation`` with all texts compared by their code points."""
    from duckdb import ColumnExpression

    columns = [
        ColumnExpression(name).collate(BINARY).alias(name)
        if type.id == "varchar"
        else ColumnExpression(name)
        for name, type in zip(relation.columns, relation.types, strict=True)
    ]
    return relation.select(*columns)


def broken(file: str, error: Error) -> BookError:
    """Return the exception for a file that DuckDB cannot read, with DuckDB's message as help."""
    lines = str(error).splitlines() or [""]
    return BookError(f"`{file}` cannot be read", lines[0].partition(": ")[2][:300] or None)
