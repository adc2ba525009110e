"""Breakpoints and ranges: where on the number line a comparison changes its truth."""

from __future__ import annotations

from typing import Literal, assert_never

from engine.language import conditions as c

Side = Literal[0, 1]
BELOW: Side = 0
ABOVE: Side = 1

Breakpoint = tuple[float, Side]
"""A point on the number line beside a value: just below it (`BELOW`) or just above it (`ABOVE`).

Breakpoints compare as tuples do, so ``(5, BELOW) < (5, ABOVE) < (6, BELOW)``, and an open bound
needs no separate case: `more_than: 5` begins at ``(5, ABOVE)``, `at_least: 5` at ``(5, BELOW)``.
"""

Range = tuple[Breakpoint | None, Breakpoint | None]
"""All values between a low and a high breakpoint; None for no bound. Empty if low >= high."""


def range_of(comparison: c.Comparison) -> Range:
    """Return the range of numbers for which ``comparison`` is true.

    ``between: [2, 5]`` gives ``((2, BELOW), (5, ABOVE))``. A comparison that is not about the order
    of numbers gives ``(None, None)``, the range without bounds.
    """
    if not isinstance(comparison, c.RangeComparison):
        return None, None
    match comparison:
        case c.AtLeast(bound=bound):
            return (bound, BELOW), None
        case c.MoreThan(bound=bound):
            return (bound, ABOVE), None
        case c.AtMost(bound=bound):
            return None, (bound, ABOVE)
        case c.LessThan(bound=bound):
            return None, (bound, BELOW)
        case c.Between(low=low, high=high):
            return (low, BELOW), (high, ABOVE)
        case _:
            assert_never(comparison)


def breakpoints(comparison: c.Comparison) -> tuple[Breakpoint, ...]:
    """Return every point where ``comparison`` of a number changes its truth, as written.

    Only `Equals`, `In`, `Known` and a `RangeComparison` have few enough: see `has_breakpoints`.

    ``in: [2, 5]`` gives ``((2, BELOW), (2, ABOVE), (5, BELOW), (5, ABOVE))``.
    """
    match comparison:
        case c.Equals(value=value):
            return (float(value), BELOW), (float(value), ABOVE)
        case c.In(values=values):
            return tuple((float(value), side) for value in values for side in (BELOW, ABOVE))
        case _:
            return tuple(end for end in range_of(comparison) if end is not None)


def has_breakpoints(comparison: c.Comparison) -> bool:
    """Return whether `breakpoints` says all about where ``comparison`` of a number is true."""
    return isinstance(comparison, c.Equals | c.In | c.Known | c.RangeComparison)
