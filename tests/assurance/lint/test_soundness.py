"""A check that says a rule cannot fire is right: no drawn prospect makes it fire.

The same examples each time; RELIGHT_EXAMPLES=5000 draws so many others.
"""

from __future__ import annotations

import os
import tempfile
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings

from engine.advice.advisor import Advisor
from engine.assurance.lint.load_runnable import load_runnable
from engine.assurance.lint.never_holds import conditions_to_fire
from engine.assurance.lint.run_checks import load_checked
from engine.assurance.lint.truths.possible_truths import Work, impossible
from engine.book.prospect import Prospect
from engine.language.conditions import All
from engine.language.load import LoadResult
from engine.semantics.evaluate_conditions import evaluate
from engine.semantics.firings import value_in
from tests.support.examples import examples
from tests.support.world_strategies import World, block, worlds

EXAMPLES = int(os.environ.get("RELIGHT_EXAMPLES", "250"))
REPEATABLE = settings(
    derandomize="RELIGHT_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@settings(REPEATABLE, max_examples=examples(0.2))
@given(worlds())
def test_what_cannot_hold_never_does_in_a_few_playbooks(world: World) -> None:
    _hold(world)


@pytest.mark.slow
@settings(REPEATABLE, max_examples=EXAMPLES)
@given(worlds())
def test_what_cannot_hold_never_does_in_many_playbooks(world: World) -> None:
    _hold(world)


def _hold(world: World) -> None:
    """Conditions that are called impossible are not true of any prospect whose computed facts are
    computed, and the playbook that has them is refused.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "generated.yaml")
        path.write_text(block(world.playbook), encoding="utf-8")
        reading = load_checked(path)
    assert reading.partial is not None
    playbook = reading.partial
    advisor = Advisor(playbook, "meaning")
    never = [
        (place, All((condition,) if beside is None else (condition, beside), span=condition.span))
        for place, condition, beside in conditions_to_fire(playbook)
        if impossible(playbook, condition, Work(), beside=beside) is not None
    ]
    event("impossible", str(bool(never)))
    refused = "never-holds" in {problem.code for problem in reading.problems}
    assert refused >= bool(never)
    for prospect in world.prospects:
        given_facts = {id: v for id, v in prospect.facts.items() if playbook.facts[id].given}
        context = advisor.context(Prospect("p1", given_facts, prospect.rows), world.now)
        firings = advisor.firings(context)
        value_of = partial(value_in, context, firings)
        for place, condition in never:
            assert evaluate(condition, value_of, context.now, context.clock) is not True, place


def chain(folder: Path, length: int) -> Path:
    """Write a playbook of ``length`` facts and a signal, each derived from the one before."""
    facts = "\n".join(f"  d{n}: {{when: {{d{n - 1}: true}}}}" for n in range(1, length))
    text = f"playbook: chain\nfacts:\n  d0: {{type: boolean}}\n{facts}\n"
    path = folder / "chain.yaml"
    signals = f"signals: {{last: {{when: {{d{length - 1}: true}}}}}}\n"
    path.write_text(text + signals, encoding="utf-8")
    return path


def errors(reading: LoadResult) -> list[tuple[str, int]]:
    return [(p.code, p.span.line) for p in reading.problems if p.severity == "error"]


def test_a_long_chain_of_derived_facts_is_checked(tmp_path: Path) -> None:
    assert errors(load_checked(chain(tmp_path, 199))) == []


@pytest.mark.parametrize("length", [200, 6000])
def test_a_chain_that_is_too_long_is_refused_where_it_becomes_so(
    tmp_path: Path, length: int
) -> None:
    path = chain(tmp_path, length)
    expected = [("too-deep", 203)]
    assert errors(load_checked(path)) == expected
    assert errors(load_runnable(path)) == expected
    assert load_runnable(path).playbook is None


def test_a_thousand_tests_of_one_fact_are_let_be(tmp_path: Path) -> None:
    tests = ", ".join(f"{{n: {{at_least: {n}}}}}" for n in range(1000))
    path = tmp_path / "many.yaml"
    path.write_text(
        "playbook: many\nfacts: {n: {type: number}}\n"
        f"signals: {{s: {{when: {{any: [{tests}]}}}}}}\n",
        encoding="utf-8",
    )
    assert [p.code for p in load_checked(path).problems if p.severity == "error"] == []
