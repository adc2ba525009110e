"""Features that rules of durable-rules compare, and the bins that their values fall into.

A *feature* has one value or is unknown: a fact, an age, a conclusion. The values that the playbook
compares it with are its *breakpoints*, and the intervals between these its *bins*. Rules compare
numbers of bins, small whole numbers: a feature that is compared by ``at_least: 5`` and
``more_than: 9`` has the breakpoints ``(5.0, 0)`` and ``(9.0, 1)``, so 1 is in bin 0, 5 to 9 in bin
1 and 10 in bin 2. That is exact for doubles, whole numbers of any size, and text by code point,
and no value and no text of a playbook ever reaches C code.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, assert_never

from engine.language.conditions import Comparison, Ref, Value
from engine.semantics.evaluate_conditions import compare
from engine.semantics.evaluate_rules import silence_began
from engine.semantics.firings import Context

FeatureValueOf = Callable[[Ref], Value | None]


@dataclass(frozen=True, slots=True)
class Always:
    """True; for a rule without a condition, as a rule needs at least one pattern."""


@dataclass(frozen=True, slots=True)
class IsKnown:
    """Whether ``subject`` has a value; never unknown itself."""

    subject: Ref


@dataclass(frozen=True, slots=True)
class RawValue:
    """The value of ``subject``."""

    subject: Ref


@dataclass(frozen=True, slots=True)
class Numeric:
    """The number, confidence or duration ``subject`` as a double."""

    subject: Ref


@dataclass(frozen=True, slots=True)
class Age:
    """Seconds from the instant to now, in business time if ``business``; negative if ahead."""

    subject: Ref
    business: bool


@dataclass(frozen=True, slots=True)
class SilenceLength:
    """Seconds since the later of `silent_since` and the time fact ``since``, if that is known.

    In business time if ``business``; unknown where `silent_since` is.
    """

    since: str
    business: bool


@dataclass(frozen=True, slots=True)
class PrecomputedComparison:
    """The truth of one comparison: of text, with a list of values, or of two facts."""

    test: Comparison


@dataclass(frozen=True, slots=True)
class Subgoal:
    """Whether a part of a condition certainly holds; it is concluded by rules of its own."""

    number: int


Feature = (
    Always | IsKnown | RawValue | Numeric | Age | SilenceLength | PrecomputedComparison | Subgoal
)

BinEdge = tuple[Any, Literal[0, 1]]
"""A breakpoint of any type: just below a value (0) or just above it (1)."""

Operator = Literal["$gte", "$lte", "$eq", "$neq"]


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a rule matches: a known feature above or below a breakpoint, or equal to a value or not.

    For `$eq` and `$neq`, ``breakpoint`` is the one just below the value.
    """

    feature: Feature
    operator: Operator
    breakpoint: BinEdge

    def breakpoints(self) -> tuple[BinEdge, ...]:
        """Return the breakpoints that the bins of the feature must have for this pattern."""
        value, _ = self.breakpoint
        return (self.breakpoint,) if self.operator in {"$gte", "$lte"} else ((value, 0), (value, 1))

    def bin_index(self, bins: Bins) -> int:
        """Return the index of the bin on ``bins`` that this pattern compares with."""
        index = bisect_left(bins.breakpoints, self.breakpoint)
        return index if self.operator == "$lte" else index + 1


@dataclass(frozen=True, slots=True)
class Bins:
    """The breakpoints of one feature in ascending order; n of them make n + 1 bins."""

    breakpoints: tuple[BinEdge, ...]

    def bin_index(self, value: Value) -> int:
        """Return the index of the bin of ``value``: the number of breakpoints below it."""
        return bisect_left(self.breakpoints, (value, 0.5))  # between just below and just above


def bins_by_feature(patterns: Iterable[Pattern]) -> dict[Feature, Bins]:
    """Return the bins of every feature that one of ``patterns`` reads."""
    breakpoints: dict[Feature, set[BinEdge]] = {}
    for pattern in patterns:
        breakpoints.setdefault(pattern.feature, set()).update(pattern.breakpoints())
    return {feature: Bins(tuple(sorted(found))) for feature, found in breakpoints.items()}


def read_feature(feature: Feature, context: Context, value_of: FeatureValueOf) -> Value | None:
    """Return the value of ``feature``, or None if it is unknown.

    Args:
        feature: What to read; a `Subgoal` is never known here, as only rules conclude it.
        context: The facts, the instant and the clock.
        value_of: Returns the value of a fact or a conclusion.
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
    start = silence_began(since, context)
    return None if start is None else _elapsed(start, business, context)


def refs_of(feature: Feature) -> tuple[Ref, ...]:
    """Return the facts and conclusions that have to be final before ``feature`` is read."""
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
