"""Check for conditions that a blank cell never meets, though they read as if it did."""

from __future__ import annotations

from collections.abc import Iterator

from engine.assurance.lint.lint_target import LintTarget
from engine.language import conditions as c
from engine.language.conditions import Condition
from engine.language.model import Playbook
from engine.language.problem import Problem
from engine.language.quoting import quoted
from engine.language.walk import comparisons_in, conditions, measure_conditions


def blank_is_not_false(target: LintTarget) -> Iterator[Problem]:
    """Report `not` and `is_not` of a boolean that may be blank: unknown is neither true nor false.

    `vip: false` says that it is false; `vip: {is_not: true}` reads as "unless it is true".
    """
    playbook = target.playbook
    every = [*conditions(playbook), *(at for _, at in measure_conditions(playbook))]
    for _, place, condition in every:
        if target.damage.of(*place):
            continue
        asked = {test.subject for test in comparisons_in(condition) if isinstance(test, c.Known)}
        for test in _negated(condition):
            if test.subject not in asked and _may_be_blank(playbook, test.subject):
                yield _blank(test)


def _negated(condition: Condition) -> Iterator[c.Equals]:
    """Yield each comparison with true or false that stands right below a `not`."""
    match condition:
        case c.All(parts) | c.AnyOf(parts):
            for part in parts:
                yield from _negated(part)
        case c.Not(c.Equals(value=bool()) as test):
            yield test
        case c.Not(part):
            yield from _negated(part)
        case _:
            pass


def _may_be_blank(playbook: Playbook, subject: c.Ref) -> bool:
    fact = playbook.facts.get(subject.id) if subject.kind == "fact" else None
    return subject.kind == "column" or (fact is not None and fact.given and fact.default is None)


def _blank(test: c.Equals) -> Problem:
    name, other = test.subject, str(not test.value).lower()
    return Problem(
        test.span,
        "blank-is-not-false",
        f"this does not hold where {quoted(name)} is blank, which is neither true nor false",
        f"write `{name}: {other}`, or if a blank counts, "
        f"`any: [{{{name}: {other}}}, {{{name}: {{known: false}}}}]`",
        severity="warning",
    )
