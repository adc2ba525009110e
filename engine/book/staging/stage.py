"""Load a book into DuckDB as typed relations, to evaluate all prospects by one SQL statement.

They have the content of `Book.prospects`, with the defaults of facts, for a book in files of any
kind, and the same problems are reported. Most rows of Parquet and DuckDB files never leave DuckDB:
the relation is a view of the file, and only rows that SQL cannot convert are read by Python.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from engine.book.book import UNDATED, Book
from engine.book.book_problem import BookError, BookProblem
from engine.book.calendar.business_clock import DAY
from engine.book.readers.duckdb_file import broken
from engine.book.sql_nodes import (
    column,
    compare_sql,
    either,
    is_true,
    named,
    negated,
    table,
    text,
    whole,
)
from engine.book.staging.connection import open_sandboxed, stored_of
from engine.book.staging.staged_sql import define, rows
from engine.book.staging.staged_tables import BATCH, stage_empty, stage_table
from engine.book.table_schema import TABLE_NAMES, staged_name, table_schema
from engine.language.instants import zone_known
from engine.language.model import Playbook

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


CREATED = "created_at"
"""The fact from when on a prospect is in the book."""

EVER = "prospects ever"
"""The relation of all prospects, if some of them are not in the book yet."""

MAX_IDS = 500_000
"""The most prospects whose ids are kept in memory while other tables are read: some 50 MB."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A staged book: ``connection`` has `prospects` (`id` and the given facts), `touches`,
    `contacts` and `events` (`prospect_id` and the columns that the playbook reads).

    Text and choices are VARCHAR, booleans BOOLEAN, numbers DOUBLE, instants (since 1970 UTC) and
    durations BIGINT seconds; unknown is NULL. ``problems`` are those of the whole book, in the
    order of `Book.problems`. ``zones`` are the IANA zones of all prospects and of the calendar.
    ``earliest`` and ``latest`` are the first and the last instant in all relations. A column of
    instants has another one beside it with the days that are dates alone (see `day_name`).
    ``overriding`` are the measured facts that `prospects` has a column for.
    """

    connection: DuckDBPyConnection
    problems: list[BookProblem]
    zones: tuple[str, ...]
    earliest: int
    latest: int
    overriding: frozenset[str] = frozenset()

    def close(self) -> None:
        """Free memory and temporary files now, and not when ``connection`` is garbage-collected."""
        self.connection.close()


class Staging:
    """The loading of one book, which creates its relations table by table."""

    def __init__(self, connection: DuckDBPyConnection, book: Book, playbook: Playbook) -> None:
        self._connection = connection
        self._book = book
        self._playbook = playbook

    def staged(self, now: int) -> Staged:
        """Create the relations; ``now`` is `earliest` and `latest` if the book has no instants."""
        import duckdb

        readers = self._book.readers
        self._book.reports = {}
        changed = self._book.apply_history()
        for name in TABLE_NAMES:
            if name not in readers:
                stage_empty(self._connection, table_schema(self._playbook, name), self._playbook)
                continue
            try:
                self._book.reports[name] = stage_table(
                    self._connection,
                    readers[name],
                    self._playbook,
                    lambda: self._ids,
                    changed if name == "prospects" else (),
                )
            except duckdb.OutOfMemoryException as error:
                message = f"there is not enough memory to read `{readers[name].source.file}`"
                raise BookError(message, "`relight score` takes `--memory`") from error
            except duckdb.Error as error:
                raise broken(readers[name].source.file, error) from error
        if self._book.history is not None:
            self._book.reports["changes"] = self._book.history.report
        zones = self._zones()
        self._book.refuse(whole=True)
        self._mark_undated()
        self._leave_out_later(now)
        # Only now: Python reads rows in the order of the file, but queries need no order.
        self._connection.execute("SET preserve_insertion_order = false")
        self._connection.execute("SET lock_configuration = true")
        bounds = self._bounds() or (now, now)
        if bounds[1] > now + DAY:
            self._book.newest_reply = self._newest_reply(now)
        return Staged(self._connection, self._book.problems, zones, *bounds, self._book.overriding)

    def _newest_reply(self, now: int) -> int:
        """Return the instant of their newest message more than a day after ``now``, else 0."""
        query = exp.select(exp.Max(this=column("at"))).from_(table("touches"))
        later = compare_sql(column("at"), ">", whole(now + DAY))
        by_hand = negated(is_true(column("automatic")))
        query = query.where(later, column("direction").eq(text("inbound")), by_hand)
        ((newest,),) = rows(self._connection, query)
        return int(newest or 0)

    def _leave_out_later(self, now: int) -> None:
        """Leave out the prospects that are not in the book yet at ``now``, if there are any."""
        if CREATED not in table_schema(self._playbook, "prospects").columns:
            return
        later = compare_sql(column(CREATED), ">", whole(now))
        count = exp.select(exp.Count(this=exp.Star())).from_(table("prospects")).where(later)
        ((self._book.later,),) = rows(self._connection, count)  # type: ignore[assignment]  # a count
        if self._book.later:
            self._connection.execute(f'ALTER VIEW prospects RENAME TO "{EVER}"')
            query = exp.select(exp.Star()).from_(table(EVER))
            query = query.where(negated(is_true(later.copy())))
            define(self._connection, "VIEW", "prospects", query)

    def _mark_undated(self) -> None:
        """Set the fact of the prospects that have a touch whose date cannot be read."""
        undated = self._book.undated
        if UNDATED not in table_schema(self._playbook, "prospects").columns:
            return
        if not undated and not self._book.untouchable:
            return
        self._connection.execute("CREATE TABLE undated (id VARCHAR)")
        appender = self._connection.appender("undated")
        if undated:
            appender.append_rows([(id,) for id in sorted(undated)])
        appender.flush()
        self._connection.execute('ALTER VIEW prospects RENAME TO "prospects as read"')
        known = exp.select(column("id")).from_(table("undated"))
        marked: exp.Expression = exp.In(this=column("id"), query=known.subquery())
        if self._book.untouchable:
            marked = exp.true()
        flag = named(either([column(UNDATED), marked]), UNDATED)
        others = exp.Star(except_=[exp.to_identifier(UNDATED, quoted=True)])
        query = exp.select(others, flag).from_(table("prospects as read"))
        define(self._connection, "VIEW", "prospects", query)

    @cached_property
    def _ids(self) -> frozenset[str] | None:
        """The ids of all prospects; None if there are more than `MAX_IDS`."""
        count = exp.select(exp.Count(this=exp.Star())).from_(table("prospects"))
        if int(rows(self._connection, count)[0][0] or 0) > MAX_IDS:
            return None
        query = exp.select(column("id")).from_(table("prospects"))
        result = self._connection.execute(query.sql(dialect="duckdb"))
        batches = iter(lambda: result.fetchmany(BATCH), [])
        return frozenset(id for batch in batches for (id,) in batch)

    def _zones(self) -> tuple[str, ...]:
        own = self._playbook.calendar.timezone
        if "timezone" not in table_schema(self._playbook, "prospects").columns:
            return (own,)
        counts = exp.select(column("timezone"), exp.Count(this=exp.Star())).from_(
            table("prospects")
        )
        found = rows(self._connection, counts.group_by(column("timezone")))
        zones = {str(zone): int(count or 0) for zone, count in found if zone is not None}
        known = {zone: count for zone, count in zones.items() if zone_known(zone)}
        self._book.report_zones(known)
        return tuple(sorted({own, *known}))

    def _bounds(self) -> tuple[int, int] | None:
        """Return the first and the last instant in all relations; None if they have no instants."""
        found: list[int] = []
        for name in TABLE_NAMES:
            schema = table_schema(self._playbook, name)
            times = [each.name for each in schema.columns.values() if each.type == "time"]
            cells = [column(staged_name(schema.key, time)) for time in times]
            ends = [kind(this=cell.copy()) for cell in cells for kind in (exp.Min, exp.Max)]
            if ends:
                (row,) = rows(self._connection, exp.select(*ends).from_(table(name)))
                found += [int(end) for end in row if end is not None]
        return (min(found), max(found)) if found else None


def stage(  # noqa: PLR0913 - every one but the first three has a default
    book: Book,
    playbook: Playbook,
    now: int,
    *,
    memory: str | None = None,
    threads: int | None = None,
    folder: Path | None = None,
    output: Path | None = None,
) -> Staged:
    """Load a whole book into DuckDB. Its files must not change while the connection is in use.

    Args:
        book: The book.
        playbook: The playbook it was opened with.
        now: Instant (seconds since 1970 UTC) for `earliest` and `latest` without any in the book.
        memory: DuckDB's memory limit, such as `1 GiB`.
        threads: DuckDB's number of threads.
        folder: The folder for DuckDB's temporary folder, which is deleted with the connection.
        output: The only file that the connection can write, by COPY with `USE_TMP_FILE false`:
            otherwise DuckDB would write a file beside it first.

    Raises:
        BookError: a file cannot be read, or reading is strict and there is a problem.
    """
    spill = tempfile.mkdtemp(prefix="relight-", dir=folder)
    given = {"temp_directory": spill, "memory_limit": memory, "threads": threads}
    settings = {name: value for name, value in given.items() if value is not None}
    connection = None
    try:
        connection = open_sandboxed(stored_of(book.readers.values()), settings, output)
        weakref.finalize(connection, shutil.rmtree, spill, ignore_errors=True)
        staged = Staging(connection, book, playbook).staged(now)
    except BaseException:
        if connection is not None:
            connection.close()
        shutil.rmtree(spill, ignore_errors=True)
        raise
    return staged
