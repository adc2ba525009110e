"""`score --on spark`: score a book that is too large for one machine, in Spark.

The statement is the one of `relight sql`; tasks, shuffles and retries are Spark's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.backends.sql.business_time.calendar_range import horizon
from engine.backends.sql.printer import clocks_query
from engine.backends.sql.rules.dated_tables import LOCAL_DAY_COLUMNS, LOCAL_DAYS
from engine.backends.sql.rules.normalize_touches import all_features
from engine.backends.sql.source.columns_read import tables_read
from engine.backends.sql.source.spark_source import (
    ColumnProfile,
    SparkTables,
    column_profile,
    columns_with_dates,
)
from engine.backends.sql.spark_statement import spark_statement
from engine.backends.sql.statement import Statement
from engine.book.book_problem import BookError, BookProblem
from engine.book.calendar.business_clock import DAY, Clock
from engine.book.calendar.calendar import Calendars
from engine.book.calendar.calendar_tables import DayRow, calendar_rows
from engine.book.sql_types import columns_sql
from engine.book.table_schema import REQUIRED_COLUMNS
from engine.book.zone_problems import zone_problems
from engine.commands.process.exit_codes import FINE
from engine.commands.process.inputs import instant_or_now
from engine.commands.process.known_words import find_zone
from engine.commands.process.output import Output
from engine.commands.process.playbook_input import load_playbook
from engine.commands.score.score import ScoreOptions
from engine.commands.score.spark_session import session
from engine.language.conditions import ValueType
from engine.language.files.input_errors import InputNotFound, UsageError
from engine.language.instants import day_bounds, zone_known
from engine.language.model import Playbook
from engine.language.quoting import quoted
from engine.semantics.normalize_rows import RECORDED

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

REMOTE = re.compile(r"(\w{2,}):/+(.+)")
TABLE_NAME = re.compile(r"\w+(\.\w+)?", re.ASCII)
_FORMATS = ("parquet", "csv")


def run_score_on_spark(options: ScoreOptions, output: Output) -> int:
    """Write the scores of a book as Parquet, a row per prospect, and return the exit code.

    Raises:
        UsageError: An option cannot be used with Spark.
        InputNotFound: The playbook or the book does not exist.
        BookError: The book cannot be read, or Spark failed.
        EvaluatorUnavailable: There is no Spark.
    """
    playbook = load_playbook(options.playbook, output)
    target = _target(options, output)
    now = instant_or_now(options.as_of, playbook)
    zone = find_zone(options.book_zone)
    with session(options.spark_master, zone or playbook.calendar.timezone, output) as spark:
        if options.as_of is not None and table_of(spark, options.book, "changes") is not None:
            raise UsageError("`--on spark` does not read the table of changes: leave out --as-of")
        scoring = Scoring(spark, playbook, now, dict(tables_of(spark, options.book, playbook)))
        problems = scoring.problems()
        errors = tuple(each for each in problems if each.severity == "error")
        if options.strict and errors:
            raise BookError(errors[0].message, errors[0].help, errors)
        scoring.write(_uri(target))
    output.book_problems(problems)
    return FINE


def _target(options: ScoreOptions, output: Output) -> Path:
    elsewhere = {"--table": options.table, "--memory": options.memory}
    if options.engine not in ("auto", "columnar"):
        elsewhere["--engine"] = options.engine
    for name, value in elsewhere.items():
        if value is not None:
            raise UsageError(f"`{name}` cannot be used with `--on spark`")
    if output.format not in (None, "parquet"):
        raise UsageError(f"Spark writes Parquet, not {output.format}")
    if output.target is None:
        raise UsageError("no folder to write to: add `--output FOLDER`")
    if output.target.exists():
        raise UsageError(f"`{output.target}` already exists: name a new folder")
    return output.target


CODES: Mapping[ValueType, str] = {
    "boolean": "not-a-boolean",
    "number": "not-a-number",
    "time": "not-an-instant",
    "duration": "not-a-duration",
    "choice": "not-a-choice",
}


class Scoring:
    """The scoring of one book.

    Args:
        spark: The session.
        playbook: What to evaluate.
        now: The instant, in seconds since 1970 UTC.
        frames: The tables of the book, by name.
    """

    def __init__(
        self, spark: SparkSession, playbook: Playbook, now: int, frames: Mapping[str, DataFrame]
    ) -> None:
        self._spark = spark
        self._playbook = playbook
        self._now = now
        for name, frame in frames.items():
            frame.createOrReplaceTempView(name)
        types = {name: dict(frame.dtypes) for name, frame in frames.items()}
        dates = columns_with_dates(playbook, types)
        recorded = RECORDED in types.get("touches", {})
        features = replace(all_features(playbook), dates=dates, recorded=recorded)
        self._statement = Statement(playbook, features=features)
        self._reading = SparkTables(self._statement, types)
        self._sql = spark_statement(self._statement, self._reading)
        self._found: dict[str, ColumnProfile] = {
            each.table: column_profile(self._one(self._reading.text(self._reading.profile(each))))
            for each in self._reading.tables
            if each.table in frames
        }

    def problems(self) -> list[BookProblem]:
        """Return a problem for each column with cells that cannot be read, and for odd zones."""
        unreadable = [
            BookProblem(
                name,
                None,
                column,
                CODES[each.columns[column]],
                f"{count:,} cell{'s' if count > 1 else ''} of `{column}` cannot be read",
                "without `--on spark`, each row is reported",
            )
            for each in self._reading.tables
            if (name := each.table) in self._found
            for column, count in self._found[name].unreadable.items()
        ]
        query = self._reading.zone_counts()
        rows = [] if query is None else self._spark.sql(self._reading.text(query)).collect()
        zones = {str(row["zone"]): int(row["rows"]) for row in rows}
        known = {zone: count for zone, count in zones.items() if zone_known(zone)}
        return unreadable + zone_problems("prospects", known)

    def write(self, target: str) -> None:
        """Write the scores to the folder ``target``."""
        self._load_calendar()
        self._spark.sql(self._sql, args={"now": self._now}).write.parquet(target)

    def _load_calendar(self) -> None:
        clocks, cutoffs = self._clocks(), self._statement.cutoffs
        # All durations are known, once the statement is written.
        reach = horizon(
            cutoffs.durations, cutoffs.business_day, clocks, self._instants(), self._now
        )
        found: tuple[Sequence[DayRow], ...] = calendar_rows(cutoffs.shape, clocks, *reach)
        for (name, columns), rows in zip(cutoffs.shape.columns.items(), found, strict=True):
            self._load(name, columns, rows)
        days = self._reading.days_alone()
        if days is not None:
            found_days = self._spark.sql(self._reading.text(days)).distinct().collect()
            known = sorted(int(row["day"]) for row in found_days if row["day"] is not None)
            zones = sorted({clock.zone for clock in clocks})
            local = [(zone, day, *day_bounds(day, zone)) for zone in zones for day in known]
            self._load(LOCAL_DAYS, LOCAL_DAY_COLUMNS, local)

    def _load(self, name: str, columns: Mapping[str, str], rows: Sequence[Any]) -> None:
        frame = self._spark.createDataFrame(rows, columns_sql(columns, "spark"))
        frame.createOrReplaceTempView(name)

    def _clocks(self) -> list[Clock]:
        """Return the clocks of all prospects, and that of the calendar's own zone."""
        query = self._reading.text(clocks_query(self._statement, self._reading))
        rows = self._spark.sql(query, args={"now": self._now}).collect()
        calendars = Calendars(self._playbook.calendar)
        found = ((calendars.zone_of(row["region"], row["zone"]), row["region"]) for row in rows)
        return calendars.sorted_clocks([calendars.main, *found])

    def _instants(self) -> tuple[int, int]:
        found = self._found.values()
        ends = [at for each in found for at in (each.earliest, each.latest) if at is not None]
        # A date alone may begin a day earlier or end two days later than where it was read.
        return min(ends, default=self._now) - DAY, max(ends, default=self._now) + 2 * DAY

    def _one(self, query: str) -> dict[str, Any]:
        return dict(self._spark.sql(query).collect()[0].asDict())


