"""Common subexpressions: what several comparisons compute of one subject before they compare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Literal

from engine.language import conditions as c
from engine.language.conditions import Condition
from engine.language.walk import RuleId, comparisons_in, rule_id

Operand = tuple[Literal["age", "open age", "folded"], RuleId]
"""A value that comparisons compute first, and of what (`facts.stage`): the age in elapsed time
(`age`), the age in business time (`open age`), or the case-folded text (`folded`)."""

WORTH_HOISTING = {"age": 3, "open age": 2, "folded": 2}
"""The number of uses from which on an operand is computed once, before all of them. An age is one
subtraction, hardly dearer than a local variable; the others call a function."""


def operands_in(conditions: Iterable[Condition]) -> Counter[Operand]:
    """Count what the comparisons of ``conditions`` compute before they compare.

    ``any: [{seen_at: {older_than: 2 days}}, {note: {contains: Hi}}]`` gives
    ``{("age", facts.seen_at): 1, ("folded", facts.note): 1}``.
    """
    return Counter(operand for each in conditions for operand in _operands(each))


def _operands(condition: Condition) -> Iterator[Operand]:
    for test in comparisons_in(condition):
        if isinstance(test, c.AgeComparison):
            what: Literal["age", "open age"] = "open age" if test.duration.business else "age"
            yield what, rule_id(test.subject)
        elif isinstance(test, c.TextComparison):
            yield "folded", rule_id(test.subject)


def worth_hoisting(uses: Counter[Operand]) -> list[Operand]:
    """Return the operands that are used often enough to compute once, as `WORTH_HOISTING` says.

    An age that is used three times is returned, one that is used twice is not.
    """
    return [operand for operand, count in uses.items() if count >= WORTH_HOISTING[operand[0]]]
