"""Rewrite conditions into disjunctive normal form: a list of disjuncts, each a list of patterns.

`not` is pushed down to the comparisons, and the comparison of an unknown value matches no pattern,
so a condition certainly holds exactly where all patterns of one disjunct match.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, product
from math import prod

from engine.backends.rete.features import (
    Age,
    BinEdge,
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
from engine.language.walk import refs_in
from engine.semantics.negation import literals, negate_inward

Dnf = tuple[tuple[Pattern, ...], ...]
"""Disjuncts, each a conjunction of patterns: false without disjuncts, true with an empty one."""

MAX_DISJUNCTS = 8
MAX_PATTERNS = 12
"""Of one disjunct. durable-rules joins up to 16 facts; a rule may add a few patterns of its own."""

NEGATED: dict[Operator, Operator] = {"$eq": "$neq", "$neq": "$eq", "$gte": "$lte", "$lte": "$gte"}
"""The operator that matches a known feature where the other does not. `$gte` becomes `$lte` at the
same breakpoint, and not `$lt`: a breakpoint is between values, so no value is at it."""


class DnfRewriter:
    """Rewrite conditions of one playbook, where one business day has ``business_day`` seconds.

    With short names for features, ``not: {any: [{amount: {at_least: 5}}, {opted_out: true}]}``
    gives one disjunct of two patterns, and the same without `not` two disjuncts of one::

        (((amount, "$lte", (5.0, 0)), (opted_out, "$neq", (True, 0))),)
        (((amount, "$gte", (5.0, 0)),), ((opted_out, "$eq", (True, 0)),))

    A conjunction that would multiply out to more than `MAX_DISJUNCTS`, or take more than
    `MAX_PATTERNS`, has its parts replaced by subgoals: ``steps`` has a subgoal for each such part,
    which is concluded by rules of its own.
    """

    def __init__(self, business_day: int) -> None:
        self._business_day = business_day
        self.steps: dict[Dnf, Subgoal] = {}

    def rewrite(self, condition: Condition, *, holds: bool = True) -> Dnf:
        """Return where ``condition`` is certainly true, or (not ``holds``) certainly false."""
        return self._positive(negate_inward(condition, holds=holds))

    def _positive(self, condition: Condition) -> Dnf:
        match condition:
            case c.All(parts):
                return self.all_of([self._positive(part) for part in parts])
            case c.AnyOf(parts):
                return disjunction(map(self._positive, parts))
            case c.Unless(part):
                [(comparison, holds)] = literals(part)
                return disjunction([self._test(comparison, not holds), self._unknown(comparison)])
            case _:
                [(comparison, holds)] = literals(condition)
                return self._test(comparison, holds)

    def _unknown(self, test: c.Comparison) -> Dnf:
        """Return where ``test`` is unknown: one of what it reads is, and it does not ask for it."""
        if isinstance(test, c.Known):
            return ()
        read = (ref for ref in refs_in(test) if ref.kind in ("fact", "column"))
        return disjunction(((true_pattern(IsKnown(ref), False),),) for ref in read)

    def all_of(self, parts: Iterable[Dnf]) -> Dnf:
        """Return the conjunction of ``parts``: each combination of their disjuncts.

        ``((a,), (b,))`` and ``((c,),)`` give ``((a, c), (b, c))``.
        """
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
            # Past or ahead is asked of the elapsed age, even of business time: open time is 0 on
            # both sides of now while business is closed.
            case c.Within():
                return self._within(age, (0, 0), counted, (length, 1), holds)
            case c.InNext():
                return self._within(counted, (-length, 0), age, (0, 1), holds)

    def _within(
        self, lower: Feature, low: BinEdge, upper: Feature, high: BinEdge, holds: bool
    ) -> Dnf:
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
                cut: BinEdge = (instant, 0) if earlier else (instant, 1)
                return single(feature, "$lte" if earlier else "$gte", cut, holds)


def disjunction(parts: Iterable[Dnf]) -> Dnf:
    """Return the disjunction of ``parts``, without duplicates."""
    return tuple(dict.fromkeys(chain.from_iterable(parts)))


def single(feature: Feature, operator: Operator, cut: BinEdge, holds: bool) -> Dnf:
    """Return one disjunct of one pattern.

    Args:
        feature: What the pattern reads.
        operator: How it compares.
        cut: The breakpoint it compares with; for `$eq` and `$neq` the one below the value.
        holds: False for the pattern that matches every known value which this one does not.
    """
    return ((Pattern(feature, operator if holds else NEGATED[operator], cut),),)


def true_pattern(feature: Feature, holds: bool = True) -> Pattern:
    """Return a pattern for the boolean ``feature`` being true, or (not ``holds``) being false."""
    return Pattern(feature, "$eq", (holds, 0))
