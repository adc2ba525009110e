"""What several tests work out of one subject before they compare, to be worked out once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Literal

from engine.language import conditions as c
from engine.language.conditions import Condition
from engine.language.walk import RuleId, rule_id

Operand = tuple[Literal["age", "open age", "folded"], RuleId]
"""What tests work out of a subject before they compare: its age, its age in open time, its text
without regard to case; with the rule name of the subject (`facts.stage`)."""

WORTH_HOISTING = {"age": 3, "open age": 2, "folded": 2}
"""Tests of one operand from which on it is worked out once, before all of them."""


def operands_in(conditions: Iterable[Condition]) -> Counter[Operand]:
    """Count what the comparisons of ``conditions`` compute before they compare."""
    return Counter(operand for each in conditions for operand in _operands(each))


def _operands(condition: Condition) -> Iterator[Operand]:
    for test in c.comparisons_in(condition):
        if isinstance(test, c.AgeComparison):
            what: Literal["age", "open age"] = "open age" if test.duration.business else "age"
            yield what, rule_id(test.subject)
        elif isinstance(test, c.TextComparison):
            yield "folded", rule_id(test.subject)


def worth_hoisting(uses: Counter[Operand]) -> list[Operand]:
    """Those of ``uses`` that are used often enough to work out once."""
    return [operand for operand, count in uses.items() if count >= WORTH_HOISTING[operand[0]]]
