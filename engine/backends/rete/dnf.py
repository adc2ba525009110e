"""Conditions as positive alternatives: lists of patterns, of which one has to match in full.

`not` is pushed to the tests and an unknown test matches nothing, so a condition certainly holds
exactly where one of its alternatives matches.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, product
from math import prod

from engine.backends.rete.features import (
    Age,
    Cut,
    Feature,
    IsKnown,
    Numeric,
    Operator,
    Pattern,
    PrecomputedComparison,
    RawValue,
    Subgoal,
)
from engine.language import conditions as c
from engine.language.conditions import Condition
from engine.language.intervals import range_of
from engine.semantics.negation import literals, negate_inward

Dnf = tuple[tuple[Pattern, ...], ...]

MAX_DISJUNCTS = 8
MAX_PATTERNS = 12

NEGATED: dict[Operator, Operator] = {"$eq": "$neq", "$neq": "$eq", "$gte": "$lte", "$lte": "$gte"}
"""What holds of a known gauge where the operator does not: both sides of a cut share it."""


class DnfRewriter:
    """Rewrites conditions of one playbook, where one business day has ``business_day`` seconds.

    What would multiply out to more than `MAX_DISJUNCTS`, or to more than `MAX_PATTERNS` at
    once, is parted into ``steps``: parts with a conclusion of their own, met by its own rules.
    """

    def __init__(self, business_day: int) -> None:
        self._business_day = business_day
        self.steps: dict[Dnf, Subgoal] = {}

    def rewrite(self, condition: Condition, *, holds: bool = True) -> Dnf:
        """Where ``condition`` is certainly true, or (not ``holds``) certainly false."""
        return self._positive(negate_inward(condition, holds=holds))

    def _positive(self, condition: Condition) -> Dnf:
        match condition:
            case c.All(parts):
                return self.all_of([self._positive(part) for part in parts])
            case c.AnyOf(parts):
                return disjunction(map(self._positive, parts))
            case _:
                [(comparison, holds)] = literals(condition)
                return self._test(comparison, holds)

    def all_of(self, parts: Iterable[Dnf]) -> Dnf:
        """Where every one of ``parts`` holds."""
        several = list(parts)
        if prod(map(len, several)) > MAX_DISJUNCTS:
            several = [self._parted(part) for part in several]
        joined = (tuple(chain.from_iterable(choice)) for choice in product(*several))
        return disjunction([(self._shortened(patterns),) for patterns in joined])

    def _parted(self, part: Dnf) -> Dnf:
        return part if len(part) == 1 else ((self._step(part),),)

    def _shortened(self, patterns: tuple[Pattern, ...]) -> tuple[Pattern, ...]:
        left = tuple(dict.fromkeys(patterns))
        while len(left) > MAX_PATTERNS:
            left = (*left[MAX_PATTERNS:], self._step((left[:MAX_PATTERNS],)))
        return left

    def _step(self, part: Dnf) -> Pattern:
        step = self.steps.setdefault(part, Subgoal(len(self.steps)))
        return true_pattern(step)

    def _test(self, test: c.Comparison, holds: bool) -> Dnf:
        match test:
            case c.Known():
                return self._known(test, holds)
            case c.Equals():
                return single(RawValue(test.subject), "$eq", (test.value, 0), holds)
            case c.AtLeast() | c.MoreThan() | c.AtMost() | c.LessThan() | c.Between():
                return self._in_order(test, holds)
            case c.OlderThan() | c.Within() | c.InNext():
                return self._in_time(test, holds)
            case c.Before() | c.After():
                return self._beside(test, holds)
            case _:  # by the definition, before facts are asserted; right for every operator
                return ((true_pattern(PrecomputedComparison(test), holds),),)

    def _known(self, test: c.Known, holds: bool) -> Dnf:
        return ((true_pattern(IsKnown(test.subject), test.known == holds),),)

    def _in_order(
        self, test: c.AtLeast | c.MoreThan | c.AtMost | c.LessThan | c.Between, holds: bool
    ) -> Dnf:
        feature = Numeric(test.subject)
        low, high = range_of(test)
        sides = [single(feature, "$gte", low, holds)] if low is not None else []
        sides += [single(feature, "$lte", high, holds)] if high is not None else []
        return self.all_of(sides) if holds else disjunction(sides)

    def _in_time(self, test: c.AgeComparison, holds: bool) -> Dnf:
        length = test.duration.seconds(self._business_day)
        age, counted = Age(test.subject, business=False), Age(test.subject, test.duration.business)
        match test:
            case c.OlderThan():
                return single(counted, "$gte", (length, 1), holds)
            case c.Within():
                return self._within(age, (0, 0), counted, (length, 1), holds)
            case c.InNext():
                return self._within(counted, (-length, 0), age, (0, 1), holds)

    def _within(self, lower: Feature, low: Cut, upper: Feature, high: Cut, holds: bool) -> Dnf:
        sides = single(lower, "$gte", low, holds), single(upper, "$lte", high, holds)
        return self.all_of(sides) if holds else disjunction(sides)

    def _beside(self, test: c.InstantComparison, holds: bool) -> Dnf:
        earlier = isinstance(test, c.Before)
        match test.bound:
            case c.Now():
                # Earlier than now is older than nothing.
                feature: Feature = Age(test.subject, business=False)
                return single(feature, *(("$gte", (0, 1)) if earlier else ("$lte", (0, 0))), holds)
            case c.Ref():
                return ((true_pattern(PrecomputedComparison(test), holds),),)
            case int() as instant:
                feature = RawValue(test.subject)
                cut: Cut = (instant, 0) if earlier else (instant, 1)
                return single(feature, "$lte" if earlier else "$gte", cut, holds)


def disjunction(parts: Iterable[Dnf]) -> Dnf:
    """Where one of ``parts`` holds."""
    return tuple(dict.fromkeys(chain.from_iterable(parts)))


def single(feature: Feature, operator: Operator, cut: Cut, holds: bool) -> Dnf:
    """Return the one pattern that requires it of ``feature``, or (not ``holds``) that denies it if
    known.
    """
    return ((Pattern(feature, operator if holds else NEGATED[operator], cut),),)


def true_pattern(feature: Feature, holds: bool = True) -> Pattern:
    """``feature``, a truth, is known to be true, or (not ``holds``) known to be false."""
    return Pattern(feature, "$eq", (holds, 0))
