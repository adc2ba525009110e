"""Convert the rows of one table to typed values, and report every row or cell that is invalid."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from copy import copy
from typing import NamedTuple

from engine.book.book_problem import BookProblem
from engine.book.cells import Cell, CellError, CellReader, RawCell
from engine.book.header_names import looks_like_refusal
from engine.book.read_report import Conflict, ReadReport
from engine.book.source_table import SourceTable
from engine.book.table_schema import TableSchema, columns_to_read
from engine.language.conditions import Value
from engine.language.model import Column
from engine.language.quoting import quoted

ALREADY_REPORTED = CellError("", "")
"""A cell that cannot be read, for a reason that is told elsewhere."""


class LastChange(NamedTuple):
    """What a boolean said after its last change; the table of prospects may disagree."""

    value: Value

    def agreed(self, cell: Cell) -> Cell:
        """Return ``cell``, or why it cannot be believed."""
        if isinstance(cell, CellError) or cell == self.value:
            return cell
        message = (
            f"the last change on record says {_shown(self.value)}, and the cell {_shown(cell)}"
        )
        return CellError("changes-disagree", message, "correct one of the two")


def _shown(value: Value | None) -> str:
    return "nothing" if value is None else str(value).lower()


class TypedRow(NamedTuple):
    """A row of the prospect with the id ``key``.

    ``values`` are in the order of the reader's ``names``, None if unknown. ``unreadable`` are the
    names of columns whose cell is not empty but cannot be read.
    """

    key: str
    values: tuple[Value | None, ...]
    unreadable: tuple[str, ...]


class TableReader:
    """A reader of one table of a book, which yields typed rows.

    ``structure`` holds the problems of the header; ``columns`` are those of ``schema`` that the
    table has, and ``names`` their names; ``sources`` maps these, and the key, to the names in the
    file. ``overriding`` are the measured facts of which a column gives the value. ``mapped`` holds,
    by column, the spellings of words that were read, each with the id it stands for. ``history``
    has the cells that said something else at the instant of evaluation, by key and column.

    Args:
        source: The table in its file.
        schema: The columns that the playbook reads.
        zone: The IANA zone of instants that are written without one.
        zone_told: Whether the book or its user gave that zone; else it is a guess, and reported.

    Raises:
        BookError: a required column is missing.
    """

    def __init__(
        self, source: SourceTable, schema: TableSchema, zone: str, *, zone_told: bool = False
    ) -> None:
        self.structure: list[BookProblem] = []
        read = columns_to_read(schema, source, self.structure)
        self.columns, self.overriding = read.columns, read.overriding
        self.sources: Mapping[str, str] = read.names
        self.names = tuple(column.name for column in self.columns)
        self.source = source
        self.schema = schema
        self.zone, self.zone_told = zone, zone_told
        self.zoneless: Container[str] = ()
        self.mapped: dict[str, dict[str, str]] = {}
        self.history: Mapping[str, Mapping[str, Cell | LastChange]] = {}
        self._non_empty = [self.names.index(name) for name in schema.non_empty]
        self._required = [self.names.index(name) for name in schema.required]

    def for_untrusted(self, source: SourceTable, zoneless: Container[str]) -> TableReader:
        """Return a reader of ``source``, the rows of this table that SQL cannot convert.

        ``zoneless`` are the columns in which other rows have an instant without a time zone; the
        reader reports that once for each column, whichever rows have it.
        """
        reader = copy(self)
        reader.source, reader.zoneless = source, zoneless
        reader.sources = {name: name for name in self.sources}
        return reader

    def keys(self) -> Iterator[str]:
        """Yield the key of every row that has one, including duplicates."""
        keys = self._keys()
        source = self.sources[self.schema.key]
        for _, cells in self.source.rows((source,), lambda *_: None, None):
            if isinstance(key := keys.read(cells[0]), str):
                yield key

    def values(self, name: str) -> Iterator[tuple[str, Value]]:
        """Yield the key of each row and its value in the column ``name``, if it has both."""
        keys = self._keys()
        reader = next(CellReader(one, self.zone) for one in self.columns if one.name == name)
        columns = (self.sources[self.schema.key], self.sources[name])
        for _, (owner, cell, *_) in self.source.rows(columns, lambda *_: None, None):
            key, value = keys.read(owner), reader.read(cell)
            if isinstance(key, str) and value is not None and not isinstance(value, CellError):
                yield key, value

    def rows(
        self,
        report: ReadReport,
        only: Collection[str] | None = None,
        known: Container[str] | None = None,
        suspects: Container[str] | None = None,
    ) -> Iterator[TypedRow]:
        """Yield the usable rows in the order of the file.

        A row is left out if it has no key, or no value in a required column. So is a row whose key
        is not in ``known`` or, if that is None, a row whose key is that of an earlier row.

        Args:
            report: Gets the problems and the counts; complete once all rows are yielded.
            only: Yield only the rows with these keys.
            known: The ids of all prospects; None if this is the table of prospects.
            suspects: The only keys that may be unknown or duplicate; None if any key may be.
        """
        readers = [CellReader(column, self.zone) for column in self.columns]
        reads = [reader.read for reader in readers]
        for number, owner, cells in self.owned(report, only, known, suspects):
            values = [read(cell) for read, cell in zip(reads, cells, strict=False)]
            if self.history:
                values = self._values_then(owner, values)
            unreadable: tuple[str, ...] = ()
            # By `map`, which loops in C: this runs for every row, and most rows are valid.
            if CellError in map(type, values) or None in map(values.__getitem__, self._non_empty):
                unreadable = self._without_errors(number, values, report.problems)
                if self._hides_an_answer(unreadable, cells):
                    report.undated.add(owner)
                if None in map(values.__getitem__, self._required):
                    report.lose(owner, bool(unreadable))
                    continue
            yield TypedRow(owner, tuple(values), unreadable)  # type: ignore[arg-type]  # `_without_errors` has put None where a cell was unreadable
        self._report_columns(readers, report)

    def _hides_an_answer(self, unreadable: Sequence[str], cells: Sequence[RawCell]) -> bool:
        """Return whether a cell that cannot be read tells who spoke last, or that they refused."""
        if self.schema.table != "touches":  # without its value, a column for touches says none
            return not self.overriding.isdisjoint(unreadable)
        if "outcome" not in unreadable:
            return "automatic" in unreadable
        return looks_like_refusal(str(cells[self.names.index("outcome")]))

    def _values_then(self, owner: str, values: list[Cell]) -> list[Cell]:
        """Return ``values`` as the history has them."""
        then = self.history.get(owner)
        if then is None:
            return values
        found: list[Cell] = []
        for name, value in zip(self.names, values, strict=True):
            said = then.get(name, value)
            found.append(said.agreed(value) if isinstance(said, LastChange) else said)
        return found

    def _report_columns(self, readers: Iterable[CellReader], report: ReadReport) -> None:
        """Keep the words that were read, and report columns of instants without a zone."""
        for reader in readers:
            self.mapped.setdefault(reader.column.name, {}).update(reader.mapped)
        report.problems += [
            self._without_zone(reader.column.name)
            for reader in readers
            if not self.zone_told and (reader.zoneless or reader.column.name in self.zoneless)
        ]

    def owned(
        self,
        report: ReadReport,
        only: Collection[str] | None,
        known: Container[str] | None,
        suspects: Container[str] | None,
    ) -> Iterator[tuple[int, str, Sequence[RawCell]]]:
        """Yield the number of each row that has a valid key, that key, and its other cells.

        Args:
            report: Gets the problems and the counts.
            only: As in `rows`.
            known: As in `rows`.
            suspects: As in `rows`.
        """
        keys = self._keys()
        first: dict[str, int] = {}
        columns = tuple(self.sources[name] for name in (self.schema.key, *self.names))
        single = next(iter(only)) if only is not None and len(only) == 1 else None
        for number, (owner, *cells) in self.source.rows(columns, report.report, single):
            key = keys.read(owner)
            # Not even counted: a report on one prospect is about its own rows.
            if only is not None and key not in only:
                continue
            report.rows += 1
            if not isinstance(key, str):
                report.leave_out(self._unowned(number, key))
            elif suspects is not None and key not in suspects:
                yield number, key, cells
            elif known is not None and key not in known:
                nobody = CellError("unknown-prospect", f"unknown prospect {quoted(key)}")
                report.leave_out(self._unowned(number, nobody))
            elif known is None and first.setdefault(key, number) != number:
                report.leave_out(self._duplicate(number, key, first[key]))
                report.conflicts.setdefault(key, []).extend(self._conflicts(number, cells))
            else:
                yield number, key, cells

    def without_conflicts(self, row: TypedRow, report: ReadReport) -> TypedRow:
        """Return ``row`` with the cells unreadable of which a skipped row says something else.

        Of two rows that disagree on an opt-out, a stage or an instant, neither may be believed.

        Args:
            row: The first row of its key.
            report: The report of reading all rows; it gets the problems.
        """
        own = dict(zip(self.names, row.values, strict=True))
        lost: dict[str, None] = {}
        for number, name, cell in report.conflicts.get(row.key, ()):
            if cell != own[name] and name not in lost and name not in row.unreadable:
                lost[name] = None
                why = CellError("duplicate-prospect", f"this row of {quoted(row.key)} disagrees")
                report.problems.append(self.problem(number, name, why, "the value is unknown"))
        values = tuple(None if name in lost else value for name, value in own.items())
        return TypedRow(row.key, values, tuple(dict.fromkeys((*row.unreadable, *lost))))

    def _conflicts(self, number: int, cells: Sequence[RawCell]) -> Iterator[Conflict]:
        """Yield what a skipped row says in columns of booleans, words and instants."""
        for column, cell in zip(self.columns, cells, strict=False):
            if column.type in ("boolean", "choice", "time"):
                value = CellReader(column, self.zone).read(cell)
                if value is not None:
                    yield Conflict(number, column.name, value)

    def _keys(self) -> CellReader:
        return CellReader(Column(self.schema.key, "text"), self.zone)

    def _without_errors(
        self, number: int, values: list[Cell], problems: list[BookProblem]
    ) -> tuple[str, ...]:
        """Report each error in ``values``, replace it by None, and return the names of columns."""
        unreadable = []
        for at, (name, value) in enumerate(zip(self.names, values, strict=True)):
            if isinstance(value, CellError):
                if value is not ALREADY_REPORTED:
                    problems.append(self._cell_problem(number, at, value))
                unreadable.append(name)
                values[at] = None
            elif value is None and at in self._non_empty:
                missing = CellError("missing-value", f"`{name}` is missing")
                problems.append(self._cell_problem(number, at, missing))
        return tuple(unreadable)

    def _cell_problem(self, number: int, at: int, why: CellError) -> BookProblem:
        lost = "the row is skipped" if at in self._required else "the value is unknown"
        return self.problem(number, self.names[at], why, lost)

    def _unowned(self, number: int, why: Cell) -> BookProblem:
        key = self.schema.key
        if not isinstance(why, CellError):
            why = CellError("no-id", f"`{key}` is missing")
        return self.problem(number, key, why, "the row is skipped")

    def _duplicate(self, number: int, key: str, first: int) -> BookProblem:
        message = f"duplicate prospect {quoted(key)}, first in row {first}"
        why = CellError("duplicate-prospect", message, "each prospect needs an id of its own")
        return self.problem(number, self.schema.key, why, "this row is skipped")

    def _without_zone(self, name: str) -> BookProblem:
        message = f"instants without a zone are read in the calendar's zone, `{self.zone}`"
        help = "set the zone with `--book-zone UTC`, or include it: `2026-03-05T15:00:00Z`"
        return BookProblem(self.source.file, None, name, "no-zone", message, help, "warning")

    def problem(self, number: int, column: str, why: CellError, lost: str) -> BookProblem:
        """Return the problem with a cell of the table.

        Args:
            number: The number of its row.
            column: Its column.
            why: Why it cannot be read.
            lost: What is lost for it, as a clause.
        """
        message = f"{why.message}; {lost}"
        return BookProblem(self.source.file, number, column, why.code, message, why.help)
