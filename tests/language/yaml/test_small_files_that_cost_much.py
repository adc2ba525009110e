"""A small file costs little, whatever it holds."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.language.load import LoadResult, load

Spent = Callable[[str], tuple[LoadResult, float]]
"""A playbook's text to what came of reading it and the seconds of work it took."""


@pytest.fixture
def read(tmp_path: Path) -> Spent:
    def spent(text: str) -> tuple[LoadResult, float]:
        path = tmp_path / "playbook.yaml"
        path.write_text(text, encoding="utf-8")
        start = time.process_time()
        reading = load(path, "playbook.yaml")
        return reading, time.process_time() - start

    return spent


def rules(count: int, fact: str, when: str) -> str:
    """A playbook of ``count`` facts and signals; `N` in each is its number."""
    facts = "".join(f"  {fact}\n".replace("N", f"{n:04}") for n in range(count))
    signals = "".join(f"  s{n}: {{when: {when}}}\n".replace("N", f"{n:04}") for n in range(count))
    return f"playbook: p\nfacts:\n{facts}signals:\n{signals}"


def test_many_unknown_names(read: Spent) -> None:
    text = rules(600, "touches_unanswered_N: {type: number}", "{txuches_unanswered_N: 1}")
    reading, seconds = read(text)
    helps = [problem.help or "" for problem in reading.problems]
    assert len(helps) == 600
    assert helps[0] == "did you mean `touches_unanswered_0000`?"
    assert sum(help.startswith("did you mean") for help in helps) == 20
    assert seconds < 8


def test_many_values_that_are_no_choices(read: Spent) -> None:
    choices = ", ".join(f"word_{n:04}" for n in range(600))
    text = rules(600, "fN: {type: number}", "{kind: wxrd_N}")
    text = text.replace("facts:\n", f"facts:\n  kind: {{type: choice, choices: [{choices}]}}\n")
    reading, seconds = read(text)
    helps = [problem.help or "" for problem in reading.problems]
    assert helps[0] == "did you mean `word_0000`?"
    assert helps[-1].endswith("word_0049 and 550 more")
    assert seconds < 8


def test_many_fields_laid_over_others(read: Spent, tmp_path: Path) -> None:
    facts = "".join(f"  f{n}: {{type: number, unit: EUR}}\n" for n in range(4000))
    (tmp_path / "base.yaml").write_text(f"playbook: base\nfacts:\n{facts}", encoding="utf-8")
    reading, seconds = read(f"playbook: p\nextends: base.yaml\nfacts:\n{facts}")
    assert reading.playbook is not None
    assert seconds < 8


@pytest.mark.parametrize(
    "text",
    [
        "BLANKSa: b\nBLANKS c: d",
        "k: v\nBLANKSc: d",
        "k: v\nBLANKS- 'c: d",
        "k:\n  -BLANKSc: d: e",
        "k: 'c'BLANKSd",
        "k: [aBLANKS",
    ],
)
def test_many_blanks_where_they_must_not_be(read: Spent, text: str) -> None:
    reading, seconds = read(text.replace("BLANKS", " " * 100_000))
    assert reading.playbook is None
    assert seconds < 3
