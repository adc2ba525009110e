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
from engine.book.calendar.business_clock import LAST
from engine.book.sql_nodes import (
    add,
    both,
    case,
    coalesce,
    column,
    compare_sql,
    greatest,
    is_not_null,
    least,
    named,
    subtract,
    table,
    whole,
)
from engine.language.durations import Duration
from engine.language.instants import LATEST

Cte = tuple[str, exp.Select]
"""The name of a common table expression, and what it selects."""

CLOCK = ("_zone", "_clock", "_bucket_seconds", "_opened", "_opening")
"""Columns of a zone: its name and number, the open seconds of a row of `calendar_reach`, the open
seconds up to now, and the next opening."""


def known_instant(instant: exp.Expression) -> exp.Expression:
    """Build ``instant`` clipped to the years of the calendar; nothing is open outside them."""
    return least([greatest([instant, whole(0)]), whole(LAST)])


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
    opens = case((compare_sql(cutoffs.now, "<", whole(LAST)), next_opening(now, "d")))
    columns = [
        *[named(column(name, "d"), f"_{name}") for name in ("zone", "clock", "bucket_seconds")],
        named(opened_by(now, "d"), "_opened"),
        named(opens, "_opening"),
    ]
    today = compare_sql(column("day", "d"), "=", day_of(now))
    return exp.select(*columns).from_(table("calendar_days", "d")).where(today)


def _zone_cutoffs(cutoffs: Cutoffs) -> exp.Select:
    """Add the cutoffs to `zone_now`, and the due instants counted from now, open or not."""
    columns: list[exp.Expression] = [column(name, "k") for name in CLOCK]
    opened = column("_opened", "k")
    for (kind, length), name in cutoffs.columns.items():
        target = (add if kind == "not_after" else subtract)(opened, whole(length))
        find = _earliest if kind == "not_before" else _latest
        columns.append(named(find(target), name))
    for duration, name in cutoffs.dues.items():
        columns.append(named(_after_now(cutoffs, duration), name))
    return _by_clock(exp.select(*columns), "zone_now", len(CLOCK))


def _zones(cutoffs: Cutoffs) -> exp.Select:
    """Move the due instants of `zone_cutoffs` to the next opening."""
    kept = [*CLOCK, *cutoffs.columns.values()]
    columns: list[exp.Expression] = [column(name, "k") for name in kept]
    for name in cutoffs.dues.values():
        due, next_ = column(name, "k"), column("next_opening", "d")
        openings = [_open_from(index, due) for index in WINDOW_NUMBERS]
        # What opens next may lie beyond the last day of the table.
        openings.append((compare_sql(next_, ">=", due), next_))
        columns.append(named(exp.Min(this=case(*openings)), name))
    return _by_clock(exp.select(*columns), "zone_cutoffs", len(kept))


def _by_clock(select: exp.Select, source: str, keys: int) -> exp.Select:
    same = compare_sql(column("clock", "d"), "=", column("_clock", "k"))
    joined = select.from_(table(source, "k")).join(table("calendar_days", "d"), on=same)
    return joined.group_by(*select.expressions[:keys])


def _each_window(
    branch: Callable[[int], tuple[exp.Expression, exp.Expression]], backwards: bool = False
) -> exp.Expression:
    order = reversed(WINDOW_NUMBERS) if backwards else WINDOW_NUMBERS
    return case(*[branch(index) for index in order])


def _latest(target: exp.Expression) -> exp.Expression:
    """Build the latest instant with at most ``target`` open seconds before it."""

    def branch(index: int) -> tuple[exp.Expression, exp.Expression]:
        opens, before = column(f"opens_{index}", "d"), before_window("d", index)
        begun = both([is_not_null(opens), compare_sql(before, "<=", target)])
        return begun, add(opens, subtract(target, before))

    found = exp.Max(this=_each_window(branch, backwards=True))
    forever = compare_sql(exp.Max(this=target.copy()), ">=", exp.Max(this=through("d")))
    return case((forever, whole(NO_INSTANT)), otherwise=coalesce(found, whole(-NO_INSTANT)))


def _earliest(target: exp.Expression) -> exp.Expression:
    """Build the earliest instant with ``target`` open seconds before it."""
    at_once = compare_sql(exp.Max(this=target.copy()), "<=", whole(0))
    return case(
        (at_once, whole(-NO_INSTANT)), otherwise=coalesce(_reached(target), whole(NO_INSTANT))
    )


def _reached(target: exp.Expression) -> exp.Expression:
    """Build the earliest instant by which ``target`` open seconds (more than 0) have passed.

    NULL if there are fewer.
    """

    def branch(index: int) -> tuple[exp.Expression, exp.Expression]:
        opens, before = column(f"opens_{index}", "d"), before_window("d", index)
        enough = compare_sql(add(before, length_of("d", index)), ">=", target)
        return both([is_not_null(opens), enough]), add(opens, subtract(target, before))

    return exp.Min(this=_each_window(branch))


def _after_now(cutoffs: Cutoffs, duration: Duration) -> exp.Expression:
    length = duration.seconds(cutoffs.business_day)
    if duration.business and length > 0:
        return _reached(add(column("_opened", "k"), whole(length)))
    due = add(cutoffs.now, whole(length))
    return exp.Max(this=case((compare_sql(due, "<=", whole(LATEST)), due)))


def _open_from(index: int, at: exp.Expression) -> tuple[exp.Expression, exp.Expression]:
    opens, closes = column(f"opens_{index}", "d"), column(f"closes_{index}", "d")
    return compare_sql(at, "<", closes), greatest([at, opens])
