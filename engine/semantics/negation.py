"""Negation normal form: conditions in which `not` stands only before single comparisons, and
`unless` only before those and their negations.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.language import conditions as c
from engine.language.conditions import Condition
from engine.language.problem import Span


def negate_inward(condition: Condition, *, holds: bool = True) -> Condition:
    """Return ``condition``, or its negation without ``holds``, in negation normal form.

    By De Morgan's laws, which hold in Kleene's logic too: ``not: {all: [a, b]}`` becomes
    ``any: [{not: a}, {not: b}]``, and ``not: {unless: a}`` becomes ``a``. The result is certainly
    true exactly where ``condition``, or its negation, is; it may be unknown where they are false.
    """
    match condition:
        case c.All(parts) | c.AnyOf(parts):
            inward = tuple(negate_inward(part, holds=holds) for part in parts)
            joined = c.All if isinstance(condition, c.All) == holds else c.AnyOf
            return joined(inward, span=condition.span)
        case c.Not(part):
            return negate_inward(part, holds=not holds)
        case c.Unless(part, span=span):
            return _unless(negate_inward(part), span) if holds else negate_inward(part)
        case _:
            # Not the opposite comparison, `<` for `>=`: most, such as `contains`, have no opposite.
            return condition if holds else c.Not(condition, span=condition.span)


def _unless(condition: Condition, span: Span) -> Condition:
    """Return `unless` of a condition in negation normal form, which it pushes down to literals."""
    match condition:
        case c.All(parts) | c.AnyOf(parts):
            joined = c.AnyOf if isinstance(condition, c.All) else c.All
            return joined(tuple(_unless(part, span) for part in parts), span=condition.span)
        case c.Unless(part):
            return part
        case _:
            return c.Unless(condition, span=span)


def literals(condition: Condition, *, holds: bool = True) -> Iterator[tuple[c.Comparison, bool]]:
    """Yield each comparison of ``condition``, and False if it is under an odd number of `not`.

    ``all: [a, {not: b}]`` gives ``a, True`` and ``b, False``. Without ``holds`` they are swapped,
    but for those under an `unless`: that asks whether they are true, even if it is negated.
    """
    match condition:
        case c.All(parts) | c.AnyOf(parts):
            for part in parts:
                yield from literals(part, holds=holds)
        case c.Not(part):
            yield from literals(part, holds=not holds)
        case c.Unless(part):
            yield from literals(part)
        case comparison:
            yield comparison, holds
