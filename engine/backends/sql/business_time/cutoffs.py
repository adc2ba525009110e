"""Collect the cutoffs of a playbook before any SQL is written.

A cutoff is the instant that is a duration before or after now. In business time it differs between
clocks, but not between prospects with one clock, so it is computed once a clock, and comparisons
are between instants: ``older_than: 2 business days`` is ``"seen_at" < "_not_before_57600"``. That
is exact because open time never decreases.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from sqlglot import exp

from engine.book.calendar.calendar_shape import CalendarShape, shape_of
from engine.book.sql_nodes import add, column, subtract, whole
from engine.language import conditions as c
from engine.language.durations import Duration
from engine.language.model import Playbook
from engine.language.walk import comparisons_in, conditions, measure_conditions

CutoffKind = Literal["not_before", "not_after", "at_least_ago"]


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """The cutoffs of one playbook as SQL. To ask for one that was not collected is a KeyError.

    Attributes:
        now: The instant of the evaluation, in seconds since 1970 UTC.
        business_day: Its length in seconds.
        shape: What the tables of the calendar look like.
        columns: The name of the column of each cutoff in business time, by kind and seconds.
        dues: The name of the column of each due instant that is counted from now.
        durations: All durations of the playbook.
        owner: The table that has these columns.
    """

    now: exp.Expression
    business_day: int
    shape: CalendarShape
    columns: Mapping[tuple[CutoffKind, int], str]
    dues: Mapping[Duration, str]
    durations: frozenset[Duration]
    owner: str = "f"

    def of(self, owner: str) -> Cutoffs:
        """Return these cutoffs as columns of the table ``owner``."""
        return replace(self, owner=owner)

    def not_before(self, duration: Duration) -> exp.Expression:
        """Build the earliest instant since which at most ``duration`` has passed."""
        return self._cutoff("not_before", duration)

    def not_after(self, duration: Duration) -> exp.Expression:
        """Build the latest instant that is at most ``duration`` ahead."""
        return self._cutoff("not_after", duration)

    def at_least_ago(self, duration: Duration) -> exp.Expression:
        """Build the latest instant since which at least ``duration`` has passed.

        In business time it can be later than `not_before`: every instant of a night is as long ago.
        """
        return self._cutoff("at_least_ago", duration)

    def due(self, duration: Duration) -> exp.Expression:
        """Build the first open instant at or after ``duration`` from now."""
        return column(self.dues[duration], self.owner)

    def _cutoff(self, kind: CutoffKind, duration: Duration) -> exp.Expression:
        length = duration.seconds(self.business_day)
        if duration.business:
            return column(self.columns[kind, length], self.owner)
        shift = add if kind == "not_after" else subtract
        return shift(self.now.copy(), whole(length))


def collect_cutoffs(playbook: Playbook, now: exp.Expression) -> Cutoffs:
    """Collect the cutoffs of ``playbook`` at ``now``, in seconds since 1970 UTC.

    A threshold of 2 business days and ``seen_at: {older_than: 2 business days}`` give the columns
    ``_at_least_ago_57600`` and ``_not_before_57600``.
    """
    day = playbook.calendar.business_day
    uses = list(_uses(playbook))
    lengths = [(kind, length.seconds(day)) for kind, length in uses if length.business]
    dues = dict.fromkeys(due for each in playbook.actions.values() if (due := _delay(each.due)))
    cadence = playbook.cadence
    return Cutoffs(
        now=now,
        business_day=day,
        shape=shape_of(playbook.calendar),
        columns={(kind, length): f"_{kind}_{length}" for kind, length in lengths},
        dues={due: f"_due_{number}" for number, due in enumerate(dues, start=1)},
        durations=frozenset([*(length for _, length in uses), *dues, *cadence.steps, cadence.gap]),
    )


def _delay(due: Duration | str) -> Duration | None:
    return due if isinstance(due, Duration) else None


def _uses(playbook: Playbook) -> Iterator[tuple[CutoffKind, Duration]]:
    for threshold in playbook.thresholds.values():
        yield "at_least_ago", threshold.silent_for
    rows = (at for _, at in measure_conditions(playbook))
    for at in (*conditions(playbook), *rows):
        for comparison in comparisons_in(at.condition):
            match comparison:
                case c.OlderThan(duration=duration) | c.Within(duration=duration):
                    yield "not_before", duration
                case c.InNext(duration=duration):
                    yield "not_after", duration
                case _:
                    pass
    for fact in playbook.facts.values():
        if fact.measure is not None and fact.measure.within is not None:
            yield "not_before", fact.measure.within
