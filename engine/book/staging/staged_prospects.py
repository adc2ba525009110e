"""Fetch prospects of a staged book as Python objects, a few at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from sqlglot import exp

from engine.book.prospect import Prospect, Row
from engine.book.sql_nodes import column
from engine.book.sql_nodes import table as relation
from engine.book.staging.stage import EVER, Staged
from engine.book.table_schema import TableName, day_name, staged_name, table_schema
from engine.language.conditions import UNREADABLE_PREFIX
from engine.language.model import TABLES, Playbook
from engine.language.value_rules import LocalDate

_BATCH = 5_000
"""The number of prospects fetched by one scan of the tables."""


def prospects_of(staged: Staged, playbook: Playbook, ids: Sequence[str]) -> Iterator[Prospect]:
    """Yield some prospects of a staged book, in the order of their ids.

    Args:
        staged: The staged book.
        playbook: The playbook it was staged with.
        ids: The ids, each of which must exist.
    """
    for start in range(0, len(ids), _BATCH):
        asked = ids[start : start + _BATCH]
        # A table to join with: ids as literals would make statements of any length.
        staged.connection.execute("CREATE OR REPLACE TEMP TABLE asked (id VARCHAR)")
        appender = staged.connection.appender("asked")
        appender.append_rows([(id,) for id in asked])
        appender.flush()
        given = _rows(staged, playbook, "prospects")
        rows = {table: _rows(staged, playbook, table) for table in TABLES}
        for id in asked:
            own = {table: tuple(found[id]) for table, found in rows.items() if id in found}
            facts = {name: value for name, value in given[id][0].items() if name in playbook.facts}
            facts = {
                name: value
                for name, value in facts.items()
                if not name.startswith(UNREADABLE_PREFIX)
            }
            yield Prospect(id, facts, own, _unreadable(playbook, given[id][0]))


def later_owners(staged: Staged, playbook: Playbook, later: int) -> frozenset[str]:
    """Return the owners of all prospects if some are not in the book yet, else of nobody.

    Args:
        staged: The staged book.
        playbook: The playbook it was staged with.
        later: The number of prospects that are not in the book yet.
    """
    if not later or "owner" not in table_schema(playbook, "prospects").columns:
        return frozenset()
    query = exp.select(column("owner")).distinct().from_(relation(EVER))
    found = staged.connection.execute(query.sql(dialect="duckdb")).fetchall()
    return frozenset(str(owner) for (owner,) in found if owner is not None)


def _rows(staged: Staged, playbook: Playbook, table: TableName) -> Mapping[str, list[Row]]:
    """Fetch the rows of ``table`` for the prospects in `asked`, by id, without unknown cells."""
    schema = table_schema(playbook, table)
    columns = [
        *schema.columns.values(),
        *(each for id, each in schema.measured.items() if id in staged.overriding),
    ]
    names = [each.name for each in columns]
    times = [each.name for each in columns if each.type == "time"]
    flags = [f"{UNREADABLE_PREFIX}{name}" for name in schema.flagged]
    cells = [column(staged_name(schema.key, name), table) for name in names]
    cells += [column(name, table) for name in (*map(day_name, times), *flags)]
    owner = column(schema.key, table)
    query = exp.select(owner, *cells).from_(relation(table))
    query = query.join(relation("asked"), on=owner.eq(column("id", "asked")), join_type="semi")
    found: dict[str, list[Row]] = defaultdict(list)
    result = staged.connection.execute(query.sql(dialect="duckdb"))
    while batch := result.fetchmany(_BATCH):
        for key, *values in batch:
            pairs = zip([*names, *map(day_name, times), *flags], values, strict=True)
            row = {name: value for name, value in pairs if value is not None}
            for time in times:
                if (day := row.pop(day_name(time), None)) is not None:
                    row[time] = LocalDate(int(row[time]), int(day))
            found[key].append(row)
    return found


def _unreadable(playbook: Playbook, given: Row) -> frozenset[str]:
    """Return the facts whose cell could not be read, of those that have a default."""
    # Staging fills empty cells with defaults, so that what is still unknown could not be read.
    # Without a default, it makes a difference only where a rule asks for it.
    facts = playbook.facts.values()
    return frozenset(
        fact.id
        for fact in facts
        if (fact.default is not None and fact.id not in given)
        or given.get(f"{UNREADABLE_PREFIX}{fact.id}") is True
    )
