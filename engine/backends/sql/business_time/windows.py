"""Business time in SQL, without functions of time zones: two tables, equi-joins and arithmetic.

`calendar_days` has a row for every zone and UTC day, with up to three open windows and the open
seconds before that day; `calendar_reach` one for every zone and stretch of open seconds, with the
windows these fall in (see `engine.book.calendar.calendar_tables`). A *mark* is an instant that lies
a duration before or after now. There is one a zone, so that tests of business time compare
instants.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from sqlglot import exp

from engine.book.calendar import calendar_tables
from engine.book.calendar.clock import DAY
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
from engine.language.durations import Duration

WINDOW_NUMBERS = tuple(range(1, calendar_tables.WINDOWS + 1))
"""By which number the columns of each open window end."""

NO_INSTANT = 9_000_000_000_000
"""Seconds: farther off than any instant of the language."""

CutoffKind = Literal["back", "ahead", "lasted"]


@dataclass
class Cutoffs:
    """The instants around ``now`` that a playbook's tests compare with, collected as they are used.

    ``owner`` is the table the columns of marks are taken from, if there are several. ``durations``
    are all that anything is counted by. ``lowers``: the engine is DuckDB, whose LOWER is known.
    """

    now: exp.Expression
    business_day: int
    owner: str | None = None
    lowers: bool = False
    columns: dict[tuple[CutoffKind, int], str] = field(default_factory=dict)
    dues: dict[Duration, str] = field(default_factory=dict)
    durations: set[Duration] = field(default_factory=set)

    def of(self, owner: str) -> Cutoffs:
        """The same marks, taken from ``owner``."""
        return replace(self, owner=owner)

    def not_before(self, duration: Duration) -> exp.Expression:
        """The earliest instant from which no more than ``duration`` has passed until now."""
        return self._mark("back", duration)

    def not_after(self, duration: Duration) -> exp.Expression:
        """The latest instant that is no more than ``duration`` away."""
        return self._mark("ahead", duration)

    def at_least_ago(self, duration: Duration) -> exp.Expression:
        """The latest instant from which at least ``duration`` has passed until now."""
        return self._mark("lasted", duration)

    def due(self, duration: Duration) -> exp.Expression:
        """The opening at or after the instant that lies ``duration`` after now."""
        self.durations.add(duration)
        name = self.dues.setdefault(duration, f"_due_{len(self.dues) + 1}")
        return column(name, self.owner)

    def _mark(self, kind: CutoffKind, duration: Duration) -> exp.Expression:
        self.durations.add(duration)
        length = duration.seconds(self.business_day)
        if not duration.business:
            shift = add if kind == "ahead" else subtract
            return shift(self.now.copy(), whole(length))
        name = self.columns.setdefault((kind, length), f"_{kind}_{length}")
        return column(name, self.owner)


def day_of(instant: exp.Expression) -> exp.Expression:
    """The UTC day of ``instant``, which must not lie before 1970."""
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
    """The instant by which ``target`` open seconds have passed; ``owner`` is the row of
    `calendar_reach` these fall in.
    """
    branches = []
    for index in WINDOW_NUMBERS:
        opens, before = _window("opens", index, owner), _window("before", index, owner)
        ends = add(before, subtract(_window("closes", index, owner), opens))
        branches.append((compare_sql(target, "<=", ends), add(opens, subtract(target, before))))
    return case(*branches)
