"""Translate the reading of tables in Spark, whose columns may be text, as in CSV.

Text is read as `engine.book.cells` reads it. What cannot be read is unknown, and is counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

from engine.backends.sql.source.columns_read import TableRead, tables_read
from engine.backends.sql.source.source_tables import (
    SourceColumn,
    SourceTables,
)
from engine.backends.sql.statement import Statement
from engine.backends.sql.tree.dialects import DIALECTS, days_since_1970, finite
from engine.book import sql_nodes as q
from engine.book.book import UNDATED
from engine.book.sql_types import cast
from engine.book.staging.stage import CREATED
from engine.language.conditions import ValueType
from engine.language.durations import AMOUNT, ELAPSED_UNITS, SECONDS
from engine.language.instants import INSTANT_PATTERN
from engine.language.model import Column, Playbook
from engine.language.value_rules import FALSE_WORDS, NUMBER_PATTERN, TRUE_WORDS

NATURAL_IN_SPARK: Mapping[ValueType, tuple[str, ...]] = {
    "boolean": ("boolean",),
    "number": ("tinyint", "smallint", "int", "bigint", "float", "double", "decimal"),
    "text": (),
    "choice": (),
    "time": ("timestamp", "timestamp_ntz", "date"),
    "duration": ("tinyint", "smallint", "int", "bigint"),
}
"""The types of Spark that hold values of each type; columns of all others are read as text."""

DATE_TEXT = r"^\d{4}-\d{2}-\d{2}$"
"""A date without a time of day."""

LENGTH = rf"^({AMOUNT}) ({'|'.join(ELAPSED_UNITS)})s?$"
"""A duration in elapsed time; groups: the amount, its digits after the point, and the unit."""


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """What one query finds out about a table.

    Attributes:
        unreadable: The number of cells that cannot be read, by column; without zeros.
        earliest: The first instant in the table, in seconds since 1970 UTC; None if there is none.
        latest: The last one.
    """

    unreadable: Mapping[str, int]
    earliest: int | None
    latest: int | None


class SparkTables(SourceTables):
    """Build the relations that read tables in Spark.

    A column of booleans that is text, as in CSV, becomes::

        CASE WHEN LOWER(NULLIF(TRIM(CAST(`t`.`opted_out` AS STRING)), '')) IN ('true', ...)
          THEN TRUE WHEN ... IN ('false', ...) THEN FALSE END

    Args:
        statement: Decides what is read.
        types: The type of each column as Spark names it, by table; what is not in it is missing.
    """

    def __init__(self, statement: Statement, types: Mapping[str, Mapping[str, str]]) -> None:
        wants = tables_read(statement)
        tables: set[str] = {each.table for each in wants if each.table not in types}
        columns = {
            f"{each.table}.{name}"
            for each in wants
            for name in each.columns
            if name not in types.get(each.table, {})
        }
        more = frozenset({UNDATED} & types.get("prospects", {}).keys())
        super().__init__(statement, DIALECTS["spark"], frozenset(tables | columns), more)
        self._types = types

    def value(self, cell: exp.Expression, read: SourceColumn) -> exp.Expression:
        """Build ``cell`` as a value of its column, read from text if need be; NULL if invalid."""
        if read.column.type in ("text", "choice") or self._natural(read):
            return super().value(cell, read)
        word = self._text(cell)
        match read.column.type:
            case "boolean":
                return _boolean(word)
            case "number":
                number = q.case(
                    (_like(word, f"^({NUMBER_PATTERN.pattern})$"), cast(word, "DOUBLE"))
                )
                return finite(exp.Paren(this=number))
            case "time":
                return _instant(word)
            case _:
                return _length(word)

    def _day(self, wanted: TableRead, name: str) -> exp.Expression:
        """Build the day of a cell that is a date alone, or text that is one; else NULL."""
        cell, read = self._column(name), SourceColumn(wanted.table, Column(name, "time"))
        if self._natural(read):
            return days_since_1970(cell)
        word = self._text(cell)
        day = days_since_1970(q.call("TRY_TO_TIMESTAMP", word.copy()))
        return q.case((_like(word, DATE_TEXT), day))

    def _created(self, select: exp.Select, wanted: TableRead) -> tuple[exp.Select, exp.Expression]:
        """Build when a prospect was created; Spark reads dates in the calendar's own zone."""
        read = SourceColumn(wanted.table, Column(CREATED, "time"))
        return select, self.value(self._column(CREATED), read)

    def days_alone(self) -> exp.Select | exp.Union | None:
        """Build a select of the days that stand alone, without duplicates; None if none may."""
        selects = [
            exp.select(q.named(self._day(each, name), "day")).from_(q.table(each.table, "t"))
            for each in self.tables
            for name in self._dates.dated(each.table)
        ]
        if not selects:
            return None
        return exp.union(*selects) if len(selects) > 1 else selects[0]

    def given(self, cell: exp.Expression, read: SourceColumn) -> exp.Expression:
        """Build an expression that is NULL if ``cell`` is empty."""
        return super().given(cell, read) if self._natural(read) else self._text(cell)

    def _natural(self, read: SourceColumn) -> bool:
        found = self._types.get(read.table, {}).get(read.column.name, "string")
        return found.partition("(")[0] in NATURAL_IN_SPARK[read.column.type]

    def profile(self, wanted: TableRead) -> exp.Select:
        """Build a select of one row: unreadable cells of each column, and the range of instants.

        Its columns are ``lost.NAME``, ``first.NAME`` and ``last.NAME``; `column_profile` reads it.
        """
        columns: list[exp.Expression] = []
        for read in self.columns_of(wanted):
            name = read.column.name
            value = self.value(q.column(name, "t"), read)
            given = q.is_not_null(self.given(q.column(name, "t"), read))
            lost = q.case((q.both([given, q.is_null(value)]), q.whole(1)), otherwise=q.whole(0))
            columns.append(q.named(exp.Sum(this=lost), f"lost.{name}"))
            if read.column.type == "time":
                columns.append(q.named(exp.Min(this=value.copy()), f"first.{name}"))
                columns.append(q.named(exp.Max(this=value.copy()), f"last.{name}"))
        columns = columns or [q.named(exp.Count(this=exp.Star()), "rows")]
        return exp.select(*columns).from_(q.table(wanted.table, "t"))

    def zone_counts(self) -> exp.Select | None:
        """Build a select of each time zone and its rows; None if there is no column for zones."""
        if "timezone" not in self._types.get("prospects", {}):
            return None
        zone = self._text(q.column("timezone", "t"))
        count = q.named(exp.Count(this=exp.Star()), "rows")
        select = exp.select(q.named(zone, "zone"), count).from_(q.table("prospects", "t"))
        return select.group_by(zone.copy())


