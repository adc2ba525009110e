"""A playbook as one printed statement, from the user's tables to the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from textwrap import wrap

from sqlglot import exp

from engine.backends.sql.result.flat_result import FlatResult
from engine.backends.sql.source.required_columns import required_tables
from engine.backends.sql.source.source_tables import SourceTables
from engine.backends.sql.statement import Statement
from engine.backends.sql.tree.dialects import Dialect
from engine.language.model import Playbook

CTE_COMMENTS = {
    "zone_now": "each time zone at this instant",
    "zone_cutoffs": "instants that lie a length of open time from now",
    "zones": "the same, and what falls due a while from now",
    "prospect_zones": "each prospect with the clock of its zone",
    "facts": "what is known of each prospect, given and measured",
    "business_starts": "instants that something is counted from",
    "business_seconds": "open time up to the instants that something is counted from",
    "next_touch_raw": "when the cadence asks for a touch",
    "next_touch": "the same within opening hours",
    "time_to_dark": "of those who wait: what their silence has to reach",
    "goes_dark": "when silence turns dark",
    "best_cause": "for each action: the best of its causes",
    "action_values": "for each action: its value",
    "evaluated": "everything, and the state",
    "eligible_actions": "what is not held back",
    "actions": "what the playbook says of its actions",
    "action_rows": "one row a step",
}
"""A comment for each relation."""

Relations = Iterable[tuple[str, exp.Query]]


def print_playbook(
    playbook: Playbook,
    dialect: Dialect,
    *,
    now: int | None = None,
    without: frozenset[str] = frozenset(),
) -> str:
    """The statement that answers a row a step (`flat.COLUMNS`). ``now`` is written into it, or its
    only parameter. ``without``: see `reading.Reading`.
    """
    statement = Statement(playbook, now=now)
    reading = SourceTables(statement, dialect, without)
    query = answered(statement, reading, FlatResult(statement, dialect), dialect)
    return f"{_head(playbook, reading, dialect)}{dialect.print(query)}\n"


def read_by(playbook: Playbook) -> list[str]:
    """The tables that the statement of ``playbook`` reads, and their columns (`TABLE.COLUMN`), but
    for those it cannot do without.
    """
    found: list[str] = []
    for each in required_tables(Statement(playbook)):
        found += [each.table] if each.table != "prospects" else []
        found += [f"{each.table}.{name}" for name in each.columns]
    return found


def answered(
    statement: Statement, reading: SourceTables, flat: FlatResult, dialect: Dialect
) -> exp.Select:
    """The query from the tables that ``reading`` reads to the answer that ``flat`` gives."""
    relations = [*statement_relations(statement, reading), *flat.ctes()]
    return assembled(relations, flat.query(), dialect)


def _head(playbook: Playbook, reading: SourceTables, dialect: Dialect) -> str:
    """What it is, and what it reads. Nothing of it is an author's text but ids."""
    lines = [f"The playbook {playbook.id} as one statement. It reads:"]
    for name, columns in reading.declared().items():
        declared = (dialect.column(column, type) for column, type in columns.items())
        lines += wrap(
            f"{name} ({', '.join(declared)})",
            width=96,
            initial_indent="  ",
            subsequent_indent="    ",
        )
    return "".join(f"-- {line}\n" for line in lines)


def statement_relations(statement: Statement, reading: SourceTables) -> Relations:
    """The relations of ``statement`` up to `evaluated`, over the tables that ``reading`` reads."""
    yield from reading.ctes()
    renamed = reading.renamed()
    for name, relation in statement.relations():
        yield name, _over(relation.copy(), renamed)  # they share nodes with what asks again


def assembled(relations: Relations, query: exp.Select, dialect: Dialect) -> exp.Select:
    """``query`` with ``relations`` before it, for ``dialect``."""
    for name, relation in relations:
        if dialect.inlines and isinstance(relation, exp.Select):
            relation.offset(0, copy=False)  # what ends in OFFSET is not pasted into anything
        query = query.with_(exp.to_identifier(name, quoted=True), relation, copy=False)
        if (said := CTE_COMMENTS.get(name)) is not None:
            query.ctes[-1].add_comments([f" {said} "])
    for parameter in list(query.find_all(exp.Placeholder)):
        parameter.replace(dialect.now.copy())
    return query


def _over(relation: exp.Select, renamed: Mapping[str, str]) -> exp.Select:
    for table in relation.find_all(exp.Table):
        if table.name in renamed:
            table.set("this", exp.to_identifier(renamed[table.name], quoted=True))
    return relation
