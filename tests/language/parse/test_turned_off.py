"""A playbook with rules that are `off` answers like one whose rules of these names never fire."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from engine.advice.advisor import Advisor, Evaluation
from engine.language import conditions as c
from engine.language.files.merge import QUIET
from engine.language.load import LoadResult, load
from engine.language.model import Playbook
from tests.support.examples import examples
from tests.support.world_strategies import World, block, worlds

EXAMPLES = int(os.environ.get("RELIGHT_EXAMPLES", examples(0.3)))
REPEATABLE = settings(
    derandomize="RELIGHT_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    max_examples=EXAMPLES,
)
THEIRS = """\
playbook: theirs
facts:
  late: {type: boolean}
  amount: {type: number}
  worried: {when: {signals.no_date: true, late: true}}
dark:
  early: {silent_for: 3 days}
signals:
  no_date: {when: {late: false}, prevent: [wait]}
  of_two: {when: {any: [{signals.no_date: true}, {amount: 3}]}, prevent: [wait, write]}
causes:
  busy: {evidence: {late: {when: {late: true}, weight: 0.4}}}
  unsure:
    evidence:
      e: {when: {signals.no_date: true}, weight: 0.5}
      f: {when: {amount: 1}, against: 0.5}
actions:
  wait: {kind: internal, for: {busy: 0.8}, when: {dark: true}}
  write: {kind: internal, when: {not: {signals.no_date: true}}}
  ask: {kind: internal, for: {busy: 0.8, unsure: 0.5}, when: {causes.busy: {less_than: 0.3}}}
  look: {kind: internal, when: {worried: true}}
guards:
  no_waiting: {blocks: {actions: [wait]}, while: {late: true}}
  both: {blocks: {actions: [wait, write]}, unless: {signals.no_date: true}}
