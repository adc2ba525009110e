"""The result of `evaluate`: state and ranked next steps of one prospect, with reasons on demand."""

from __future__ import annotations

from collections.abc import Callable
from itertools import compress
from typing import Any, NamedTuple, cast

from engine.backends.compiled.compile_steps import ELIGIBLE, GUARDS, STATE
from engine.backends.compiled.runtime import CompiledPlan
from engine.book.calendar.business_clock import Clock
from engine.semantics.recommend import State

ExplainFn = Callable[[str | None], dict[str, Any]]
"""A function that computes the reasons for a recommendation, all or those of the action ``id``."""


class NextStep(NamedTuple):
    """One recommended action.

    Attributes:
        action: The id of the action.
        value: Its value, from 0 to 1.
        due_at: When it is due, in seconds since 1970 UTC; None if it has no due date.
        cause: The id of the cause that it answers; None if it is for any cause.
    """

    action: str
    value: float
    due_at: int | None
    cause: str | None


class HeldBack(NamedTuple):
    """An action that would be recommended if no guard held it back.

    Attributes:
        step: The action.
        guards: The ids of the guards that hold it back.
    """

    step: NextStep
    guards: tuple[str, ...]


class Advice:
    """The recommendation for one prospect at one instant. It is immutable; threads may share it.

    Most properties are computed when they are read.
    """

    __slots__ = ("_clock", "_held", "_next", "_now", "_plan", "_reasons", "_values")

    def __init__(
        self,
        plan: CompiledPlan,
        values: tuple[Any, ...],
        now: int,
        clock: Clock,
        reasons: ExplainFn,
    ) -> None:
        self._plan = plan
        self._values = values
        self._now = now
        self._clock = clock
        self._reasons = reasons
        self._next: tuple[NextStep, ...] | None = None

    @property
    def now(self) -> int:
        """The instant of the evaluation, in seconds since 1970 UTC."""
        return self._now

    @property
    def state(self) -> State:
        """`dark`, `closed`, `unclear` (nobody can tell who spoke last), `waiting` (their turn, and
        not dark yet), `our_turn` or `untouched`.
        """
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
        """Compute the reasons, with the keys that `relight why --format json` prints.

        Args:
            action: The id of the only action to explain; None explains the recommendation.

        Raises:
            KeyError: There is no such action.
        """
        return self._reasons(action)

    def __repr__(self) -> str:
        first = self.next_steps[0].action if self.next_steps else None
        return f"<Advice: {self.state}, next {first}>"

    def _ranked(self) -> tuple[NextStep, ...]:
        # `tuple.__new__` makes a NamedTuple faster than a call of its class, which is Python code.
        plan, values, new = self._plan, self._values, tuple.__new__
        acting = values[GUARDS]
        due_at: dict[int, int | None] = {}
        steps: list[NextStep] = []
        held: list[HeldBack] = []
        for negated, _, action, due, blocked, cause in sorted(values[ELIGIBLE]):
            if due not in due_at:
                due_at[due] = plan.due(due, values, self._now, self._clock)
            step = new(NextStep, (action, -negated, due_at[due], cause))
            if blocked & acting:
                held.append(new(HeldBack, (step, plan.guards_of(blocked & acting))))
            else:
                steps.append(step)
        self._held = tuple(held)
        # Last, as both properties check this one: two threads may compute it at once, to the same
        # result, and no lock is needed.
        self._next = tuple(steps)
        return self._next
