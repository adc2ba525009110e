"""What the forward-chaining evaluator reads off a situation, and where on its scale that lies.

A *gauge* is something that has one value, or none, in a situation: a fact, an age, a conclusion.
Its *scale* is cut at the values the playbook compares it with, so that every comparison becomes
one of two small whole numbers: which stretch between cuts the value lies in, and which cut is
asked for. That is exact for doubles, whole numbers of any size, and text by code point, and no
value and no word of a playbook ever leaves Python.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, assert_never

from engine.language.conditions import Comparison, Ref, Value
from engine.semantics.evaluate_conditions import compare
from engine.semantics.firings import Context

FeatureValueOf = Callable[[Ref], Value | None]


@dataclass(frozen=True, slots=True)
class Always:
    """True, in every situation."""


@dataclass(frozen=True, slots=True)
class IsKnown:
    """Whether the subject has a value; never unknown itself."""

    subject: Ref


@dataclass(frozen=True, slots=True)
class RawValue:
    """The subject's value as it is."""

    subject: Ref


@dataclass(frozen=True, slots=True)
class Numeric:
    """The number, confidence or duration as a double."""

    subject: Ref


@dataclass(frozen=True, slots=True)
class Age:
    """Seconds from the instant to now, open ones only if ``business``; negative if it is ahead."""

    subject: Ref
    business: bool


@dataclass(frozen=True, slots=True)
class SilenceLength:
    """Seconds since the later of the time fact ``since``, where known, and `silent_since`, open
    ones only if ``business``; none where the ball is not with them.
    """

    since: str
    business: bool


@dataclass(frozen=True, slots=True)
class PrecomputedComparison:
    """The truth of one test: of text, of a list of values, of one fact beside another."""

    test: Comparison


@dataclass(frozen=True, slots=True)
class Subgoal:
    """Whether the part of a condition with this number certainly holds; rules conclude it."""

    number: int


Feature = (
    Always | IsKnown | RawValue | Numeric | Age | SilenceLength | PrecomputedComparison | Subgoal
)

Cut = tuple[Any, Literal[0, 1]]
"""A place on the scale of a feature, a `Breakpoint` of any type: just below a value or above it."""

Operator = Literal["$gte", "$lte", "$eq", "$neq"]


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a rule matches: a known gauge above or below a cut, at a value, or anywhere but there.

    For `$gte` and `$lte` ``cut`` is the place itself; for `$eq` and `$neq` it is the one below the
    value.
    """

    feature: Feature
    operator: Operator
    breakpoint: Cut

    def cuts(self) -> tuple[Cut, ...]:
        """Return the breakpoints that this pattern has to tell apart."""
        value, _ = self.breakpoint
        return (self.breakpoint,) if self.operator in {"$gte", "$lte"} else ((value, 0), (value, 1))

    def bin_index(self, scale: Bins) -> int:
        """Return the index of the bin on ``scale`` that this pattern compares with."""
        index = bisect_left(scale.cuts, self.breakpoint)
        return index if self.operator == "$lte" else index + 1


@dataclass(frozen=True, slots=True)
class Bins:
    """The cuts of one gauge in ascending order; n of them make n + 1 stretches."""

    cuts: tuple[Cut, ...]

    def bin_index(self, value: Value) -> int:
        """How many cuts lie below ``value``."""
        return bisect_left(self.cuts, (value, 0.5))


def bins_by_feature(patterns: Iterable[Pattern]) -> dict[Feature, Bins]:
    """Return the bins of every feature that one of ``patterns`` reads."""
    cuts: dict[Feature, set[Cut]] = {}
    for pattern in patterns:
        cuts.setdefault(pattern.feature, set()).update(pattern.cuts())
    return {feature: Bins(tuple(sorted(found))) for feature, found in cuts.items()}


def read_feature(feature: Feature, context: Context, value_of: FeatureValueOf) -> Value | None:
    """Return the value of ``feature``, or None if unknown; a `Subgoal` is not read but
    concluded.
    """
    match feature:
        case Always():
            return True
        case IsKnown(subject):
            return value_of(subject) is not None
        case RawValue(subject):
            return value_of(subject)
        case Numeric(subject):
            value = value_of(subject)
            return None if value is None else float(value)
        case Age(subject, business):
            value = value_of(subject)
            return None if value is None else _elapsed(int(value), business, context)
        case SilenceLength(since, business):
            return _silence(since, business, context)
        case PrecomputedComparison(test):
            return compare(test, value_of, context.now, context.clock)
        case Subgoal():
            return None
        case _:
            assert_never(feature)


def _elapsed(start: int, business: bool, context: Context) -> int:
    return context.clock.elapsed(start, context.now, business)


def _silence(since: str, business: bool, context: Context) -> int | None:
    silent = context.facts.get("silent_since")
    if silent is None:
        return None
    start = max(int(silent), int(context.facts.get(since, silent)))
    return _elapsed(start, business, context)


def refs_of(feature: Feature) -> tuple[Ref, ...]:
    """Return what has to be known or concluded before ``feature`` is read."""
    match feature:
        case IsKnown(subject) | RawValue(subject) | Numeric(subject) | Age(subject):
            return (subject,)
        case PrecomputedComparison(test):
            bound = getattr(test, "bound", None)
            return (test.subject, bound) if isinstance(bound, Ref) else (test.subject,)
        case Always() | SilenceLength() | Subgoal():
            return ()
        case _:
            assert_never(feature)
