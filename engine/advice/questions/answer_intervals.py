"""Stretches of numbers and instants between the places where a test turns over.

A turn lies just before or just after a value, so that every value is on one side of every turn and
every stretch says exactly which values are in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from engine.language.intervals import ABOVE, BELOW, Breakpoint, Side


@dataclass(frozen=True, slots=True)
class Boundary:
    """Where a test turns over: just before or after ``at``; words for what lies below, and above,
    and for the value itself where it may stand alone.
    """

    at: float
    side: Side
    below: str
    above: str
    exact: str = ""


@dataclass(frozen=True, slots=True)
class Interval:
    """Everything between two turns, None for no end on that side; ``all`` are words for all."""

    low: Boundary | None
    high: Boundary | None
    all: str

    @property
    def point(self) -> bool:
        """Whether it holds one value."""
        return self.low is not None and self.high is not None and self.low.at == self.high.at

    @property
    def words(self) -> str:
        """What lies in it, such as `over 5 and under 10`, `less than 3 days ago`."""
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
        """Both in one where ``after`` begins where this ends."""
        if self.high is None or self.high != after.low:
            return None
        return Interval(self.low, after.high, self.all)


def intervals_between(turns: Iterable[Boundary], all: str) -> Iterator[Interval]:
    """All values there are, parted at ``turns``; a value between two turns is a stretch where it
    has words.
    """
    places: dict[Breakpoint, Boundary] = {}
    for turn in turns:
        place = turn.at, turn.side
        if place not in places or turn.exact:
            places[place] = turn
    ordered = [places[place] for place in sorted(places)]
    for low, high in pairwise([None, *ordered, None]):
        found = Interval(low, high, all)
        if not found.point or found.words:
            yield found
