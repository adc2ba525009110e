"""What the given facts of prospects said at an instant, where they were changed after it.

The optional table `changes` has a row for each change of a fact. The table of prospects is the last
word: only a fact that was changed after the instant of evaluation had another value then.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Mapping
from dataclasses import dataclass, field

from engine.book.cells import Cell, CellError, CellReader, RawCell
from engine.book.header_names import CRM_NAMES
from engine.book.source_table import SourceTable
from engine.book.table_schema import REQUIRED_COLUMNS, TableSchema
from engine.book.typed_rows import ReadReport, TableReader
from engine.language.instants import day_bounds
from engine.language.model import Column
from engine.language.value_rules import LocalDate, fold_word

SCHEMA = TableSchema(
    "changes",
    REQUIRED_COLUMNS["changes"][0],
    {
        each.name: each
        for each in (
            Column("at", "time"),
            Column("fact", "text"),
            Column("value", "text"),
            Column("old_value", "text"),
        )
    },
    non_empty=("at", "fact"),
    required=("at", "fact"),
)
"""The columns of the table of changes; `old_value` is what the fact said before."""


class _Anybody(Container[str]):
    """All ids: a change of somebody who is not in the book is no fault."""

    def __contains__(self, _: object) -> bool:
        return True


@dataclass(slots=True)
class _FactHistory:
    """The changes of one fact of one prospect around an instant.

    ``before`` is the last change up to it, ``after`` the first one later, each with what the fact
    said from then on (``before``), or until then (``after``).
    """

    before: tuple[int, RawCell] | None = None
    after: tuple[int, RawCell] | None = None


@dataclass(slots=True)
class History:
    """The table of changes, as it is known at one instant.

    Attributes:
        source: The table in its file.
        prospects: The reader of the table of prospects, whose facts the changes are about.
        now: The instant, in seconds since 1970 UTC.
        facts: The facts that some row is about; complete once `values` was called without ``only``.
        report: What was read, and its problems.
    """

    source: SourceTable
    prospects: TableReader
    now: int
    facts: set[str] = field(default_factory=set)
    report: ReadReport = field(default_factory=lambda: ReadReport([]))

    def values(self, only: Collection[str] | None) -> dict[str, Mapping[str, Cell]]:
        """Return the cells that were different at ``now``, by prospect and fact; None is empty.

        What a fact said before the first change on record is unknown, unless that change has an
        `old_value`.

        Args:
            only: The ids of the prospects to read the changes of; None for all.

        Raises:
            BookError: the table lacks a column, or cannot be read.
        """
        found: dict[str, dict[str, _FactHistory]] = {}
        for owner, fact, at, cells in self._changes(only):
            own = found.setdefault(owner, {}).setdefault(fact, _FactHistory())
            if at <= self.now and (own.before is None or at >= own.before[0]):
                own.before = at, cells[0]
            if at > self.now and (own.after is None or at < own.after[0]):
                own.after = at, cells[1]
        readers = {
            each.name: CellReader(each, self.prospects.zone) for each in self.prospects.columns
        }
        known: dict[str, Mapping[str, Cell]] = {}
        for owner, facts in found.items():
            changed = {fact: each for fact, each in facts.items() if each.after is not None}
            if changed:
                known[owner] = {fact: _read(readers[fact], each) for fact, each in changed.items()}
        return known

    def _changes(
        self, only: Collection[str] | None
    ) -> Iterator[tuple[str, str, int, tuple[RawCell, RawCell]]]:
        """Yield the owner, the fact and the instant of each change, with the new and old cell."""
        reader = TableReader(
            self.source, SCHEMA, self.prospects.zone, zone_told=self.prospects.zone_told
        )
        self.report = ReadReport([])
        ids = {
            fold_word(name): each
            for each in self.prospects.names
            for name in (*CRM_NAMES.get(each, ()), each)
        }
        for owner, values, _ in reader.rows(self.report, only, known=_Anybody(), suspects=()):
            row = dict(zip(reader.names, values, strict=True))
            fact = ids.get(fold_word(str(row["fact"])))
            at = row["at"]
            if fact is None or at is None:
                continue
            self.facts.add(fact)
            begins = day_bounds(at.day, reader.zone)[0] if isinstance(at, LocalDate) else int(at)
            yield owner, fact, begins, (_raw(row["value"]), _raw(row.get("old_value")))


def _raw(value: object) -> RawCell:
    return None if value is None else str(value)


def _read(reader: CellReader, found: _FactHistory) -> Cell:
    """Return what a cell said: as the last change left it, else as the next one found it."""
    assert found.after is not None
    cell = found.after[1] if found.before is None else found.before[1]
    value = reader.read(cell)
    if isinstance(value, CellError):
        return CellError(value.code, f"{value.message} (in the table of changes)", value.help)
    return value
