"""Find what the touches of a staged book have that must be normalized: most books have nothing."""

from __future__ import annotations

from sqlglot import exp

from engine.backends.sql.rules.dated_tables import LOCAL_DAY_COLUMNS, LOCAL_DAYS
from engine.backends.sql.rules.normalize_touches import TouchFeatures, all_features
from engine.book import sql_nodes as q
from engine.book.calendar.business_clock import DAY
from engine.book.sql_types import columns_sql
from engine.book.staging.stage import Staged
from engine.book.staging.staged_sql import in_word_map, rows
from engine.book.table_schema import TABLE_NAMES, day_name, table_schema
from engine.language.instants import day_bounds
from engine.language.model import Playbook
from engine.semantics.normalize_rows import RECORDED

_ALIKE = ("prospect_id", "at", "direction", "channel", "subject")


def touch_features(staged: Staged, playbook: Playbook, now: int) -> TouchFeatures:
    """Return the features of the touches of ``staged``: what must be normalized.

    Args:
        staged: The book.
        playbook: Has the meanings of outcomes.
        now: The instant of evaluation, in seconds since 1970 UTC, for rows recorded later.
    """
    meanings = all_features(playbook).outcomes
    outcome = q.column("outcome")
    found = exp.select(outcome).distinct().from_(q.table("touches"))
    found = found.where(in_word_map(outcome.copy(), list(meanings)))
    occurring = {str(id): meanings[str(id)] for (id,) in rows(staged.connection, found)}
    dates = dates_alone(staged, playbook)
    return TouchFeatures(
        occurring, _has_copies(staged), dates, recorded=_has_later_rows(staged, now)
    )


def dates_alone(staged: Staged, playbook: Playbook) -> frozenset[tuple[str, str]]:
    """Return the columns of ``staged`` that have dates alone, each with its table."""
    found = set()
    for name in TABLE_NAMES:
        schema = table_schema(playbook, name)
        overriding = [each for id, each in schema.measured.items() if id in staged.overriding]
        columns = [*schema.columns.values(), *overriding]
        times = [each.name for each in columns if each.type == "time"]
        counts = [exp.Count(this=q.column(day_name(time))) for time in times]
        if counts:
            (row,) = rows(staged.connection, exp.select(*counts).from_(q.table(name)))
            found |= {(name, time) for time, count in zip(times, row, strict=True) if count}
    return frozenset(found)


def load_local_days(staged: Staged, dates: frozenset[tuple[str, str]]) -> None:
    """Create the table of the first and last seconds of each day that stands alone."""
    columns = columns_sql(LOCAL_DAY_COLUMNS)
    staged.connection.execute(f"CREATE OR REPLACE TABLE {LOCAL_DAYS} ({columns})")
    days: set[int] = set()
    for table, name in dates:
        query = exp.select(q.column(day_name(name))).distinct().from_(q.table(table))
        days |= {int(day) for (day,) in rows(staged.connection, query) if day is not None}
    appender = staged.connection.appender(LOCAL_DAYS)
    for zone in staged.zones:
        found = [(zone, day, *day_bounds(day, zone)) for day in sorted(days)]
        if found:
            appender.append_rows(found)
    appender.flush()


def _has_later_rows(staged: Staged, now: int) -> bool:
    """Return whether a row came to be known after ``now``; of a date alone, perhaps."""
    recorded = q.column(RECORDED)
    later = q.compare_sql(recorded, ">", q.whole(now - 2 * DAY))
    query = exp.select(exp.Count(this=q.whole(1))).from_(q.table("touches")).where(later)
    ((count,),) = rows(staged.connection, query)
    return bool(count)


def _has_copies(staged: Staged) -> bool:
    """Return whether one message may be in several rows."""
    # By a hash: two rows with the same one are looked at as copies, and found to be different.
    keys = [q.call("hash", *(q.column(name) for name in _ALIKE))]
    keys.append(q.call("hash", q.column("prospect_id"), q.column("message_id")))
    identified = q.is_not_null(q.column("message_id"))
    for key, among in zip(keys, (exp.true(), identified), strict=True):
        counted = [exp.Count(this=key), exp.Count(this=exp.Distinct(expressions=[key.copy()]))]
        query = exp.select(*counted).from_(q.table("touches")).where(among)
        ((every, distinct),) = rows(staged.connection, query)
        if every != distinct:
            return True
    return False
