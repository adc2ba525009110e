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
from engine.language.conditions import (
    All,
    AnyOf,
    Condition,
    Known,
    Not,
    Subject,
    Test,
    Value,
    tests_in,
)
from engine.language.model import Calendar, Column, Playbook
from engine.semantics.evaluate_conditions import Truth, all_of, any_of, judge_test, negate

Outcomes = frozenset[Truth]

EITHER: Outcomes = frozenset({True, False})
OPEN: Outcomes = frozenset({True, False, None})

MOST_TESTS = 100
"""Tests of one subject that are looked at: each is judged for each value that tells them apart."""

DEEPEST = 30
"""Derived facts that are followed from one to the next."""

_CLOCK = Calendars(Calendar()).clock("UTC")
"""Handed on but never asked: tests of known times are left open."""


@dataclass(frozen=True, slots=True)
class Supposed:
    """That ``subject`` has ``value``, and that nothing is settled of anything else."""

    subject: Subject
    value: Sample


def outcomes(playbook: Playbook, condition: Condition, supposed: Supposed) -> Outcomes:
    """Every truth ``condition`` may have; derived facts are followed to what they stand for."""
    return _Reckoning(playbook, supposed).of(condition)


def impossible(
    playbook: Playbook, condition: Condition, columns: Iterable[Column] = ()
) -> Subject | None:
    """A subject of which no value lets ``condition`` hold, or None where there is none.

    ``columns`` are those of the table that a `where` speaks of.
    """
    choices = {column.name: column.choices for column in columns}
    tests: dict[Subject, list[Test]] = {}
    for test in _tests(playbook, condition):
        tests.setdefault(test.subject, []).append(test)
    for subject, own in tests.items():
        if len(own) > MOST_TESTS:
            continue
        values = samples(playbook, subject, own, choices)
        if not any(True in outcomes(playbook, condition, Supposed(subject, v)) for v in values):
            return subject
    return None


def _tests(playbook: Playbook, condition: Condition) -> Iterable[Test]:
    """Every test in ``condition`` and in the derived facts it reads."""
    pending, seen = [condition], set[str]()
    while pending:
        for test in tests_in(pending.pop(0)):
            yield test
            when = _derivation(playbook, test.subject)
            if when is not None and test.subject.id not in seen:
                seen.add(test.subject.id)
                pending.append(when)


def _derivation(playbook: Playbook, subject: Subject) -> Condition | None:
    fact = playbook.facts.get(subject.id) if subject.kind == "fact" else None
    return None if fact is None else fact.when


class _Reckoning:
    """Outcomes under one supposition; those of derived facts are kept."""

    def __init__(self, playbook: Playbook, supposed: Supposed) -> None:
        self._playbook = playbook
        self._supposed = supposed
        self._derived: dict[str, Outcomes] = {}
        self._depth = 0

    def of(self, condition: Condition) -> Outcomes:
        match condition:
            case All(parts):
                return _joined(all_of, True, [self.of(part) for part in parts])
            case AnyOf(parts):
                return _joined(any_of, False, [self.of(part) for part in parts])
            case Not(part):
                return frozenset(negate(truth) for truth in self.of(part))
            case _:
                return self._test(condition)

    def _test(self, test: Test) -> Outcomes:
        subject = test.subject
        if subject == self._supposed.subject:
            return _supposing(test, self._supposed.value)
        when = _derivation(self._playbook, subject)
        if when is not None:
            derived = self._derivation(subject.id, when)
            return frozenset(_judged(test, value) for value in derived)
        if isinstance(test, Known):
            return EITHER if subject.kind in ("fact", "column") else frozenset({test.known})
        return OPEN

    def _derivation(self, fact: str, when: Condition) -> Outcomes:
        """What a derived fact may come out as; anything, where it stands on too many others."""
        if fact not in self._derived:
            if self._depth == DEEPEST:
                return OPEN
            self._depth += 1
            self._derived[fact] = self.of(when)
            self._depth -= 1
        return self._derived[fact]


def _supposing(test: Test, value: Sample) -> Outcomes:
    if isinstance(value, Some):
        return frozenset({test.known}) if isinstance(test, Known) else OPEN
    return frozenset({_judged(test, value)})


def _judged(test: Test, value: Value | None) -> Truth:
    return judge_test(test, lambda _: value, 0, _CLOCK)


def _joined(
    join: Callable[[Iterable[Truth]], Truth], start: bool, parts: list[Outcomes]
) -> Outcomes:
    begin: Outcomes = frozenset({start})
    return reduce(lambda one, two: frozenset(join((x, y)) for x in one for y in two), parts, begin)


__all__ = ["SOME", "Outcomes", "Supposed", "impossible", "outcomes"]
