"""Link facts that measure the same rows: if one of them says that there are none, so do all.

`silent_since` is the first of the touches that `touches_unanswered` counts, so one is known just
where the other is at least 1.
"""

from __future__ import annotations

from engine.assurance.lint.truths.sample_values import SOME, Sample
from engine.language import conditions as c
from engine.language.conditions import Value
from engine.language.intervals import breakpoints, has_breakpoints
from engine.language.model import Fact, Measure, Playbook

_NUMBERS = ("count", "distinct", "sum")
_INSTANTS = ("earliest", "latest", "silence")


def facts_of_same_rows(playbook: Playbook, subject: c.Ref) -> tuple[Fact, ...]:
    """Return the measured facts that take the same rows as the fact ``subject``, itself included.

    Empty if it is not measured.
    """
    own = playbook.facts.get(subject.id) if subject.kind == "fact" else None
    if own is None or own.measure is None:
        return ()
    rows = _rows(own.measure)
    facts = playbook.facts.values()
    return tuple(fact for fact in facts if fact.measure is not None and _rows(fact.measure) == rows)


def _rows(measure: Measure) -> tuple[object, ...]:
    # `silence` chooses its rows itself: from the last talk, or from the first answer of a person.
    kind = measure.kind == "silence"
    bounds = measure.after, measure.before, measure.within, measure.ahead
    return measure.table, measure.where, kind, *bounds


def has_rows(fact: Fact, value: Sample) -> bool | None:
    """Return whether a measured ``fact`` of ``value`` has rows; None if it may be both."""
    kind = fact.measure.kind if fact.measure is not None else None
    if kind in _INSTANTS:
        return value is not None
    if kind in ("count", "any") and isinstance(value, int | float):
        return bool(value)
    # A cell of a row may be unknown, so that there are rows without a value.
    some = kind == "distinct" and isinstance(value, int | float) and value > 0
    return True if some or (kind == "last" and value is not None) else None


def values_given(fact: Fact, rows: bool, test: c.Comparison) -> tuple[Sample, ...]:
    """Return values of ``fact`` with all truths that ``test`` may have if there are rows, or none.

    Args:
        fact: A measured fact.
        rows: Whether there are rows.
        test: A comparison of the fact.
    """
    kind = fact.measure.kind if fact.measure is not None else None
    if not rows:
        return (value_without_rows(kind),)
    if kind == "any":
        return (True,)
    if kind in _INSTANTS:
        return (SOME,)
    if kind == "count" and has_breakpoints(test):
        near = {int(at) + step for at, _ in breakpoints(test) for step in (-1, 0, 1, 2)}
        return tuple(float(number) for number in sorted({1, *near}) if number >= 1)
    return (SOME, None)


def value_without_rows(kind: str | None) -> Value | None:
    """Return what a measure of a kind is if there are no rows; None is unknown."""
    return 0.0 if kind in _NUMBERS else False if kind == "any" else None
