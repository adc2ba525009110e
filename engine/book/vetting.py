"""Rows to values: nothing is lost without a word, and nothing is guessed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from engine.book.cells import Cells, Raw, Unreadable
from engine.book.columns import Layout, columns_to_read
from engine.book.problem import RowProblem
from engine.book.source import Source
from engine.language.conditions import Value
from engine.language.model import Column
from engine.language.quoting import quoted

Cell = Value | Unreadable | None


class VettedRow(NamedTuple):
    """A row that belongs to the prospect ``key``.

    ``values`` go with the reader's ``names``, None where unknown; ``unreadable`` names the columns
    whose cell has something in it that is no value.
    """

    key: str
    values: tuple[Value | None, ...]
    unreadable: tuple[str, ...]


@dataclass(slots=True)
class Findings:
    """What came of reading a table beside its rows.

    ``rows`` counts those that were looked at, ``left_out`` those of them that could not be used.
    """

    problems: list[RowProblem]
    rows: int = 0
    left_out: int = 0

    def leave_out(self, problem: RowProblem) -> None:
        """Count a row that ``problem`` makes useless."""
        self.problems.append(problem)
        self.left_out += 1

    def report(self, problem: RowProblem) -> None:
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

    def __init__(self, source: Source, layout: Layout, zone: str) -> None:
        self.structure: list[RowProblem] = []
        self.columns = columns_to_read(layout, source, self.structure)
        self.names = tuple(column.name for column in self.columns)
        self._source = source
        self._layout = layout
        self._zone = zone
        self._expected = [self.names.index(name) for name in layout.expected]
        self._vital = [self.names.index(name) for name in layout.vital]

    def keys(self) -> Iterator[str]:
        """The key of every row that has one; may repeat."""
        keys = self._keys()
        for _, cells in self._source.rows((self._layout.key,), lambda _: None, None):
            if isinstance(key := keys[cells[0]], str):
                yield key

    def rows(
        self, findings: Findings, only: str | None = None, known: Collection[str] | None = None
    ) -> Iterator[VettedRow]:
        """The rows, or only those with the key ``only``; what is wrong is added to ``findings``.

        A row is left out where it has no key, one that is not among ``known``, or (``known`` is
        None) one that an earlier row has too; and where it has no value in a vital column.
        """
        readers = [Cells(column, self._zone) for column in self.columns]
        for number, key, cells in self._owned(findings, only, known):
            values: list[Cell] = [
                reader[cell] for reader, cell in zip(readers, cells, strict=False)
            ]
            unreadable: tuple[str, ...] = ()
            if Unreadable in map(type, values) or None in map(values.__getitem__, self._expected):
                unreadable = self._vet(number, values, findings.problems)
                if None in map(values.__getitem__, self._vital):
                    findings.left_out += 1
                    continue
            yield VettedRow(key, tuple(values), unreadable)  # type: ignore[arg-type]
        findings.problems += [self._zoneless(reader) for reader in readers if reader.zoneless]

    def _owned(
        self, findings: Findings, only: str | None, known: Collection[str] | None
    ) -> Iterator[tuple[int, str, Sequence[Raw]]]:
        """Rows with their number, the prospect they belong to, and their other cells."""
        keys = self._keys()
        first: dict[str, int] = {}
        wanted = (self._layout.key, *self.names)
        for number, (owner, *cells) in self._source.rows(wanted, findings.report, only):
            key = keys[owner]
            if only is not None and key != only:
                continue
            findings.rows += 1
            if not isinstance(key, str):
                findings.leave_out(self._unowned(number, key))
            elif known is not None and key not in known:
                nobody = Unreadable("unknown-prospect", f"there is no prospect {quoted(key)}")
                findings.leave_out(self._unowned(number, nobody))
            elif known is None and first.setdefault(key, number) != number:
                findings.leave_out(self._duplicate(number, key, first[key]))
            else:
                yield number, key, cells

    def _keys(self) -> Cells:
        return Cells(Column(self._layout.key, "text"), self._zone)

    def _vet(self, number: int, values: list[Cell], problems: list[RowProblem]) -> tuple[str, ...]:
        """Report and make unknown what cannot be read; gives the names of those columns."""
        unreadable = []
        for at, (name, value) in enumerate(zip(self.names, values, strict=True)):
            if isinstance(value, Unreadable):
                problems.append(self._cell_problem(number, at, value))
                unreadable.append(name)
                values[at] = None
            elif value is None and at in self._expected:
                missing = Unreadable("missing-value", f"there is no `{name}`")
                problems.append(self._cell_problem(number, at, missing))
        return tuple(unreadable)

    def _cell_problem(self, number: int, at: int, why: Unreadable) -> RowProblem:
        lost = "the row is left out" if at in self._vital else "the value is unknown"
        return self._problem(number, self.names[at], why, lost)

    def _unowned(self, number: int, why: Cell) -> RowProblem:
        key = self._layout.key
        if not isinstance(why, Unreadable):
            why = Unreadable("no-id", f"there is no `{key}`")
        return self._problem(number, key, why, "the row is left out")

    def _duplicate(self, number: int, key: str, first: int) -> RowProblem:
        message = f"the prospect {quoted(key)} stands in row {first} already"
        why = Unreadable("duplicate-prospect", message, "an id belongs to one prospect")
        return self._problem(number, self._layout.key, why, "this row is left out")

    def _zoneless(self, reader: Cells) -> RowProblem:
        message = f"instants without a zone are read in the calendar's zone, `{self._zone}`"
        help = "write the zone with the instant: `2026-03-05T15:00:00Z`, `2026-03-05T15:00-05:00`"
        name = reader.column.name
        return RowProblem(self._source.file, None, name, "no-zone", message, help, "warning")

    def _problem(self, number: int, column: str, why: Unreadable, lost: str) -> RowProblem:
        message = f"{why.message}; {lost}"
        return RowProblem(self._source.file, number, column, why.code, message, why.help)
