"""Due dates, and the ids behind the result of a compiled function.

Both are computed on demand: most callers look at few of them, and a due date takes the calendar.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import compress
from typing import Any

from engine.backends.compiled.compile_steps import COUNT, TIMES, result_layout
from engine.book.calendar.business_clock import Clock
from engine.language.durations import Duration
from engine.language.instants import LATEST
from engine.language.model import Playbook

AfterFn = Callable[[Clock, int], int | None]
"""A function that adds a duration to an instant, by a clock; None if the sum is out of range."""


class CompiledPlan:
    """Ids and functions for due dates, shared by all results of one playbook."""

    def __init__(self, playbook: Playbook) -> None:
        self.layout = result_layout(playbook)
        self.thresholds = tuple(playbook.thresholds)
        self.signals = tuple(playbook.signals)
        self.causes = tuple(playbook.causes)
        self.guards = tuple(playbook.guards)
        self._guards_of: dict[int, tuple[str, ...]] = {}
        self._day = playbook.calendar.business_day
        cadence, times = playbook.cadence, self.layout.times
        self._steps = [self._after(step) for step in cadence.steps]
        self._gap = self._after(cadence.gap)
        self._start = TIMES + times.index(cadence.start)
        self._gap_from = TIMES + times.index(cadence.gap_from)
        self.dues = [
            self._after(due) if isinstance(due, Duration) else due for due in self.layout.dues
        ]
        self._waits = [
            (times.index(threshold.since) + TIMES, self._after(threshold.silent_for))
            for threshold in playbook.thresholds.values()
        ]

    def due(self, place: int, values: tuple[Any, ...], now: int, clock: Clock) -> int | None:
        """Compute when an action is due, as `engine.semantics.schedule` defines it.

        Args:
            place: The index of the due rule in `ResultLayout.dues`.
            values: The result of the compiled function.
            now: The instant of the evaluation, in seconds since 1970 UTC.
            clock: Business time of the prospect.

        Returns:
            Seconds since 1970 UTC; None if there is no such instant.
        """
        due = self.dues[place]
        if due == "now":
            return clock.next_open(now)
        wanted = self._next_touch(values, now, clock) if due == "cadence" else due(clock, now)
        return None if wanted is None else clock.next_open(wanted)

    def goes_dark_at(self, values: tuple[Any, ...], clock: Clock) -> int | None:
        """Compute when a prospect in state `waiting` goes dark if nothing changes.

        Returns:
            Seconds since 1970 UTC; None if it never does.
        """
        silent = values[TIMES]
        # The known number comes first: max() gives its first argument where the other is NaN.
        found = [
            reach(clock, max(silent, values[since]))
            for since, reach in compress(self._waits, values[self.layout.applicable_thresholds])
        ]
        return min((instant for instant in found if instant is not None), default=None)

    def guards_of(self, bits: int) -> tuple[str, ...]:
        """Return the ids of the guards whose bits are set in ``bits``, in playbook order."""
        if bits not in self._guards_of:
            ids = enumerate(self.guards)
            self._guards_of[bits] = tuple(id for at, id in ids if bits >> at & 1)
        return self._guards_of[bits]

    def _next_touch(self, values: tuple[Any, ...], now: int, clock: Clock) -> int | None:
        """Compute the next touch of the cadence; unknown values are NaN, so `x != x`."""
        start, count, last = values[self._start], values[COUNT], values[self._gap_from]
        if start != start or count != count:  # noqa: PLR0124 - NaN, an unknown value, differs from itself
            return now
        if count >= len(self._steps):
            return None
        touch = self._steps[int(count) if count > 0 else 0](clock, start)
        if touch is None:
            return None
        if last == last:  # noqa: PLR0124 - NaN, an unknown value, differs from itself
            rested = self._gap(clock, last)
            if rested is None:
                return None
            touch = max(touch, rested)
        return max(now, touch)

    def _after(self, duration: Duration) -> AfterFn:
        """Make `Clock.after` for one duration, with its length computed once."""
        length = duration.seconds(self._day)
        if duration.business and length:
            return lambda clock, start: clock.after(start, duration)
        return lambda _, start: start + length if start + length <= LATEST else None
