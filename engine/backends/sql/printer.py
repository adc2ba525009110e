"""Print a playbook as one statement, from the user's tables to the flat table of results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from textwrap import wrap

from sqlglot import exp

from engine.backends.sql.result.flat_result import FlatResult
from engine.backends.sql.rules.normalize_touches import all_features
from engine.backends.sql.source.columns_read import tables_read
from engine.backends.sql.source.source_tables import SourceTables
from engine.backends.sql.statement import Statement
from engine.backends.sql.tree.dialects import Dialect
from engine.language.model import Playbook

CTE_COMMENTS = {
    "zone_now": "each time zone at this instant",
    "zone_cutoffs": "cutoff instants per time zone (now ± business time)",
    "zones": "cutoff instants per time zone, plus due dates counted from now",
    "prospect_regions": "each prospect with its region of the calendar",
    "prospect_places": "each prospect with the time zone of its dates",
    "prospect_zones": "each prospect with the row of its time zone",
    "touches_dated": "touches, each date alone as the start of its day",
    "events_dated": "events, each date alone as the start of its day",
    "touches_normalized": "touches: what outcomes mean, and rows of one message numbered",
    "facts": "what is known of each prospect, given and measured",
    "business_starts": "instants that business time is counted from",
    "business_seconds": "business seconds from the start of the calendar to each of them",
    "next_touch_raw": "next touch by the cadence, at any time of day",
    "next_touch": "next touch by the cadence, in business hours",
    "time_to_dark": "waiting prospects: business seconds until dark",
    "goes_dark": "waiting prospects: when silence turns dark",
    "best_cause": "for each action: confidence x fit of its best cause",
    "action_values": "for each action: its cause and its value",
    "evaluated": "all facts and conclusions, and the state",
    "actions": "what the playbook says of its actions",
    "with_lists": "one row per prospect, eligible actions not yet split by guards",
    "results": "one row per prospect, with lists of structs",
    "result_rows": "one row per recommended step, the step as a struct",
    "causes_rows": "one row per likely cause, ranked",
    "causes_ids": "one row per prospect: its causes, likeliest first",
    "held_back_rows": "one row per blocked action, ranked",
    "held_back_ids": "one row per prospect: its blocked actions, by value",
    "eligible_actions": "for each action: its value unless it is blocked",
    "step_rows": "one row per recommended step",
    "action_rows": "one row per recommended step, ranked",
}
"""What a relation holds, printed beside it."""

Relations = Iterable[tuple[str, exp.Query]]


def print_playbook(  # noqa: PLR0913 - every one but the first two has a default
    playbook: Playbook,
    dialect: Dialect,
    *,
    now: int | None = None,
    without: frozenset[str] = frozenset(),
    dates: frozenset[str] = frozenset(),
    recorded: bool = False,
) -> str:
    """Print the statement that selects `result_schema.FLAT`, from the user's own tables.

    Args:
        playbook: What to evaluate.
        dialect: What to print it in.
        now: The instant, in seconds since 1970 UTC; None makes it the only parameter.
        without: Tables and columns (`events`, `prospects.stage`) that do not exist.
        dates: Columns of instants (`touches.at`) that have a second column for dates alone.
        recorded: Whether `touches` has the column `recorded_at`.
    """
    found = frozenset((name.partition(".")[0], name.partition(".")[2]) for name in dates)
    features = replace(all_features(playbook), dates=found, recorded=recorded)
    statement = Statement(playbook, now=now, features=features)
    tables = SourceTables(statement, dialect, without)
    query = flat_query(statement, tables, FlatResult(statement, dialect), dialect)
    return f"{_head(playbook, tables, dialect)}{dialect.print(query)}\n"


def instants_read_by(playbook: Playbook) -> list[str]:
    """Return the columns of instants (`TABLE.COLUMN`) that are read, for ``dates``."""
    return [
        f"{each.table}.{name}"
        for each in tables_read(Statement(playbook))
        for name, type in each.columns.items()
        if type == "time"
    ]


def read_by(playbook: Playbook) -> list[str]:
    """Return the tables and columns (`TABLE.COLUMN`) that may be missing, for ``without``."""
    found: list[str] = []
    for each in tables_read(Statement(playbook)):
        found += [each.table] if each.table != "prospects" else []
        found += [f"{each.table}.{name}" for name in each.columns]
    return found


def flat_query(
    statement: Statement, tables: SourceTables, flat: FlatResult, dialect: Dialect
) -> exp.Select:
    """Build the query of ``flat`` with all relations that it needs.

    Args:
        statement: The playbook.
        tables: What reads the user's tables.
        flat: The flat table over `evaluated`.
        dialect: What the query will be printed in.
    """
    relations = [*statement_relations(statement, tables), *flat.ctes()]
    return assembled(relations, flat.query(), dialect)


def _head(playbook: Playbook, tables: SourceTables, dialect: Dialect) -> str:
    """Return a comment on what the statement is and which tables it reads.

    Of authors' text it has ids only: any other could end the comment.
    """
    lines = [f"The playbook {playbook.id} as one statement. It reads:"]
    for name, columns in tables.declared().items():
        declared = (dialect.column(column, type) for column, type in columns.items())
        lines += wrap(
            f"{name} ({', '.join(declared)})",
            width=96,
            initial_indent="  ",
            subsequent_indent="    ",
        )
    return "".join(f"-- {line}\n" for line in lines)


def statement_relations(statement: Statement, tables: SourceTables) -> Relations:
    """Yield the relations of ``statement`` up to `evaluated`, over the user's ``tables``."""
    yield from tables.ctes()
    renamed = tables.renamed()
    for name, relation in statement.relations():
        yield name, _over(relation.copy(), renamed)  # the next call gets the same nodes


def clocks_query(statement: Statement, tables: SourceTables) -> exp.Select:
    """Build the select of the regions and zones of all prospects in the user's ``tables``."""
    renamed = tables.renamed()
    query = _over(statement.clocks(), renamed)
    for name, relation in tables.ctes():
        if name == renamed["prospects"]:
            query = query.with_(exp.to_identifier(name, quoted=True), relation, copy=False)
    return query


def assembled(relations: Relations, query: exp.Select, dialect: Dialect) -> exp.Select:
    """Build ``query`` with ``relations`` in front of it, ready to be printed in ``dialect``.

    Args:
        relations: Name and query of each, in the order in which they read each other.
        query: The select.
        dialect: Decides what the parameter looks like.
    """
    for name, relation in relations:
        if dialect.inlines and isinstance(relation, exp.Select):
            relation.offset(0, copy=False)  # a relation with OFFSET is not pasted into another
        query = query.with_(exp.to_identifier(name, quoted=True), relation, copy=False)
        if (comment := CTE_COMMENTS.get(name)) is not None:
            query.ctes[-1].add_comments([f" {comment} "])
    for parameter in list(query.find_all(exp.Placeholder)):
        parameter.replace(dialect.now.copy())
    return query


def _over(relation: exp.Select, renamed: Mapping[str, str]) -> exp.Select:
    for table in relation.find_all(exp.Table):
        if table.name in renamed:
            table.set("this", exp.to_identifier(renamed[table.name], quoted=True))
    return relation
