"""What a staged book holds, in the form that the reading of its prospects can be compared with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from engine.book.book import Book, open_book
from engine.book.book_problem import BookProblem
from engine.book.staging.stage import Staged, stage
from engine.book.table_schema import TABLE_NAMES, TableName, day_name, staged_name, table_schema
from engine.language.conditions import Value
from engine.language.model import Playbook
from engine.language.value_rules import LocalDate
from engine.semantics.evaluate_measures import given_facts

NOW = 1_772_600_000
Cells = tuple[Value | None, ...]
Content = dict[TableName, Counter[tuple[Cells, tuple[type, ...]]]]
Counts = dict[str, tuple[int, int]]


def shown(rows: list[Cells]) -> Counter[tuple[Cells, tuple[type, ...]]]:
    """Return the rows in no order; 1, 1.0 and true are told apart, and zeros by their sign."""
    return Counter((tuple(map(repr, row)), tuple(map(type, row))) for row in rows)


def read(book: Book, playbook: Playbook) -> Content:
    """Return what Python reads, with the columns of staged relations."""
    rows: dict[TableName, list[Cells]] = {table: [] for table in TABLE_NAMES}
    names = {table: columns_of(playbook, table, book.overriding) for table in TABLE_NAMES}
    for prospect in book.prospects():
        facts = given_facts(playbook, prospect)
        known = {name: _typed(playbook, name, value) for name, value in facts.items()}
        rows["prospects"].append((prospect.id, *cells(known, names["prospects"])))
        for table, own in prospect.rows.items():
            rows[table] += [(prospect.id, *cells(row, names[table])) for row in own]
    return {table: shown(found) for table, found in rows.items()}


def columns_of(playbook: Playbook, table: TableName, overriding: frozenset[str]) -> list[str]:
    """Return the columns of a staged relation but its key, the days of dates alone after them."""
    schema = table_schema(playbook, table)
    own = [*schema.columns.values(), *(schema.measured[id] for id in sorted(overriding))]
    own = own if table == "prospects" else [*schema.columns.values()]
    days = [day_name(each.name) for each in own if each.type == "time"]
    return [*(each.name for each in own), *days]


def cells(row: Mapping[str, Value], names: list[str]) -> Cells:
    """Return the cells of a row that Python has read; a date alone is its start and its day."""
    days: dict[str, Value] = {
        day_name(name): value.day for name, value in row.items() if isinstance(value, LocalDate)
    }
    plain = {
        name: int(value) if isinstance(value, LocalDate) else value for name, value in row.items()
    }
    return tuple(map((plain | days).get, names))


def _typed(playbook: Playbook, name: str, value: Value) -> Value:
    """Convert a default, which may be an integer although the fact is a number."""
    return (
        float(value) if name in playbook.facts and playbook.facts[name].type == "number" else value
    )


def held(staged: Staged, playbook: Playbook) -> Content:
    """Return what is in the relations; their columns are asked for by name."""
    found: Content = {}
    for table in TABLE_NAMES:
        schema = table_schema(playbook, table)
        names = columns_of(playbook, table, staged.overriding)
        columns = [schema.key, *(staged_name(schema.key, name) for name in names)]
        listed = ", ".join(f'"{name}"' for name in columns)
        relation = staged.connection.execute(f"SELECT {listed} FROM {table}")
        found[table] = shown(relation.fetchall())
    return found


def counts(book: Book) -> Counts:
    return {table: (each.rows, each.left_out) for table, each in book.reports.items()}


def assert_the_same(path: Path, playbook: Playbook) -> list[BookProblem]:
    """Assert that the book at ``path`` is staged as it is read; return its problems."""
    book, other = open_book(path, playbook), open_book(path, playbook)
    expected = read(book, playbook)
    staged = stage(other, playbook, NOW)
    try:
        assert staged.problems == book.problems
        assert other.problems == book.problems
        assert counts(other) == counts(book)
        assert held(staged, playbook) == expected
    finally:
        staged.close()
    return staged.problems
