"""clipspy: CLIPS rules over two deftemplates and ordered facts for what is concluded."""

from __future__ import annotations

from collections.abc import Mapping

import clips

from bench.answers import Judge
from bench.peers.chained import Rule, judge_with, rules_of
from bench.peers.spelled import Test
from engine.language.conditions import Value
from engine.language.model import Playbook

NAME = "clipspy"


def make(playbook: Playbook) -> Judge:
    """Builds the environment."""
    return judge_with(playbook, Environment(list(rules_of(playbook))))


class Environment:
    """One CLIPS environment; a slot that is not known is nil."""

    def __init__(self, rules: list[Rule]) -> None:
        self._environment = clips.Environment()
        slots = {
            "prospect": sorted({test.field for rule in rules for test in rule.first}),
            "weighed": sorted({test.field for rule in rules for test in rule.second}),
        }
        for kind, names in slots.items():
            body = " ".join(f"(slot {name} (default nil))" for name in names)
            self._environment.build(f"(deftemplate {kind} {body})")
        self._environment.build("(deftemplate fired (slot rule))")
        self._fired: set[str] = set()
        self._environment.define_function(self._conclude, "conclude")
        for rule in rules:
            self._environment.build(rule_text(rule))
        self._templates = {kind: self._environment.find_template(kind) for kind in slots}
        self._slots = {kind: frozenset(names) for kind, names in slots.items()}

    def _conclude(self, name: clips.Symbol) -> None:
        self._fired.add(str(name))

    def tell(self, kind: str, told: Mapping[str, Value], fired: set[str]) -> None:
        slots = self._slots[kind]
        fact = {name: _value(value) for name, value in told.items() if name in slots}
        self._templates[kind].assert_fact(**fact)
        self._fired = fired
        self._environment.run()

    def forget(self) -> None:
        self._environment.reset()


def rule_text(rule: Rule) -> str:
    """``rule`` as a defrule that does not conclude what is concluded already."""
    patterns = [f"(fired (rule {name}))" for name in rule.needs]
    for kind, tests in (("weighed", rule.second), ("prospect", rule.first)):
        if tests:
            slots: dict[str, list[Test]] = {}
            for test in tests:
                slots.setdefault(test.field, []).append(test)
            body = " ".join(f"({name} {_constraint(name, own)})" for name, own in slots.items())
            patterns.append(f"({kind} {body})")
    then = f"(assert (fired (rule {rule.conclusion}))) (conclude {rule.conclusion})"
    return f"(defrule {rule.name} {' '.join(patterns)} => {then})"


def _constraint(field: str, tests: list[Test]) -> str:
    if len(tests) == 1:
        match tests[0]:
            case Test(_, "known", _):
                return "~nil"
            case Test(_, "unknown", _):
                return "nil"
            case Test(_, "==", value) if not isinstance(value, float):
                return str(_value(value))
            case Test(_, "in", tuple(values)):
                return "|".join(str(_value(value)) for value in values)
            case _:
                pass  # a comparison, as several tests of one field are
    compared = "&".join(f":({_operator(test)} ?{field} {test.value})" for test in tests)
    return f"?{field}&~nil&{compared}"


def _operator(test: Test) -> str:
    return {"==": "=", "!=": "<>"}.get(test.operator, test.operator)


def _value(value: object) -> object:
    if isinstance(value, bool):
        return clips.Symbol("TRUE" if value else "FALSE")
    return clips.Symbol(value) if isinstance(value, str) and " " not in value else value
