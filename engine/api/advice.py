"""The result of `evaluate`: state and ranked next steps of one prospect, with reasons on demand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import compress
from typing import Any, NamedTuple, cast

from engine.backends.compiled.compile_steps import COUNT, FOUND, GUARDS, STATE, TIMES, result_layout
from engine.book.calendar.clock import Clock
from engine.book.prospect import Prospect
from engine.language.durations import Duration
from engine.language.instants import LATEST
from engine.language.model import Playbook
from engine.semantics.recommend import State

AfterFn = Callable[[Clock, int], int | None]
"""Adds a duration to an instant, by a clock; None if the sum is out of range."""

ExplainFn = Callable[[Prospect | Mapping[str, object], int, str | None], dict[str, Any]]
"""Computes the reasons for a prospect, or for facts alone, at an instant, for all or one action."""


class NextStep(NamedTuple):
    """One recommended action.

    Attributes:
        action: the id of the action.
        value: its value, from 0 to 1.
        due_at: when it is due, in seconds since 1970 UTC; None if it has no date.
        cause: the id of the cause that it answers, None if it answers none.
    """

    action: str
    value: float
    due_at: int | None
    cause: str | None


class HeldBack(NamedTuple):
    """An action that would be recommended if ``guards``, by their ids, did not hold it back."""

    step: NextStep
    guards: tuple[str, ...]


class CompiledPlan:
    """What all prospects of one playbook share: ids, and functions for due dates."""

    def __init__(self, playbook: Playbook, reasons: ExplainFn) -> None:
        self.reasons = reasons
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
            place: the position of the due rule among those of all actions.
            values: the result of the compiled function.
            now: the instant of the evaluation, in seconds since 1970 UTC.
            clock: business time of the prospect.
        """
        due = self.dues[place]
        if due == "now":
            return clock.next_open(now)
        wanted = self._next_touch(values, now, clock) if due == "cadence" else due(clock, now)
        return None if wanted is None else clock.next_open(wanted)

    def goes_dark_at(self, values: tuple[Any, ...], clock: Clock) -> int | None:
        """Compute when a prospect in state `waiting` goes dark if nothing changes."""
        silent = values[TIMES]
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


class Advice:
    """The recommendation for one prospect at one instant. It is immutable; threads may share it."""

    __slots__ = ("_clock", "_held", "_next", "_now", "_plan", "_prospect", "_values")

    def __init__(
        self,
        plan: CompiledPlan,
        values: tuple[Any, ...],
        now: int,
        clock: Clock,
        prospect: Prospect | Mapping[str, object],
    ) -> None:
        self._plan = plan
        self._values = values
        self._now = now
        self._clock = clock
        self._prospect = prospect
        self._next: tuple[NextStep, ...] | None = None

    @property
    def now(self) -> int:
        """The instant of the evaluation, in seconds since 1970 UTC."""
        return self._now

    @property
    def state(self) -> State:
        """`dark`, `waiting` (their turn, and not dark yet), `our_turn` or `untouched`."""
        return cast("State", self._values[STATE])

    @property
    def dark(self) -> tuple[str, ...]:
        """Ids of the thresholds that have passed."""
        plan = self._plan
        return tuple(compress(plan.thresholds, self._values[plan.layout.passed]))

    @property
    def goes_dark_at(self) -> int | None:
        """When the prospect goes dark if nothing changes, in seconds since 1970 UTC.

        None unless the state is `waiting`.
        """
        if self.state != "waiting":
            return None
        return self._plan.goes_dark_at(self._values, self._clock)

    @property
    def signals(self) -> tuple[str, ...]:
        """Ids of the signals that fire."""
        plan = self._plan
        return tuple(compress(plan.signals, self._values[plan.layout.signals]))

    @property
    def causes(self) -> dict[str, float]:
        """The confidence in each cause that has evidence, the likeliest first."""
        plan = self._plan
        found = zip(plan.causes, self._values[plan.layout.confidence], strict=True)
        return dict(sorted((each for each in found if each[1] > 0), key=lambda it: (-it[1], it[0])))

    @property
    def next_steps(self) -> tuple[NextStep, ...]:
        """The recommended actions, the most valuable first."""
        return self._ranked() if self._next is None else self._next

    @property
    def held_back(self) -> tuple[HeldBack, ...]:
        """The actions that guards hold back, the most valuable first."""
        if self._next is None:
            self._ranked()
        return self._held

    def why(self, action: str | None = None) -> dict[str, Any]:
        """Compute the reasons, as data like that of `relight why --format json`.

        With ``action``, only those of that action, as with `--action`. Raises KeyError if there is
        no such action.
        """
        return self._plan.reasons(self._prospect, self._now, action)

    def __repr__(self) -> str:
        first = self.next_steps[0].action if self.next_steps else None
        return f"<Advice: {self.state}, next {first}>"

    def _ranked(self) -> tuple[NextStep, ...]:
        plan, values, new = self._plan, self._values, tuple.__new__
        acting = values[GUARDS]
        due_at: dict[int, int | None] = {}
        steps: list[NextStep] = []
        held: list[HeldBack] = []
        for negated, _, action, due, blocked, cause in sorted(values[FOUND]):
            if due not in due_at:
                due_at[due] = plan.due(due, values, self._now, self._clock)
            step = new(NextStep, (action, -negated, due_at[due], cause))
            if blocked & acting:
                held.append(new(HeldBack, (step, plan.guards_of(blocked & acting))))
            else:
                steps.append(step)
        self._held = tuple(held)
        self._next = tuple(steps)  # last, as both properties check this one
        return self._next
