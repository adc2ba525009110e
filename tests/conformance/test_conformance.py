"""Every evaluator gives what the language means, case by case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from engine.advice.advisor import Advisor
from engine.semantics.firings import Firings
from engine.semantics.recommend import Recommendation
from tests.support.compared_evaluators import EVALUATORS
from tests.support.conformance_cases import Case, all_cases, facts_in, iso, prospect_of
from tests.support.embedded_answers import expected_of, told
from tests.support.loaded_cases import Bench

CASES = all_cases()


GOT: dict[str, Callable[[Firings, Recommendation], object]] = {
    "state": lambda _, found: found.state,
    "dark": lambda firings, _: list(firings.thresholds),
    "goes_dark_at": lambda _, found: _when(found.goes_dark_at),
    "signals": lambda firings, _: list(firings.signals),
    "confidence": lambda firings, _: dict(firings.confidence),
    "evidence": lambda firings, _: {id: list(fired) for id, fired in firings.evidence.items()},
    "diagnosed": lambda firings, _: list(firings.diagnosed),
    "cause_known": lambda _, found: found.cause_known,
    "wanted": lambda firings, _: list(firings.applicable),
    "guards": lambda firings, _: list(firings.guards),
    "steps": lambda _, found: [
        [step.action.id, step.value, _when(step.due_at), step.cause and step.cause.id]
        for step in found.steps
    ],
    "held_back": lambda _, found: {
        held.step.action.id: [guard.id for guard in held.guards] for held in found.held_back
    },
}


@pytest.mark.parametrize(
    "evaluator",
    [
        # A statement is planned for each case; fast tests run some in test_cases_on_engines.py.
        pytest.param(name, marks=pytest.mark.slow if name == "columnar" else ())
        for name in EVALUATORS
    ],
)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_evaluator_gives_what_the_language_means(
    case: Case, evaluator: str, bench: Bench
) -> None:
    playbook, firings, found = bench.recommend(case, evaluator)
    expected = {**case.expect}
    facts = expected.pop("facts", {})
    got = {name: GOT[name](firings, found) for name in expected}
    if "steps" in expected:
        expected["steps"] = [
            [action, pytest.approx(value, rel=1e-12, abs=0), due, cause]
            for action, value, due, cause in expected["steps"]
        ]
    assert got == expected
    assert _facts_of(found, facts) == {**dict.fromkeys(facts), **facts_in(facts, playbook)}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_compiled_measures_measure_the_same(case: Case, bench: Bench) -> None:
    playbook, _, found = bench.recommend(case, "meaning")
    prospect = prospect_of(case, playbook)
    measures, advisor = bench.measures(playbook), Advisor(playbook, "meaning")
    given = measures.given(prospect)
    context = advisor.context(prospect, case.now)
    assert measures.facts_of(prospect, given, case.now, context.clock) == context.facts
    assert context.facts.items() <= found.facts.items()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_program_is_told_what_the_language_means(case: Case, bench: Bench) -> None:
    playbook, _, found = bench.recommend(case, "meaning")
    prospect = prospect_of(case, playbook)
    rows: dict[str, Any] = {str(table): each for table, each in prospect.rows.items()}
    advice = bench.loaded(playbook).evaluate(prospect.facts, now=case.now, **rows)
    assert told(advice) == expected_of(found)


def _when(at: int | None) -> str | None:
    return None if at is None else iso(at)


def _facts_of(found: Recommendation, names: Mapping[str, Any]) -> dict[str, Any]:
    return {name: found.facts.get(name) for name in names}


def test_there_are_cases_for_every_part_of_the_language() -> None:
    files = {case.file for case in CASES}
    assert files == {
        "actions",
        "cadence",
        "calendar",
        "causes",
        "guards",
        "kleene",
        "layers",
        "measures",
        "opening_hours",
        "operators",
        "thresholds",
        "touches",
        "types",
        "unless",
        "words",
    }
    assert len(CASES) >= 500
