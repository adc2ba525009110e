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

from engine.backends.sql.tree.build import (
    coalesce,
    column,
    compare,
    largest,
    minus,
    plus,
    smallest,
    when,
    whole,
)
from engine.book.calendar import calendar_tables
from engine.book.calendar.clock import DAY
from engine.language.durations import Duration

WINDOWS = tuple(range(1, calendar_tables.WINDOWS + 1))
"""By which number the columns of each open window end."""

NEVER = 9_000_000_000_000
"""Seconds: farther off than any instant of the language."""

MarkKind = Literal["back", "ahead", "lasted"]


@dataclass
class Marks:
    """The instants around ``now`` that a playbook's tests compare with, collected as they are used.

    ``owner`` is the table the columns of marks are taken from, if there are several. ``durations``
    are all that anything is counted by. ``lowers``: the engine is DuckDB, whose LOWER is known.
    """

    now: exp.Expression
    business_day: int
    owner: str | None = None
    lowers: bool = False
    columns: dict[tuple[MarkKind, int], str] = field(default_factory=dict)
    dues: dict[Duration, str] = field(default_factory=dict)
    durations: set[Duration] = field(default_factory=set)

    def of(self, owner: str) -> Marks:
        """The same marks, taken from ``owner``."""
        return replace(self, owner=owner)

    def back(self, duration: Duration) -> exp.Expression:
        """The earliest instant from which no more than ``duration`` has passed until now."""
        return self._mark("back", duration)

    def ahead(self, duration: Duration) -> exp.Expression:
        """The latest instant that is no more than ``duration`` away."""
        return self._mark("ahead", duration)

    def lasted(self, duration: Duration) -> exp.Expression:
        """The latest instant from which at least ``duration`` has passed until now."""
        return self._mark("lasted", duration)

    def due(self, duration: Duration) -> exp.Expression:
        """The opening at or after the instant that lies ``duration`` after now."""
        self.durations.add(duration)
        name = self.dues.setdefault(duration, f"_due_{len(self.dues) + 1}")
        return column(name, self.owner)

    def _mark(self, kind: MarkKind, duration: Duration) -> exp.Expression:
        self.durations.add(duration)
        length = duration.seconds(self.business_day)
        if not duration.business:
            shift = plus if kind == "ahead" else minus
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
    length = minus(_window("closes", index, owner), _window("opens", index, owner))
    return coalesce(length, whole(0))


def before_window(owner: str, index: int) -> exp.Expression:
    """Open seconds before a day's window."""
    found: exp.Expression = column("before", owner)
    for earlier in range(1, index):
        found = plus(found, length_of(owner, earlier))
    return found


def through(owner: str) -> exp.Expression:
    """Open seconds up to the end of a day."""
    return plus(before_window(owner, WINDOWS[-1]), length_of(owner, WINDOWS[-1]))


def opened_by(instant: exp.Expression, owner: str) -> exp.Expression:
    """Open seconds up to ``instant``, which lies in the day that ``owner`` is a row of."""
    found: exp.Expression = column("before", owner)
    for index in WINDOWS:
        opens, closes = _window("opens", index, owner), _window("closes", index, owner)
        inside = minus(smallest([instant, closes]), opens)
        open_ = when((compare(instant, ">", opens), inside), otherwise=whole(0))
        found = plus(found, open_)
    return found


def opening(instant: exp.Expression, owner: str) -> exp.Expression:
    """``instant`` itself if it is open, else the next opening; ``owner`` is a row of its day."""
    branches = [
        (
            compare(instant, "<", _window("closes", index, owner)),
            largest([instant, _window("opens", index, owner)]),
        )
        for index in WINDOWS
    ]
    return when(*branches, otherwise=column("next_opening", owner))


def reached(target: exp.Expression, owner: str) -> exp.Expression:
    """The instant by which ``target`` open seconds have passed; ``owner`` is the row of
    `calendar_reach` these fall in.
    """
    branches = []
    for index in WINDOWS:
        opens, before = _window("opens", index, owner), _window("before", index, owner)
        ends = plus(before, minus(_window("closes", index, owner), opens))
        branches.append((compare(target, "<=", ends), plus(opens, minus(target, before))))
    return when(*branches)