def tables_of(
    spark: SparkSession, book: Path, playbook: Playbook
) -> Iterator[tuple[str, DataFrame]]:
    """Yield the name and the data frame of each table of the book that exists.

    Args:
        spark: The session.
        book: A folder, an address such as `s3a://bucket/book`, or a schema of the catalog.
        playbook: Decides which tables are needed.

    Raises:
        InputNotFound: There is no book, or no table of prospects in it.
        BookError: A table exists in two formats, or lacks a required column.
    """
    if not _is_named(book) and REMOTE.fullmatch(str(book)) is None and not book.is_dir():
        raise InputNotFound(f"no folder `{book}`; tables of a catalog are named like `sales.crm`")
    for each in tables_read(Statement(playbook)):
        frame = table_of(spark, book, each.table)
        if frame is None and each.table == "prospects":
            raise InputNotFound(
                f"no table of prospects in `{book}`: name it prospects.parquet or .csv"
            )
        if frame is None:
            continue
        for name in REQUIRED_COLUMNS[each.table]:
            if frame.columns.count(name) != 1:
                columns = ", ".join(map(quoted, frame.columns[:12]))
                why = f"`{each.table}` has no single column `{name}`"
                raise BookError(why, f"its columns are {columns}")
        yield each.table, frame


def table_of(spark: SparkSession, book: Path, name: str) -> DataFrame | None:
    """Return one table of a book; None if it has no such table.

    Args:
        spark: The session.
        book: As in `tables_of`.
        name: The name of the table.

    Raises:
        BookError: The table exists in two formats.
    """
    return _named(spark, book, name) if _is_named(book) else _stored(spark, book, name)


