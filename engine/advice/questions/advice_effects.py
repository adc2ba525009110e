"""Measure how far two outcomes of the advice for one prospect are apart, and what differs most.

The distance of two outcomes:

    1 if another step comes first + ½ if another cause leads + Σ |change in value| ÷ rank

The sum is over the steps of both; a missing step has the value 0, and the rank is the better of the
two. The first step counts most, as it is what a rep does today; a change far down the list hardly
counts. A new leading cause counts even if the first step is the same, as it changes how that step
is done. Steps of the same kind and channel with the same template count as one step, with the
larger value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from engine.language.model import Playbook

LEADING = 0.5


@dataclass(frozen=True, slots=True)
class AdviceOutcome:
    """The value of each recommended step by id, the best first, and the id of the leading cause."""

    values: Mapping[str, float]
    cause: str | None

    @property
    def first(self) -> str | None:
        """The id of the first step, None without steps."""
        return next(iter(self.values), None)


@dataclass(frozen=True, slots=True)
class Effect:
    """The effect that some answers for one fact have in common.

    Attributes:
        kind: The guard ``id`` would act no more (`frees`); the action ``id`` would come `first`, or
            `nothing` would be left to do; the cause ``id`` would lead (`leads`), or no cause would
            (`unclear`); the step ``id`` would be `added`, `dropped`, or worth `more` or `less`.
        id: See ``kind``.
    """

    kind: Literal[
        "frees", "first", "nothing", "leads", "unclear", "added", "dropped", "more", "less"
    ]
    id: str | None = None


STEPS_CHANGE = ("frees", "first", "nothing", "added", "dropped")
"""Kinds of effects that change which steps are recommended."""


def equivalent_actions(playbook: Playbook) -> dict[str, str]:
    """Map each action to the first action with the same kind, channel and template."""
    firsts: dict[object, str] = {}
    found = {}
    for id, action in playbook.actions.items():
        if action.template is None:
            continue
        file = action.template_span.file if action.template_span else ""
        way = file, action.template, action.kind, action.channel
        found[id] = firsts.setdefault(way, id)
    return found


def effect(before: AdviceOutcome, after: AdviceOutcome, equivalent: Mapping[str, str]) -> Effect:
    """Return the most important difference between two outcomes that differ.

    Args:
        before: One outcome.
        after: The other.
        equivalent: The result of `equivalent_actions`.
    """
    was, becomes = _as_one(before, equivalent), _as_one(after, equivalent)
    if becomes.first != was.first:
        return Effect("nothing") if after.first is None else Effect("first", after.first)
    if after.cause != before.cause:
        return Effect("unclear") if after.cause is None else Effect("leads", after.cause)
    changes = {id: change for id, change, _ in _changes(was, becomes)}
    most = max(changes, key=lambda step: abs(changes[step]))
    held = after if most in becomes.values else before
    own = next(id for id in held.values if equivalent.get(id, id) == most)
    if most not in was.values or most not in becomes.values:
        return Effect("added" if most in becomes.values else "dropped", own)
    return Effect("more" if changes[most] > 0 else "less", own)


def distance(before: AdviceOutcome, after: AdviceOutcome, equivalent: Mapping[str, str]) -> float:
    """Compute the distance of two outcomes, as this module defines it; 0 if nothing changes.

    Args:
        before: One outcome.
        after: The other.
        equivalent: The result of `equivalent_actions`.
    """
    was, becomes = _as_one(before, equivalent), _as_one(after, equivalent)
    steps = sum(abs(change) / rank for _, change, rank in _changes(was, becomes))
    leads = LEADING if was.cause != becomes.cause else 0.0
    return (1.0 if was.first != becomes.first else 0.0) + leads + steps


def _as_one(outcome: AdviceOutcome, equivalent: Mapping[str, str]) -> AdviceOutcome:
    """Return the outcome with equivalent steps merged to one id, at the rank of the best."""
    values: dict[str, float] = {}
    for id, value in outcome.values.items():
        values.setdefault(equivalent.get(id, id), value)
    return AdviceOutcome(values, outcome.cause)


def _changes(before: AdviceOutcome, after: AdviceOutcome) -> Iterator[tuple[str, float, int]]:
    """Yield each step whose value changes, the change, and the better of its two ranks, from 1."""
    ranks = [{id: at for at, id in enumerate(each.values, 1)} for each in (before, after)]
    worst = max(map(len, ranks)) + 1
    for id in dict.fromkeys([*before.values, *after.values]):
        change = after.values.get(id, 0.0) - before.values.get(id, 0.0)
        if change:
            yield id, change, min(each.get(id, worst) for each in ranks)
