"""Rows to values: nothing is lost without a word, and nothing is guessed."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from typing import NamedTuple

from engine.book.book_problem import BookProblem
from engine.book.cells import CellError, CellReader, RawCell
from engine.book.source_table import SourceTable
from engine.book.table_schema import TableSchema, columns_to_read
from engine.language.conditions import Value
from engine.language.model import Column
from engine.language.quoting import quoted

Cell = Value | CellError | None


class TypedRow(NamedTuple):
    """A row that belongs to the prospect ``key``.

    ``values`` go with the reader's ``names``, None where unknown; ``unreadable`` names the columns
    whose cell has something in it that is no value.
    """

    key: str
    values: tuple[Value | None, ...]
    unreadable: tuple[str, ...]


@dataclass(slots=True)
class ReadReport:
    """What came of reading a table beside its rows.

    ``rows`` counts those that were looked at, ``left_out`` those of them that could not be used.
    """

    problems: list[BookProblem]
    rows: int = 0
    left_out: int = 0

    def leave_out(self, problem: BookProblem) -> None:
        """Count a row that ``problem`` makes useless."""
        self.problems.append(problem)
        self.left_out += 1

    def report(self, problem: BookProblem) -> None:
        """Note what a source says of a row that it cannot give, or of a whole column."""
        self.problems.append(problem)
        if problem.row is not None:
            self.rows += 1
            self.left_out += 1


class TableReader:
    """Reads one table of a book as a playbook wants it.

    ``structure`` are the problems of its columns alone. ``zone`` is that of instants without one.

    Raises:
        BookError: a required column is not there.
    """

    def __init__(self, source: SourceTable, layout: TableSchema, zone: str) -> None:
        self.structure: list[BookProblem] = []
        self.columns = columns_to_read(layout, source, self.structure)
        self.names = tuple(column.name for column in self.columns)
        self.source = source
        self.layout = layout
        self.zone = zone
        self.repeated: Container[str] | None = None
        self.zoneless: Container[str] = ()
        self._expected = [self.names.index(name) for name in layout.non_empty]
        self._vital = [self.names.index(name) for name in layout.required]

    def part(
        self, source: SourceTable, repeated: Container[str] | None, zoneless: Container[str]
    ) -> TableReader:
        """A reader of those rows alone that ``source`` gives: all others are known to be sound.

        ``repeated`` are the keys that more than one row of the table has (None: any may be), and
        ``zoneless`` the columns in which other rows have instants without a zone.
        """
        reader = copy(self)
        reader.source, reader.repeated, reader.zoneless = source, repeated, zoneless
        return reader

    def keys(self) -> Iterator[str]:
        """The key of every row that has one; may repeat."""
        keys = self._keys()
        for _, cells in self.source.rows((self.layout.key,), lambda _: None, None):
            if isinstance(key := keys[cells[0]], str):
                yield key

    def rows(
        self, findings: ReadReport, only: str | None = None, known: Container[str] | None = None
    ) -> Iterator[TypedRow]:
        """The rows, or only those with the key ``only``; what is wrong is added to ``findings``.

        A row is left out where it has no key, one that is not among ``known``, or (``known`` is
        None) one that an earlier row has too; and where it has no value in a vital column.
        """
        readers = [CellReader(column, self.zone) for column in self.columns]
        for number, key, cells in self._owned(findings, only, known):
            values: list[Cell] = [
                reader[cell] for reader, cell in zip(readers, cells, strict=False)
            ]
            unreadable: tuple[str, ...] = ()
            if CellError in map(type, values) or None in map(values.__getitem__, self._expected):
                unreadable = self._vet(number, values, findings.problems)
                if None in map(values.__getitem__, self._vital):
                    findings.left_out += 1
                    continue
            yield TypedRow(key, tuple(values), unreadable)  # type: ignore[arg-type]  # `_vet` has put None where a cell was unreadable
        findings.problems += [
            self._without_zone(reader.column.name)
            for reader in readers
            if reader.zoneless or reader.column.name in self.zoneless
        ]

    def _owned(
        self, findings: ReadReport, only: str | None, known: Container[str] | None
    ) -> Iterator[tuple[int, str, Sequence[RawCell]]]:
        """Rows with their number, the prospect they belong to, and their other cells."""
        keys = self._keys()
        first: dict[str, int] = {}
        wanted = (self.layout.key, *self.names)
        for number, (owner, *cells) in self.source.rows(wanted, findings.report, only):
            key = keys[owner]
            if only is not None and key != only:
                continue
            findings.rows += 1
            if not isinstance(key, str):
                findings.leave_out(self._unowned(number, key))
            elif known is not None and key not in known:
                nobody = CellError("unknown-prospect", f"unknown prospect {quoted(key)}")
                findings.leave_out(self._unowned(number, nobody))
            elif known is None and self._stands_in(first, key, number):
                findings.leave_out(self._duplicate(number, key, first[key]))
            else:
                yield number, key, cells

    def _stands_in(self, first: dict[str, int], key: str, number: int) -> bool:
        """Whether an earlier row than ``number`` has ``key``; if not, it is noted in ``first``."""
        if self.repeated is not None and key not in self.repeated:
            return False
        return first.setdefault(key, number) != number

    def _keys(self) -> CellReader:
        return CellReader(Column(self.layout.key, "text"), self.zone)

    def _vet(self, number: int, values: list[Cell], problems: list[BookProblem]) -> tuple[str, ...]:
        """Report and make unknown what cannot be read; gives the names of those columns."""
        unreadable = []
        for at, (name, value) in enumerate(zip(self.names, values, strict=True)):
            if isinstance(value, CellError):
                problems.append(self._cell_problem(number, at, value))
                unreadable.append(name)
                values[at] = None
            elif value is None and at in self._expected:
                missing = CellError("missing-value", f"`{name}` is missing")
                problems.append(self._cell_problem(number, at, missing))
        return tuple(unreadable)

    def _cell_problem(self, number: int, at: int, why: CellError) -> BookProblem:
        lost = "the row is skipped" if at in self._vital else "the value is unknown"
        return self._problem(number, self.names[at], why, lost)

    def _unowned(self, number: int, why: Cell) -> BookProblem:
        key = self.layout.key
        if not isinstance(why, CellError):
            why = CellError("no-id", f"`{key}` is missing")
        return self._problem(number, key, why, "the row is skipped")

    def _duplicate(self, number: int, key: str, first: int) -> BookProblem:
        message = f"duplicate prospect {quoted(key)}, first in row {first}"
        why = CellError("duplicate-prospect", message, "each prospect needs an id of its own")
        return self._problem(number, self.layout.key, why, "this row is skipped")

    def _without_zone(self, name: str) -> BookProblem:
        message = f"instants without a zone are read in the calendar's zone, `{self.zone}`"
        help = "write the zone with the instant: `2026-03-05T15:00:00Z`, `2026-03-05T15:00-05:00`"
        return BookProblem(self.source.file, None, name, "no-zone", message, help, "warning")

    def _problem(self, number: int, column: str, why: CellError, lost: str) -> BookProblem:
        message = f"{why.message}; {lost}"
        return BookProblem(self.source.file, number, column, why.code, message, why.help)
