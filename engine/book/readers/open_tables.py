"""Open the tables of a book in a folder, a DuckDB file, or one YAML or JSON file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from engine.book.book_problem import BookError, BookProblem
from engine.book.readers.csv_file import CsvTable
from engine.book.readers.document_file import document_tables
from engine.book.readers.duckdb_file import database_tables, parquet_tables
from engine.book.source_table import SourceTable
from engine.book.table_schema import STORED_TABLES, StoredTable

DATABASES = (".duckdb", ".ddb", ".db")
DOCUMENTS = (".yaml", ".yml", ".json")
_KINDS = (
    "a book is a folder with `prospects.csv` or `prospects.parquet`, a DuckDB file, "
    "or a YAML or JSON file"
)


class OpenedTables(NamedTuple):
    """The tables of a book, and the zone that it gives for its instants without one, or None."""

    tables: Mapping[StoredTable, SourceTable]
    zone: str | None = None


def tables_at(path: Path, problems: list[BookProblem]) -> OpenedTables:
    """Open the tables of the book at ``path``.

    Files that are named like a table but not read are added to ``problems`` as warnings.

    Raises:
        BookError: there is no book, or a table cannot be opened.
    """
    try:
        opened = _tables(path, problems)
    except OSError as error:
        raise BookError(f"the book `{path}` cannot be read", error.strerror) from error
    if "prospects" not in opened.tables:
        near = next((found.file for found in problems if found.file[:1] in "pP"), None)
        help = _KINDS if near is None else f"there is `{near}`: rename it or save it as CSV"
        raise BookError(f"the book `{path}` has no table of prospects", help)
    return opened


def is_book(path: Path) -> bool:
    """Return whether there is a book of tables at ``path``: a folder with prospects, or a database.

    Files in YAML and JSON may be anything, and are told by what they say.
    """
    if path.is_dir():
        return any((path / f"prospects{suffix}").is_file() for suffix in (".csv", ".parquet"))
    return path.is_file() and path.suffix in (*DATABASES, ".json")


def _tables(path: Path, problems: list[BookProblem]) -> OpenedTables:
    if path.is_dir():
        return OpenedTables(_folder(path, problems))
    if not path.is_file():
        raise BookError(f"there is no book `{path}`", _KINDS)
    if path.suffix in DATABASES:
        return OpenedTables(database_tables(path))
    if path.suffix in DOCUMENTS:
        return OpenedTables(*document_tables(path))
    raise BookError(f"`{path.name}` is not a book", _KINDS)


def _folder(path: Path, problems: list[BookProblem]) -> dict[StoredTable, SourceTable]:
    csv = {table: path / f"{table}.csv" for table in STORED_TABLES}
    parquet = {table: path / f"{table}.parquet" for table in STORED_TABLES}
    csv = {table: file for table, file in csv.items() if file.is_file()}
    parquet = {table: file for table, file in parquet.items() if file.is_file()}
    for table in sorted(csv.keys() & parquet.keys()):
        message = f"the book has both `{table}.csv` and `{table}.parquet`"
        raise BookError(message, "keep only one of them")
    problems += _not_read(path, {*csv.values(), *parquet.values()})
    tables: dict[StoredTable, SourceTable] = {table: CsvTable(file) for table, file in csv.items()}
    if parquet:
        tables.update(parquet_tables(parquet))
    return tables


def _not_read(path: Path, read: set[Path]) -> list[BookProblem]:
    """Return a warning for each file that is named like a table but not read."""
    # By `samefile`: on a file system that ignores case, `Touches.csv` is read as `touches.csv`.
    message = "the file has the name of a table but is ignored"
    help = "tables are CSV or Parquet files with lowercase names, such as `touches.csv`"
    return [
        BookProblem(file.name, None, None, "table-not-read", message, help, "warning")
        for file in sorted(path.iterdir())
        if not any(file.samefile(other) for other in read)
        and file.name.lower().partition(".")[0] in STORED_TABLES
    ]
