"""The rows of a stored table that SQL vouches for, and the numbers of those it does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from engine.book.calendar.clock import DAY
from engine.book.cells import CellError, CellReader
from engine.book.readers.duckdb_file import READABLE, WITH_ZONE, DuckTable
from engine.book.sql_nodes import both, column, constant, either, named, negated, table
from engine.book.staging.connection import NUMBER, STORED
from engine.book.staging.local_times import LocalTimes
from engine.book.staging.staged_cells import (
    WORDS,
    Ends,
    StagedCell,
    TypedCell,
    by_dictionary,
    seconds,
    text_of,
    typed_cell,
)
from engine.book.staging.staged_sql import define, rows
from engine.book.typed_rows import TableReader
from engine.language.conditions import Value
from engine.language.instants import EARLIEST, LATEST
from engine.language.model import Column

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

COMMONEST = 1_000
"""So many different texts of a column are read by Python, for SQL to look them up."""


class TrustedRows:
    """The rows of the relation ``raw`` (see `stored_tables.number_rows`) but for the odd ones,
    whose numbers are in the table ``odd``.

    A row is odd where a cell of it, its prospect among ``owners`` (a relation; None: the rows are
    prospects themselves), or what stands in other rows leaves anything to be said.
    """

    def __init__(
        self, connection: DuckDBPyConnection, reader: TableReader, raw: str, owners: str | None
    ) -> None:
        self.raw, self.odd = raw, f"odd rows of {raw}"
        self._connection = connection
        self._reader = reader
        relation = connection.sql(exp.select("*").from_(table(raw)).sql(dialect="duckdb"))
        self._types = dict(zip(relation.columns, relation.types, strict=True))
        self.ends: dict[str, Ends | None] = {}
        """By column: instants between which all of it lies, where that was to be had cheaply; None
        where nothing stands in it."""
        key = text_of(self._cell(Column(reader.layout.key, "text")))
        self.key = key or TypedCell(constant(None, "text"), exp.false())
        self.cells = {each.name: self._typed(each) for each in reader.columns}
        define(connection, "TABLE", self.odd, self._oddities(owners))

    def set_apart(self, ids: str) -> None:
        """Count the rows as odd whose key is in the table ``ids``."""
        same = self.key.value.eq(column("id", ids))
        found = self._numbers().join(table(ids), on=same)
        union = exp.union(found, exp.select(column(NUMBER)).from_(table(self.odd)))
        define(self._connection, "TABLE", f"more {self.odd}", union)
        define(
            self._connection, "TABLE", self.odd, exp.select("*").from_(table(f"more {self.odd}"))
        )

    @property
    def has_odd(self) -> bool:
        """Whether any row is odd."""
        return bool(rows(self._connection, exp.select("*").from_(table(self.odd)).limit(1)))

    def count(self) -> int:
        """How many rows are not odd."""
        counts = [
            exp.select(exp.Count(this=exp.Star())).from_(table(name))
            for name in (self.raw, self.odd)
        ]
        ((every,),), ((odd,),) = (rows(self._connection, query) for query in counts)
        return int(every or 0) - int(odd or 0)

    def odd_rows(self) -> DuckTable:
        """The odd rows as they are in the file, in its order."""
        source = self._reader.source
        assert isinstance(source, DuckTable)
        same = column(NUMBER, STORED).eq(column(NUMBER, self.odd))
        cells = [column(name, STORED) for name in self._types]
        query = exp.select(*cells).from_(table(self.raw, STORED)).join(table(self.odd), on=same)
        relation = self._connection.sql(query.sql(dialect="duckdb"))
        return DuckTable(self._connection, relation, source.file, source.stored, NUMBER)

    def select(self) -> exp.Select:
        """SELECT ... FROM the rows that are not odd, yet without columns."""
        query = exp.Select().from_(table(self.raw, STORED))
        if not self.has_odd:
            return query
        same = column(NUMBER, STORED).eq(column(NUMBER, self.odd))
        return query.join(table(self.odd), on=same, join_type="anti")

    def zoneless(self) -> frozenset[str]:
        """Columns in which a row that is not odd has an instant without a zone."""
        asked = {name: cell.zoneless for name, cell in self.cells.items()}
        return frozenset(
            name
            for name, test in asked.items()
            if test != exp.false()
            and rows(
                self._connection,
                self.select().select(exp.true()).where(both([_known(name), test])).limit(1),
            )
        )

    def _oddities(self, owners: str | None) -> exp.Query:
        expected = self._reader.layout.non_empty
        sound = [
            both([_known(name), cell.valid])
            if name in expected
            else either([negated(_known(name)), cell.valid])
            for name, cell in self.cells.items()
            if cell.valid != exp.true() or name in expected
        ]
        if owners is None:
            sound.append(both([_known(self._reader.layout.key), self.key.valid]))
        odd = self._numbers().where(negated(both(sound)))
        if owners is None:
            return odd
        same = self.key.value.eq(column("id", owners))
        return exp.union(odd, self._numbers().join(table(owners), on=same, join_type="anti"))

    def _numbers(self) -> exp.Select:
        return exp.select(column(NUMBER, STORED)).from_(table(self.raw, STORED))

    def _cell(self, wanted: Column) -> StagedCell:
        type = self._types[wanted.name]
        scale = int(str(dict(type.children)["scale"])) if type.id == "decimal" else 0
        return StagedCell(STORED, wanted, type.id if type.id in READABLE else "null", scale)

    def _typed(self, wanted: Column) -> TypedCell:
        cell = self._cell(wanted)
        if cell.type == "null":  # or what no cell can hold, which is said once of the whole column
            return TypedCell(constant(None, wanted.type), exp.true())
        zone = wanted.type == "text" and wanted.name == "timezone"
        if zone or wanted.type == "duration":
            return by_dictionary(cell, dict(self._commonest(cell)) if cell.type in WORDS else {})
        if wanted.type != "time":
            return typed_cell(cell, LocalTimes(self._reader.zone))
        if self._empty(cell):
            self.ends[wanted.name] = None
            return TypedCell(constant(None, "time"), exp.true())
        if (ends := self._ends(cell)) is None:
            return typed_cell(cell, self._times(cell))
        # What clocks show is a day away from UTC at most.
        away = 0 if cell.type == WITH_ZONE else DAY
        self.ends[wanted.name] = (ends[0] - away, ends[1] + away)
        return typed_cell(cell, LocalTimes(self._reader.zone, *ends), ends)

    def _ends(self, cell: StagedCell) -> Ends | None:
        """The first and the last of all cells, if these are times and can be told: DuckDB knows
        them of most files without reading the column.
        """
        if cell.type in WORDS:
            return None
        name, kinds = cell.column.name, {"first": exp.Min, "last": exp.Max}
        raw = [exp.alias_(kind(this=column(name)), end) for end, kind in kinds.items()]
        of_all = exp.select(*raw).from_(table(self.raw)).subquery("ends")
        whole = [StagedCell("ends", replace(cell.column, name=end), cell.type) for end in kinds]
        told = [told for each in whole if (told := seconds(each)) is not None]
        if not told:
            return None
        ((first, last),) = rows(self._connection, exp.select(*told).from_(of_all))
        if first is None or last is None:  # too far off to be told
            return None
        ends = int(first), int(last)
        if cell.type == WITH_ZONE:
            return ends if ends[0] >= EARLIEST and ends[1] <= LATEST else None
        return ends if LocalTimes(self._reader.zone).all_known(ends) else None

    def _empty(self, cell: StagedCell) -> bool:
        last = exp.Max(this=column(cell.column.name))
        empty = exp.Is(this=last, expression=exp.null())
        ((found,),) = rows(self._connection, exp.select(empty).from_(table(self.raw)))
        return bool(found)

    def _times(self, cell: StagedCell) -> LocalTimes:
        """The local times of ``cell``: they are told in fewer steps than those of all years."""
        local, zone = seconds(cell), self._reader.zone
        if local is None:
            return LocalTimes(zone)
        query = exp.select(named(local, "local")).from_(table(self.raw, STORED)).subquery("times")
        ends = [kind(this=column("local")) for kind in (exp.Min, exp.Max)]
        known = LocalTimes(zone).known(column("local"))
        ((first, last),) = rows(self._connection, exp.select(*ends).from_(query).where(known))
        return LocalTimes(zone, int(first or 0), int(last or 0))

    def _commonest(self, cell: StagedCell) -> Iterator[tuple[str, Value]]:
        """The texts that stand most often in ``cell`` and can be read, each with its value."""
        texts = (
            exp.select(named(cell.text, "cell")).from_(table(self.raw, STORED)).subquery("cells")
        )
        counted = exp.select("cell").from_(texts).where("cell IS NOT NULL").group_by("cell")
        query = counted.order_by("count(*) DESC, cell").limit(COMMONEST)
        values = CellReader(cell.column, self._reader.zone)
        for (found,) in rows(self._connection, query):
            value = values[str(found)]
            if value is not None and not isinstance(value, CellError):
                yield str(found), value


def _known(name: str) -> exp.Expression:
    return negated(exp.Is(this=column(name, STORED), expression=exp.null()))