"""


def loaded(folder: Path, off: str, theirs: str = THEIRS) -> LoadResult:
    (folder / "theirs.yaml").write_text(theirs, encoding="utf-8")
    near = folder / "near.yaml"
    near.write_text(f"playbook: near\nextends: [theirs.yaml]\n{off}", encoding="utf-8")
    return load(near, "near.yaml")


def names(playbook: Playbook) -> set[str]:
    return {*playbook.thresholds, *playbook.signals, *playbook.causes, *playbook.actions} | {
        *playbook.guards
    } - {"unclear_touches"}  # a standard guard


def test_a_signal_that_is_off_never_fires_and_neither_does_what_needs_it(tmp_path: Path) -> None:
    result = loaded(tmp_path, "signals: {no_date: off}\n")
    playbook = result.playbook
    assert playbook is not None, result.problems
    assert names(playbook) == {
        "early",
        "of_two",
        "busy",
        "wait",
        "write",
        "ask",
        "no_waiting",
        "both",
    }
    assert str(playbook.signals["of_two"].when).count("amount") == 1
    assert playbook.actions["write"].when == c.All((), span=playbook.span), "it always holds"
    assert playbook.actions["ask"].fits == {"busy": 0.8}
    assert playbook.facts["worried"].when == c.AnyOf((), span=playbook.span), "it never holds"
    # `unless` what never holds: always.
    assert (playbook.guards["both"].unless, playbook.guards["both"].condition) == (
        False,
        c.All((), span=playbook.span),
    )
    assert set(result.silenced) == {
        ("facts", "worried"),
        ("actions", "look"),
        ("causes", "unsure"),
        ("causes", "unsure", "evidence", "e"),
    }
    assert set(result.silenced.values()) == {("signals", "no_date")}


def test_a_cause_that_is_off_has_no_confidence(tmp_path: Path) -> None:
    result = loaded(tmp_path, "causes: {busy: off}\n")
    assert result.playbook is not None
    assert "wait" not in result.playbook.actions, "it was for that cause only"
    assert result.playbook.actions["ask"].when == c.All((), span=result.playbook.span)
    assert "no_waiting" not in result.playbook.guards, "it blocked that action only"
    assert result.playbook.guards["both"].actions == ("write",)


def test_an_action_that_is_off_is_named_by_no_signal_and_no_guard(tmp_path: Path) -> None:
    result = loaded(tmp_path, "actions: {wait: off}\n")
    assert result.playbook is not None
    assert result.playbook.signals["no_date"].prevent == ()
    assert result.playbook.signals["of_two"].prevent == ("write",)
    assert set(result.playbook.guards) == {"both", "unclear_touches"}


def test_what_nobody_uses_is_gone_without_a_trace(tmp_path: Path) -> None:
    result = loaded(tmp_path, "actions: {look: off}\n")
    assert (result.problems, dict(result.silenced)) == ((), {})
    assert result.document is not None
    assert "look" not in result.document.data["actions"]


def test_a_rule_may_be_said_anew_after_it_was_off(tmp_path: Path) -> None:
    (tmp_path / "middle.yaml").write_text(
        "playbook: middle\nextends: [theirs.yaml]\ncauses: {busy: off}\n", encoding="utf-8"
    )
    (tmp_path / "theirs.yaml").write_text(THEIRS, encoding="utf-8")
    near = tmp_path / "near.yaml"
    again = "causes: {busy: {evidence: {late: {when: {late: true}, weight: 0.9}}}}"
    near.write_text(f"playbook: near\nextends: [middle.yaml]\n{again}\n", encoding="utf-8")
    playbook = load(near).playbook
    assert playbook is not None
    assert [item.weight for item in playbook.causes["busy"].evidence] == [0.9]
    assert playbook.actions["wait"].fits == {"busy": 0.8}


@pytest.mark.parametrize("section", QUIET)
def test_a_misspelt_off_is_still_an_error(tmp_path: Path, section: str) -> None:
    result = loaded(tmp_path, f"{section}: {{bsy: off}}\n")
    assert [problem.code for problem in result.problems] == ["off-of-nothing"]


def test_a_single_file_may_turn_off_what_it_uses(tmp_path: Path) -> None:
    """So that the merged playbook, which extends nothing, says the same."""
    path = tmp_path / "one.yaml"
    path.write_text(
        "playbook: one\ncauses: {busy: off}\n"
        "actions: {ask: {kind: internal, when: {causes.busy: 0}, for: {busy: 1}}}\n",
        encoding="utf-8",
    )
    result = load(path)
    assert result.problems == ()
    assert result.playbook is not None
    assert not result.playbook.actions


@REPEATABLE
@given(worlds(), st.data())
def test_it_answers_like_a_playbook_whose_rules_never_fire(
    world: World, data: st.DataObject
) -> None:
    known = [(section, id) for section in QUIET for id in world.playbook.get(section, {})]
    assume(known)
    off = data.draw(st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True))
    text = block({s: {id: "off" for section, id in off if section == s} for s, _ in off})
    with tempfile.TemporaryDirectory() as folder:
        near = loaded(Path(folder), text, block(world.playbook))
        whole = load(Path(folder, "theirs.yaml")).playbook
    assume(near.playbook is not None and whole is not None)
    assert near.playbook is not None
    assert whole is not None
    never = _never(whole, frozenset(off))
    for prospect in world.prospects:
        one = Advisor(near.playbook, "meaning").evaluate(prospect, world.now)
        two = Advisor(never, "meaning").evaluate(prospect, world.now)
        assert _answer(one) == _answer(two)


def _never(playbook: Playbook, off: frozenset[tuple[str, str]]) -> Playbook:
    """The playbook with conditions that never hold in place of the rules that are off."""
    false = c.AnyOf((), span=playbook.span)
    return replace(
        playbook,
        signals={
            id: replace(one, when=false) if ("signals", id) in off else one
            for id, one in playbook.signals.items()
        },
        causes={
            id: replace(one, when=false) if ("causes", id) in off else one
            for id, one in playbook.causes.items()
        },
        actions={
            id: replace(one, when=false) if ("actions", id) in off else one
            for id, one in playbook.actions.items()
        },
    )


def _answer(evaluation: Evaluation) -> object:
    found, firings = evaluation.recommendation, evaluation.firings
    return (
        found.state,
        found.goes_dark_at,
        firings.thresholds,
        firings.signals,
        {id: share for id, share in firings.confidence.items() if share},
        firings.diagnosed,
        [(step.action.id, step.due_at, step.value) for step in found.steps],
        [(held.step.action.id, [g.id for g in held.guards]) for held in found.held_back],
        firings.derived,
    )
