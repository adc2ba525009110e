"""Write business time as SQL over two tables: equi-joins and arithmetic, no time zone functions.

`calendar_days` has a row for every zone and UTC day, with up to three open windows and the open
seconds before that day; `calendar_reach` has one for every zone and bucket of open seconds, with
the windows these fall in (see `engine.book.calendar.calendar_tables`).
"""

from __future__ import annotations

from sqlglot import exp

from engine.book.calendar import calendar_tables
from engine.book.calendar.business_clock import DAY
from engine.book.sql_nodes import (
    add,
    case,
    coalesce,
    column,
    compare_sql,
    greatest,
    least,
    subtract,
    whole,
)

WINDOW_NUMBERS = tuple(range(1, calendar_tables.WINDOWS + 1))
"""By which number the columns of each open window end."""

NO_INSTANT = 9_000_000_000_000
"""Seconds: farther off than any instant of the language."""


def day_of(instant: exp.Expression) -> exp.Expression:
    """Return the UTC day of ``instant``, which must not lie before 1970."""
    return exp.IntDiv(this=exp.Paren(this=instant), expression=whole(DAY))


def _window(name: str, index: int, owner: str) -> exp.Expression:
    return column(f"{name}_{index}", owner)


def length_of(owner: str, index: int) -> exp.Expression:
    """Open seconds of a day's window, 0 where it has none."""
    length = subtract(_window("closes", index, owner), _window("opens", index, owner))
    return coalesce(length, whole(0))


def before_window(owner: str, index: int) -> exp.Expression:
    """Open seconds before a day's window."""
    found: exp.Expression = column("before", owner)
    for earlier in range(1, index):
        found = add(found, length_of(owner, earlier))
    return found


def through(owner: str) -> exp.Expression:
    """Open seconds up to the end of a day."""
    return add(before_window(owner, WINDOW_NUMBERS[-1]), length_of(owner, WINDOW_NUMBERS[-1]))


def opened_by(instant: exp.Expression, owner: str) -> exp.Expression:
    """Open seconds up to ``instant``, which lies in the day that ``owner`` is a row of."""
    found: exp.Expression = column("before", owner)
    for index in WINDOW_NUMBERS:
        opens, closes = _window("opens", index, owner), _window("closes", index, owner)
        inside = subtract(least([instant, closes]), opens)
        open_ = case((compare_sql(instant, ">", opens), inside), otherwise=whole(0))
        found = add(found, open_)
    return found


def next_opening(instant: exp.Expression, owner: str) -> exp.Expression:
    """``instant`` itself if it is open, else the next opening; ``owner`` is a row of its day."""
    branches = [
        (
            compare_sql(instant, "<", _window("closes", index, owner)),
            greatest([instant, _window("opens", index, owner)]),
        )
        for index in WINDOW_NUMBERS
    ]
    return case(*branches, otherwise=column("next_opening", owner))


def reached_instant(target: exp.Expression, owner: str) -> exp.Expression:
    """Return the instant by which ``target`` open seconds have passed; ``owner`` is the row of
    `calendar_reach` these fall in.
    """
    branches = []
    for index in WINDOW_NUMBERS:
        opens, before = _window("opens", index, owner), _window("before", index, owner)
        ends = add(before, subtract(_window("closes", index, owner), opens))
        branches.append((compare_sql(target, "<=", ends), add(opens, subtract(target, before))))
    return case(*branches)
