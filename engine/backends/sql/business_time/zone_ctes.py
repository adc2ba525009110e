"""Build the first relations of a statement: a row per time zone, with its cutoffs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlglot import exp

from engine.backends.sql.business_time.cutoffs import Cutoffs
from engine.backends.sql.business_time.windows import (
    NO_INSTANT,
    WINDOW_NUMBERS,
    before_window,
    day_of,
    length_of,
    next_opening,
    opened_by,
    through,
)
from engine.book import sql_nodes as q
from engine.book.calendar.business_clock import LAST
from engine.language.durations import Duration
from engine.language.instants import LATEST

Cte = tuple[str, exp.Select]
"""The name of a common table expression, and what it selects."""

CLOCK = ("_zone", "_clock", "_bucket_seconds", "_opened", "_opening")
"""Columns of a zone: its name and number, the open seconds of a row of `calendar_reach`, the open
seconds up to now, and the next opening."""


def known_instant(instant: exp.Expression) -> exp.Expression:
    """Build ``instant`` clipped to the years of the calendar; nothing is open outside them."""
    return q.least([q.greatest([instant, q.whole(0)]), q.whole(LAST)])


ZONE_CTES = ("zone_now", "zone_cutoffs", "zones")


def zone_ctes(cutoffs: Cutoffs) -> Iterator[Cte]:
    """Yield three relations with a row per time zone; the last, `zones`, has every column.

    Its columns are `CLOCK`, and the cutoffs and due instants of ``cutoffs``::

        "zones" AS (SELECT "k"."_zone", "k"."_clock", "k"."_bucket_seconds", "k"."_opened",
            "k"."_opening", "k"."_not_before_57600", MIN(CASE ... END) AS "_due_1"
          FROM "zone_cutoffs" AS "k" JOIN "calendar_days" AS "d" ON "d"."clock" = "k"."_clock"
          GROUP BY ...)

    Each cutoff is searched among all days of the zone, but once a zone and not once a prospect.
    """
    selects = (_zone_now(cutoffs), _zone_cutoffs(cutoffs), _zones(cutoffs))
    yield from zip(ZONE_CTES, selects, strict=True)


def _zone_now(cutoffs: Cutoffs) -> exp.Select:
    now = known_instant(cutoffs.now)
    opens = q.case((q.compare_sql(cutoffs.now, "<", q.whole(LAST)), next_opening(now, "d")))
    columns = [
        *[q.named(q.column(name, "d"), f"_{name}") for name in ("zone", "clock", "bucket_seconds")],
        q.named(opened_by(now, "d"), "_opened"),
        q.named(opens, "_opening"),
    ]
    today = q.compare_sql(q.column("day", "d"), "=", day_of(now))
    return exp.select(*columns).from_(q.table("calendar_days", "d")).where(today)


def _zone_cutoffs(cutoffs: Cutoffs) -> exp.Select:
    """Add the cutoffs to `zone_now`, and the due instants counted from now, open or not."""
    columns: list[exp.Expression] = [q.column(name, "k") for name in CLOCK]
    opened = q.column("_opened", "k")
    for (kind, length), name in cutoffs.columns.items():
        target = (q.add if kind == "not_after" else q.subtract)(opened, q.whole(length))
        find = _earliest if kind == "not_before" else _latest
        columns.append(q.named(find(target), name))
    for duration, name in cutoffs.dues.items():
        columns.append(q.named(_after_now(cutoffs, duration), name))
    return _by_clock(exp.select(*columns), "zone_now", len(CLOCK))


def _zones(cutoffs: Cutoffs) -> exp.Select:
    """Move the due instants of `zone_cutoffs` to the next opening."""
    kept = [*CLOCK, *cutoffs.columns.values()]
    columns: list[exp.Expression] = [q.column(name, "k") for name in kept]
    for name in cutoffs.dues.values():
        due, next_ = q.column(name, "k"), q.column("next_opening", "d")
        openings = [_open_from(index, due) for index in WINDOW_NUMBERS]
        # What opens next may lie beyond the last day of the table.
        openings.append((q.compare_sql(next_, ">=", due), next_))
        columns.append(q.named(exp.Min(this=q.case(*openings)), name))
    return _by_clock(exp.select(*columns), "zone_cutoffs", len(kept))


def _by_clock(select: exp.Select, source: str, keys: int) -> exp.Select:
    same = q.compare_sql(q.column("clock", "d"), "=", q.column("_clock", "k"))
    joined = select.from_(q.table(source, "k")).join(q.table("calendar_days", "d"), on=same)
    return joined.group_by(*select.expressions[:keys])


def _each_window(
    branch: Callable[[int], tuple[exp.Expression, exp.Expression]], backwards: bool = False
) -> exp.Expression:
    order = reversed(WINDOW_NUMBERS) if backwards else WINDOW_NUMBERS
    return q.case(*[branch(index) for index in order])


def _latest(target: exp.Expression) -> exp.Expression:
    """Build the latest instant with at most ``target`` open seconds before it."""

    def branch(index: int) -> tuple[exp.Expression, exp.Expression]:
        opens, before = q.column(f"opens_{index}", "d"), before_window("d", index)
        begun = q.both([q.is_not_null(opens), q.compare_sql(before, "<=", target)])
        return begun, q.add(opens, q.subtract(target, before))

    found = exp.Max(this=_each_window(branch, backwards=True))
    forever = q.compare_sql(exp.Max(this=target.copy()), ">=", exp.Max(this=through("d")))
    return q.case((forever, q.whole(NO_INSTANT)), otherwise=q.coalesce(found, q.whole(-NO_INSTANT)))


def _earliest(target: exp.Expression) -> exp.Expression:
    """Build the earliest instant with ``target`` open seconds before it."""
    at_once = q.compare_sql(exp.Max(this=target.copy()), "<=", q.whole(0))
    return q.case(
        (at_once, q.whole(-NO_INSTANT)), otherwise=q.coalesce(_reached(target), q.whole(NO_INSTANT))
    )


def _reached(target: exp.Expression) -> exp.Expression:
    """Build the earliest instant by which ``target`` open seconds (more than 0) have passed.

    NULL if there are fewer.
    """

    def branch(index: int) -> tuple[exp.Expression, exp.Expression]:
        opens, before = q.column(f"opens_{index}", "d"), before_window("d", index)
        enough = q.compare_sql(q.add(before, length_of("d", index)), ">=", target)
        return q.both([q.is_not_null(opens), enough]), q.add(opens, q.subtract(target, before))

    return exp.Min(this=_each_window(branch))


def _after_now(cutoffs: Cutoffs, duration: Duration) -> exp.Expression:
    length = duration.seconds(cutoffs.business_day)
    if duration.business and length > 0:
        return _reached(q.add(q.column("_opened", "k"), q.whole(length)))
    due = q.add(cutoffs.now, q.whole(length))
    return exp.Max(this=q.case((q.compare_sql(due, "<=", q.whole(LATEST)), due)))


def _open_from(index: int, at: exp.Expression) -> tuple[exp.Expression, exp.Expression]:
    opens, closes = q.column(f"opens_{index}", "d"), q.column(f"closes_{index}", "d")
    return q.compare_sql(at, "<", closes), q.greatest([at, opens])
