"""What is tried for an unknown fact is what the definition would say if that fact were known."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from engine.advice.advisor import Advisor
from engine.advice.questions.advice_effects import AdviceOutcome, distance
from engine.advice.questions.answers import ComparisonsByFact
from engine.advice.questions.questions import not_to_be_contacted, questions, worth_trying
from engine.advice.questions.what_if import EPSILON, WhatIf
from engine.book.prospect import Prospect
from engine.language.conditions import Value
from engine.language.load import load
from tests.support.examples import examples
from tests.support.world_strategies import World, block, worlds


@settings(
    derandomize=True,
    max_examples=examples(0.3),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(worlds())
def test_a_trial_comes_to_what_the_definition_says(world: World) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "generated.yaml")
        path.write_text(block(world.playbook), encoding="utf-8")
        playbook = load(path).playbook
    assert playbook is not None
    advisor = Advisor(playbook, "meaning")
    for prospect in world.prospects:
        judged = advisor.evaluate(prospect, world.now)
        trial, asked = WhatIf(judged), ComparisonsByFact(playbook)
        before = trial.outcome(judged.context)
        weights = {}
        for fact in worth_trying(playbook, judged.context):
            answers = asked.answers(fact, judged.context)
            moved = 0.0
            for answer in answers:
                by = 0.0
                tries = trial.tried(fact, answer)
                for value in tries:
                    told = _defined(advisor, prospect, fact.id, value, world.now)
                    tried = trial.outcome(trial.known(fact.id, value))
                    assert tried == told
                    assert list(tried.values) == list(told.values)
                    by += distance(before, told, trial.equivalent)
                moved += by / len(tries) if tries else 0.0
            weights[fact.id] = moved / len(answers)
        found = {question.fact.id: question for question in questions(judged, 100)}
        waiting = {id for id, each in found.items() if each.effects[0][0].kind == "frees"}
        for id in set(found) & set(weights):
            assert found[id].weight == pytest.approx(weights[id], abs=1e-4)
        moving = {id for id, weight in weights.items() if weight > EPSILON}
        # What every message waits for is told whatever it moves.
        assert set(found) - waiting <= moving
        if not not_to_be_contacted(judged):
            for id in moving - set(found):
                fact = playbook.facts[id]
                answers = asked.answers(fact, judged.context)
                assert not trial.question(fact, before, answers).effects


def _defined(
    advisor: Advisor, prospect: Prospect, fact: str, value: Value, now: int
) -> AdviceOutcome:
    """The outcome by the definition, for the prospect with one more fact written down."""
    known = replace(prospect, facts={**prospect.facts, fact: value})
    found = advisor.recommend(known, now)
    leads = found.causes[0].cause.id if found.causes and found.cause_known else None
    return AdviceOutcome({step.action.id: step.value for step in found.steps}, leads)
