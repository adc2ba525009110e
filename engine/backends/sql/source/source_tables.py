"""Translate the reading of a user's tables: cells become values that a statement evaluates.

Columns have their types already. A cell that is not a value of the language (a text that is not one
of the choices, an infinite number) is unknown, as it is in a book.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

from engine.backends.sql.business_time.zone_ctes import Cte
from engine.backends.sql.source.columns_read import TableRead, tables_read
from engine.backends.sql.statement import Statement
from engine.backends.sql.tree.dialects import Dialect, finite
from engine.backends.sql.tree.letter_case import folded_word
from engine.book import sql_nodes as q
from engine.book.table_schema import TableName, staged_name, table_schema
from engine.language.conditions import UNREADABLE_PREFIX, ValueType
from engine.language.model import Column, Playbook
from engine.language.value_rules import Words

SUFFIX = "_read"
"""Suffix of the name of the relation that reads a table."""


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """A column and its table."""

    table: TableName
    column: Column


class SourceTables:
    """Build the relations that read a user's tables.

    In DuckDB, with a choice and a number::

        "prospects_read" AS (
          SELECT NULLIF(TRIM(CAST("t"."id" AS TEXT)), '') AS "id",
            CASE WHEN NULLIF(TRIM(CAST("t"."stage" AS TEXT)), '') IN ('demo', 'proposal')
              THEN NULLIF(TRIM(CAST("t"."stage" AS TEXT)), '')
              ELSE CASE REPLACE(TRANSLATE(...), ' ', '') WHEN 'demo' THEN 'demo'
                WHEN 'proposal' THEN 'proposal' END END AS "stage",
            CASE WHEN ABS(CAST("t"."amount" AS DOUBLE)) <= CAST('1.79...e308' AS DOUBLE)
              THEN CAST("t"."amount" AS DOUBLE) END AS "amount"
          FROM "prospects" AS "t")

    Args:
        statement: Decides what is read.
        dialect: Its timestamps, upper-case names and collation.
        without: Columns that do not exist (`prospects.stage`), and tables that do not (`events`):
            all their cells are unknown, or the default.
        more: Facts that `prospects` has a column for though no rule reads them.
    """

    def __init__(
        self,
        statement: Statement,
        dialect: Dialect,
        without: frozenset[str] = frozenset(),
        more: frozenset[str] = frozenset(),
    ) -> None:
        self._playbook: Playbook = statement.playbook
        self._dialect = dialect
        self._without = without
        self._calendar_columns = statement.cutoffs.shape.columns
        self.tables = tables_read(statement, more)
        # Once and not for each cell: a schema has a column for every fact.
        names = [each.table for each in self.tables]
        self._schemas = {name: table_schema(self._playbook, name) for name in names}

    def renamed(self) -> Mapping[str, str]:
        """Map the name of each table to that of the relation that reads it."""
        read: list[str] = [each.table for each in self.tables]
        return {
            name: f"{name}{SUFFIX}"
            for name in [*read, *(self._calendar_columns if self._calendar else ())]
        }

    @property
    def _calendar(self) -> bool:
        # Only to give the calendar's upper-case columns the names that the statement uses.
        return self._dialect.capitals

    def text(self, query: exp.Expression) -> str:
        """Print ``query`` in the dialect."""
        return self._dialect.print(query)

    def ctes(self) -> Iterator[Cte]:
        """Yield a relation for each table."""
        for each in self.tables:
            yield f"{each.table}{SUFFIX}", self._read(each)
        for name, columns in self._calendar_columns.items() if self._calendar else ():
            read = [q.named(self._column(each), each) for each in columns]
            yield f"{name}{SUFFIX}", exp.select(*read).from_(self._table(name))

    def _read(self, wanted: TableRead) -> exp.Select:
        key = q.named(self._text(self._column(wanted.key)), wanted.key)
        columns = [
            q.named(self._cell(wanted, name, type), staged_name(wanted.key, name))
            for name, type in (self._unread(wanted) | {**wanted.columns}).items()
        ]
        if wanted.table in self._without:
            nothing = [q.named(q.null("VARCHAR"), wanted.key), *columns]
            return exp.select(*nothing).where(exp.false())
        return exp.select(key, *columns).from_(self._table(wanted.table))

    def _unread(self, wanted: TableRead) -> dict[str, ValueType]:
        """Return the facts that no rule reads; the statement has columns for them nevertheless."""
        facts = self._playbook.facts.items() if wanted.table == "prospects" else ()
        return {id: fact.type for id, fact in facts if fact.given}

    def _cell(self, wanted: TableRead, name: str, type: ValueType) -> exp.Expression:
        if name.startswith(UNREADABLE_PREFIX):
            return self._unreadable(wanted, name.removeprefix(UNREADABLE_PREFIX))
        default = self._default(wanted, name)
        absent = not {wanted.table, f"{wanted.table}.{name}"}.isdisjoint(self._without)
        if absent or name not in wanted.columns:
            return q.constant(None, type) if default is None else default
        layout = self._schemas[wanted.table]
        read = SourceColumn(wanted.table, layout.columns.get(name) or Column(name, type))
        found = self.value(self._column(name), read)
        if default is None:
            return found
        return q.case((q.is_null(self.given(self._column(name), read)), default), otherwise=found)

    def _unreadable(self, wanted: TableRead, name: str) -> exp.Expression:
        """Build whether a cell of a fact says something that is not a value of it."""
        fact = self._playbook.facts[name]
        if not {wanted.table, f"{wanted.table}.{name}"}.isdisjoint(self._without):
            return exp.false()
        cell = self._column(name)
        read = SourceColumn(wanted.table, Column(name, fact.type, fact.choices))
        written = q.is_not_null(self.given(cell, read))
        return q.both([written, q.is_null(self.value(cell.copy(), read))])

    def given(self, cell: exp.Expression, read: SourceColumn) -> exp.Expression:
        """Build an expression that is NULL if ``cell`` is empty, for its default."""
        return self._text(cell) if read.column.type in ("text", "choice") else cell

    def _default(self, wanted: TableRead, name: str) -> exp.Expression | None:
        fact = self._playbook.facts.get(name) if wanted.table == "prospects" else None
        return None if fact is None or fact.default is None else q.constant(fact.default, fact.type)

    def value(self, cell: exp.Expression, read: SourceColumn) -> exp.Expression:
        """Build ``cell`` as a value of its column; NULL if it is not one."""
        choices = read.column.choices
        match read.column.type:
            case "boolean":
                return exp.cast(cell, "BOOLEAN")
            case "number":
                return finite(exp.cast(cell, "DOUBLE"))
            case "duration":
                return exp.cast(cell, "BIGINT")
            case "time":
                return self._dialect.seconds(cell)
            case "text":
                return self._text(cell)
            case "choice":
                return _choice(self._text(cell), choices)

    def declared(self) -> dict[str, dict[str, ValueType]]:
        """Return the type that each column should have, by table, the calendar's included."""
        found: dict[str, dict[str, ValueType]] = {}
        for each in self.tables:
            if each.table not in self._without:
                columns = {read.column.name: read.column.type for read in self.columns_of(each)}
                found[each.table] = {each.key: "text", **columns}
        for name, declared in self._calendar_columns.items():
            found[name] = {
                column: "text" if type == "VARCHAR" else "duration"
                for column, type in declared.items()
            }
        return found

    def columns_of(self, wanted: TableRead) -> list[SourceColumn]:
        """Return the columns of ``wanted`` that exist, with their choices."""
        layout = table_schema(self._playbook, wanted.table)
        return [
            SourceColumn(wanted.table, layout.columns.get(name) or Column(name, type))
            for name, type in wanted.columns.items()
            if {wanted.table, f"{wanted.table}.{name}"}.isdisjoint(self._without)
        ]

    def _text(self, cell: exp.Expression) -> exp.Expression:
        """Build text without surrounding spaces, NULL if nothing is left."""
        trimmed = exp.Nullif(this=exp.Trim(this=exp.cast(cell, "VARCHAR")), expression=q.text(""))
        if self._dialect.collation is None:
            return trimmed
        collation = exp.to_identifier(self._dialect.collation, quoted=True)
        return exp.Paren(this=exp.Collate(this=trimmed, expression=collation))

    def _column(self, name: str) -> exp.Expression:
        return q.column(name.upper() if self._dialect.capitals else name, "t")

    def _table(self, name: str) -> exp.Table:
        return q.table(name.upper() if self._dialect.capitals else name, "t")


def _choice(text: exp.Expression, words: Words) -> exp.Expression:
    """Build the id of the word that ``text`` is a spelling of; NULL for any other text."""
    if not words:
        return text
    known = words.spellings
    # The ids first: most tables have them, and folding a text takes several steps.
    case = exp.Case(this=folded_word(text.copy(), known))
    for spelling, id in known.items():
        case = case.when(q.text(spelling), q.text(id), copy=False)
    return q.case((q.is_any_of(text, words.ids), text.copy()), otherwise=case)
