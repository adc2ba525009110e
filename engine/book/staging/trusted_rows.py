"""Split the rows of a Parquet or DuckDB table: SQL converts the trusted ones, Python the others."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from sqlglot import exp

from engine.book import sql_nodes as q
from engine.book.cells import CellError, CellReader
from engine.book.readers.duckdb_file import READABLE, WITH_ZONE, DuckTable
from engine.book.staging.connection import ROW_NUMBER, STORED, number_rows
from engine.book.staging.local_times import LocalTimes, local_known
from engine.book.staging.staged_cells import (
    WORDS,
    StagedCell,
    TypedCell,
    by_dictionary,
    seconds,
    text_of,
    typed_cell,
)
from engine.book.staging.staged_sql import define, in_word_map, rows
from engine.book.typed_rows import TableReader
from engine.language.conditions import Value
from engine.language.invisible import MAX_MARKS
from engine.language.model import Column

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

COMMONEST = 1_000
"""The number of texts of a column, commonest first, that Python reads for SQL to look up."""

WHITE_SPACE = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""The characters that `str.strip` removes."""


class TrustedRows:
    """The rows of the table that ``reader`` reads, split into trusted and untrusted ones.

    All rows are numbered in a relation, and the numbers of untrusted rows are in a table. A row is
    untrusted if a cell is not `valid`, if its key is one of ``changed``, if its prospect is not in
    the staged relation `prospects`, or, in the table of prospects itself, if its id is duplicate.
    `engine.book.typed_rows` reads the untrusted rows, so that only that module decides what is
    wrong with a row and reports it.

    ``key`` and ``cells`` convert a trusted row. ``count`` and ``untrusted_count`` are the numbers
    of trusted and untrusted rows.
    """

    def __init__(
        self, connection: DuckDBPyConnection, reader: TableReader, changed: Collection[str] = ()
    ) -> None:
        self._connection = connection
        self._reader = reader
        self._stored = f"stored {reader.schema.table}"
        self._untrusted = f"untrusted {reader.schema.table}"
        number_rows(connection, self._stored, reader)
        relation = connection.table(f'"{self._stored}"')
        self._types = dict(zip(relation.columns, relation.types, strict=True))
        key = self._cell(Column(reader.schema.key, "text"))
        self.key = text_of(key) or TypedCell(q.constant(None, "text"), exp.false())
        self.cells = {each.name: self._typed(each) for each in reader.columns}
        invalid = self._numbers().where(q.negated(q.both(self._valid())))
        untrusted: exp.Query = exp.union(invalid, self._unowned(key))
        if changed:
            untrusted = exp.union(untrusted, self._changed(changed))
        define(connection, "TABLE", self._untrusted, untrusted)
        self.untrusted_count = self._count(self._untrusted)
        self.count = self._count(self._stored) - self.untrusted_count

    def untrusted_rows(self) -> DuckTable:
        """Return the untrusted rows as they are in the file, in the order of the file."""
        source = self._reader.source
        assert isinstance(source, DuckTable)
        cells = [q.column(name, STORED) for name in self._types]
        query = exp.select(*cells).from_(q.table(self._stored, STORED))
        query = query.join(q.table(self._untrusted), on=self._is_untrusted)
        relation = self._connection.sql(query.sql(dialect="duckdb"))
        return DuckTable(self._connection, relation, source.file, source.stored, ROW_NUMBER)

    def select(self, *cells: exp.Expression) -> exp.Select:
        """Build ``SELECT cells FROM`` the trusted rows, whose alias is `STORED`."""
        # Without untrusted rows, no join: then the view reads the file and nothing else.
        query = exp.select(*cells).from_(q.table(self._stored, STORED))
        if self.untrusted_count == 0:
            return query
        return query.join(q.table(self._untrusted), on=self._is_untrusted, join_type="anti")

    def zoneless(self) -> frozenset[str]:
        """Return the columns in which a trusted row has an instant without a time zone."""
        return frozenset(
            name
            for name, cell in self.cells.items()
            if cell.zoneless != exp.false() and self._is_any(q.both([_known(name), cell.zoneless]))
        )

    def _is_any(self, condition: exp.Expression) -> bool:
        return bool(rows(self._connection, self.select(exp.true()).where(condition).limit(1)))

    @property
    def _is_untrusted(self) -> exp.Expression:
        return q.column(ROW_NUMBER, STORED).eq(q.column(ROW_NUMBER, self._untrusted))

    def _count(self, relation: str) -> int:
        query = exp.select(exp.Count(this=exp.Star())).from_(q.table(relation))
        ((count,),) = rows(self._connection, query)
        return int(count or 0)

    def _numbers(self) -> exp.Select:
        return exp.select(q.column(ROW_NUMBER, STORED)).from_(q.table(self._stored, STORED))

    def _valid(self) -> Iterator[exp.Expression]:
        """Yield the conditions that a row must meet to be trusted, none of which may be unknown."""
        yield q.both([_known(self._reader.schema.key), self.key.valid])
        for name, cell in self.cells.items():
            if name in self._reader.schema.non_empty:
                yield q.both([_known(name), cell.valid])
            elif cell.valid != exp.true():
                yield q.either([q.negated(_known(name)), cell.valid])

    def _unowned(self, key: StagedCell) -> exp.Select:
        """Select the rows of unknown prospects; of prospects, the rows with a duplicate id."""
        if self._reader.schema.table != "prospects":
            same = self.key.value.eq(q.column("id", "prospects"))
            return self._numbers().join(q.table("prospects"), on=same, join_type="anti")
        # Hashes take less memory than ids. If two ids have the same hash by chance, both rows are
        # untrusted, and Python finds that the ids differ.
        hashed = q.call("hash", self._spelled(key))
        repeated = exp.select(q.named(hashed, "hash")).from_(q.table(self._stored, STORED))
        repeated = repeated.group_by(hashed.copy()).having(exp.Count(this=exp.Star()) > q.whole(1))
        same = hashed.copy().eq(q.column("hash", "repeated"))
        return self._numbers().join(repeated.subquery("repeated"), on=same, join_type="semi")

    def _changed(self, keys: Collection[str]) -> exp.Select:
        """Select the rows with one of ``keys``."""
        self._connection.execute("CREATE TABLE changed (id VARCHAR)")
        appender = self._connection.appender("changed")
        appender.append_rows([(key,) for key in sorted(keys)])
        appender.flush()
        same = self.key.value.eq(q.column("id", "changed"))
        return self._numbers().join(q.table("changed"), on=same, join_type="semi")

    def _spelled(self, key: StagedCell) -> exp.Expression:
        """Build an expression that is equal for all spellings of the same id."""
        if key.type not in WORDS:
            return self.key.value.copy()
        normalized = q.call("nfc_normalize", q.call("trim", key.text, q.text(WHITE_SPACE)))
        # Most ids are valid and need no normalizing; to normalize all takes three times as long.
        case = exp.Case().when(self.key.valid.copy(), self.key.value.copy(), copy=False)
        # Python refuses an id with more marks in a row, which would take quadratic time here.
        piled = q.call("regexp_matches", key.text, q.text(rf"\pM{{{MAX_MARKS + 1}}}"))
        return case.when(piled, key.text, copy=False).else_(normalized, copy=False)

    def _cell(self, wanted: Column) -> StagedCell:
        type = self._types[wanted.name]
        scale = int(str(dict(type.children)["scale"])) if type.id == "decimal" else 0
        return StagedCell(wanted, type.id if type.id in READABLE else "null", scale)

    def _typed(self, wanted: Column) -> TypedCell:
        cell = self._cell(wanted)
        if cell.type == "null":  # also for lists, for example: `DuckTable` reports the whole column
            # Empty, whatever the file holds: where a value is needed, no row is trusted.
            needed = wanted.name in self._reader.schema.non_empty
            return TypedCell(q.constant(None, wanted.type), exp.false() if needed else exp.true())
        zone = wanted.type == "text" and wanted.name == "timezone"
        if zone or wanted.type == "duration":
            return by_dictionary(cell, dict(self._commonest(cell)) if cell.type in WORDS else {})
        if wanted.type == "choice" and cell.type in WORDS:
            ids: dict[str, Value] = {word.id: word.id for word in wanted.choices}
            return by_dictionary(cell, ids | dict(self._commonest(cell, except_for=tuple(ids))))
        return typed_cell(cell, self._times(cell))

    def _times(self, cell: StagedCell) -> LocalTimes:
        """Return the local times in the range of the column."""
        local = seconds(cell) if cell.column.type == "time" and cell.type != WITH_ZONE else None
        if local is None:
            return LocalTimes(self._reader.zone)
        times = exp.select(q.named(local, "local")).from_(q.table(self._stored, STORED))
        ends = [kind(this=q.column("local")) for kind in (exp.Min, exp.Max)]
        query = (
            exp.select(*ends).from_(times.subquery("times")).where(local_known(q.column("local")))
        )
        ((first, last),) = rows(self._connection, query)
        return LocalTimes(self._reader.zone, int(first or 0), int(last or 0))

    def _commonest(
        self, cell: StagedCell, except_for: tuple[str, ...] = ()
    ) -> Iterator[tuple[str, Value]]:
        """Yield the commonest texts of ``cell`` that are valid, each with its value.

        Those of ``except_for`` are left out.
        """
        texts = (
            exp.select(q.named(cell.text, "cell"))
            .from_(q.table(self._stored, STORED))
            .subquery("cells")
        )
        counted = exp.select("cell").from_(texts).where("cell IS NOT NULL").group_by("cell")
        if except_for:
            known = in_word_map(q.column("cell"), except_for)
            counted = counted.where(q.negated(known))
        query = counted.order_by("count(*) DESC, cell").limit(COMMONEST)
        reader = CellReader(cell.column, self._reader.zone)
        for (found,) in rows(self._connection, query):
            value = reader.read(str(found))
            if value is not None and not isinstance(value, CellError):
                yield str(found), value
        self._reader.mapped.setdefault(cell.column.name, {}).update(reader.mapped)


def _known(name: str) -> exp.Expression:
    return q.negated(exp.Is(this=q.column(name, STORED), expression=exp.null()))
