"""zen-engine: one decision graph (JDM) of expression nodes, all but the ranking inside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, cast

import zen

from bench.answers import Answer, Facts, Judge, by_value, state
from bench.peers.spelled import Every, Some, Test, Tree, conclusions, fields
from engine.language.model import Action, Cause, Playbook

NAME = "zen-engine"
BATCH = 1_000


def make(playbook: Playbook) -> Judge:
    """Compiles the graph. What is not known is not told: a comparison with it would be an error in
    this language, so each is preceded by a test for null.
    """
    decision = zen.ZenEngine().create_decision(zen.ZenDecisionContent(json.dumps(graph(playbook))))

    def judge(facts: Facts, now: int) -> Answer:
        return _answer(facts, decision.evaluate(fields(playbook, facts, now))["result"])

    return judge


def judge_many(playbook: Playbook) -> Callable[[Sequence[Facts], int], list[Answer]]:
    """As `make`, by the call that takes many at once and spreads them over the cores."""
    content = zen.ZenDecisionContent(json.dumps(graph(playbook)))
    engine = zen.ZenEngine({"loader": lambda _: content})

    def judge(prospects: Sequence[Facts], now: int) -> list[Answer]:
        answers = []
        for start in range(0, len(prospects), BATCH):
            facts = prospects[start : start + BATCH]
            asked = [{"key": "sixty", "context": fields(playbook, each, now)} for each in facts]
            found = engine.evaluate_batch(cast("Any", asked))
            answers += [_answer(f, r["data"]["result"]) for f, r in zip(facts, found, strict=True)]
        return answers

    return judge


def _answer(facts: Facts, result: dict[str, Any]) -> Answer:
    dark = frozenset(name for name, fired in result["thresholds"].items() if fired)
    return Answer(
        state(facts, dark),
        dark,
        frozenset(name for name, fired in result["signals"].items() if fired),
        {cause: float(value) for cause, value in result["causes"].items() if value > 0},
        by_value(
            [(id, float(value)) for id, value in result["steps"].items() if value is not None]
        ),
    )


def graph(playbook: Playbook) -> dict[str, Any]:
    """The decision: input, a node a layer, and an output of four groups."""
    rules = [(name, text_of(tree)) for name, tree in conclusions(playbook)]
    evidence = [(name, text) for name, text in rules if name.startswith("causes_")]
    late = [(n, t) for n, t in rules if n == "mendable" or n.startswith(("actions_", "guards_"))]
    early = [rule for rule in rules if rule not in evidence and rule not in late]
    causes = [(f"causes_{cause.id}", _confidence(cause)) for cause in playbook.causes.values()]
    likely = " or ".join(f"causes_{id} >= {playbook.diagnosed_at}" for id in playbook.causes)
    layers = [
        [(name, _own(text, early)) for name, text in early],
        evidence,
        causes,
        [("cause_known", likely)],
        [(name, _own(text, [("mendable", "")])) for name, text in late],
    ]
    groups = [
        *((f"thresholds.{id}", f"dark_{id}") for id in playbook.thresholds),
        *((f"signals.{id}", f"signals_{id}") for id in playbook.signals),
        *((f"causes.{id}", f"causes_{id}") for id in playbook.causes),
        *((f"steps.{action.id}", _value(playbook, action)) for action in playbook.actions.values()),
    ]
    nodes = [_node(number, layer, True) for number, layer in enumerate(layers)]
    nodes.append(_node(len(layers), groups, False))
    ends = [
        {"id": "in", "type": "inputNode", "name": "in"},
        {"id": "out", "type": "outputNode", "name": "out"},
    ]
    way = ["in", *(node["id"] for node in nodes), "out"]
    edges = [
        {"id": f"{source}-{target}", "type": "edge", "sourceId": source, "targetId": target}
        for source, target in pairwise(way)
    ]
    return {"nodes": [ends[0], *nodes, ends[1]], "edges": edges}


def _node(number: int, rules: list[tuple[str, str]], passing: bool) -> dict[str, Any]:
    expressions = [
        {"id": f"{number}.{at}", "key": key, "value": value}
        for at, (key, value) in enumerate(rules)
    ]
    return {
        "id": f"layer{number}",
        "type": "expressionNode",
        "name": f"layer {number}",
        "content": {"expressions": expressions, "passThrough": passing},
    }


def _own(text: str, rules: list[tuple[str, str]]) -> str:
    """``text`` with what the same node has concluded before read as `$.name`."""
    own = {name for name, _ in rules}
    return " ".join(f"$.{word}" if word in own else word for word in text.split(" "))


def _confidence(cause: Cause) -> str:
    doubt = [(item.id, item.weight) for item in cause.evidence if item.weight is not None]
    trust = [(item.id, item.against) for item in cause.evidence if item.against is not None]
    sides = [
        " * ".join(f"(causes_{cause.id}_{id} ? {1 - weight:.12g} : 1)" for id, weight in side)
        or "1"
        for side in (doubt, trust)
    ]
    return f"dark ? (1 - {sides[0]}) * {sides[1]} : 0"


def _value(playbook: Playbook, action: Action) -> str:
    guards = [guard for guard in playbook.guards.values() if guard.blocks(action)]
    held = "".join(f" and {'' if guard.unless else 'not '}(guards_{guard.id})" for guard in guards)
    if not action.fits:
        return f"actions_{action.id}{held} ? {action.score} : null"
    level = playbook.diagnosed_at
    likely = " or ".join(f"causes_{cause} >= {level}" for cause in action.fits)
    worth = ", ".join(
        f"causes_{cause} >= {level} ? causes_{cause} * {fit} : 0"
        for cause, fit in action.fits.items()
    )
    return f"actions_{action.id}{held} and ({likely}) ? {action.score} * max([{worth}]) : null"


def text_of(tree: Tree) -> str:
    """``tree`` in the ZEN expression language; names stand between spaces."""
    match tree:
        case Every(parts):
            return "( " + " and ".join(map(text_of, parts)) + " )"
        case Some(parts):
            return "( " + " or ".join(map(text_of, parts)) + " )"
        case Test(field, "known", _):
            return f"{field} != null"
        case Test(field, "unknown", _):
            return f"{field} == null"
        case Test(field, "in", tuple(values)):
            return f"{field} in [ {', '.join(map(_literal, values))} ]"
        case Test(field, operator, value):
            compared = f"{field} {operator} {_literal(value)}"
            return compared if operator == "==" else f"( {field} != null and {compared} )"


def _literal(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{value}'" if isinstance(value, str) else repr(value)
