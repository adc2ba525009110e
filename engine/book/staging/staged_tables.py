"""One table of a book as a typed relation: rows that SQL vouches for, and rows that Python read."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import TYPE_CHECKING

from sqlglot import exp

from engine.book.readers.duckdb_file import READABLE, DuckTable
from engine.book.sql_nodes import call, coalesce, column, constant, named, table, whole
from engine.book.staging.connection import number_rows
from engine.book.staging.reread_rows import Complement, fill
from engine.book.staging.staged_cells import Ends
from engine.book.staging.staged_sql import define, rows
from engine.book.staging.trusted_rows import TrustedRows
from engine.book.table_schema import TableName, TableSchema, staged_name
from engine.book.typed_rows import ReadReport, TableReader
from engine.language.conditions import Value
from engine.language.model import Column, Playbook

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

KNOWN = 500_000
"""The ids of so many prospects are kept in memory while rows of other tables are read."""


def stage_nothing(connection: DuckDBPyConnection, layout: TableSchema, playbook: Playbook) -> None:
    """Make the relation of a table that the book does not have."""
    cells = [_default(each, playbook, layout.table) for each in layout.columns.values()]
    query = exp.select(named(constant(None, "text"), layout.key), *cells).limit(0)
    define(connection, "VIEW", layout.table, query)


class StagedTable:
    """Makes the relation of the table that ``reader`` reads; see `staging.Staged` for its shape."""

    def __init__(
        self, connection: DuckDBPyConnection, reader: TableReader, playbook: Playbook
    ) -> None:
        self.findings = ReadReport([])
        self._connection = connection
        self._reader = reader
        self._name: TableName = reader.layout.table
        self._odd = f"read {self._name}"
        self._playbook = playbook
        self._sound: TrustedRows | None = None

    def stage(self) -> None:
        """Make the relation. Those of other tables need the prospects' before."""
        prospects = self._name == "prospects"
        if _stored(self._reader):
            raw = f"stored {self._name}"
            number_rows(self._connection, raw, self._reader)
            owners = None if prospects else "prospects"
            self._sound = TrustedRows(self._connection, self._reader, raw, owners)
        if prospects:
            self._stage_prospects()
        else:
            self._stage_rows()

    @property
    def ends(self) -> Mapping[str, Ends | None]:
        """See `TrustedRows.ends`; none where Python read rows, whose instants may be others."""
        return {} if self._sound is None or self._sound.has_odd else self._sound.ends

    def _stage_prospects(self) -> None:
        """Most books have no id twice; of one that has, those rows are read again."""
        self._fill(None, repeated=frozenset())
        if repeated := self._repeated():
            if self._sound is not None:
                define(self._connection, "TABLE", "repeated ids", _list_of(repeated))
                self._sound.set_apart("repeated ids")
            self._fill(None, repeated=frozenset(repeated))

    def _stage_rows(self) -> None:
        count = exp.select(exp.Count(this=exp.Star())).from_(table("prospects"))
        ((prospects,),) = rows(self._connection, count)
        if int(prospects or 0) <= KNOWN:
            query = exp.select(column("id")).from_(table("prospects"))
            self._fill(frozenset(str(id) for (id,) in rows(self._connection, query)))
            return
        self._fill(Complement(()))
        same = column("prospect_id", self._odd).eq(column("id", "prospects"))
        query = exp.select(column("prospect_id", self._odd)).distinct().from_(table(self._odd))
        nobody = rows(self._connection, query.join(table("prospects"), on=same, join_type="anti"))
        if nobody:
            self._fill(Complement(frozenset(str(id) for (id,) in nobody)))

    def _fill(self, known: Container[str] | None, repeated: Container[str] | None = None) -> None:
        """Read what Python has to read, all of it anew, and make the relation."""
        sound, reader, self.findings = self._sound, self._reader, ReadReport([])
        source = reader.source if sound is None else sound.odd_rows()
        zoneless = () if sound is None else sound.zoneless()
        part = reader.part(source, repeated, zoneless)
        fill(self._connection, self._odd, part, part.rows(self.findings, None, known), self._given)
        if sound is not None:
            self.findings.rows += sound.count()
        query: exp.Query = self._select_odd()
        if sound is not None:
            query = exp.union(self._select_sound(sound), query, distinct=False)
        define(self._connection, "VIEW", self._name, query)

    def _repeated(self) -> list[str]:
        """The ids that more than one row has."""
        hashed = call("hash", column("id"))  # smaller than ids; those that share one are counted
        several = exp.Count(this=exp.Star()) > whole(1)
        shared = (
            exp.select(hashed).from_(table("prospects")).group_by(hashed.copy()).having(several)
        )
        if not rows(self._connection, shared.copy().limit(1)):
            return []
        query = exp.select(column("id")).from_(table("prospects")).group_by(column("id"))
        query = query.where(exp.In(this=hashed.copy(), query=shared.subquery())).having(
            several.copy()
        )
        return [str(id) for (id,) in rows(self._connection, query)]

    @property
    def _given(self) -> dict[str, Value]:
        """The defaults of columns that the table has."""
        facts = self._playbook.facts if self._name == "prospects" else {}
        return {
            name: fact.default
            for name in self._reader.names
            if (fact := facts.get(name)) and fact.default is not None
        }

    def _select_odd(self) -> exp.Select:
        layout = self._reader.layout
        cells = [
            column(staged_name(layout.key, name))
            if name in self._reader.names
            else _default(each, self._playbook, self._name)
            for name, each in layout.columns.items()
        ]
        return exp.select(column(layout.key), *cells).from_(table(self._odd))

    def _select_sound(self, sound: TrustedRows) -> exp.Select:
        layout, given = self._reader.layout, self._given
        cells = []
        for name, each in layout.columns.items():
            if name not in self._reader.names:
                cells.append(_default(each, self._playbook, self._name))
                continue
            value = sound.cells[name].value
            if name in given:
                value = coalesce(value, constant(given[name], each.type))
            cells.append(named(value, staged_name(layout.key, name)))
        return sound.select().select(named(sound.key.value, layout.key), *cells)


def _stored(reader: TableReader) -> bool:
    """Whether the table is one that SQL may read."""
    source = reader.source
    return isinstance(source, DuckTable) and source.type_of(reader.layout.key) in READABLE


def _default(wanted: Column, playbook: Playbook, table: TableName) -> exp.Expression:
    """What stands in a column that the book does not have."""
    key = "id" if table == "prospects" else "prospect_id"
    default = playbook.facts[wanted.name].default if table == "prospects" else None
    return named(constant(default, wanted.type), staged_name(key, wanted.name))


def _list_of(ids: list[str]) -> exp.Select:
    return exp.select(named(exp.Unnest(expressions=[exp.convert(ids)]), "id"))
