"""Translate dates to SQL: when a prospect goes dark, and when the next touch is due.

They are a duration after an instant of the prospect, not before or after now, so they cannot be
cutoffs: each takes a join with one of the calendar's two tables. `engine.semantics.schedule`
defines them.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from engine.backends.sql.business_time.cutoffs import Cutoffs
from engine.backends.sql.business_time.windows import RowWindows, day_of
from engine.backends.sql.business_time.zone_ctes import Cte, known_instant
from engine.backends.sql.rules.rules_to_sql import RuleColumns
from engine.book import sql_nodes as q
from engine.book.calendar.calendar_tables import DAYS_PER_ZONE
from engine.language.durations import Duration
from engine.language.instants import LATEST
from engine.language.model import Playbook, Threshold
from engine.language.walk import DARK, RuleId

FAR_FUTURE = LATEST + 1
"""Stands for no instant: later than every instant of the language. LEAST ignores NULL in some
engines and returns it in others."""


class ScheduleColumns:
    """Translate the cadence and the thresholds of a playbook to columns with dates.

    With a threshold of 2 business days, a prospect that waits goes dark at the instant by which
    57,600 more open seconds have passed since `silent_since`::

        "f"."_silent_opened" + 57600 AS "_target_silent_since"

        LEFT JOIN "calendar_reach" AS "_reach_silent_since" ON "_reach_silent_since"."key" =
          "f"."_clock" * 10000000 + ("f"."_target_silent_since" - 1) // "f"."_bucket_seconds"

    Args:
        playbook: Has the cadence and the thresholds.
        rules: The columns of facts and conclusions.
        cutoffs: Now, and the length of a business day.
    """

    def __init__(self, playbook: Playbook, rules: RuleColumns, cutoffs: Cutoffs) -> None:
        self._playbook = playbook
        self._rules = rules
        self._cutoffs = cutoffs

    def before_rules(self, source: str) -> Iterator[Cte]:
        """Yield the relations that depend on facts alone, over ``source``.

        These are the business seconds up to each instant that business time is counted from, and
        the next touch by the cadence (`_due_cadence`).
        """
        yield "business_starts", self._business_starts(source)
        yield "business_seconds", self._business_seconds("business_starts")
        yield "next_touch_raw", self._next_touch_raw("business_seconds")
        yield "next_touch", self._next_touch("next_touch_raw")

    def after_rules(self, source: str) -> Iterator[Cte]:
        """Yield relations that add `_goes_dark_at`, over ``source``, the last layer of rules."""
        yield "time_to_dark", self._time_to_dark(source)
        yield "goes_dark", self._goes_dark("time_to_dark")

    # Business seconds up to the instants that business time is counted from

    def _counted(self) -> dict[str, exp.Expression]:
        """Map the name of a column to each instant that business time is counted from."""
        silent = self._rules.column(RuleId("facts", "silent_since"))
        found = {"_silent": silent}
        for since in self._business_sinces():
            if since != "silent_since":
                found[f"_began_{since}"] = self._rules.began(since)
        cadence = self._playbook.cadence
        if any(self._business(step) for step in cadence.steps):
            found["_start"] = self._rules.column(RuleId("facts", cadence.start))
        if self._business(cadence.gap):
            found["_last"] = self._rules.column(RuleId("facts", cadence.gap_from))
        return found

    def _business(self, duration: Duration) -> bool:
        return duration.business and self._length(duration) > 0

    def _length(self, duration: Duration) -> int:
        return duration.seconds(self._cutoffs.business_day)

    def _business_sinces(self) -> list[str]:
        thresholds = self._playbook.thresholds.values()
        return list(
            dict.fromkeys(each.since for each in thresholds if self._business(each.silent_for))
        )

    def _business_starts(self, source: str) -> exp.Select:
        """Add each such instant, clipped to the years of the calendar."""
        select = q.select_all(source)
        for name, instant in self._counted().items():
            at = q.case((q.is_not_null(instant), known_instant(instant)))
            select = select.select(q.named(at, f"{name}_at"), copy=False)
        return select

    def _business_seconds(self, source: str) -> exp.Select:
        """Add the open seconds up to each, from the first day of the calendar."""
        select = q.select_all(source)
        for name in self._counted():
            opened, select = self._opened_by(select, f"{name}_day", q.column(f"{name}_at", "f"))
            select = select.select(q.named(opened, f"{name}_opened"), copy=False)
        return select

    def _opened_by(
        self, select: exp.Select, name: str, at: exp.Expression
    ) -> tuple[exp.Expression, exp.Select]:
        """Build the open seconds up to ``at``, and ``select`` with its day joined as ``name``."""
        return self._days(name).opened_by(at), _looked_up(select, "calendar_days", name, _day(at))

    def _reached(
        self, select: exp.Select, name: str, target: exp.Expression
    ) -> tuple[exp.Expression, exp.Select]:
        """Build the instant after ``target`` business seconds, and ``select`` with its join."""
        found = _looked_up(select, "calendar_reach", name, self._bucket(target))
        windows = RowWindows(name, self._cutoffs.shape.reach_windows)
        return windows.reached_instant(target), found

    def _opening(
        self, select: exp.Select, name: str, instant: exp.Expression
    ) -> tuple[exp.Expression, exp.Select]:
        """Build the next opening at or after ``instant``, and ``select`` with its join."""
        at = known_instant(instant)
        within = q.both([q.is_not_null(instant), q.compare_sql(instant, "<=", at)])
        day = q.case((q.is_not_null(instant), _day(at)))
        return q.case((within, self._days(name).next_opening(at))), _looked_up(
            select, "calendar_days", name, day
        )

    def _days(self, owner: str) -> RowWindows:
        return RowWindows(owner, self._cutoffs.shape.day_windows)

    def _bucket(self, target: exp.Expression) -> exp.Expression:
        """Build the key of the row of `calendar_reach` that has ``target`` open seconds."""
        # The last second counts: a target at the end of a bucket is reached in it, not in the next.
        last = exp.Paren(this=q.subtract(target, q.whole(1)))
        bucket = exp.IntDiv(this=last, expression=q.column("_bucket_seconds", "f"))
        first = q.multiply(q.column("_clock", "f"), q.whole(self._cutoffs.shape.reach_keys))
        return q.add(first, bucket)

    # The cadence

    def _next_touch_raw(self, source: str) -> exp.Select:
        """Add `_touch_at`: the next touch by the cadence, open or not; NULL if there is none."""
        cadence, rules, now = self._playbook.cadence, self._rules, self._cutoffs.now
        select = q.select_all(source)
        start, count = (
            rules.column(RuleId("facts", each)) for each in (cadence.start, cadence.count)
        )
        branches = []
        for index, step in enumerate(cadence.steps):
            at, select = self._later(select, f"_step_{index}", "_start", start, step)
            branches.append((q.compare_sql(count, "<", q.whole(index + 1)), at))
        stepped = q.case(*branches)
        last = rules.column(RuleId("facts", cadence.gap_from))
        after_gap, select = self._later(select, "_gap", "_last", last, cadence.gap)
        no_gap = q.case((q.is_null(last), now), otherwise=after_gap)
        # GREATEST treats NULL differently in each engine, so it is never given one.
        touch = q.case(
            (exp.Paren(this=exp.Or(this=q.is_null(start), expression=q.is_null(count))), now),
            (
                q.both([q.is_not_null(stepped), q.is_not_null(no_gap)]),
                q.greatest([now, q.coalesce(stepped, q.whole(0)), q.coalesce(no_gap, q.whole(0))]),
            ),
        )
        return select.select(q.named(touch, "_touch_at"), copy=False)

    def _later(
        self,
        select: exp.Select,
        name: str,
        opened: str,
        start: exp.Expression,
        duration: Duration,
    ) -> tuple[exp.Expression, exp.Select]:
        """Build the instant ``duration`` after ``start``, and ``select`` with what it joins.

        Of business time, ``opened`` names the column with the open seconds up to ``start``.
        """
        length = q.whole(self._length(duration))
        if not self._business(duration):
            at = q.add(start, length)
            return q.case((q.compare_sql(at, "<=", q.whole(LATEST)), at)), select
        return self._reached(select, name, q.add(q.column(f"{opened}_opened", "f"), length))

    def _next_touch(self, source: str) -> exp.Select:
        """Add `_due_cadence`: `_touch_at` moved to the next opening."""
        due, select = self._opening(q.select_all(source), "d", q.column("_touch_at", "f"))
        return select.select(q.named(due, "_due_cadence"), copy=False)

    # When silence turns dark

    def _time_to_dark(self, source: str) -> exp.Select:
        """Add, for prospects that wait, when silence ends by elapsed and by business time.

        Of thresholds in business time with the same `since`, the shortest passes first, so one join
        for each `since` is enough.
        """
        waits = q.both([exp.Not(this=self._rules.column(DARK)), q.is_not_null(self._silent())])
        elapsed = [
            self._elapsed_end(each)
            for each in self._playbook.thresholds.values()
            if not self._business(each.silent_for)
        ]
        select = q.select_all(source)
        ends = q.least(elapsed) if elapsed else q.whole(FAR_FUTURE)
        select = select.select(q.named(q.case((waits, ends)), "_elapsed_end"), copy=False)
        for since in self._business_sinces():
            lengths = [
                q.case(
                    (self._may_pass(each), q.whole(self._length(each.silent_for))),
                    otherwise=q.whole(FAR_FUTURE),
                )
                for each in self._playbook.thresholds.values()
                if each.since == since and self._business(each.silent_for)
            ]
            target = q.add(q.column(f"{_counter(since)}_opened", "f"), q.least(lengths))
            possible = q.compare_sql(q.least(lengths), "<", q.whole(FAR_FUTURE))
            end = q.case((q.both([waits, possible]), target))
            select = select.select(q.named(end, f"_target_{since}"), copy=False)
        return select

    def _silent(self) -> exp.Expression:
        return self._rules.column(RuleId("facts", "silent_since"))

    def _needed(self, threshold: Threshold) -> exp.Expression:
        return q.whole(self._length(threshold.silent_for))

    def _may_pass(self, threshold: Threshold) -> exp.Expression:
        return self._rules.column((RuleId("dark", threshold.id), "may"))

    def _elapsed_end(self, threshold: Threshold) -> exp.Expression:
        at = q.add(self._rules.began(threshold.since), self._needed(threshold))
        reachable = q.both([self._may_pass(threshold), q.compare_sql(at, "<=", q.whole(LATEST))])
        return q.case((reachable, at), otherwise=q.whole(FAR_FUTURE))

    def _goes_dark(self, source: str) -> exp.Select:
        select = q.select_all(source)
        ends = [q.coalesce(q.column("_elapsed_end", "f"), q.whole(FAR_FUTURE))]
        for since in self._business_sinces():
            target = q.column(f"_target_{since}", "f")
            end, select = self._reached(select, f"_reach_{since}", target)
            ends.append(q.coalesce(end, q.whole(FAR_FUTURE)))
        end = q.least(ends)
        found = q.case((q.compare_sql(end, "<", q.whole(FAR_FUTURE)), end))
        return select.select(q.named(found, "_goes_dark_at"), copy=False)


def _counter(since: str) -> str:
    return "_silent" if since == "silent_since" else f"_began_{since}"


def _day(at: exp.Expression) -> exp.Expression:
    """Build the key of the row of `calendar_days` that has the instant ``at``."""
    # One whole number for zone and day: the join has a single key.
    first = q.multiply(q.column("_clock", "f"), q.whole(DAYS_PER_ZONE))
    return q.add(first, day_of(at))


def _looked_up(select: exp.Select, name: str, alias: str, key: exp.Expression) -> exp.Select:
    same = q.compare_sql(q.column("key", alias), "=", key)
    return select.join(q.table(name, alias), on=same, join_type="left")
