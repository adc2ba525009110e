"""Negation normal form: conditions in which `not` stands only before single comparisons."""

from __future__ import annotations

from collections.abc import Iterator

from engine.language import conditions as c
from engine.language.conditions import Condition


def negate_inward(condition: Condition, *, holds: bool = True) -> Condition:
    """Return ``condition``, or its negation without ``holds``, in negation normal form.

    By De Morgan's laws, which hold in Kleene's logic too: ``not: {all: [a, b]}`` becomes
    ``any: [{not: a}, {not: b}]``. The result is unknown exactly where ``condition`` is.
    """
    match condition:
        case c.All(parts) | c.AnyOf(parts):
            inward = tuple(negate_inward(part, holds=holds) for part in parts)
            joined = c.All if isinstance(condition, c.All) == holds else c.AnyOf
            return joined(inward, span=condition.span)
        case c.Not(part):
            return negate_inward(part, holds=not holds)
        case _:
            # Not the opposite comparison, `<` for `>=`: most, such as `contains`, have no opposite.
            return condition if holds else c.Not(condition, span=condition.span)


def literals(condition: Condition, *, holds: bool = True) -> Iterator[tuple[c.Comparison, bool]]:
    """Yield each comparison of ``condition``, and False if it is under an odd number of `not`.

    ``all: [a, {not: b}]`` gives ``a, True`` and ``b, False``. Without ``holds`` they are swapped.
    """
    match condition:
        case c.All(parts) | c.AnyOf(parts):
            for part in parts:
                yield from literals(part, holds=holds)
        case c.Not(part):
            yield from literals(part, holds=not holds)
        case comparison:
            yield comparison, holds
