"""All evaluators give the same firings and the same steps for any playbook and any prospect.

The same examples each time; RELIGHT_EXAMPLES=5000 draws so many others.
"""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings

from engine.advice.advisor import Advisor
from engine.api.loaded import LoadedPlaybook
from engine.backends.compiled.compile_measures import CompiledMeasures
from engine.language.conditions import UNREADABLE_PREFIX, Value
from engine.language.hours.calendar_tree import MAIN_REGION
from engine.language.load import load
from engine.language.model import Playbook
from engine.language.problem import errors_in
from engine.semantics.firings import Firings
from engine.semantics.recommend import recommend
from tests.support.as_written import AsWritten
from tests.support.as_written_hours import region_as_written
from tests.support.compared_evaluators import EVALUATORS
from tests.support.embedded_answers import expected_of, told
from tests.support.examples import examples
from tests.support.statement_tables import Tables, differences
from tests.support.world_strategies import World, block, worlds

EXAMPLES = int(os.environ.get("RELIGHT_EXAMPLES", "150"))
REPEATABLE = settings(
    derandomize="RELIGHT_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@settings(REPEATABLE, max_examples=min(20, examples(1)))
@given(worlds())
def test_evaluators_agree_on_a_few_playbooks(world: World) -> None:
    _agree(world)


@pytest.mark.slow
@settings(REPEATABLE, max_examples=EXAMPLES)
@given(worlds())
def test_evaluators_agree_on_many_playbooks(world: World) -> None:
    _agree(world)


def _agree(world: World) -> None:
    """Every evaluator gives what the playbook says as it is written, and so the same steps."""
    playbook = _read(world)
    advisor = Advisor(playbook, "meaning")
    evaluators = {name: build(playbook) for name, build in EVALUATORS.items() if name != "columnar"}
    loaded = LoadedPlaybook(playbook)
    compiled = CompiledMeasures(playbook)
    for prospect in world.prospects:
        context = advisor.context(prospect, world.now)
        found_so = compiled.facts_of(prospect, compiled.given(prospect), world.now, context.clock)
        assert _exactly(found_so) == _exactly(context.facts)
        calendar = world.playbook.get("calendar", {})
        region = region_as_written(calendar, context.facts) or MAIN_REGION
        assert context.clock.hours.region == region
        written = AsWritten(world.playbook, prospect, world.now, context.clock)
        expected = written.firings()
        _note(expected)
        event("region", str(region != MAIN_REGION))
        assert _shown({**context.facts, **expected.derived}) == written.facts()
        steps = recommend(playbook, "p1", context, expected)
        for name, evaluate in evaluators.items():
            found = evaluate(context)
            assert _bits(found) == _bits(expected), name
            assert recommend(playbook, "p1", context, found) == steps, name
        assert told(loaded._from_context(context, prospect)) == expected_of(steps)
        if not prospect.unreadable:
            rows: dict[str, Any] = {str(table): each for table, each in prospect.rows.items()}
            if _can_be_given(playbook, prospect.facts):
                given = loaded.evaluate(prospect.facts, now=world.now, **rows)
                assert told(given) == expected_of(steps)
            if _can_be_given(playbook, context.facts):
                overrides = loaded.evaluate(_shown(context.facts), now=world.now)
                assert told(overrides) == expected_of(steps)


@settings(REPEATABLE, max_examples=min(5, examples(0.4)))
@given(worlds())
def test_the_statement_agrees_on_a_few_playbooks(world: World) -> None:
    _agree_in_sql(world)


@pytest.mark.slow
@settings(REPEATABLE, max_examples=max(EXAMPLES // 3, 1))
@given(worlds())
def test_the_statement_agrees_on_many_playbooks(world: World) -> None:
    _agree_in_sql(world)


@pytest.mark.slow
@settings(REPEATABLE, max_examples=max(EXAMPLES // 8, 1))
@given(worlds())
def test_the_statement_agrees_where_the_calendar_never_closes(world: World) -> None:
    week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    always = {"calendar": {"hours": "00:00-24:00", "weekdays": week}}
    _agree_in_sql(replace(world, playbook=world.playbook | always))


def _agree_in_sql(world: World) -> None:
    """Compare the statement, from the rows on, with the definition, for all prospects at once."""
    playbook = _read(world)
    advisor = Advisor(playbook, "meaning")
    prospects = [replace(each, id=f"p{at}") for at, each in enumerate(world.prospects)]
    tables = Tables(playbook, prospects, world.now)
    rows = tables.judged()
    for prospect in prospects:
        meant = advisor.evaluate(prospect, world.now)
        firings, found = meant.firings, meant.recommendation
        assert differences(tables.statement, rows[prospect.id], firings, found) == {}


def _can_be_given(playbook: Playbook, facts: Mapping[str, Value]) -> bool:
    """Whether a program can say just this: a sum may be infinite, a cell may hold white space where
    a playbook is tried out, and what is unknown must have no default that would stand in for it.
    """
    odd = [
        value
        for value in facts.values()
        if (isinstance(value, float) and math.isinf(value))
        or (isinstance(value, str) and value.strip() != value)
    ]
    defaults = {id for id, fact in playbook.facts.items() if fact.default is not None}
    return not odd and "" not in facts.values() and defaults <= facts.keys()


def _read(world: World) -> Playbook:
    """Load the playbook of ``world``; the loader must find no error in it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "generated.yaml")
        path.write_text(block(world.playbook), encoding="utf-8")
        reading = load(path)
    assert not errors_in(reading.problems), [each.message for each in reading.problems]
    assert reading.playbook is not None
    return reading.playbook


def _shown(facts: Mapping[str, Value]) -> dict[str, Value]:
    """Facts without those that say which cells cannot be read, which no file names."""
    return {id: value for id, value in facts.items() if not id.startswith(UNREADABLE_PREFIX)}


def _exactly(facts: Mapping[str, Value]) -> dict[str, tuple[type, str]]:
    """Facts by what they are, so that 1, 1.0 and true differ, and 0 and -0."""
    return {id: (type(value), repr(value)) for id, value in facts.items()}


def _bits(firings: Firings) -> dict[str, Any]:
    """Every field, with confidences to the last bit, so that 0 and -0 differ."""
    fields = {name: getattr(firings, name) for name in Firings.__slots__}
    fields["confidence"] = {id: value.hex() for id, value in firings.confidence.items()}
    return fields


def _note(firings: Firings) -> None:
    """Note what examples are made of, for `pytest --hypothesis-show-statistics`."""
    event("dark", str(firings.dark))
    event("signals", str(bool(firings.signals)))
    event("evidence", str(any(firings.evidence.values())))
    event("diagnosed", str(bool(firings.diagnosed)))
    event("wanted", str(bool(firings.applicable)))
    event("guards", str(bool(firings.guards)))
    event("derived", "/".join(sorted({str(truth) for truth in firings.derived.values()})))
