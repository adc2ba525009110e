"""Intervals of numbers and instants between the boundaries where a comparison changes its truth.

A boundary is just before or just after a value, so every value is on one side of every boundary,
and no interval is open or closed. ``at_least: 5`` and ``more_than: 9`` give `under 5`, `from 5 to
9` and `over 9`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from engine.language.intervals import ABOVE, BELOW, Breakpoint, Side


@dataclass(frozen=True, slots=True)
class Boundary:
    """A boundary where a comparison changes its truth.

    Attributes:
        at: The value that it is next to.
        side: Whether it is just below or just above that value.
        below: Words for the values below it.
        above: Words for the values above it.
        exact: Words for the value itself; empty if it is not an answer of its own.
    """

    at: float
    side: Side
    below: str
    above: str
    exact: str = ""


@dataclass(frozen=True, slots=True)
class Interval:
    """The values between two boundaries; None is no end. ``all`` are words for all values."""

    low: Boundary | None
    high: Boundary | None
    all: str

    @property
    def point(self) -> bool:
        """Whether it has a single value."""
        return self.low is not None and self.high is not None and self.low.at == self.high.at

    @property
    def words(self) -> str:
        """What is in it, such as `over 5 and under 10` or `less than 3 days ago`."""
        low, high = self.low, self.high
        if low is None or high is None:
            return low.above if low else high.below if high else self.all
        if self.point:
            return low.exact
        if low.exact and high.exact and (low.side, high.side) == (BELOW, ABOVE):
            return f"from {low.exact} to {high.exact}"
        if high.below == "past" and " ago" in low.above:
            return low.above
        if low.above == "ahead" and " ahead" in high.below:
            return high.below
        return f"{low.above} and {high.below}"

    def joined(self, after: Interval) -> Interval | None:
        """Return both as one interval if ``after`` begins where this ends, else None."""
        if self.high is None or self.high != after.low:
            return None
        return Interval(self.low, after.high, self.all)


def intervals_between(boundaries: Iterable[Boundary], all: str) -> Iterator[Interval]:
    """Split all values at ``boundaries``, and yield the intervals in ascending order.

    A single value is an interval of its own only if it has words.
    """
    places: dict[Breakpoint, Boundary] = {}
    for boundary in boundaries:
        place = boundary.at, boundary.side
        if place not in places or boundary.exact:
            places[place] = boundary
    ordered = [places[place] for place in sorted(places)]
    for low, high in pairwise([None, *ordered, None]):
        found = Interval(low, high, all)
        if not found.point or found.words:
            yield found
