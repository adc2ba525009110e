"""Prospects of a staged book as Python has them, a few at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from engine.book.prospect import Prospect, Row
from engine.book.staging.stage import Staged
from engine.book.table_schema import TableName, staged_name, table_schema
from engine.language.model import TABLES, Playbook

BATCH = 5_000
"""Prospects fetched at a time: each time, the tables of rows are looked through."""


def prospects_of(staged: Staged, playbook: Playbook, ids: Sequence[str]) -> Iterator[Prospect]:
    """The prospects of ``staged`` called ``ids``, in that order; all of them are there."""
    for start in range(0, len(ids), BATCH):
        asked = ids[start : start + BATCH]
        staged.connection.execute("CREATE OR REPLACE TEMP TABLE asked (id VARCHAR)")
        appender = staged.connection.appender("asked")
        appender.append_rows([(id,) for id in asked])
        appender.flush()
        given = _rows(staged, playbook, "prospects")
        rows = {table: _rows(staged, playbook, table) for table in TABLES}
        for id in asked:
            own = {table: tuple(found[id]) for table, found in rows.items() if id in found}
            yield Prospect(id, given[id][0], own, _unreadable(playbook, given[id][0]))


def _rows(staged: Staged, playbook: Playbook, table: TableName) -> Mapping[str, list[Row]]:
    """The rows of ``table`` that belong to the prospects asked for, unknown cells left out."""
    schema = table_schema(playbook, table)
    names = tuple(schema.columns)
    cells = ", ".join(f't."{staged_name(schema.key, name)}"' for name in (schema.key, *names)[1:])
    listed = f"t.{schema.key}" + (f", {cells}" if cells else "")
    query = f"SELECT {listed} FROM {table} t SEMI JOIN asked ON asked.id = t.{schema.key}"  # noqa: S608
    found: dict[str, list[Row]] = defaultdict(list)
    result = staged.connection.execute(query)
    while batch := result.fetchmany(BATCH):
        for key, *values in batch:
            pairs = zip(names, values, strict=True)
            found[key].append({name: value for name, value in pairs if value is not None})
    return found


def _unreadable(playbook: Playbook, given: Row) -> frozenset[str]:
    """A fact with a default that is unknown all the same has a cell that could not be read."""
    facts = playbook.facts.values()
    return frozenset(fact.id for fact in facts if fact.default is not None and fact.id not in given)
