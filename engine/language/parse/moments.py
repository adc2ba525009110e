"""Choose sample moments of a time fact: every possible moment has the truths of one of them.

A condition can say four things of a moment: which instant it is, how long it is from now, how much
open time that is, and on which side of another fact it lies. The instant says nothing about the
rest, since now may be any instant. Open time is at most as long as the time it is part of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod

from engine.language import conditions as c

MAX_MOMENTS = 3_000
"""More sample moments than this are not tried."""

_FAR = 10**14
"""Seconds that are longer than every duration an author can write."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment, as conditions see it.

    Attributes:
        instant: Seconds since 1970 UTC.
        away: Seconds from now until the moment, negative if it is past.
        open: Open seconds from now until the moment, negative if it is past.
        beside: For each other fact, 1 if the moment is later, -1 if it is earlier, 0 if it is the
            same instant, None if the fact is unknown.
        business_day: The length of a business day in seconds.
    """

    instant: int
    away: int
    open: int
    beside: Mapping[c.Ref, int | None] = field(default_factory=dict)
    business_day: int = 1

    def truth(self, test: c.Comparison) -> bool | None:
        """Return the truth of a comparison of this moment; None if it is unknown."""
        match test:
            case c.Known(known=known):
                return known
            case c.Equals(value=value):
                return self.instant == value
            case c.In(values=values):
                return self.instant in values
            case c.OlderThan() | c.Within() | c.InNext():
                return self._in_time(test)
            case c.Before() | c.After():
                side = self._side(test.bound)
                earlier = isinstance(test, c.Before)
                return None if side is None else side < 0 if earlier else side > 0
            case _:
                return None

    def _in_time(self, test: c.AgeComparison) -> bool:
        length = test.duration.seconds(self.business_day)
        away = self.open if test.duration.business else self.away
        match test:
            case c.OlderThan():
                return away < -length
            case c.Within():
                return self.away <= 0 and away >= -length
            case c.InNext():
                return self.away >= 0 and away <= length

    def _side(self, bound: int | c.Ref | c.Now) -> int | None:
        match bound:
            case int():
                return self.instant - bound
            case c.Now():
                return self.away
            case c.Ref():
                return self.beside[bound]


Sides = Callable[[c.Ref], Sequence[int | None]]
"""Returns the sides of another fact on which a moment may lie, as in `Moment.beside`."""


def moments(tests: Iterable[c.Comparison], business_day: int, sides: Sides) -> list[Moment] | None:
    """Return moments for which ``tests`` have every combination of truths that is possible.

    None if there would be more than `MAX_MOMENTS`.

    Args:
        tests: Comparisons of one time fact.
        business_day: The length of a business day in seconds.
        sides: On which sides of each other fact the moment may lie.
    """
    lines = _Lines()
    for test in tests:
        lines.add(test, business_day, sides)
    counts = map(len, (lines.instants, lines.away, lines.open, *lines.others.values()))
    if prod(counts) > MAX_MOMENTS:
        return None
    return [
        Moment(instant, away, open_, dict(zip(lines.others, beside, strict=True)), business_day)
        for instant, away, open_ in product(lines.instants, lines.away, lines.open)
        if min(away, 0) <= open_ <= max(away, 0)
        for beside in product(*lines.others.values())
    ]


@dataclass(slots=True)
class _Lines:
    """The values to try for each thing that a condition can say of a moment."""

    instants: set[int] = field(default_factory=lambda: {0})
    away: set[int] = field(default_factory=lambda: {-_FAR, 0, _FAR})
    open: set[int] = field(default_factory=lambda: {-_FAR, 0, _FAR})
    others: dict[c.Ref, Sequence[int | None]] = field(default_factory=dict)

    def add(self, test: c.Comparison, business_day: int, sides: Sides) -> None:
        """Add the values around those that ``test`` compares with.

        Args:
            test: The comparison.
            business_day: The length of a business day in seconds.
            sides: On which sides of each other fact the moment may lie.
        """
        match test:
            case c.Equals(value=value):
                self.instants |= _around(int(value))
            case c.In(values=values):
                self.instants |= {near for value in values for near in _around(int(value))}
            case c.OlderThan(duration=length) | c.Within(duration=length):
                line = self.open if length.business else self.away
                line |= _around(-length.seconds(business_day))
            case c.InNext(duration=length):
                line = self.open if length.business else self.away
                line |= _around(length.seconds(business_day))
            case c.Before(bound=c.Now()) | c.After(bound=c.Now()):
                self.away |= _around(0)
            case c.Before(bound=c.Ref() as other) | c.After(bound=c.Ref() as other):
                self.others[other] = sides(other)
            case c.Before(bound=int() as bound) | c.After(bound=int() as bound):
                self.instants |= _around(bound)
            case _:  # `known` compares with nothing, and no other comparison is of a time
                pass


def _around(value: int) -> set[int]:
    return {value - 1, value, value + 1}
