"""Translate the reading of a user's tables: cells become values that a statement evaluates.

Columns have their types already. A cell that is not a value of the language (a text that is not one
of the choices, an infinite number) is unknown, as it is in a book.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

from engine.backends.sql.business_time.zone_ctes import Cte
from engine.backends.sql.rules.dated_tables import LOCAL_DAY_COLUMNS, LOCAL_DAYS
from engine.backends.sql.source.columns_read import TableRead, tables_read
from engine.backends.sql.source.unclear_touches import owners_of_unclear
from engine.backends.sql.statement import Statement
from engine.backends.sql.tree.dialects import ColumnType, Dialect, days_since_1970, finite
from engine.backends.sql.tree.letter_case import word_id
from engine.book import sql_nodes as q
from engine.book.book import UNDATED
from engine.book.calendar.business_clock import DAY
from engine.book.sql_types import cast
from engine.book.staging.stage import CREATED
from engine.book.table_schema import TableName, day_name, staged_name, table_schema
from engine.language.conditions import UNREADABLE_PREFIX, ValueType
from engine.language.model import Column, Playbook
from engine.language.value_rules import LINKS, PLACEHOLDERS

DATE_SUFFIX = "_date"
"""Suffix of the name of the column with the dates alone of a column of instants."""

SUFFIX = "_read"
"""Suffix of the name of the relation that reads a table."""

_OWNER = "_owner"
"""The column with the prospect of a touch that leaves open who spoke last."""

_INSTANT = Column(CREATED, "time")


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
        self._home = statement.playbook.calendar.timezone
        self._dialect = dialect
        self._without = without
        self._dates = statement.measures.features
        self._now = statement.cutoffs.now
        self._calendar_columns = dict(statement.cutoffs.shape.columns)
        if self._dates.dates:
            self._calendar_columns[LOCAL_DAYS] = LOCAL_DAY_COLUMNS
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
        columns += [
            q.named(self._day_or_null(wanted, name), day_name(name))
            for name in self._dates.dated(wanted.table)
        ]
        if wanted.table in self._without:
            nothing = [q.named(q.null("VARCHAR"), wanted.key), *columns]
            return exp.select(*nothing).where(exp.false())
        select = exp.select(key, *columns).from_(self._table(wanted.table))
        return self._in_the_book(select, wanted) if wanted.table == "prospects" else select

    def _in_the_book(self, select: exp.Select, wanted: TableRead) -> exp.Select:
        """Leave out prospects that are not in the book yet, and find those with unclear touches."""
        if (touches := self._unclear_touches()) is not None:
            same = q.compare_sql(q.column(_OWNER, "u"), "=", self._text(self._column(wanted.key)))
            unclear = touches.subquery(exp.to_identifier("u", quoted=True))
            select = select.join(unclear, on=same, join_type="left")
        if CREATED not in wanted.columns or self._is_absent(wanted, CREATED):
            return select
        select, created = self._created(select, wanted)
        begun = q.compare_sql(created, "<=", self._now.copy())
        return select.where(q.coalesce(begun, exp.true()))

    def _created(self, select: exp.Select, wanted: TableRead) -> tuple[exp.Select, exp.Expression]:
        """Build when a prospect was created, and ``select`` with what that reads.

        A date alone is the start of the day in the calendar's own zone, as in the file of a book.
        """
        created = self.value(self._column(CREATED), SourceColumn("prospects", _INSTANT))
        if CREATED not in self._dates.dated("prospects"):
            return select, created
        on = [
            q.compare_sql(self._column("zone", "c"), "=", q.text(self._home)),
            q.compare_sql(self._column("day", "c"), "=", self._day(wanted, CREATED)),
        ]
        select = select.join(self._table(LOCAL_DAYS, "c"), on=q.both(on), join_type="left")
        return select, q.coalesce(created, self._column("starts", "c"))

    def _unclear_touches(self) -> exp.Select | None:
        """Select prospects of whose touches one has no date or may be a refusal, if a rule asks."""
        wanted = next((each for each in self.tables if each.table == "touches"), None)
        asked = (fact := self._playbook.facts.get(UNDATED)) is not None and fact.given
        if wanted is None or not asked or wanted.table in self._without:
            return None
        owner = q.named(self._text(self._column(wanted.key)), _OWNER)
        undated, table = q.is_null(self._cell(wanted, "at", "time")), self._table("touches")
        if "outcome" not in wanted.columns or self._is_absent(wanted, "outcome"):
            return exp.select(owner).distinct().from_(table).where(undated)
        words = self._playbook.columns["touches"]["outcome"].choices
        return owners_of_unclear(table, owner, undated, self._text(self._column("outcome")), words)

    def _undated(self, otherwise: exp.Expression) -> exp.Expression:
        """Build whether a prospect has an unclear touch, or nobody knows of any touch."""
        if any(each.table == "touches" and each.table in self._without for each in self.tables):
            return exp.true()
        if self._unclear_touches() is None:
            return otherwise
        return q.case((q.is_not_null(q.column(_OWNER, "u")), exp.true()), otherwise=otherwise)

    def _unread(self, wanted: TableRead) -> dict[str, ValueType]:
        """Return the facts that no rule reads; the statement has columns for them nevertheless."""
        facts = self._playbook.facts.items() if wanted.table == "prospects" else ()
        return {id: fact.type for id, fact in facts if fact.given}

    def _cell(self, wanted: TableRead, name: str, type: ValueType) -> exp.Expression:
        if name.startswith(UNREADABLE_PREFIX):
            return self._unreadable(wanted, name.removeprefix(UNREADABLE_PREFIX))
        found = self._written(wanted, name, type)
        return self._undated(found) if (wanted.table, name) == ("prospects", UNDATED) else found

    def _written(self, wanted: TableRead, name: str, type: ValueType) -> exp.Expression:
        """Build what the table says, or the default of the fact."""
        default = self._default(wanted, name)
        if self._is_absent(wanted, name) or name not in wanted.columns:
            return q.constant(None, type) if default is None else default
        layout, cell = self._schemas[wanted.table], self._column(name)
        read = SourceColumn(wanted.table, layout.columns.get(name) or Column(name, type))
        found, empty = self.value(cell, read), q.is_null(self.given(cell.copy(), read))
        if name in self._dates.dated(wanted.table):
            # Until its zone is known, a date is a day in UTC.
            day = self._day(wanted, name)
            found = q.coalesce(found, q.multiply(day, q.whole(DAY)))
            empty = q.both([empty, q.is_null(day.copy())])
        return found if default is None else q.case((empty, default), otherwise=found)

    def _is_absent(self, wanted: TableRead, name: str) -> bool:
        return not {wanted.table, f"{wanted.table}.{name}"}.isdisjoint(self._without)

    def _day_or_null(self, wanted: TableRead, name: str) -> exp.Expression:
        absent = self._is_absent(wanted, name) or name not in wanted.columns
        return q.constant(None, "time") if absent else self._day(wanted, name)

    def _day(self, wanted: TableRead, name: str) -> exp.Expression:
        """Build the day of a cell that is a date alone, in days since 1970-01-01; else NULL."""
        read = SourceColumn(wanted.table, Column(name, "time"))
        day = days_since_1970(self._column(f"{name}{DATE_SUFFIX}"))
        return q.case((q.is_null(self.value(self._column(name), read)), day))

    def _unreadable(self, wanted: TableRead, name: str) -> exp.Expression:
        """Build whether a cell of a fact says something that is not a value of it."""
        fact = self._playbook.facts[name]
        if self._is_absent(wanted, name):
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
                return cast(cell, "BOOLEAN")
            case "number":
                return finite(cast(cell, "DOUBLE"))
            case "duration":
                return cast(cell, "BIGINT")
            case "time":
                return self._dialect.seconds(cell)
            case "text" if read.column.name in LINKS:
                return q.null_if_any_of(self._text(cell), PLACEHOLDERS)
            case "text":
                return self._text(cell)
            case "choice":
                return word_id(self._text(cell), choices, with_map=self._dialect.maps)

    def declared(self) -> dict[str, dict[str, ColumnType]]:
        """Return the type that each column should have, by table, the calendar's included."""
        found: dict[str, dict[str, ColumnType]] = {}
        for each in self.tables:
            if each.table not in self._without:
                columns: dict[str, ColumnType] = {each.key: "text"}
                for read in self.columns_of(each):
                    columns[read.column.name] = read.column.type
                    if read.column.name in self._dates.dated(each.table):
                        columns[f"{read.column.name}{DATE_SUFFIX}"] = "date"
                found[each.table] = columns
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
            if not self._is_absent(wanted, name)
        ]

    def _text(self, cell: exp.Expression) -> exp.Expression:
        """Build text without surrounding spaces, NULL if nothing is left."""
        trimmed = exp.Nullif(this=exp.Trim(this=cast(cell, "VARCHAR")), expression=q.text(""))
        if self._dialect.collation is None:
            return trimmed
        collation = exp.to_identifier(self._dialect.collation, quoted=True)
        return exp.Paren(this=exp.Collate(this=trimmed, expression=collation))

    def _column(self, name: str, table: str = "t") -> exp.Expression:
        return q.column(name.upper() if self._dialect.capitals else name, table)

    def _table(self, name: str, alias: str = "t") -> exp.Table:
        return q.table(name.upper() if self._dialect.capitals else name, alias)
