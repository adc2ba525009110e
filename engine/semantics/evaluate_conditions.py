"""What a condition means: true, false or unknown (None), by Kleene's logic, no short cuts."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from typing import assert_never

from engine.book.calendar.calendar import Clock
from engine.language import conditions as c
from engine.language.conditions import Condition, Value

Kleene = bool | None
ValueOf = Callable[[c.Ref], Value | None]


def all_of(truths: Iterable[Kleene]) -> Kleene:
    """Return false if one is false, else unknown if one is unknown, else true. Of nothing: true."""
    found = list(truths)
    return False if False in found else None if None in found else True


def any_of(truths: Iterable[Kleene]) -> Kleene:
    """Return true if one is true, else unknown if one is unknown, else false. Of nothing: false."""
    found = list(truths)
    return True if True in found else None if None in found else False


def negate(truth: Kleene) -> Kleene:
    """Unknown stays unknown."""
    return None if truth is None else not truth


def evaluate(condition: Condition, value_of: ValueOf, now: int, clock: Clock) -> Kleene:
    """Return the truth of ``condition``; ``value_of`` gives a subject's value, None if unknown."""
    match condition:
        case c.All(parts):
            return all_of([evaluate(part, value_of, now, clock) for part in parts])
        case c.AnyOf(parts):
            return any_of([evaluate(part, value_of, now, clock) for part in parts])
        case c.Not(part):
            return negate(evaluate(part, value_of, now, clock))
        case _:
            return compare(condition, value_of, now, clock)


def compare(test: c.Comparison, value_of: ValueOf, now: int, clock: Clock) -> Kleene:
    """Return the truth of one comparison."""
    value = value_of(test.subject)
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


def _in_order(test: c.NumberComparison, value: float) -> bool:
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
    """Return the instant ``test`` compares with, or None if it is a fact that is unknown."""
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


def fold_case(text: str) -> str:
    """Text for comparing without regard to case: NFC, then each code point's own lower case.

    Not ``str.lower`` of the whole: that looks at the neighbours of a Greek sigma and makes two code
    points of a dotted capital I, which no SQL engine does.
    """
    composed = unicodedata.normalize("NFC", text)
    return composed.lower() if composed.isascii() else "".join(map(_lower, composed))


def _lower(letter: str) -> str:
    lower = letter.lower()
    return lower if len(lower) == 1 else letter
