"""drools through drools-jpy, as ansible-rulebook runs it: one session, facts asserted and
retracted, rules as its JSON tree, what fires called back in Python.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from functools import reduce
from pathlib import Path
from typing import Any

from bench.answers import Judge
from bench.peers.chained import Rule, judge_with, rules_of
from bench.peers.spelled import Operator, Test
from engine.language.conditions import Value
from engine.language.model import Playbook

NAME = "drools-jpy"
RULESET = "sixty"
COMPARISONS: Mapping[Operator, str] = {
    "==": "EqualsExpression",
    "!=": "NotEqualsExpression",
    ">=": "GreaterThanOrEqualToExpression",
    ">": "GreaterThanExpression",
    "<=": "LessThanOrEqualToExpression",
    "<": "LessThanExpression",
}


def make(playbook: Playbook) -> Judge:
    """Starts the Java machine and one session."""
    java = shutil.which("java")
    if java is None:
        raise ImportError("drools-jpy needs Java 17, and there is no `java` here")
    os.environ.setdefault("JAVA_HOME", str(Path(java).resolve().parents[1]))
    return judge_with(playbook, Session(list(rules_of(playbook))))


class Session:
    """The session; a prospect's facts are retracted when it is done."""

    def __init__(self, rules: list[Rule]) -> None:
        from drools.rule import Rule as Called
        from drools.ruleset import Ruleset

        read = {name for rule in rules for name in rule.needs}
        tree = {
            "name": RULESET,
            "hosts": ["localhost"],
            "sources": [],
            "match_multiple_rules": True,
            "rules": [_rule(rule) for rule in rules],
        }
        self._ruleset = Ruleset(name=RULESET, serialized_ruleset=json.dumps(tree))
        for rule in rules:
            called = self._consequence(rule.conclusion, rule.conclusion in read)
            self._ruleset.add_rule(Called(rule.name, called))
        self._fired: set[str] = set()
        self._asserted: list[str] = []

    def _consequence(self, conclusion: str, read: bool) -> Callable[[Any], None]:
        def fire(_: Any) -> None:
            if conclusion not in self._fired:
                self._fired.add(conclusion)
                if read:
                    self._assert({"kind": "fired", conclusion: True})

        return fire

    def _assert(self, fact: Mapping[str, Value]) -> None:
        text = json.dumps(fact)
        self._asserted.append(text)
        self._ruleset.assert_fact(text)

    def tell(self, kind: str, told: Mapping[str, Value], fired: set[str]) -> None:
        self._fired = fired
        self._assert({"kind": kind, **told})

    def forget(self) -> None:
        for text in self._asserted:
            self._ruleset.retract_fact(text)
        self._asserted.clear()


def _rule(rule: Rule) -> dict[str, Any]:
    patterns = [_compared(Test(name, "==", True)) for name in rule.needs]
    for kind, tests in (("weighed", rule.second), ("prospect", rule.first)):
        if tests:
            own = map(_expression, tests)
            patterns.append(reduce(_both, own, _compared(Test("kind", "==", kind))))
    return {
        "Rule": {
            "name": rule.name,
            "condition": {"AllCondition": patterns},
            "action": {"Action": {"action": "none", "action_args": {}}},
            "enabled": True,
        }
    }


def _both(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return {"AndExpression": {"lhs": one, "rhs": other}}


def _expression(test: Test) -> dict[str, Any]:
    field = {"Event": test.field}
    if isinstance(test.value, tuple):
        values = [_literal(value) for value in test.value]
        return {"ItemInListExpression": {"lhs": field, "rhs": values}}
    if test.operator == "known":
        return {"IsDefinedExpression": field}
    if test.operator == "unknown":
        return {"IsNotDefinedExpression": field}
    return _compared(test)


def _compared(test: Test) -> dict[str, Any]:
    sides = {"lhs": {"Event": test.field}, "rhs": _literal(test.value)}
    return {COMPARISONS[test.operator]: sides}


def _literal(value: object) -> dict[str, Any]:
    words = {bool: "Boolean", int: "Integer", float: "Float", str: "String"}
    return {words[type(value)]: value}
