"""A book: what is known of many prospects, read from its tables as a playbook wants it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from engine.book.book_problem import BookError, BookProblem
from engine.book.cells import normalize_text
from engine.book.prospect import Prospect, Row
from engine.book.readers.open_tables import tables_at
from engine.book.table_schema import TableName, table_schema
from engine.book.typed_rows import ReadReport, TableReader, TypedRow
from engine.language.conditions import Value
from engine.language.model import TABLES, Playbook, Table

__all__ = ["Book", "BookError", "BookProblem", "ReadReport", "open_book"]

Values = tuple[Value | None, ...]

LARGE = 4_000_000
"""Bytes: some 3,000 prospects with ten touches each as CSV, 50,000 as Parquet."""


def open_book(path: Path, playbook: Playbook, strict: bool = False) -> Book:
    """The book at ``path`` with the columns that ``playbook`` reads.

    Only headers are read here. With ``strict``, every reading that finds an error raises it.

    Raises:
        BookError: nothing of the book can be read, or a table has not the columns it must have.
    """
    problems: list[BookProblem] = []
    readers = {
        table: TableReader(source, table_schema(playbook, table), playbook.calendar.timezone)
        for table, source in tables_at(path, problems).items()
    }
    for reader in readers.values():
        problems += reader.structure
    prospects = readers.pop("prospects")
    tables = {table: readers[table] for table in TABLES if table in readers}
    return Book(prospects, tables, problems, strict)


class Book:
    """The prospects of a book.

    Reading a prospect or all of them sets ``findings``: for each table that is there, its problems
    and how many rows were read and left out. ``problems`` are all of them together.
    """

    def __init__(
        self,
        prospects: TableReader,
        tables: Mapping[Table, TableReader],
        structure: Sequence[BookProblem],
        strict: bool,
    ) -> None:
        self._prospects = prospects
        self._tables = tables
        self._structure = structure
        self.strict = strict
        self.findings: dict[str, ReadReport] = {}

    @property
    def large(self) -> bool:
        """Whether its files are so long that one question to a database about all of it takes less
        time than to look at each prospect in turn.
        """
        places = {reader.source.place for reader in self.readers.values()}
        return sum(place.stat().st_size for place in places if place is not None) > LARGE

    @property
    def readers(self) -> dict[TableName, TableReader]:
        """The reader of each table that is there, that of the prospects first."""
        tables: list[tuple[TableName, TableReader]] = [*self._tables.items()]
        return dict([("prospects", self._prospects), *tables])

    @property
    def problems(self) -> list[BookProblem]:
        """What is wrong with the files, and with the rows of the latest reading."""
        found = [problem for table in self.findings.values() for problem in table.problems]
        return [*self._structure, *found]

    def ids(self) -> list[str]:
        """The ids of all prospects in the order of the file."""
        return list(dict.fromkeys(self._prospects.keys()))

    def prospect(self, id: str) -> Prospect | None:
        """The prospect ``id``, reading no more than its own rows; None where there is none."""
        key = normalize_text(id)
        return next(self._read(key), None) if isinstance(key, str) else None

    def prospects(self) -> Iterator[Prospect]:
        """Every prospect in the order of the file. All problems are known once this returns."""
        return self._read(None)

    def _read(self, only: str | None) -> Iterator[Prospect]:
        """The prospects, or only the one with the id ``only``.

        Raises:
            BookError: reading is strict and there is a problem, or a file is broken.
        """
        self.findings = {table: ReadReport([]) for table in ("prospects", *self._tables)}
        given = {row.key: row for row in self._prospects.rows(self.findings["prospects"], only)}
        rows = {table: self._rows_of(table, only, given) for table in self._tables}
        if self.strict:
            self.stop_at_errors()
        return (self._prospect(row, rows) for row in given.values())

    def _rows_of(
        self, table: Table, only: str | None, known: Collection[str]
    ) -> dict[str, list[Values]]:
        found: dict[str, list[Values]] = defaultdict(list)
        for key, values, _ in self._tables[table].rows(self.findings[table], only, known):
            found[key].append(values)
        return found

    def _prospect(self, given: TypedRow, rows: Mapping[Table, dict[str, list[Values]]]) -> Prospect:
        own = {
            table: tuple(_known(self._tables[table].names, row) for row in found.pop(given.key, ()))
            for table, found in rows.items()
        }
        facts = _known(self._prospects.names, given.values)
        return Prospect(given.key, facts, own, frozenset(given.unreadable))

    def stop_at_errors(self) -> None:
        """Raise BookError where there is an error among the ``problems``."""
        errors = tuple(problem for problem in self.problems if problem.severity == "error")
        if errors:
            first = errors[0]
            row = "" if first.row is None else f", row {first.row}"
            more = f" (and {len(errors) - 1:,} more)" if len(errors) > 1 else ""
            message = f"`{first.file}`{row}: {first.message}{more}"
            raise BookError(message, first.help, errors)


def _known(names: Sequence[str], values: Values) -> Row:
    return {name: value for name, value in zip(names, values, strict=True) if value is not None}
