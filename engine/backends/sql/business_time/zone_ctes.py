"""Build the first relations of a statement: a row per clock, with its cutoffs.

A clock is a time zone, and if the calendar has regions, a time zone and a region.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from engine.backends.sql.business_time.cutoffs import Cutoffs
from engine.backends.sql.business_time.windows import NO_INSTANT, RowWindows, day_of
from engine.book import sql_nodes as q
from engine.book.calendar.business_clock import LAST
from engine.book.calendar.calendar_shape import CalendarShape
from engine.language.durations import Duration
from engine.language.instants import LATEST

Cte = tuple[str, exp.Select]
"""The name of a common table expression, and what it selects."""

CLOCK = ("_zone", "_clock", "_bucket_seconds", "_opened", "_opening")
"""Columns of a clock: the name of its zone, its number, the open seconds of a row of
`calendar_reach`, the open seconds up to now, and the next opening."""

REGION = "_region"
"""The column of a clock with its region, if the calendar has regions."""


def clock_columns(shape: CalendarShape) -> tuple[str, ...]:
    """Return the names of `CLOCK`, and `REGION` if there are regions."""
    return (*CLOCK, REGION) if shape.regions else CLOCK


def known_instant(instant: exp.Expression) -> exp.Expression:
    """Build ``instant`` clipped to the years of the calendar; nothing is open outside them."""
    return q.least([q.greatest([instant, q.whole(0)]), q.whole(LAST)])


ZONES = "zones"
"""The relation with a row per clock."""

ZONE_CTES = ("zone_now", "zone_cutoffs", ZONES)


def zone_ctes(cutoffs: Cutoffs) -> Iterator[Cte]:
    """Yield three relations with a row per clock; the last, `zones`, has every column.

    Its columns are those of `clock_columns`, and the cutoffs and due instants of ``cutoffs``::

        "zones" AS (SELECT "k"."_zone", "k"."_clock", "k"."_bucket_seconds", "k"."_opened",
            "k"."_opening", "k"."_not_before_57600", MIN(CASE ... END) AS "_due_1"
          FROM "zone_cutoffs" AS "k" JOIN "calendar_days" AS "d" ON "d"."clock" = "k"."_clock"
          GROUP BY ...)

    Each cutoff is searched among all days of the clock, but once a clock and not once a prospect.
    """
    builder = _ZoneCtes(cutoffs)
    selects = (builder.zone_now(), builder.zone_cutoffs(), builder.zones())
    yield from zip(ZONE_CTES, selects, strict=True)


class _ZoneCtes:
    """Build the relations of `zone_ctes`."""

    def __init__(self, cutoffs: Cutoffs) -> None:
        self._cutoffs = cutoffs
        self._clock = clock_columns(cutoffs.shape)
        self._days = RowWindows("d", cutoffs.shape.day_windows)

    def zone_now(self) -> exp.Select:
        """Select the clocks, each with what is open up to now."""
        instant = self._cutoffs.now
        now = known_instant(instant)
        later = q.compare_sql(instant, "<", q.whole(LAST))
        found = {
            "_opened": self._days.opened_by(now),
            "_opening": q.case((later, self._days.next_opening(now))),
        }
        columns = [
            q.named(found.get(name, q.column(name.removeprefix("_"), "d")), name)
            for name in self._clock
        ]
        today = q.compare_sql(q.column("day", "d"), "=", day_of(now))
        return exp.select(*columns).from_(q.table("calendar_days", "d")).where(today)

    def zone_cutoffs(self) -> exp.Select:
        """Add the cutoffs to `zone_now`, and the due instants counted from now, open or not."""
        columns: list[exp.Expression] = [q.column(name, "k") for name in self._clock]
        opened = q.column("_opened", "k")
        for (kind, length), name in self._cutoffs.columns.items():
            target = (q.add if kind == "not_after" else q.subtract)(opened, q.whole(length))
            find = self._earliest if kind == "not_before" else self._latest
            columns.append(q.named(find(target), name))
        for duration, name in self._cutoffs.dues.items():
            columns.append(q.named(self._after_now(duration), name))
        return _by_clock(exp.select(*columns), "zone_now", len(self._clock))

    def zones(self) -> exp.Select:
        """Move the due instants of `zone_cutoffs` to the next opening."""
        kept = [*self._clock, *self._cutoffs.columns.values()]
        columns: list[exp.Expression] = [q.column(name, "k") for name in kept]
        for name in self._cutoffs.dues.values():
            due, next_ = q.column(name, "k"), q.column("next_opening", "d")
            openings = [
                (
                    q.compare_sql(due, "<", self._days.closes(index)),
                    q.greatest([due, self._days.opens(index)]),
                )
                for index in self._days.numbers
            ]
            # What opens next may lie beyond the last day of the table.
            openings.append((q.compare_sql(next_, ">=", due), next_))
            columns.append(q.named(exp.Min(this=q.case(*openings)), name))
        return _by_clock(exp.select(*columns), "zone_cutoffs", len(kept))

    def _latest(self, target: exp.Expression) -> exp.Expression:
        """Build the latest instant with at most ``target`` open seconds before it."""
        branches = []
        for index in reversed(self._days.numbers):
            opens, before = self._days.opens(index), self._days.before(index)
            begun = q.both([q.is_not_null(opens), q.compare_sql(before, "<=", target)])
            branches.append((begun, q.add(opens, q.subtract(target, before))))
        found = exp.Max(this=q.case(*branches))
        everything = exp.Max(this=self._days.through())
        forever = q.compare_sql(exp.Max(this=target.copy()), ">=", everything)
        nothing = q.coalesce(found, q.whole(-NO_INSTANT))
        return q.case((forever, q.whole(NO_INSTANT)), otherwise=nothing)

    def _earliest(self, target: exp.Expression) -> exp.Expression:
        """Build the earliest instant with ``target`` open seconds before it."""
        at_once = q.compare_sql(exp.Max(this=target.copy()), "<=", q.whole(0))
        reached = q.coalesce(self._reached(target), q.whole(NO_INSTANT))
        return q.case((at_once, q.whole(-NO_INSTANT)), otherwise=reached)

    def _reached(self, target: exp.Expression) -> exp.Expression:
        """Build the earliest instant by which ``target`` open seconds (more than 0) have passed.

        NULL if there are fewer.
        """
        branches = []
        for index in self._days.numbers:
            opens, before = self._days.opens(index), self._days.before(index)
            through = q.add(before, self._days.length(index))
            enough = q.compare_sql(through, ">=", target)
            reached = q.add(opens, q.subtract(target, before))
            branches.append((q.both([q.is_not_null(opens), enough]), reached))
        return exp.Min(this=q.case(*branches))

    def _after_now(self, duration: Duration) -> exp.Expression:
        length = duration.seconds(self._cutoffs.business_day)
        if duration.business and length > 0:
            return self._reached(q.add(q.column("_opened", "k"), q.whole(length)))
        due = q.add(self._cutoffs.now, q.whole(length))
        return exp.Max(this=q.case((q.compare_sql(due, "<=", q.whole(LATEST)), due)))


def _by_clock(select: exp.Select, source: str, keys: int) -> exp.Select:
    same = q.compare_sql(q.column("clock", "d"), "=", q.column("_clock", "k"))
    joined = select.from_(q.table(source, "k")).join(q.table("calendar_days", "d"), on=same)
    return joined.group_by(*select.expressions[:keys])
