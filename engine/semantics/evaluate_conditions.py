"""The definition of conditions: true, false or unknown (None), by Kleene's three-valued logic.

Every part of a condition is evaluated, even where others decide its truth already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import assert_never

from engine.book.calendar.business_clock import Clock
from engine.language import conditions as c
from engine.language.conditions import Condition, Value
from engine.language.value_rules import fold_case

Kleene = bool | None
ValueOf = Callable[[c.Ref], Value | None]


def all_of(truths: Iterable[Kleene]) -> Kleene:
    """Return false if one is false, else unknown if one is unknown, else true. Of nothing: true."""
    # Not `all(truths)`: it takes unknown for false, and then `not` would make it true.
    found = list(truths)
    return False if False in found else None if None in found else True


def any_of(truths: Iterable[Kleene]) -> Kleene:
    """Return true if one is true, else unknown if one is unknown, else false. Of nothing: false."""
    found = list(truths)
    return True if True in found else None if None in found else False


def negate(truth: Kleene) -> Kleene:
    """Return the opposite of ``truth``; unknown if it is unknown."""
    return None if truth is None else not truth


def not_true(truth: Kleene) -> bool:
    """Return false if ``truth`` is true, else true: also if it is unknown."""
    return truth is not True


def evaluate(condition: Condition, value_of: ValueOf, now: int, clock: Clock) -> Kleene:
    """Return whether a condition is true, false or unknown.

    Args:
        condition: The condition.
        value_of: Returns the value of a subject, None if it is unknown.
        now: The instant of evaluation, in seconds since 1970 UTC.
        clock: Computes business time in the prospect's zone.
    """
    match condition:
        case c.All(parts):
            return all_of([evaluate(part, value_of, now, clock) for part in parts])
        case c.AnyOf(parts):
            return any_of([evaluate(part, value_of, now, clock) for part in parts])
        case c.Not(part):
            return negate(evaluate(part, value_of, now, clock))
        case c.Unless(part):
            return not_true(evaluate(part, value_of, now, clock))
        case _:
            return compare(condition, value_of, now, clock)


def compare(test: c.Comparison, value_of: ValueOf, now: int, clock: Clock) -> Kleene:
    """Return whether one comparison is true, false or unknown.

    Args:
        test: The comparison.
        value_of: Returns the value of a subject, None if it is unknown.
        now: The instant of evaluation, in seconds since 1970 UTC.
        clock: Computes business time in the prospect's zone.
    """
    value = value_of(test.subject)
    # Before unknown values are sorted out: `known` alone is never unknown.
    if isinstance(test, c.Known):
        return (value is not None) == test.known
    if value is None:
        return None
    match test:
        case c.Equals():
            return value == test.value
        case c.In():
            return value in test.values
        case c.AtLeast() | c.MoreThan() | c.AtMost() | c.LessThan() | c.Between():
            return _in_order(test, float(value))
        case c.OlderThan() | c.Within() | c.InNext():
            return _in_time(test, int(value), now, clock)
        case c.Before() | c.After():
            return _beside(test, int(value), value_of, now)
        case c.Contains() | c.StartsWith() | c.EndsWith():
            return _in_text(test, str(value))
        case _:
            assert_never(test)


def _in_order(test: c.RangeComparison, value: float) -> bool:
    match test:
        case c.AtLeast(bound=bound):
            return value >= bound
        case c.MoreThan(bound=bound):
            return value > bound
        case c.AtMost(bound=bound):
            return value <= bound
        case c.LessThan(bound=bound):
            return value < bound
        case c.Between(low=low, high=high):
            return low <= value <= high


def _in_time(test: c.AgeComparison, at: int, now: int, clock: Clock) -> bool:
    length = test.duration.seconds(clock.business_day)
    business = test.duration.business
    match test:
        case c.OlderThan():
            return clock.elapsed(at, now, business) > length
        # Not `0 <= elapsed`: outside opening hours, open time between two instants is 0 whichever
        # of them is the earlier.
        case c.Within():
            return at <= now and clock.elapsed(at, now, business) <= length
        case c.InNext():
            return now <= at and clock.elapsed(now, at, business) <= length


def _beside(test: c.InstantComparison, at: int, value_of: ValueOf, now: int) -> Kleene:
    bound = bound_of(test, value_of, now)
    if bound is None:
        return None
    return at < bound if isinstance(test, c.Before) else at > bound


def bound_of(test: c.InstantComparison, value_of: ValueOf, now: int) -> int | None:
    """Return the instant that `before` or `after` compares with, in seconds since 1970 UTC.

    None if it is an unknown fact.

    Args:
        test: The comparison.
        value_of: Returns the value of a subject, None if it is unknown.
        now: The instant of evaluation, in seconds since 1970 UTC.
    """
    match test.bound:
        case c.Now():
            return now
        case c.Ref() as subject:
            found = value_of(subject)
            return None if found is None else int(found)
        case int() as instant:
            return instant


def _in_text(test: c.TextComparison, value: str) -> bool:
    text, sought = fold_case(value), fold_case(test.text)
    match test:
        case c.Contains():
            return sought in text
        case c.StartsWith():
            return text.startswith(sought)
        case c.EndsWith():
            return text.endswith(sought)
