"""Choose sample values of a subject: every possible value has the truths of one of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from engine.language import conditions as c
from engine.language.conditions import Value
from engine.language.intervals import breakpoints, has_breakpoints
from engine.language.model import Fact, Measure, Playbook
from engine.language.parse.moments import Moment, moments
from engine.language.value_rules import Words


@dataclass(frozen=True, slots=True)
class Some:
    """Some known value, no matter which."""


SOME = Some()

Sample = Value | Moment | Some | None
"""A value, a moment as conditions see it, some known value, or None for unknown."""

COUNTED = ("count", "distinct")
INSTANT_KINDS = ("earliest", "latest", "silence")
ALWAYS_KNOWN = (*COUNTED, "any", "sum")
"""Kinds of measures that have a value even without rows."""


def samples(
    playbook: Playbook,
    subject: c.Ref,
    tests: Sequence[c.Comparison],
    choices: Mapping[str, Words],
) -> tuple[Sample, ...]:
    """Return values for which the comparisons have every combination of truths that is possible.

    For a number with ``at_least: 5`` and ``less_than: 9`` these are 5, 9, a number below, between
    and above, and unknown.

    Args:
        playbook: Declares the facts.
        subject: What has the values.
        tests: All comparisons of the subject.
        choices: The choices of each column, by name.
    """
    if subject.kind in ("dark", "cause_known", "signal"):
        return (True, False)
    if subject.type in ("number", "duration") and not all(map(has_breakpoints, tests)):
        return (SOME, None)
    if subject.kind == "cause":
        return tuple(value for value in _numbers(_bounds(tests)) if 0 <= value <= 1)
    fact = playbook.facts.get(subject.id) if subject.kind == "fact" else None
    if subject.type == "time":
        return (*_moments(playbook, subject, tests), None)
    known = _known(subject, tests, fact.choices if fact else choices.get(subject.id, Words()), fact)
    return known if fact is not None and _always_known(fact) else (*known, None)


def _always_known(fact: Fact) -> bool:
    """Return whether every prospect has a value of ``fact``."""
    # One whose cell cannot be read does not, but no rule is written for that.
    measure = fact.measure
    return fact.default is not None or (measure is not None and measure.kind in ALWAYS_KNOWN)


def _known(
    subject: c.Ref, tests: Sequence[c.Comparison], choices: Words, fact: Fact | None
) -> tuple[Sample, ...]:
    match subject.type:
        case "boolean":
            return (True, False)
        case "choice":
            return _choices(tests, choices.ids)
        case "number" | "duration":
            counted = fact is not None and fact.measure is not None and fact.measure.kind in COUNTED
            return tuple(_whole(_bounds(tests)) if counted else _numbers(_bounds(tests)))
        case _:
            parts = any(isinstance(test, c.TextComparison) for test in tests)
            return (SOME,) if parts else tuple(_words(tests))


def _moments(
    playbook: Playbook, subject: c.Ref, tests: Sequence[c.Comparison]
) -> tuple[Moment | Some, ...]:
    found = moments(
        tests, playbook.calendar.business_day, lambda other: sides(playbook, subject, other)
    )
    if found is None:
        return (SOME,)
    past = _never_ahead(playbook, subject)
    return tuple(moment for moment in found if not past or moment.away <= 0)


def _never_ahead(playbook: Playbook, subject: c.Ref) -> bool:
    """Return whether a time is the instant of a row that counts, and so never lies after now.

    One of a row ahead may lie before now too: a column of the book may say it instead, and then the
    day passes.
    """
    if subject.kind == "column" and subject.id == "at":
        measures = (fact.measure for fact in playbook.facts.values())
        return not any(measure is not None and measure.ahead for measure in measures)
    measure = _measure(playbook, subject)
    return measure is not None and measure.kind in INSTANT_KINDS and not measure.ahead


def _measure(playbook: Playbook, subject: c.Ref) -> Measure | None:
    fact = playbook.facts.get(subject.id) if subject.kind == "fact" else None
    return None if fact is None else fact.measure


def sides(playbook: Playbook, subject: c.Ref, other: c.Ref) -> tuple[int | None, ...]:
    """Return on which sides of the time ``other`` the time ``subject`` may lie.

    It is 1 for later, -1 for earlier, 0 for the same instant, and None if ``other`` is unknown. The
    rows of a measure lie after the fact that it names under `after`, and so does `silent_since`.

    Args:
        playbook: Declares the facts.
        subject: A time.
        other: Another time.
    """
    if subject == other:
        return (0,)
    own_after, own_before = _between(playbook, subject)
    others_after, others_before = _between(playbook, other)
    # Silence may begin with a talk, at the very instant of their last answer.
    same = (0,) if "silence" in (_kind(playbook, subject), _kind(playbook, other)) else ()
    if own_after == other.id or others_before == subject.id:
        return (*same, 1, None)
    if own_before == other.id or others_after == subject.id:
        return (-1, *same, None)
    return (-1, 0, 1, None)


def _kind(playbook: Playbook, subject: c.Ref) -> str | None:
    measure = _measure(playbook, subject)
    return None if measure is None else measure.kind


def _between(playbook: Playbook, subject: c.Ref) -> tuple[str | None, str | None]:
    """Return the facts after and before which a time lies, as it is the instant of a row there."""
    measure = _measure(playbook, subject)
    if measure is None or measure.kind not in INSTANT_KINDS:
        return None, None
    return measure.after, measure.before


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
    """Return whole numbers from 0: the bounds, numbers on each side of every one, 0 and 1."""
    near = {math.floor(bound) + step for bound in bounds for step in (-1, 0, 1, 2)}
    return [float(number) for number in sorted({0, 1, *near}) if number >= 0]


def _choices(tests: Iterable[c.Comparison], choices: tuple[str, ...]) -> tuple[Sample, ...]:
    """Return the choices that ``tests`` name, and one that they do not."""
    named = named_in(tests)
    if len(named) >= len(choices):
        return choices
    return (*sorted(named), next(choice for choice in choices if choice not in named))


def _words(tests: Iterable[c.Comparison]) -> list[Value]:
    """Return every text that ``tests`` compare with, sorted, and another one."""
    words = named_in(tests)
    return [*sorted(words), "".join(sorted(words)) + "."]  # longer than any, so equal to none


def named_in(tests: Iterable[c.Comparison]) -> set[str]:
    """Return every text that ``tests`` compare with, apart from comparisons of parts of it."""
    words: set[str] = set()
    for test in tests:
        match test:
            case c.Equals(value=value):
                words.add(str(value))
            case c.In(values=values):
                words |= {str(value) for value in values}
            case _:  # `known` names no text
                pass
    return words
