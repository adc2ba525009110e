"""The dialects of SQL that a statement can be printed in, and what differs between them.

sqlglot translates syntax and most functions. What is here it cannot know: how an engine's
timestamps become seconds, what a parameter looks like, what an engine's planner does badly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from sqlglot import exp

from engine.backends.sql.tree.nested_types import NestedIn
from engine.book import sql_nodes as q
from engine.book.sql_types import SQL_TYPES, cast, columns_sql
from engine.language.conditions import ValueType
from engine.language.files.input_errors import UsageError
from engine.language.quoting import quoted
from engine.language.suggest import did_you_mean

Convert = Callable[[exp.Expression], exp.Expression]
Unpivots = Literal["values", "numbers"]


ColumnType = ValueType | Literal["date"]
"""The type of a column of a table: one of the language, or a date alone."""

NATURAL: Mapping[ValueType, str] = {**SQL_TYPES, "time": "TIMESTAMPTZ"}
"""The types that the statement expects of the columns of the user's tables."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """What one engine writes differently from others.

    In DuckDB, ``seconds`` of `at` is ``CAST(EPOCH(DATE_TRUNC('second', "at")) AS BIGINT)``, and
    ``instant`` of seconds ``MAKE_TIMESTAMP(("at" * 1000000))``.

    Attributes:
        name: Its name in sqlglot.
        now: The parameter for the instant of the evaluation.
        seconds: Converts the engine's timestamp to whole seconds since 1970 UTC, rounded down.
        instant: Converts seconds back to a timestamp.
        lists: The syntax for lists of structs; None if the statement does without them.
        unpivots: How one row becomes several without lists.
        runs: Whether the tests run the statement there and do not only parse it.
        capitals: Whether unquoted names are folded to upper case.
        inlines: Whether the planner inlines a relation that is used once, expression by expression;
            over many layers that takes more memory than there is.
        substitutes: Whether `${...}` is replaced by a setting, even within literals.
        maps: Whether STR_TO_MAP makes a map of a text.
        timestamp: The type that columns of instants should have.
        collation: The collation that compares text by code point, if it has to be named.
    """

    name: str
    now: exp.Expression
    seconds: Convert
    instant: Convert
    lists: NestedIn | None = None
    unpivots: Unpivots = "numbers"
    runs: bool = False
    capitals: bool = False
    inlines: bool = False
    substitutes: bool = False
    maps: bool = False
    timestamp: str = "TIMESTAMPTZ"
    collation: str | None = None

    def column(self, name: str, type: ColumnType) -> str:
        """Return the column ``name`` as DDL, such as ``"stage" TEXT``."""
        natural = "DATE" if type == "date" else NATURAL[type]
        natural = self.timestamp if type == "time" else natural
        return columns_sql({name.upper() if self.capitals else name: natural}, self.name)

    def print(self, query: exp.Expression) -> str:
        """Print ``query`` as text, ready to be run."""
        prepared = self._split(query.copy()) if self.substitutes else query
        return prepared.sql(dialect=self.name, pretty=True)

    def _split(self, query: exp.Expression) -> exp.Expression:
        # Between `$` and `{`, as there is no escape for them: 'a$' || '{b}' is 'a${b}'.
        for each in list(query.find_all(exp.Literal)):
            if each.is_string and "${" in each.name:
                parts = each.name.split("${")
                pieces = [f"{part}$" for part in parts[:-1]] + [parts[-1]]
                pieces[1:] = [f"{{{piece}" for piece in pieces[1:]]
                each.replace(exp.Paren(this=q.concat([q.text(piece) for piece in pieces])))
        return query


def _named(name: str) -> exp.Expression:
    return exp.Placeholder(this=name)


def _first() -> exp.Expression:
    return exp.Parameter(this=exp.Literal.number(1))


def _whole(value: exp.Expression) -> exp.Expression:
    return cast(value, "BIGINT")


def _floored(value: exp.Expression) -> exp.Expression:
    return _whole(exp.Floor(this=value))


def _epoch(value: exp.Expression) -> exp.Expression:
    return exp.Extract(this=exp.var("EPOCH"), expression=value)


def _if_finite(value: exp.Expression, found: exp.Expression) -> exp.Expression:
    return q.case((q.call("ISFINITE", value.copy()), found))


def _since_1970(value: exp.Expression) -> exp.Expression:
    # Redshift has no function for it.
    return exp.Paren(
        this=exp.Add(
            this=cast(q.text("1970-01-01 00:00:00"), "TIMESTAMP"),
            expression=exp.Mul(
                this=value, expression=exp.Interval(this=q.text("1"), unit=exp.var("SECOND"))
            ),
        )
    )


def _timestamp(value: exp.Expression) -> exp.Expression:
    return cast(value, "TIMESTAMPTZ")


def _second(value: exp.Expression) -> exp.Expression:
    return q.call("DATE_TRUNC", q.text("second"), value)


def _microseconds(value: exp.Expression) -> exp.Expression:
    return exp.Paren(this=exp.Mul(this=value, expression=q.whole(1_000_000)))


_SPARK = Dialect(
    "spark",
    _named("now"),
    lambda value: q.call("UNIX_SECONDS", _timestamp(value)),
    lambda value: q.call("TIMESTAMP_SECONDS", value),
    lists="spark",
    runs=True,
    substitutes=True,
    maps=True,
)

DIALECTS: Mapping[str, Dialect] = {
    each.name: each
    for each in (
        Dialect(
            "duckdb",
            _named("now"),
            # EPOCH is a double, which CAST rounds to the nearest.
            lambda value: _whole(q.call("EPOCH", _second(value))),
            lambda value: q.call("MAKE_TIMESTAMP", _microseconds(value)),
            timestamp="TIMESTAMP",  # in UTC: one with a zone takes an extension
            lists="duckdb",
            runs=True,
        ),
        Dialect(
            "postgres",
            _first(),
            # A timestamp may be infinite, and casting its epoch would end the statement.
            lambda value: _if_finite(value, _floored(_epoch(value))),
            lambda value: q.call("TO_TIMESTAMP", value),
            unpivots="values",
            runs=True,
            inlines=True,
            collation="C",
        ),
        _SPARK,
        replace(_SPARK, name="databricks", runs=False),
        Dialect(
            "snowflake",
            exp.Parameter(this=exp.var("now")),
            lambda value: _whole(q.call("DATE_PART", exp.var("EPOCH_SECOND"), value)),
            lambda value: q.call("TO_TIMESTAMP_NTZ", value),
            capitals=True,
        ),
        Dialect(
            "bigquery",
            _named("now"),
            lambda value: q.call("UNIX_SECONDS", _timestamp(value)),
            lambda value: q.call("TIMESTAMP_SECONDS", value),
        ),
        Dialect("redshift", _first(), lambda value: _floored(_epoch(value)), _since_1970),
        Dialect(
            "trino",
            _named("now"),
            lambda value: _floored(q.call("TO_UNIXTIME", _second(_timestamp(value)))),
            lambda value: q.call("FROM_UNIXTIME", value),
        ),
    )
}

_NO_BOOLEAN = "it cannot select a boolean expression"

WITHOUT: Mapping[str, tuple[str, str]] = {
    "oracle": ("Oracle", _NO_BOOLEAN),
    "tsql": ("SQL Server", _NO_BOOLEAN),
    "fabric": ("Microsoft Fabric", _NO_BOOLEAN),
    "teradata": ("Teradata", _NO_BOOLEAN),
    "mysql": ("MySQL", "it compares text without regard to case"),
    "sqlite": ("SQLite", "it has neither TRANSLATE nor timestamps"),
    "hive": ("Hive", "it has no parameters"),
}
"""Dialects of sqlglot that are not supported: the product, and the reason."""

_KNOWN = ", ".join(DIALECTS)


def dialect_named(name: str) -> Dialect:
    """Return the dialect ``name``.

    Raises:
        UsageError: It is not supported; the message says what is.
    """
    folded = {"postgresql": "postgres"}.get(name.lower(), name.lower())
    if folded in DIALECTS:
        return DIALECTS[folded]
    if folded in WITHOUT:
        product, reason = WITHOUT[folded]
        raise UsageError(f"{product} is not supported: {reason}; choose one of {_KNOWN}")
    hint = did_you_mean(folded, [*DIALECTS, "postgresql"]) or f"choose one of {_KNOWN}"
    raise UsageError(f"no dialect {quoted(name)}: {hint}")


def finite(value: exp.Expression) -> exp.Expression:
    """Build ``value``, a double, or NULL if it is infinite or NaN.

    ``CASE WHEN ABS(x) <= CAST('1.7976931348623157e308' AS DOUBLE) THEN x END``
    """
    # Not `x = x`: in most engines NaN equals itself. There it is above every number, elsewhere it
    # compares with nothing, so one comparison excludes it everywhere.
    largest = cast(q.text("1.7976931348623157e308"), "DOUBLE")
    return q.case((q.compare_sql(exp.Abs(this=value), "<=", largest), value.copy()))


def days_since_1970(date: exp.Expression) -> exp.Expression:
    """Build the number of days from 1970-01-01 to ``date``."""
    first = cast(q.text("1970-01-01"), "DATE")
    days = exp.DateDiff(this=cast(date, "DATE"), expression=first, unit=exp.var("DAY"))
    return cast(days, "BIGINT")
