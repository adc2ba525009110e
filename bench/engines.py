"""Everybody who can judge one prospect in this process, by name, each made for a playbook."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import engine
from bench.answers import Answer, Facts, Judge, answer_of
from engine.assurance.lint.load_runnable import load_runnable
from engine.backends.registry import EvaluatorName, EvaluatorUnavailable, create_evaluator
from engine.book.calendar.calendar import Calendars
from engine.language.model import Playbook
from engine.semantics.firings import Context

SIXTY = Path(__file__).with_name("rules") / "sixty.yaml"
PEERS = {
    "durable-rules": "durable_lang",
    "zen-engine": "decision_graph",
    "clipspy": "clips_rules",
    "drools-jpy": "drools_rules",
    "rule-engine": "expression_rules",
}
OURS: tuple[EvaluatorName, ...] = ("meaning", "rete", "compiled")
BY_HAND = "plain Python"
EMBEDDED = "compiled, by engine.load"
NAMES = (BY_HAND, *OURS, EMBEDDED, *PEERS)


class Missing(Exception):
    """The engine cannot run here; the message says why."""


def playbook() -> Playbook:
    """The playbook of the benchmark."""
    found = load_runnable(SIXTY).playbook
    assert found is not None
    return found


def make(name: str, rules: Playbook) -> Judge:
    """The engine called ``name``. Raises Missing."""
    if name == BY_HAND:
        from bench.peers.plain import judge

        return judge
    if name == EMBEDDED:
        return _embedded()
    if name in PEERS:
        try:
            module = import_module(f"bench.peers.{PEERS[name]}")
            made: Callable[[Playbook], Judge] = module.make
            return made(rules)
        except ImportError as error:
            raise Missing(str(error)) from error
    return _ours(name, rules)


def _embedded() -> Judge:
    """What programs call; it goes from facts to steps without a word on what fired."""
    evaluate = engine.load(SIXTY).evaluate

    def judge(facts: Facts, now: int) -> Answer:
        advice = evaluate(facts, now=now)
        return Answer(
            advice.state,
            frozenset(advice.dark),
            frozenset(advice.signals),
            {cause: value for cause, value in advice.causes.items() if value > 0},
            [(step.action, step.value) for step in advice.next_steps],
        )

    return judge


def _ours(name: str, rules: Playbook) -> Judge:
    wanted = next(each for each in OURS if each == name)
    try:
        evaluate = create_evaluator(wanted, rules).evaluate
    except EvaluatorUnavailable as error:
        raise Missing(str(error)) from error
    clock = Calendars(rules.calendar).clock("UTC")

    def judge(facts: Facts, now: int) -> Answer:
        context = Context(facts, now, clock)
        return answer_of(rules, context, evaluate(context))

    return judge
