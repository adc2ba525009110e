"""What every engine must answer of a prospect, in one form, and whether two answers agree."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from engine.language.conditions import Value
from engine.language.model import Playbook
from engine.semantics.firings import Context, Firings
from engine.semantics.ranking import action_value, blocking_guards

Facts = Mapping[str, Value]
Judge = Callable[[Facts, int], "Answer"]
"""What is known of a prospect, an unknown fact not being there, and the instant it is judged at."""


class Answer(NamedTuple):
    """Thresholds and signals that fired, the confidence of each cause that has any, the next steps
    with their value, best first: those that are held back are not among them.
    """

    state: str
    dark: frozenset[str]
    signals: frozenset[str]
    causes: dict[str, float]
    steps: list[tuple[str, float]]


def state(facts: Facts, dark: Collection[str]) -> str:
    """Whose turn it is."""
    if dark:
        return "dark"
    if "silent_since" in facts:
        return "waiting"
    return "our_turn" if "last_reply_at" in facts else "untouched"


def by_value(steps: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """Best first, of equals by id."""
    return sorted(steps, key=lambda step: (-step[1], step[0]))


def answer_of(playbook: Playbook, context: Context, firings: Firings) -> Answer:
    """The answer that this project's ``firings`` come to, by its own ranking."""
    steps = []
    for name in firings.applicable:
        action = playbook.actions[name]
        found = action_value(playbook, action, firings)
        if found is not None and not blocking_guards(playbook, action, firings):
            steps.append((name, found[0]))
    return Answer(
        state(context.facts, firings.thresholds),
        frozenset(firings.thresholds),
        frozenset(firings.signals),
        {cause: value for cause, value in firings.confidence.items() if value > 0},
        by_value(steps),
    )


def answer_of_row(playbook: Playbook, row: Mapping[str, Any]) -> Answer:
    """The answer in a row of a wide table: a column a rule."""
    steps = [(name, row[name]) for name in playbook.actions if row[name] is not None]
    answer = Answer(
        row["state"],
        frozenset(name for name in playbook.thresholds if row[name]),
        frozenset(name for name in playbook.signals if row[name]),
        {name: row[name] for name in playbook.causes if row[name] > 0},
        by_value(steps),
    )
    first = answer.steps[0] if answer.steps else (None, None)
    if (row["next_step"], row["value"]) != first:
        raise AssertionError(f"first step {row['next_step']}, not {first}")
    return answer


def same(one: Answer, other: Answer) -> bool:
    """Whether both say the same; numbers agree to 10⁻⁹."""
    return (
        one[:3] == other[:3]
        and one.causes.keys() == other.causes.keys()
        and all(_near(value, other.causes[cause]) for cause, value in one.causes.items())
        and [name for name, _ in one.steps] == [name for name, _ in other.steps]
        and all(_near(a, b) for (_, a), (_, b) in zip(one.steps, other.steps, strict=True))
    )


def _near(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=0, abs_tol=1e-9)
