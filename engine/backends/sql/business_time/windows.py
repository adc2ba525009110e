"""Translate business time to arithmetic over two tables, with equi-joins and no zone functions.

`calendar_days` has a row for every zone and UTC day, with up to three open windows and the open
seconds before that day; `calendar_reach` has one for every zone and bucket of open seconds, with
the windows these are in (see `engine.book.calendar.calendar_tables`). In all functions, ``owner``
is the alias of the joined row.
"""

from __future__ import annotations

from sqlglot import exp

from engine.book import sql_nodes as q
from engine.book.calendar import calendar_tables
from engine.book.calendar.business_clock import DAY

WINDOW_NUMBERS = tuple(range(1, calendar_tables.WINDOWS + 1))
"""The numbers that the columns of the open windows end in: ``opens_1``, ``closes_1``, ..."""

NO_INSTANT = 9_000_000_000_000
"""Seconds since 1970: later than any instant of the language; negated, earlier than any."""


def day_of(instant: exp.Expression) -> exp.Expression:
    """Build the UTC day of ``instant``, which must not be before 1970."""
    # Before 1970, engines differ: some divide toward 0.
    return exp.IntDiv(this=exp.Paren(this=instant), expression=q.whole(DAY))


def _window(name: str, index: int, owner: str) -> exp.Expression:
    return q.column(f"{name}_{index}", owner)


def length_of(owner: str, index: int) -> exp.Expression:
    """Build the open seconds of a window, 0 if the day does not have it."""
    length = q.subtract(_window("closes", index, owner), _window("opens", index, owner))
    return q.coalesce(length, q.whole(0))


def before_window(owner: str, index: int) -> exp.Expression:
    """Build the open seconds before a window."""
    found: exp.Expression = q.column("before", owner)
    for earlier in range(1, index):
        found = q.add(found, length_of(owner, earlier))
    return found


def through(owner: str) -> exp.Expression:
    """Build the open seconds up to the end of a day."""
    return q.add(before_window(owner, WINDOW_NUMBERS[-1]), length_of(owner, WINDOW_NUMBERS[-1]))


def opened_by(instant: exp.Expression, owner: str) -> exp.Expression:
    """Build the open seconds up to ``instant``, on the day ``owner``.

    ``"d"."before" + CASE WHEN at > "d"."opens_1" THEN LEAST(at, "d"."closes_1") - "d"."opens_1"
    ELSE 0 END + ...``, a CASE for each window; a window that the day does not have is NULL.
    """
    found: exp.Expression = q.column("before", owner)
    for index in WINDOW_NUMBERS:
        opens, closes = _window("opens", index, owner), _window("closes", index, owner)
        inside = q.subtract(q.least([instant, closes]), opens)
        open_ = q.case((q.compare_sql(instant, ">", opens), inside), otherwise=q.whole(0))
        found = q.add(found, open_)
    return found


def next_opening(instant: exp.Expression, owner: str) -> exp.Expression:
    """Build ``instant`` itself if business is open, else the next opening, from its day ``owner``.

    ``CASE WHEN at < "d"."closes_1" THEN GREATEST(at, "d"."opens_1") ... ELSE "d"."next_opening"
    END``
    """
    branches = [
        (
            q.compare_sql(instant, "<", _window("closes", index, owner)),
            q.greatest([instant, _window("opens", index, owner)]),
        )
        for index in WINDOW_NUMBERS
    ]
    return q.case(*branches, otherwise=q.column("next_opening", owner))


def reached_instant(target: exp.Expression, owner: str) -> exp.Expression:
    """Build the instant by which ``target`` open seconds have passed, from the bucket ``owner``.

    ``CASE WHEN n <= "r"."before_1" + ("r"."closes_1" - "r"."opens_1")
    THEN "r"."opens_1" + (n - "r"."before_1") ... END``
    """
    branches = []
    for index in WINDOW_NUMBERS:
        opens, before = _window("opens", index, owner), _window("before", index, owner)
        ends = q.add(before, q.subtract(_window("closes", index, owner), opens))
        branches.append(
            (q.compare_sql(target, "<=", ends), q.add(opens, q.subtract(target, before)))
        )
    return q.case(*branches)
