"""durable-rules: its own host and its own rule language, facts asserted as they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from operator import and_, eq, ge, gt, le, lt, ne, or_
from typing import Any

from durable.lang import assert_fact, delete_state, get_host, m, ruleset, when_all

from bench.answers import Judge
from bench.peers.chained import Rule, judge_with, rules_of
from bench.peers.spelled import Test
from engine.language.conditions import Value
from engine.language.model import Playbook

NAME = "durable-rules"
RULESET = "sixty"
KNOWN = "_known"
"""Ends the names of fields that say whether another is known: `stage_known`."""

COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": eq, "!=": ne, ">=": ge, ">": gt, "<=": le, "<": lt
}  # fmt: skip


def make(playbook: Playbook) -> Judge:
    """Defines the rule set once for this process."""
    return judge_with(playbook, Session(list(rules_of(playbook))))


class Session:
    """A session a prospect; what fires asserts what it concludes into the same session."""

    def __init__(self, rules: list[Rule]) -> None:
        self._fired: set[str] = set()
        tests = [test for rule in rules for test in (*rule.first, *rule.second)]
        self._asked = {test.field for test in tests if test.operator in ("known", "unknown")}
        read = {name for rule in rules for name in rule.needs}
        with ruleset(RULESET):
            for rule in rules:
                when_all(*_patterns(rule))(self._consequence(rule, rule.conclusion in read))
        get_host()

    def _consequence(self, rule: Rule, read: bool) -> Callable[[Any], None]:
        def fire(closure: Any) -> None:
            if rule.conclusion not in self._fired:
                self._fired.add(rule.conclusion)
                if read:
                    closure.assert_fact({"kind": "fired", rule.conclusion: True})

        fire.__name__ = rule.name
        return fire

    def tell(self, kind: str, told: Mapping[str, Value], fired: set[str]) -> None:
        self._fired = fired
        fact: dict[str, Value] = {"kind": kind, **told}
        if kind == "prospect":
            fact |= {name + KNOWN: name in told for name in self._asked}
        assert_fact(RULESET, fact)

    def forget(self) -> None:
        delete_state(RULESET)


def _patterns(rule: Rule) -> list[Any]:
    patterns: list[Any] = [getattr(m, name) == True for name in rule.needs]  # noqa: E712 - `==` builds a pattern
    for kind, tests in (("weighed", rule.second), ("prospect", rule.first)):
        if tests:
            patterns.append(reduce(and_, map(_expression, tests), m.kind == kind))
    return patterns


def _expression(test: Test) -> Any:
    field = getattr(m, test.field)
    if isinstance(test.value, tuple):
        return reduce(or_, (field == value for value in test.value))
    if test.operator in ("known", "unknown"):
        return getattr(m, test.field + KNOWN) == (test.operator == "known")
    return COMPARE[test.operator](field, test.value)
