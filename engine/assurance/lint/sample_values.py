"""Values of one subject that stand for all it can have: what holds of any holds of one of these."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from engine.language import conditions as c
from engine.language.conditions import Value
from engine.language.intervals import breakpoints
from engine.language.model import Fact, Playbook


@dataclass(frozen=True, slots=True)
class Some:
    """A value that is there; which, is not said."""


SOME = Some()

Sample = Value | Some | None
"""A value, any value at all, or none: unknown."""

COUNTED = ("count", "distinct")
ALWAYS_KNOWN = (*COUNTED, "any", "sum")
"""Measures that have a value even without rows."""


def samples(
    playbook: Playbook,
    subject: c.Ref,
    tests: Sequence[c.Comparison],
    choices: Mapping[str, tuple[str, ...]],
) -> tuple[Sample, ...]:
    """Values among which all ``tests``, which are of ``subject``, come out in every way they can.

    ``choices`` are those of columns.
    """
    if subject.kind in ("dark", "cause_known", "signal"):
        return (True, False)
    if subject.kind == "cause":
        return tuple(value for value in _numbers(_bounds(tests)) if 0 <= value <= 1)
    fact = playbook.facts.get(subject.id) if subject.kind == "fact" else None
    known = _known(subject, tests, fact.choices if fact else choices.get(subject.id, ()), fact)
    return known if fact is not None and _always_known(fact) else (*known, None)


def _always_known(fact: Fact) -> bool:
    """Whether no prospect lacks it, but for a cell that cannot be read, which no rule is for."""
    measure = fact.measure
    return fact.default is not None or (measure is not None and measure.kind in ALWAYS_KNOWN)


def _known(
    subject: c.Ref, tests: Sequence[c.Comparison], choices: tuple[str, ...], fact: Fact | None
) -> tuple[Sample, ...]:
    match subject.type:
        case "boolean":
            return (True, False)
        case "choice":
            return choices
        case "number" | "duration":
            counted = fact is not None and fact.measure is not None and fact.measure.kind in COUNTED
            return tuple(_whole(_bounds(tests)) if counted else _numbers(_bounds(tests)))
        case "text":
            parts = any(isinstance(test, c.TextComparison) for test in tests)
            return (SOME,) if parts else tuple(_words(tests))
        case "time":
            return (SOME,)


def _bounds(tests: Iterable[c.Comparison]) -> list[float]:
    """Return every number that ``tests`` compare with, in ascending order."""
    return sorted({at for test in tests for at, _ in breakpoints(test)})


def _numbers(bounds: list[float]) -> list[float]:
    """Return the bounds themselves, and a number on each side of every one."""
    if not bounds:
        return [0.0]
    between = [low + (high - low) / 2 for low, high in pairwise(bounds)]
    below, above = math.nextafter(bounds[0], -math.inf), math.nextafter(bounds[-1], math.inf)
    return [below, *bounds, *between, above]


def _whole(bounds: list[float]) -> list[float]:
    """Whole numbers from 0 on, at the bounds and on each side of every one."""
    near = {math.floor(bound) + step for bound in bounds for step in (-1, 0, 1, 2)}
    return [float(number) for number in sorted({0, *near}) if number >= 0]


def _words(tests: Iterable[c.Comparison]) -> list[Value]:
    """Return every word that ``tests`` compare with, in order, and one they do not."""
    words: set[str] = set()
    for test in tests:
        match test:
            case c.Equals(value=value):
                words.add(str(value))
            case c.In(values=values):
                words |= {str(value) for value in values}
            case _:  # `known` names no word; parts of text never come here
                pass
    return [*sorted(words), "".join(sorted(words)) + "."]
