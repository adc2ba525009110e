"""Find contradictory comparisons: no value of their common subject satisfies all of them."""

from __future__ import annotations

from collections.abc import Sequence

from engine.language import conditions as c
from engine.language.conditions import Condition
from engine.language.intervals import range_of
from engine.language.parse.moments import Moment, moments

_SIDES = (-1, 0, 1)


def contradictory(tests: Sequence[Condition]) -> bool:
    """Return whether no value of their common subject can satisfy all of ``tests``."""
    unknown = any(isinstance(test, c.Known) and not test.known for test in tests)
    return (unknown and len(tests) > 1) or _no_number(tests) or _no_moment(tests)


def _no_number(tests: Sequence[Condition]) -> bool:
    """Return whether the ranges of ``tests`` have no number in common."""
    joined = c.All | c.AnyOf | c.Not | c.Unless
    ranges = [range_of(test) for test in tests if not isinstance(test, joined)]
    lows = [low for low, _ in ranges if low is not None]
    highs = [high for _, high in ranges if high is not None]
    return bool(lows and highs) and max(lows) >= min(highs)


def _no_moment(tests: Sequence[Condition]) -> bool:
    """Return whether no moment meets all of ``tests``."""
    plain = [_without_hours(test) for test in tests]
    compared = [test for whole in plain for test in _compared(whole)]
    if len(compared) < 2 or any(test.subject.type != "time" for test in compared):
        return False
    found = moments(compared, 1, lambda _: _SIDES)
    return found is not None and not any(
        all(_meets(moment, test) for test in plain) for moment in found
    )


def _compared(test: Condition) -> list[c.Comparison]:
    """Return the comparison of what one operator says: itself, or what it negates."""
    match test:
        case c.Not(part):
            return _compared(part)
        case c.All() | c.AnyOf() | c.Unless():
            return []
        case _:
            return [test]


def _meets(moment: Moment, test: Condition) -> bool:
    if isinstance(test, c.Not):
        return any(moment.truth(part) is False for part in _compared(test))
    return all(moment.truth(part) is True for part in _compared(test))


def _without_hours(test: Condition) -> Condition:
    """Return what a comparison with business time says without a calendar: past or future."""
    if isinstance(test, c.Not):
        # What is outside a business duration may be past or future, so that nothing is left.
        return c.All((), span=test.span) if _hours(test.part) else test
    if not isinstance(test, c.OlderThan | c.Within | c.InNext) or not _hours(test):
        return test
    match test:
        case c.OlderThan(subject=subject, span=span):
            return c.Before(subject, c.Now(), span=span)
        case c.Within(subject=subject, span=span):
            return c.Not(c.After(subject, c.Now(), span=span), span=span)
        case c.InNext(subject=subject, span=span):
            return c.Not(c.Before(subject, c.Now(), span=span), span=span)


def _hours(test: Condition) -> bool:
    return isinstance(test, c.OlderThan | c.Within | c.InNext) and test.duration.business
