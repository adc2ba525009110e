"""What a condition may come out as while one subject has one value and nothing else is settled.

An outcome that is left out cannot happen; one that is listed may. So what is proved impossible here
is impossible, and what is not proved is let be. Playbooks whose rules feed themselves are no input.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce

from engine.assurance.lint.sample_values import SOME, Sample, Some, samples
from engine.book.calendar.calendar import Calendars
from engine.language import conditions as c
from engine.language.conditions import Condition, Value
from engine.language.model import Calendar, Column, Playbook
from engine.semantics.evaluate_conditions import Kleene, all_of, any_of, compare, negate

Truths = frozenset[Kleene]

TRUE_OR_FALSE: Truths = frozenset({True, False})
ANY: Truths = frozenset({True, False, None})

MAX_COMPARISONS = 100
"""Tests of one subject that are looked at: each is judged for each value that tells them apart."""

DEEPEST = 30
"""Derived facts that are followed from one to the next."""

_CLOCK = Calendars(Calendar()).clock("UTC")
"""Handed on but never asked: tests of known times are left open."""


@dataclass(frozen=True, slots=True)
class Assumption:
    """That ``subject`` has ``value``, and that nothing is settled of anything else."""

    subject: c.Ref
    value: Sample


def possible_truths(playbook: Playbook, condition: Condition, supposed: Assumption) -> Truths:
    """Every truth ``condition`` may have; derived facts are followed to what they stand for."""
    return _Analysis(playbook, supposed).of(condition)


def impossible(
    playbook: Playbook, condition: Condition, columns: Iterable[Column] = ()
) -> c.Ref | None:
    """Return a subject of which no value lets ``condition`` hold, or None if there is none.

    ``columns`` are those of the table that a `where` speaks of.
    """
    choices = {column.name: column.choices for column in columns}
    tests: dict[c.Ref, list[c.Comparison]] = {}
    for test in _tests(playbook, condition):
        tests.setdefault(test.subject, []).append(test)
    for subject, own in tests.items():
        if len(own) > MAX_COMPARISONS:
            continue
        values = samples(playbook, subject, own, choices)
        if not any(
            True in possible_truths(playbook, condition, Assumption(subject, v)) for v in values
        ):
            return subject
    return None


def _tests(playbook: Playbook, condition: Condition) -> Iterable[c.Comparison]:
    """Every test in ``condition`` and in the derived facts it reads."""
    pending, seen = [condition], set[str]()
    while pending:
        for test in c.comparisons_in(pending.pop(0)):
            yield test
            when = _derivation(playbook, test.subject)
            if when is not None and test.subject.id not in seen:
                seen.add(test.subject.id)
                pending.append(when)


def _derivation(playbook: Playbook, subject: c.Ref) -> Condition | None:
    fact = playbook.facts.get(subject.id) if subject.kind == "fact" else None
    return None if fact is None else fact.when


class _Analysis:
    """Outcomes under one supposition; those of derived facts are kept."""

    def __init__(self, playbook: Playbook, supposed: Assumption) -> None:
        self._playbook = playbook
        self._supposed = supposed
        self._derived: dict[str, Truths] = {}
        self._depth = 0

    def of(self, condition: Condition) -> Truths:
        match condition:
            case c.All(parts):
                return _joined(all_of, True, [self.of(part) for part in parts])
            case c.AnyOf(parts):
                return _joined(any_of, False, [self.of(part) for part in parts])
            case c.Not(part):
                return frozenset(negate(truth) for truth in self.of(part))
            case _:
                return self._test(condition)

    def _test(self, test: c.Comparison) -> Truths:
        subject = test.subject
        if subject == self._supposed.subject:
            return _supposing(test, self._supposed.value)
        when = _derivation(self._playbook, subject)
        if when is not None:
            derived = self._derivation(subject.id, when)
            return frozenset(_judged(test, value) for value in derived)
        if isinstance(test, c.Known):
            return TRUE_OR_FALSE if subject.kind in ("fact", "column") else frozenset({test.known})
        return ANY

    def _derivation(self, fact: str, when: Condition) -> Truths:
        """Return the truths a derived fact may have; all if it depends on too many others."""
        if fact not in self._derived:
            if self._depth == DEEPEST:
                return ANY
            self._depth += 1
            self._derived[fact] = self.of(when)
            self._depth -= 1
        return self._derived[fact]


def _supposing(test: c.Comparison, value: Sample) -> Truths:
    if isinstance(value, Some):
        return frozenset({test.known}) if isinstance(test, c.Known) else ANY
    return frozenset({_judged(test, value)})


def _judged(test: c.Comparison, value: Value | None) -> Kleene:
    return compare(test, lambda _: value, 0, _CLOCK)


def _joined(join: Callable[[Iterable[Kleene]], Kleene], start: bool, parts: list[Truths]) -> Truths:
    begin: Truths = frozenset({start})
    return reduce(lambda one, two: frozenset(join((x, y)) for x in one for y in two), parts, begin)


__all__ = ["SOME", "Assumption", "Truths", "impossible", "possible_truths"]
