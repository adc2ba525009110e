"""Find the tables and columns that a statement reads: those that some rule needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.backends.sql.rules.normalize_touches import columns_needed, touch_columns
from engine.backends.sql.statement import Statement
from engine.book.book import UNDATED
from engine.book.table_schema import TableName, table_schema
from engine.language.conditions import UNREADABLE_PREFIX, ValueType
from engine.language.model import Playbook, Table
from engine.language.walk import refs_in
from engine.semantics.dependencies import dependencies

_SHOWN = frozenset({"name", "owner", "stage", "timezone", "created_at"})
"""Facts that are needed for the result even if no rule reads them."""


@dataclass(frozen=True, slots=True)
class TableRead:
    """A table that is read: its key, and the type of each other column by name."""

    table: TableName
    key: str
    columns: Mapping[str, ValueType]


def tables_read(statement: Statement, more: frozenset[str] = frozenset()) -> list[TableRead]:
    """Return the tables that ``statement`` reads, `prospects` first.

    A playbook with a measure ``count: touches, where: {channel: email}`` gives `touches` with the
    columns ``at`` and ``channel``, and the other required columns of that table.

    Args:
        statement: The statement.
        more: Facts that `prospects` has a column for though no rule reads them; they may be
            measured or derived.
    """
    playbook = statement.playbook
    facts = _facts_read(playbook) | more
    # What a flag is computed from is read, though no rule may read the fact itself.
    facts |= {
        id.removeprefix(UNREADABLE_PREFIX) for id in facts if id.startswith(UNREADABLE_PREFIX)
    }
    own = {id: fact.type for id, fact in playbook.facts.items() if id in facts and not fact.hidden}
    # Touches themselves tell whether one has no date.
    given = {
        id: type
        for id, type in own.items()
        if (playbook.facts[id].given and id != UNDATED) or id in more
    }
    tables = {rows.table for rows in statement.measures.passes()}
    rows = [
        TableRead(name, table_schema(playbook, name).key, dict(_cells_read(statement, name)))
        for name in playbook.columns
        if name in tables
    ]
    return [TableRead("prospects", table_schema(playbook, "prospects").key, given), *rows]


def _facts_read(playbook: Playbook) -> frozenset[str]:
    cadence = playbook.cadence
    counted = {cadence.start, cadence.count, cadence.gap_from}
    read = dependencies(playbook).read
    return _SHOWN | counted | {name.id for name in read if name.section == "facts"}


def _cells_read(statement: Statement, table: Table) -> Iterator[tuple[str, ValueType]]:
    playbook = statement.playbook
    layout = table_schema(playbook, table)
    read = set(layout.required)
    if table == "touches":
        read |= columns_needed(statement.measures.features, touch_columns(playbook.facts.values()))
    for fact in playbook.facts.values():
        if fact.measure is None or fact.measure.table != table:
            continue
        if fact.measure.column is not None:
            read.add(fact.measure.column.name)
        if fact.measure.where is not None:
            read |= {each.id for each in refs_in(fact.measure.where) if each.kind == "column"}
    return ((name, column.type) for name, column in layout.columns.items() if name in read)
