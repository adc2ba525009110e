"""Sample moments: every combination of truths that is possible is there, and no other."""

from __future__ import annotations

from fractions import Fraction

import pytest

from engine.language import conditions as c
from engine.language.durations import Duration, Unit
from engine.language.parse.moments import MAX_MOMENTS, moments
from engine.language.problem import Span

HERE = Span("f.yaml", 1, 1, 1, 1)
AT = c.Ref("fact", "sent_at", "time")
OTHER = c.Ref("fact", "asked_at", "time")
DAY = 8 * 3600
"""A business day, in seconds."""


def length(amount: int, unit: Unit) -> Duration:
    return Duration(Fraction(amount), unit)


def truths(*tests: c.Comparison) -> set[tuple[bool | None, ...]]:
    found = moments(tests, DAY, lambda _: (-1, 0, 1, None))
    assert found is not None
    return {tuple(moment.truth(test) for test in tests) for moment in found}


def older(amount: int, unit: Unit) -> c.Comparison:
    return c.OlderThan(AT, length(amount, unit), span=HERE)


def within(amount: int, unit: Unit) -> c.Comparison:
    return c.Within(AT, length(amount, unit), span=HERE)


def after(bound: int | c.Ref | c.Now) -> c.Comparison:
    return c.After(AT, bound, span=HERE)


def before(bound: int | c.Ref | c.Now) -> c.Comparison:
    return c.Before(AT, bound, span=HERE)


def test_between_two_instants_there_may_be_none() -> None:
    assert (True, True) in truths(after(10), before(12))
    assert (True, True) not in truths(after(10), before(11))
    assert (False, False) in truths(after(10), before(10))


def test_an_instant_says_nothing_of_how_long_ago_it_is() -> None:
    tests = (after(10), older(3, "day"))
    assert truths(*tests) == {(a, b) for a in (True, False) for b in (True, False)}


def test_ages_exclude_each_other() -> None:
    assert (True, True) not in truths(older(3, "day"), within(2, "day"))
    assert (True, True) not in truths(older(3, "day"), within(3, "day"))
    assert (False, False) in truths(older(3, "day"), within(2, "day")), "ahead, or between the two"


def test_open_time_is_no_longer_than_the_time_it_is_part_of() -> None:
    assert (True, True) not in truths(older(3, "business day"), within(23, "hour"))
    assert (True, True) in truths(older(3, "business day"), within(25, "hour"))
    assert (True, True) in truths(older(10, "day"), within(1, "business hour"))


@pytest.mark.parametrize("unit", ["day", "business day"])
def test_what_is_ahead_is_not_past(unit: Unit) -> None:
    ahead = c.InNext(AT, length(3, unit), span=HERE)
    assert (True, True) not in truths(ahead, before(c.Now()))
    assert (True, True) in truths(ahead, after(c.Now()))
    assert (True, True) in truths(ahead, within(1, unit)), "this very second"
    assert (True, True) not in truths(ahead, older(1, unit))


def test_another_fact_may_be_unknown() -> None:
    assert truths(after(OTHER), before(OTHER)) == {
        (True, False),
        (False, True),
        (False, False),
        (None, None),
    }


def test_equal_instants_are_tried_too() -> None:
    equal = c.Equals(AT, 7, span=HERE)
    assert truths(equal, c.In(AT, (7, 9), span=HERE)) == {
        (True, True),
        (False, True),
        (False, False),
    }


def test_too_many_are_not_tried() -> None:
    tests = [older(n, "day") for n in range(60)] + [older(n, "business hour") for n in range(60)]
    assert MAX_MOMENTS < 180 * 180
    assert moments(tests, DAY, lambda _: (0,)) is None
