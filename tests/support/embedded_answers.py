"""What a program is told by `engine.load(...).evaluate(...)`, beside what must be told to it."""

from __future__ import annotations

from typing import Any

from engine.api.advice import Advice
from engine.semantics.ranking import Step
from engine.semantics.recommend import Recommendation


def told(advice: Advice) -> dict[str, Any]:
    """Everything in ``advice``, numbers to the last bit."""
    return {
        "state": advice.state,
        "dark": advice.dark,
        "goes_dark_at": advice.goes_dark_at,
        "signals": advice.signals,
        "causes": [(id, confidence.hex()) for id, confidence in advice.causes.items()],
        "next_steps": [_bits(*step) for step in advice.next_steps],
        "held_back": [(_bits(*held.step), held.guards) for held in advice.held_back],
    }


def expected_of(recommendation: Recommendation) -> dict[str, Any]:
    """Return what the definition recommends, in the form that `told` gives."""
    one = recommendation
    return {
        "state": one.state,
        "dark": tuple(threshold.id for threshold in one.thresholds),
        "goes_dark_at": one.goes_dark_at,
        "signals": tuple(signal.id for signal in one.signals),
        "causes": [(each.cause.id, each.confidence.hex()) for each in one.causes],
        "next_steps": [_step(step) for step in one.steps],
        "held_back": [
            (_step(held.step), tuple(guard.id for guard in held.guards)) for held in one.held_back
        ],
    }


def _step(step: Step) -> tuple[str, str, int | None, str | None]:
    cause = None if step.cause is None else step.cause.id
    return _bits(step.action.id, step.value, step.due_at, cause)


def _bits(
    action: str, value: float, due_at: int | None, cause: str | None
) -> tuple[str, str, int | None, str | None]:
    return action, value.hex(), due_at, cause