def columns_with_dates(
    playbook: Playbook, types: Mapping[str, Mapping[str, str]]
) -> frozenset[tuple[str, str]]:
    """Return the columns of instants that may have dates alone, each with its table.

    Args:
        playbook: What to evaluate.
        types: The type of each column as Spark names it, by table.
    """
    return frozenset(
        (each.table, name)
        for each in tables_read(Statement(playbook))
        for name, type in each.columns.items()
        if type == "time" and types.get(each.table, {}).get(name) in ("date", "string")
    )


def column_profile(row: Mapping[str, int | None]) -> ColumnProfile:
    """Read the row of `SparkTables.profile`."""

    def values(prefix: str) -> Iterator[tuple[str, int]]:
        for name, value in row.items():
            if name.startswith(prefix) and value is not None:
                yield name.removeprefix(prefix), value

    ends = [at for prefix in ("first.", "last.") for _, at in values(prefix)]
    lost = {name: count for name, count in values("lost.") if count}
    return ColumnProfile(lost, min(ends, default=None), max(ends, default=None))


def _like(word: exp.Expression, pattern: str) -> exp.Expression:
    return exp.RegexpLike(this=word, expression=q.text(pattern))


def _boolean(word: exp.Expression) -> exp.Expression:
    small = exp.Lower(this=word)
    return q.case(
        (q.is_any_of(small, TRUE_WORDS), exp.true()),
        (q.is_any_of(small.copy(), FALSE_WORDS), exp.false()),
    )


def _instant(word: exp.Expression) -> exp.Expression:
    """Build an instant; text without a zone is in that of Spark's configuration."""
    # Java's regular expressions name groups differently. The pattern comes first, as Spark reads
    # more spellings than the language.
    pattern = INSTANT_PATTERN.pattern.replace("?P<", "?<")
    read = q.call("UNIX_SECONDS", q.call("TRY_TO_TIMESTAMP", word.copy()))
    return q.case((_like(word, f"^({pattern})$"), read))


def _length(word: exp.Expression) -> exp.Expression:
    def part(group: int) -> exp.Expression:
        return q.call("REGEXP_EXTRACT", word.copy(), q.text(LENGTH), q.whole(group))

    unit = exp.Case(this=part(3))
    for name in ELAPSED_UNITS:
        unit = unit.when(q.text(name), q.whole(SECONDS[name]), copy=False)
    # A decimal: as a double, 0.1 hours would not be a whole number of seconds.
    amount = cast(part(1), "DECIMAL(12, 4)")
    seconds = exp.Mul(this=amount, expression=exp.Paren(this=unit))
    complete = exp.EQ(this=exp.Floor(this=seconds), expression=seconds.copy())
    length = cast(exp.Paren(this=seconds.copy()), "BIGINT")
    return q.case((_like(word, LENGTH), q.case((complete, length))))
