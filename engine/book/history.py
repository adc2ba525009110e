"""What the given facts of prospects said at an instant, where they were changed after it.

The optional table `changes` has a row for each change of a fact. The table of prospects is the last
word: only a fact that was changed after the instant of evaluation had another value then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from engine.book.book_problem import BookError
from engine.book.cells import Cell, CellError, CellReader, RawCell
from engine.book.header_names import CRM_NAMES, fold_header
from engine.book.prospect import Row
from engine.book.read_report import ReadReport
from engine.book.source_table import SourceTable
from engine.book.table_schema import REQUIRED_COLUMNS, TableSchema
from engine.book.typed_rows import ALREADY_REPORTED, LastChange, TableReader
from engine.language.conditions import Value
from engine.language.instants import day_bounds
from engine.language.model import Column
from engine.language.value_rules import LocalDate

_AT, _FACT = Column("at", "time"), Column("fact", "text")
VALUES = ("value", "old_value")
"""The columns with what facts said; of whatever type the fact is."""

SCHEMA = TableSchema(
    "changes",
    REQUIRED_COLUMNS["changes"][0],
    {each.name: each for each in (_AT, _FACT, *(Column(name, "text") for name in VALUES))},
)
"""The columns of the table of changes; `old_value` is what the fact said before."""


class _Change(NamedTuple):
    """A change of one fact: the number of its row, and the column and cell that count."""

    at: int
    number: int
    column: str
    cell: RawCell


class History:
    """The table of changes, as it is known at one instant.

    ``reader`` reads the rows as they are, ``structure`` holds the problems of the header.
    ``report`` is what was read last.

    Args:
        source: The table in its file.
        prospects: The reader of the table of prospects, whose facts the changes are about.
        defaults: The facts that a playbook has a default for.
        now: The instant, in seconds since 1970 UTC.

    Raises:
        BookError: the table lacks a column.
    """

    def __init__(
        self, source: SourceTable, prospects: TableReader, defaults: Collection[str], now: int
    ) -> None:
        self.reader = TableReader(source, SCHEMA, prospects.zone, zone_told=prospects.zone_told)
        self._prospects = prospects
        self._defaults = defaults
        self._now = now
        self._ids = {
            fold_header(name): each
            for each in (*prospects.schema.columns, *prospects.names)
            for name in (*CRM_NAMES.get(each, ()), each)
        }
        self._unfed: set[str] = set()
        self._seen: set[str] = set()
        self._undated: set[tuple[str, str]] = set()
        self.structure = self.reader.structure
        self.report = ReadReport([])

    @cached_property
    def facts(self) -> frozenset[str]:
        """The facts that some row is about."""
        values = self.reader.values(_FACT.name)
        found = {self._ids.get(fold_header(str(fact))) for _, fact in values}
        return frozenset(filter(None, found))

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Yield the instant of each change that has one, of whatever fact, and what it says.

        Raises:
            BookError: the table cannot be read.
        """
        for _, _, at, fact, row in self._dated(None, ReadReport([])):
            said: dict[str, Value] = {_AT.name: at, _FACT.name: fact}
            for name in VALUES:
                cell = row.get(name)
                if cell is not None and str(cell).strip():
                    said[name] = str(cell)  # of whatever type the fact is
            yield self._instant(at), said

    def cells(self, only: Collection[str] | None) -> dict[str, Mapping[str, Cell | LastChange]]:
        """Return the cells that were different at the instant, by prospect and fact.

        What a fact said before the first change on record is unknown, unless that change has an
        `old_value`; a boolean, or a fact with a default, is unreadable then. A boolean that has not
        changed since is in the table of prospects; its last change is what must be there. A boolean
        that was changed nobody knows when is unreadable.

        Args:
            only: The ids of the prospects to read the changes of; None for all.

        Raises:
            BookError: the table cannot be read.
        """
        after = self._first_after(only)
        flags = {each.name for each in self._prospects.columns if each.type == "boolean"}
        undated = [(owner, fact) for owner, fact in self._undated if fact in flags]
        if not (after or undated) and flags.isdisjoint(self._seen):
            return {}
        before = self._last_before(only, after.keys(), flags)
        readers = {
            each.name: CellReader(each, self._prospects.zone) for each in self._prospects.columns
        }
        found: dict[str, dict[str, Cell | LastChange]] = {}
        for (owner, fact), change in before.items():
            value = readers[fact].read(change.cell)
            if (owner, fact) not in after and value is not None:
                last = value if isinstance(value, CellError) else LastChange(value)
                found.setdefault(owner, {})[fact] = last
        for key, change in after.items():
            owner, fact = key
            cell = self._cell(before.get(key, change), readers[fact])
            found.setdefault(owner, {})[fact] = cell
        for owner, fact in undated:
            found.setdefault(owner, {})[fact] = ALREADY_REPORTED
        return dict(found)

    def refuse_unreadable(self, help: str) -> None:
        """Raise BookError if more than half of the rows that were read cannot be read.

        Args:
            help: What to do about it.
        """
        report, file = self.report, self.reader.source.file
        if self._unfed:
            name = min(self._unfed)
            message = f"`{file}` has changes of `{name}`, and the table of prospects no such column"
            raise BookError(message, f"add the column with what it says today; {help}")
        if report.lost * 2 > report.rows:
            message = f"{report.lost:,} of {report.rows:,} rows of `{file}` cannot be read"
            raise BookError(message, help)

    def _first_after(self, only: Collection[str] | None) -> dict[tuple[str, str], _Change]:
        """Return the first change after the instant, by prospect and fact: what it changed."""
        self.report = ReadReport([])
        found: dict[tuple[str, str], _Change] = {}
        self._seen.clear()
        self._undated.clear()
        for key, at, number, cells in self._changes(only, self.report):
            self._seen.add(key[1])
            if at > self._now and (key not in found or at < found[key].at):
                found[key] = _Change(at, number, "old_value", cells.get("old_value"))
        return found

    def _last_before(
        self,
        only: Collection[str] | None,
        keys: Collection[tuple[str, str]],
        flags: Collection[str],
    ) -> dict[tuple[str, str], _Change]:
        """Return the last change up to the instant of each of ``keys`` and of all ``flags``."""
        found: dict[tuple[str, str], _Change] = {}
        for key, at, number, cells in self._changes(only, ReadReport([])):
            if (
                (key in keys or key[1] in flags)
                and at <= self._now
                and (key not in found or at >= found[key].at)
            ):
                found[key] = _Change(at, number, "value", cells.get("value"))
        return found

    def _cell(self, change: _Change, reader: CellReader) -> Cell:
        """Return what a cell said: as the last change left it, else as the next one found it."""
        name = reader.column.name
        if change.column not in self.reader.names:
            lost = reader.column.type == "boolean" or name in self._defaults
            return ALREADY_REPORTED if lost else None
        value = reader.read(change.cell)
        if isinstance(value, CellError):
            unknown = f"what `{name}` said then is unknown"
            found = self.reader.problem(change.number, change.column, value, unknown)
            self.report.problems.append(found)
            return ALREADY_REPORTED
        return value

    def _changes(
        self, only: Collection[str] | None, report: ReadReport
    ) -> Iterator[tuple[tuple[str, str], int, int, Mapping[str, RawCell]]]:
        """Yield the prospect and fact of each change, its instant, the number of its row, cells."""
        for owner, number, at, fact, row in self._dated(only, report):
            id = self._ids.get(fold_header(fact))
            if id in self._prospects.names:
                yield (owner, id), self._instant(at), number, row
            elif id is not None and self._prospects.schema.columns[id].type == "boolean":
                self._unfed.add(id)

    def _dated(
        self, only: Collection[str] | None, report: ReadReport
    ) -> Iterator[tuple[str, int, Value, str, Mapping[str, RawCell]]]:
        """Yield each row with an instant and a fact: its prospect, its number, both, its cells."""
        readers = {each.name: CellReader(each, self.reader.zone) for each in (_AT, _FACT)}
        # Changes of somebody who is not in the book are no fault: no id is suspect.
        for number, owner, cells in self.reader.owned(report, only, None, ()):
            row = dict(zip(self.reader.names, cells, strict=False))
            read = {name: reader.read(row.get(name)) for name, reader in readers.items()}
            at, fact = read[_AT.name], read[_FACT.name]
            if at is None or fact is None or isinstance(at, CellError) or CellError is type(fact):
                self._lose(report, owner, number, read)
                if (id := self._ids.get(fold_header(str(fact)))) is not None:
                    self._undated.add((owner, id))
            else:
                yield owner, number, at, str(fact), row

    def _instant(self, at: Value) -> int:
        """Return when a change was made; one of which only the date is known, when it began."""
        return day_bounds(at.day, self.reader.zone)[0] if isinstance(at, LocalDate) else int(at)

    def _lose(self, report: ReadReport, owner: str, number: int, read: Mapping[str, Cell]) -> None:
        """Report a row that has no instant or no fact."""
        for name, cell in read.items():
            why = CellError("missing-value", f"`{name}` is missing") if cell is None else cell
            if isinstance(why, CellError):
                report.problems.append(self.reader.problem(number, name, why, "the row is skipped"))
        report.lose(owner, CellError in map(type, read.values()))