def _is_named(book: Path) -> bool:
    return not book.exists() and TABLE_NAME.fullmatch(str(book)) is not None


def _named(spark: SparkSession, schema: Path, name: str) -> DataFrame | None:
    full = f"{schema}.{name}"
    return spark.table(full) if spark.catalog.tableExists(full) else None


def _stored(spark: SparkSession, folder: Path, name: str) -> DataFrame | None:
    """Return the table in `NAME.parquet` or `NAME.csv`, a file or a folder of part files."""
    found = [each for each in _FORMATS if _exists(spark, f"{_uri(folder)}/{name}.{each}")]
    if len(found) > 1:
        raise BookError(f"`{folder}` has the table `{name}` in two formats", "leave one there")
    for format in found:
        reader = spark.read.option("mode", "PERMISSIVE")
        if format == "csv":  # without types, all columns are text: Spark's inference guesses
            reader = reader.option("header", True).option("multiLine", True).option("escape", '"')
        return reader.format(format).load(f"{_uri(folder)}/{name}.{format}")
    return None


def _exists(spark: SparkSession, path: str) -> bool:
    hadoop = spark.sparkContext._jvm.org.apache.hadoop.fs.Path(path)  # noqa: SLF001 - PySpark has no public way to Hadoop's file systems
    context = spark.sparkContext._jsc.hadoopConfiguration()  # noqa: SLF001 - PySpark has no public way to Hadoop's file systems
    return bool(hadoop.getFileSystem(context).exists(hadoop))


def _uri(path: Path) -> str:
    """Return the URI of ``path`` for Spark; `Path` has dropped a slash of `s3a://bucket/folder`."""
    found = REMOTE.fullmatch(str(path))
    return f"{found[1]}://{found[2]}" if found else path.resolve().as_uri()
