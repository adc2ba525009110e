"""rule-engine: one compiled expression a conclusion, chained in Python, as its README does."""

from __future__ import annotations

import rule_engine

from bench.answers import Answer, Facts, Judge
from bench.peers.spelled import Every, Some, Test, Tree, Weighing, conclusions, fields, names
from engine.language.model import Playbook

NAME = "rule-engine"


def make(playbook: Playbook) -> Judge:
    """Compiles the rules. Fields that are not known are told as null: a name that cannot be found
    costs a search for similar names each time.
    """
    context = rule_engine.Context(resolver=rule_engine.resolve_item)
    rules = [
        (name, rule_engine.Rule(text_of(tree), context=context))
        for name, tree in conclusions(playbook)
    ]
    first = [(name, rule) for name, rule in rules if not late(name)]
    second = [(name, rule) for name, rule in rules if late(name)]
    weighing = Weighing(playbook)
    unknown = dict.fromkeys([*names(tree for _, tree in conclusions(playbook)), "cause_known"])

    def judge(facts: Facts, now: int) -> Answer:
        told: dict[str, object] = {**unknown, **fields(playbook, facts, now), "dark": False}
        fired = _fire(first, told)
        causes = weighing.causes(fired)
        told["cause_known"] = weighing.known(causes)
        told |= {f"causes_{cause}": value for cause, value in causes.items()}
        fired |= _fire(second, told)
        return weighing.answer(facts, fired, causes)

    return judge


def late(name: str) -> bool:
    """Whether it may read confidences."""
    return name == "mendable" or name.startswith(("actions_", "guards_"))


def _fire(rules: list[tuple[str, rule_engine.Rule]], told: dict[str, object]) -> set[str]:
    fired = set()
    for name, rule in rules:
        if rule.matches(told):
            told[name] = True
            fired.add(name)
    return fired


def text_of(tree: Tree) -> str:
    """``tree`` in the language of rule-engine."""
    match tree:
        case Every(parts):
            return "(" + " and ".join(map(text_of, parts)) + ")"
        case Some(parts):
            return "(" + " or ".join(map(text_of, parts)) + ")"
        case Test(field, "known", _):
            return f"{field} != null"
        case Test(field, "unknown", _):
            return f"{field} == null"
        case Test(field, "in", tuple(values)):
            return f"{field} in [{', '.join(map(_literal, values))}]"
        case Test(field, operator, value):
            compared = f"{field} {operator} {_literal(value)}"
            return compared if operator == "==" else f"({field} != null and {compared})"


def _literal(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else repr(value)
