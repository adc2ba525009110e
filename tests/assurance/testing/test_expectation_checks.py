"""What a case expects must be able to fail, and must be able to hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.assurance.testing.run_cases import run_file
from tests.support.expected_problems import assert_well_worded

SMALL = Path(__file__).parents[2] / "good" / "small.yaml"


def codes(folder: Path, expect: str) -> set[str]:
    (folder / "small.yaml").write_bytes(SMALL.read_bytes())
    path = folder / "small.test.yaml"
    head = "playbook: small.yaml\nnow: 2026-03-04T15:00:00Z\ncases:\n"
    path.write_text(f"{head}  one: {{expect: {expect}}}\n", encoding="utf-8")
    result = run_file(path, "small.test.yaml", engine="meaning")
    for problem in result.problems:
        assert_well_worded(problem)
    if result.problems:
        assert not result.passed
        assert [failure.what for failure in result.cases[0].failures] == ["case"]
    return {problem.code for problem in result.problems}


@pytest.mark.parametrize(
    "bounds",
    [
        "{at_least: 0}",
        "{at_most: 1}",
        "{between: [0, 1]}",
        "{at_least: 0, at_most: 1}",
        "{between: [0.0, 1.0], at_least: 0}",
    ],
)
def test_limits_that_every_confidence_meets_are_an_error(tmp_path: Path, bounds: str) -> None:
    assert codes(tmp_path, f"{{causes: {{busy: {bounds}}}}}") == {"always-holds"}


@pytest.mark.parametrize(
    "bounds",
    [
        "0",
        "{more_than: 0}",
        "{less_than: 1}",
        "{at_least: 1}",
        "{at_most: 0}",
        "{at_least: 0, at_most: 0.5}",
        "{between: [0, 0.999]}",
        "{between: [0.26, 0.26]}",
        "{at_least: 0.26, at_most: 0.26}",
    ],
)
def test_limits_that_may_fail_and_may_hold_are_fine(tmp_path: Path, bounds: str) -> None:
    assert codes(tmp_path, f"{{causes: {{busy: {bounds}}}}}") == set()


@pytest.mark.parametrize("lists", ["{include: []}", "{exclude: []}", "{include: [], exclude: []}"])
def test_an_empty_list_of_actions_asks_nothing(tmp_path: Path, lists: str) -> None:
    assert codes(tmp_path, f"{{actions: {lists}}}") == {"empty"}


@pytest.mark.parametrize(
    "expect",
    [
        "{causes: {busy: {at_least: 0.5, at_most: 0.3}}}",
        "{causes: {busy: {more_than: 0.5, less_than: 0.5}}}",
        "{causes: {busy: {more_than: 1}}}",
        "{causes: {busy: {less_than: 0}}}",
        "{causes: {busy: {between: [0.5, 0.3]}}}",
        "{state: dark, dark: []}",
        "{state: waiting, dark: [after_demo]}",
        "{dark: [after_demo], goes_dark_at: 2026-03-05}",
        "{state: untouched, goes_dark_at: 2026-03-05}",
        "{next: ring, actions: {exclude: [write, ring]}}",
        "{actions: {include: [ring], exclude: [ring]}}",
        "{next: null, actions: {include: [ring]}}",
        "{next: null, due: 2026-03-05}",
        "{next: null, due: null}",
        "{next: ring, held_back: {ring: [opted_out]}}",
        "{actions: {include: [ring]}, held_back: {ring: [opted_out]}}",
    ],
)
def test_what_contradicts_itself_is_an_error(tmp_path: Path, expect: str) -> None:
    assert codes(tmp_path, expect) == {"contradictory-expectations"}


@pytest.mark.parametrize(
    "expect",
    [
        "{state: untouched, dark: [], goes_dark_at: null}",
        "{state: waiting, goes_dark_at: 2026-03-05}",
        "{next: null, actions: {exclude: [ring]}, held_back: {ring: [opted_out]}}",
        "{next: ring, due: null, actions: {include: [ring], exclude: [write]}}",
        "{next: ring, held_back: {ring: [], write: [opted_out]}}",
        "{actions: {exclude: [ring]}, held_back: {ring: []}}",
        "{signals: {no_next_step: true}, next: null}",
    ],
)
def test_what_may_hold_together_is_fine(tmp_path: Path, expect: str) -> None:
    assert codes(tmp_path, expect) == set()
