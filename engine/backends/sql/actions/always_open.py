"""Translate business time for a calendar that never closes: without its tables and time zones."""

from __future__ import annotations

from sqlglot import exp

from engine.backends.sql.actions.schedule_to_sql import ScheduleColumns
from engine.backends.sql.business_time.cutoffs import CutoffKind, Cutoffs
from engine.backends.sql.business_time.windows import NO_INSTANT
from engine.backends.sql.business_time.zone_ctes import Cte, known_instant
from engine.book import sql_nodes as q
from engine.book.calendar.business_clock import LAST
from engine.language.hours.calendar_tree import WEEKDAYS, Calendar

_ALL_DAY = ((0, 24 * 60),)


def always_open(calendar: Calendar) -> bool:
    """Return whether ``calendar`` is open at every instant, in every region and zone."""
    return all(map(_always_open, calendar.all_calendars))


def _always_open(calendar: Calendar) -> bool:
    hours = calendar.all_hours == {_ALL_DAY}
    return (
        hours
        and len(calendar.weekdays) == len(WEEKDAYS)
        and not calendar.holidays + calendar.closed
    )


def without_calendar(cutoffs: Cutoffs) -> Cte:
    """Build the relation `zones` as a single row; business seconds count from 1970.

    ``SELECT NULL AS "_zone", 0 AS "_clock", ..., CASE ... ELSE now - 57600 END AS
    "_not_before_57600"``, where now is clipped to the years of the calendar.
    """
    opened = known_instant(cutoffs.now)
    columns = [
        q.named(q.null("VARCHAR"), "_zone"),
        q.named(q.whole(0), "_clock"),
        q.named(q.whole(1), "_bucket_seconds"),
    ]
    columns += [q.named(opened, "_opened"), q.named(open_instant(cutoffs.now), "_opening")]
    for (kind, length), name in cutoffs.columns.items():
        target = (q.add if kind == "not_after" else q.subtract)(opened, q.whole(length))
        columns.append(q.named(_cutoff(kind, target), name))
    for duration, name in cutoffs.dues.items():
        length = duration.seconds(cutoffs.business_day)
        start = opened if duration.business and length > 0 else cutoffs.now
        columns.append(q.named(open_instant(q.add(start, q.whole(length))), name))
    return "zones", exp.select(*columns)


def _cutoff(kind: CutoffKind, target: exp.Expression) -> exp.Expression:
    if kind == "not_before":
        ends = (q.compare_sql(target, "<=", q.whole(0)), q.compare_sql(target, ">", q.whole(LAST)))
    else:
        ends = (q.compare_sql(target, "<", q.whole(0)), q.compare_sql(target, ">=", q.whole(LAST)))
    return q.case((ends[0], q.whole(-NO_INSTANT)), (ends[1], q.whole(NO_INSTANT)), otherwise=target)


def open_instant(at: exp.Expression) -> exp.Expression:
    """Build the first open instant at or after ``at``; NULL after the years of the calendar."""
    return q.case((q.compare_sql(at, "<", q.whole(LAST)), q.greatest([at, q.whole(0)])))


class AlwaysOpenSchedule(ScheduleColumns):
    """Translate dates where business time is a difference of instants: no join is needed."""

    def _opened_by(
        self, select: exp.Select, _: str, at: exp.Expression
    ) -> tuple[exp.Expression, exp.Select]:
        return at, select

    def _reached(
        self, select: exp.Select, _: str, target: exp.Expression
    ) -> tuple[exp.Expression, exp.Select]:
        return q.case((q.compare_sql(target, "<=", q.whole(LAST)), target)), select

    def _opening(
        self, select: exp.Select, _: str, instant: exp.Expression
    ) -> tuple[exp.Expression, exp.Select]:
        return open_instant(instant), select
