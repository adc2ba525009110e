"""Compute which truths a condition may have if one subject has a given value.

Little is assumed of other subjects: facts that measure the same rows agree on whether there are
any, and an instant of a row lies on its side of the facts that bound the measure. So the result is
too large rather than too small: a truth that is missing is impossible, one that is there may be
possible. A check that reports impossible conditions is never wrong, but misses some. Rules must not
feed themselves.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, partial, reduce

from engine.assurance.lint.truths.same_rows import facts_of_same_rows, has_rows, values_given
from engine.assurance.lint.truths.sample_values import SOME, Sample, Some, samples, sides
from engine.book.calendar.calendar import Calendars
from engine.language import conditions as c
from engine.language.conditions import Condition, Value
from engine.language.hours.calendar_tree import Calendar
from engine.language.model import Column, Playbook
from engine.language.parse.moments import Moment
from engine.language.parse.parse_thresholds import SILENT_SINCE
from engine.language.walk import comparisons_in
from engine.semantics.evaluate_conditions import Kleene, all_of, any_of, compare, negate, not_true

Truths = frozenset[Kleene]

TRUE_OR_FALSE: Truths = frozenset({True, False})
ANY: Truths = frozenset({True, False, None})

MAX_COMPARISONS = 100
"""A subject with more comparisons is skipped: the time grows with their square."""

MAX_WORK = 1_000_000
"""Comparisons evaluated for all conditions of a playbook; the largest shipped one takes 110,000."""

MAX_DERIVATIONS = 30
"""The depth to which derived facts are followed."""

_CLOCK = Calendars(Calendar()).clock("UTC")
"""Needed as an argument but never used, as comparisons of known times may have any truth."""


@dataclass(frozen=True, slots=True)
class Assumption:
    """The assumption that ``subject`` has ``value``.

    ``given`` are the values that other facts have; None is unknown.
    """

    subject: c.Ref
    value: Sample
    given: Mapping[str, Value | None] = field(default_factory=dict)


def possible_truths(playbook: Playbook, condition: Condition, assumption: Assumption) -> Truths:
    """Return every truth that a condition may have.

    With ``stage`` assumed to be ``demo``, ``all: [{stage: demo}, {big: true}]`` may be true, false
    or unknown, and ``all: [{stage: proposal}, {big: true}]`` only false.

    Args:
        playbook: Has the derived facts that the condition reads; these are followed.
        condition: The condition.
        assumption: What is assumed.
    """
    return _Analysis(playbook, assumption).of(condition)


class Work:
    """How many comparisons may still be evaluated; without a bound, checks could take hours."""

    def __init__(self) -> None:
        self._left = MAX_WORK

    def allows(self, comparisons: int) -> bool:
        """Return whether so many are left, and if so, count them as evaluated."""
        allowed = comparisons <= self._left
        self._left -= comparisons if allowed else 0
        return allowed


def impossible(
    playbook: Playbook,
    condition: Condition,
    work: Work,
    *,
    beside: Condition | None = None,
    columns: Iterable[Column] = (),
) -> c.Ref | None:
    """Return a subject that keeps a condition from being true whatever its value is, or None.

    Of ``all: [{stage: demo}, {stage: proposal}]`` it is ``stage``.

    Args:
        playbook: Has the derived facts that the condition reads.
        condition: The condition.
        work: Subjects that would take more are not looked at.
        beside: What must hold with it and can hold by itself. What only this reads is not tried.
        columns: The columns of the table, for a `where`.
    """
    choices = {column.name: column.choices for column in columns}
    whole = condition if beside is None else c.All((condition, beside), span=condition.span)
    tests: dict[c.Ref, list[c.Comparison]] = {}
    count = 0
    for test in comparisons_read(playbook, whole):
        count += 1
        if not work.allows(1):
            return None
        tests.setdefault(test.subject, []).append(test)
    own = {test.subject: None for test in comparisons_read(playbook, condition)}
    for subject in own:
        if len(tests[subject]) > MAX_COMPARISONS:
            continue
        values = samples(playbook, subject, tests[subject], choices)
        if work.allows(len(values) * count) and not any(
            True in possible_truths(playbook, whole, Assumption(subject, v)) for v in values
        ):
            return subject
    return None


def comparisons_read(playbook: Playbook, condition: Condition) -> Iterator[c.Comparison]:
    """Yield every comparison in ``condition`` and in the derived facts that it reads."""
    pending, seen = deque([condition]), set[str]()
    while pending:
        for test in comparisons_in(pending.popleft()):
            yield test
            when = _derivation(playbook, test.subject)
            if when is not None and test.subject.id not in seen:
                seen.add(test.subject.id)
                pending.append(when)


def _derivation(playbook: Playbook, subject: c.Ref) -> Condition | None:
    fact = playbook.facts.get(subject.id) if subject.kind == "fact" else None
    return None if fact is None else fact.when


class _Analysis:
    """Possible truths under one assumption; those of derived facts are cached."""

    def __init__(self, playbook: Playbook, assumption: Assumption) -> None:
        self._playbook = playbook
        self._assumption = assumption
        self._derived: dict[str, Truths] = {}
        self._depth = 0
        same = facts_of_same_rows(playbook, assumption.subject)
        self._same_rows = {fact.id: fact for fact in same}
        own = self._same_rows.get(assumption.subject.id)
        self._rows = None if own is None else has_rows(own, assumption.value)

    def of(self, condition: Condition) -> Truths:
        match condition:
            case c.All(parts):
                return _joined(all_of, True, [self.of(part) for part in parts])
            case c.AnyOf(parts):
                return _joined(any_of, False, [self.of(part) for part in parts])
            case c.Not(part):
                return _negated(self.of(part))
            case c.Unless(part):
                return frozenset(map(not_true, self.of(part)))
            case _:
                return self._test(condition)

    def _test(self, test: c.Comparison) -> Truths:
        subject = test.subject
        if subject == self._assumption.subject:
            return _truths_assuming(test, self._assumption.value)
        if subject.kind == "fact" and subject.id in self._assumption.given:
            return frozenset({_truth_of(test, self._assumption.given[subject.id])})
        if self._rows is not None and subject.kind == "fact" and subject.id in self._same_rows:
            values = values_given(self._same_rows[subject.id], self._rows, test)
            return frozenset().union(*(_truths_assuming(test, value) for value in values))
        if self._rows is False and subject.kind == "dark" and SILENT_SINCE in self._same_rows:
            return frozenset({_truth_of(test, False)})
        when = _derivation(self._playbook, subject)
        if when is not None:
            derived = self._derivation(subject.id, when)
            return frozenset(_truth_of(test, value) for value in derived)
        if isinstance(test, c.Before | c.After) and isinstance(test.bound, c.Ref):
            return _truths_beside(test, sides(self._playbook, subject, test.bound))
        if isinstance(test, c.Known):
            return TRUE_OR_FALSE if subject.kind in ("fact", "column") else frozenset({test.known})
        return ANY

    def _derivation(self, fact: str, when: Condition) -> Truths:
        """Return the truths that a derived fact may have; any if it is nested too deep."""
        if fact not in self._derived:
            if self._depth == MAX_DERIVATIONS:
                return ANY
            self._depth += 1
            self._derived[fact] = self.of(when)
            self._depth -= 1
        return self._derived[fact]


def _truths_assuming(test: c.Comparison, value: Sample) -> Truths:
    if isinstance(value, Moment):
        return frozenset({value.truth(test)})
    if isinstance(value, Some):
        return frozenset({test.known}) if isinstance(test, c.Known) else ANY
    return frozenset({_truth_of(test, value)})


def _truths_beside(test: c.InstantComparison, sides: Iterable[int | None]) -> Truths:
    """Return what a comparison with another fact may be; unknown, since the subject may be."""
    later = isinstance(test, c.After)
    known = {(side > 0) if later else (side < 0) for side in sides if side is not None}
    return frozenset({None, *known})


def _truth_of(test: c.Comparison, value: Value | None) -> Kleene:
    return compare(test, lambda _: value, 0, _CLOCK)


def _joined(join: Callable[[Iterable[Kleene]], Kleene], start: bool, parts: list[Truths]) -> Truths:
    begin: Truths = frozenset({start})
    return reduce(partial(_join_two, join), parts, begin)


@cache
def _negated(truths: Truths) -> Truths:
    return frozenset(negate(truth) for truth in truths)


@cache
def _join_two(join: Callable[[Iterable[Kleene]], Kleene], one: Truths, two: Truths) -> Truths:
    return frozenset(join((x, y)) for x in one for y in two)  # the same few sets, over and over


__all__ = [
    "SOME",
    "Assumption",
    "Truths",
    "Work",
    "comparisons_read",
    "impossible",
    "possible_truths",
]
