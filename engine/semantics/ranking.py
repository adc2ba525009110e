"""Rank actions: which are eligible, the value of each, and which are held back by guards."""

from __future__ import annotations

from dataclasses import dataclass

from engine.language.model import Action, Cause, Guard, Playbook
from engine.semantics.firings import Context, Firings
from engine.semantics.schedule import due_at


@dataclass(frozen=True, slots=True)
class Step:
    """An eligible action: its value (0..1), due instant, and the cause it answers, if any.

    ``due_at`` is in seconds since 1970 UTC, None for no date.
    """

    action: Action
    value: float
    due_at: int | None
    cause: Cause | None


@dataclass(frozen=True, slots=True)
class BlockedAction:
    """An eligible action that guards hold back, with those guards in playbook order."""

    step: Step
    guards: tuple[Guard, ...]


def rank(
    playbook: Playbook, context: Context, firings: Firings
) -> tuple[tuple[Step, ...], tuple[BlockedAction, ...]]:
    """Return the recommended steps and those held back, both by value, then by the action's id.

    Args:
        playbook: The playbook that was evaluated.
        context: What is known of the prospect.
        firings: The result of an evaluator for ``context``.
    """
    found = (
        step_of(playbook, playbook.actions[name], context, firings) for name in firings.applicable
    )
    eligible = [step for step in found if step is not None]
    eligible.sort(key=lambda step: (-step.value, step.action.id))
    steps, held = [], []
    for step in eligible:
        guards = blocking_guards(playbook, step.action, firings)
        if guards:
            held.append(BlockedAction(step, guards))
        else:
            steps.append(step)
    return tuple(steps), tuple(held)


def step_of(playbook: Playbook, action: Action, context: Context, firings: Firings) -> Step | None:
    """Return an action as a step, whether guards hold it back or not; None if it is not eligible.

    It is eligible if its `when` certainly holds and one of the causes it is for, if any, is
    diagnosed.

    Args:
        playbook: The playbook that was evaluated.
        action: An action of the playbook.
        context: What is known of the prospect.
        firings: The result of an evaluator for ``context``.
    """
    found = action_value(playbook, action, firings) if action.id in firings.applicable else None
    if found is None:
        return None
    value, cause = found
    return Step(action, value, due_at(action, playbook.cadence, context), cause)


def blocking_guards(playbook: Playbook, action: Action, firings: Firings) -> tuple[Guard, ...]:
    """Return the guards that hold an action back, in playbook order.

    Args:
        playbook: The playbook that was evaluated.
        action: An action of the playbook, eligible or not.
        firings: The result of an evaluator.
    """
    acting = (playbook.guards[name] for name in firings.guards)
    return tuple(guard for guard in acting if guard.blocks(action))


def action_value(
    playbook: Playbook, action: Action, firings: Firings
) -> tuple[float, Cause | None] | None:
    """Return the value of an action and the cause it answers; None if no such cause is diagnosed.

    Value = score × the largest confidence × fit over the diagnosed causes it is for. The largest is
    the step's cause; of equals, the first by id. An action without `for` has its score as value.

    Args:
        playbook: The playbook that was evaluated.
        action: An action whose `when` certainly holds.
        firings: The result of an evaluator.
    """
    if not action.fits:
        return action.score, None
    # Negated, so that `min` finds the largest product and, of equal ones, the first id.
    answered = [
        (-(firings.confidence[cause] * action.fits[cause]), cause)
        for cause in firings.diagnosed
        if cause in action.fits
    ]
    if not answered:
        return None
    negated, cause = min(answered)
    return action.score * -negated, playbook.causes[cause]
