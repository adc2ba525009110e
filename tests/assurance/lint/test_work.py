"""What the checks of a playbook cost grows with its size, and not with the square of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.assurance.lint.run_checks import load_checked
from engine.language.load import LoadResult
from tests.support.work import calls_in

Checked = Callable[[str], tuple[LoadResult, int]]
"""A playbook's text to what checking it found, and the calls that it made."""


@pytest.fixture
def check(tmp_path: Path) -> Checked:
    def checked(text: str) -> tuple[LoadResult, int]:
        path = tmp_path / "mine.yaml"
        path.write_text(text, encoding="utf-8")
        return calls_in(lambda: load_checked(path))

    return checked


def entries(count: int, text: str) -> str:
    """``count`` lines; `N` in each is its number."""
    return "".join(f"  {text}\n".replace("N", str(number)) for number in range(count))


def codes(reading: LoadResult) -> set[str]:
    return {problem.code for problem in reading.problems}


@pytest.mark.slow
def test_a_condition_of_many_facts(check: Checked) -> None:
    parts = ", ".join(f"{{not: {{f{number}: true}}}}" for number in range(1500))
    facts = entries(1500, "fN: {type: boolean}")
    reading, calls = check(
        f"playbook: p\nfacts:\n{facts}signals:\n  s: {{when: {{all: [{parts}]}}}}\n"
    )
    assert codes(reading) == {"unused-signal", "blank-is-not-false"}
    assert calls < 22_000_000


@pytest.mark.slow
def test_many_conditions_of_one_large_fact(check: Checked) -> None:
    parts = ", ".join(f"{{f{number}: true}}" for number in range(2000))
    facts = entries(2000, "fN: {type: boolean}") + f"  large: {{when: {{any: [{parts}]}}}}\n"
    signals = entries(2000, "sN: {when: {large: true}}")
    reading, calls = check(f"playbook: p\nfacts:\n{facts}signals:\n{signals}")
    assert codes(reading) == {"unused-signal"}
    assert calls < 22_000_000


@pytest.mark.slow
def test_a_contradiction_before_the_work_is_done_is_still_found(check: Checked) -> None:
    parts = ", ".join(f"{{f{number}: true}}" for number in range(1500))
    facts = entries(1500, "fN: {type: boolean}")
    reading, _ = check(
        f"playbook: p\nfacts:\n{facts}signals:\n"
        "  never: {when: {all: [{f1: true}, {f1: false}]}}\n"
        f"  s: {{when: {{all: [{parts}]}}}}\n"
    )
    assert "never-holds" in codes(reading)


def test_many_stages_each_with_its_threshold(check: Checked) -> None:
    stages = ", ".join(f"s{number}" for number in range(3000))
    dark = entries(2999, "dN: {silent_for: 1 day, when: {stage: sN}}")
    reading, calls = check(
        f"playbook: p\nfacts:\n  stage: {{type: choice, choices: [{stages}]}}\ndark:\n{dark}"
    )
    (problem,) = reading.problems
    assert problem.code == "stage-without-threshold"
    assert "`s2999`" in problem.message
    assert calls < 5_000_000


def test_many_guards_of_many_actions(check: Checked) -> None:
    actions = entries(2000, "aN: {kind: outreach, channel: cN, when: {dark: true}}")
    guards = entries(1999, "gN: {blocks: {channel: cN}, while: {dark: true}}")
    guards += entries(1000, "hN: {blocks: {channel: xN}, while: {dark: true}}")
    guards += "  i: {blocks: {actions: [a7], kind: internal}, while: {dark: true}}\n"
    channels = entries(2000, "cN: {}") + entries(1000, "xN: {}")
    text = f"playbook: p\nchannels:\n{channels}actions:\n{actions}guards:\n{guards}"
    reading, calls = check(text)
    found = [each.message for each in reading.problems]
    assert [each for each in found if "`g" in each] == []
    assert len([each for each in found if "matches no action" in each]) == 1001
    assert calls < 4_000_000


def test_many_facts_that_are_off_and_used(check: Checked, tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(
        f"playbook: base\nfacts:\n{entries(3000, 'fN: {type: boolean}')}", encoding="utf-8"
    )
    off, signals = entries(3000, "fN: off"), entries(3000, "sN: {when: {fN: true}}")
    reading, calls = check(f"playbook: p\nextends: [base]\nfacts:\n{off}signals:\n{signals}")
    assert codes(reading) == {"off-in-use"}
    assert len(reading.problems) == 3000
    assert calls < 4_000_000


def test_many_entries_that_are_off_and_nowhere(check: Checked, tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text("playbook: base\n", encoding="utf-8")
    facts = entries(3000, "fN: {type: boolean}") + entries(3000, "gN: off")
    reading, calls = check(f"playbook: p\nextends: [base]\nfacts:\n{facts}")
    assert codes(reading) == {"off-of-nothing"}
    assert calls < 4_000_000


def test_many_actions_without_their_template(check: Checked, tmp_path: Path) -> None:
    for number in range(1500):
        (tmp_path / f"message{number}.md").write_text("Hello", encoding="utf-8")
    write = "aN: {kind: outreach, channel: email, when: {dark: true}, template: massageN.md}"
    reading, calls = check(f"playbook: p\nactions:\n{entries(1500, write)}")
    assert codes(reading) == {"missing-template"}
    assert len(reading.problems) == 1500
    assert reading.problems[0].help == "did you mean `message0.md`?"
    assert calls < 6_000_000


def test_many_actions_with_one_template_of_many_names(check: Checked, tmp_path: Path) -> None:
    names = " ".join(f"{{{{ n{number} }}}}" for number in range(1000))
    (tmp_path / "message.md").write_text(names, encoding="utf-8")
    write = "aN: {kind: outreach, channel: email, when: {dark: true}, template: message.md}"
    reading, calls = check(f"playbook: p\nactions:\n{entries(1000, write)}")
    assert codes(reading) == {"template-unknown-fact"}
    assert len(reading.problems) == 1000
    assert calls < 5_000_000
