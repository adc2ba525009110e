"""Find the tables and columns that a statement reads: those that its rules ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.backends.sql.statement import Statement
from engine.book.table_schema import TableName, table_schema
from engine.language.conditions import ValueType, refs_in
from engine.language.model import Playbook, Table
from engine.semantics.dependencies import dependencies

_SHOWN = frozenset({"name", "owner", "stage", "timezone"})
"""Facts that count for the answer though no rule reads them."""


@dataclass(frozen=True, slots=True)
class TableRead:
    """One table that is read: its key, and its other columns by name."""

    table: TableName
    key: str
    columns: Mapping[str, ValueType]


def tables_read(statement: Statement, more: frozenset[str] = frozenset()) -> list[TableRead]:
    """Return the tables that ``statement`` reads. ``more`` are facts that `prospects` has beside
    those that are asked for, worked out by the playbook or not.
    """
    playbook = statement.playbook
    facts = _facts_read(playbook) | more
    own = {id: fact.type for id, fact in playbook.facts.items() if id in facts}
    given = {id: type for id, type in own.items() if playbook.facts[id].given or id in more}
    tables = {rows.table for rows in statement.measures.passes()}
    rows = [
        TableRead(name, table_schema(playbook, name).key, dict(_cells_read(playbook, name)))
        for name in playbook.columns
        if name in tables
    ]
    return [TableRead("prospects", table_schema(playbook, "prospects").key, given), *rows]


def _facts_read(playbook: Playbook) -> frozenset[str]:
    cadence = playbook.cadence
    counted = {cadence.start, cadence.count, cadence.gap_from}
    read = dependencies(playbook).read
    return _SHOWN | counted | {name.id for name in read if name.section == "facts"}


def _cells_read(playbook: Playbook, table: Table) -> Iterator[tuple[str, ValueType]]:
    layout = table_schema(playbook, table)
    read = set(layout.required)
    for fact in playbook.facts.values():
        if fact.measure is None or fact.measure.table != table:
            continue
        if fact.measure.column is not None:
            read.add(fact.measure.column.name)
        if fact.measure.where is not None:
            read |= {each.id for each in refs_in(fact.measure.where) if each.kind == "column"}
    return ((name, column.type) for name, column in layout.columns.items() if name in read)
