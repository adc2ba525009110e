"""Whatever is done to a file, checking it gives problems with a place, and never falls over.

The same examples each time; RELIGHT_EXAMPLES=5000 draws so many others.
"""

from __future__ import annotations

import copy
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.assurance.check_file import check_file
from engine.assurance.testing.run_cases import run_file
from engine.language.problem import Problem, errors_in
from engine.language.yaml.reader import read_source
from tests.support.examples import examples
from tests.support.expected_problems import assert_well_worded
from tests.support.world_strategies import block

ROOT = Path(__file__).parents[3]
GOOD = ROOT / "tests" / "good"
RULES = ROOT / "rules"
EXAMPLES = int(os.environ.get("RELIGHT_EXAMPLES", examples(1.5)))
REPEATABLE = settings(
    derandomize="RELIGHT_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
OTHERS: list[Any] = [
    None,
    True,
    0,
    -1,
    0.5,
    1e300,
    2**70,
    "",
    " ",
    "off",
    "now",
    "yes",
    "dark",
    "3 days",
    "2 months",
    "2026-03-04",
    "2026-03-04T15:00:00Z",
    "../../etc/passwd",
    "x" * 5000,
    "touches.channel",
    [],
    [[]],
    ["off", 1],
    {},
    {"off": "off"},
    {"any": []},
    {"not": {"dark": True}},
    {"when": {"dark": True}},
    {"at_least": 1, "known": False},
]
"""Values of every sort, to stand where another sort belongs."""
WORDS = [
    "Dark",
    "dark",
    "any",
    "when",
    "evidence",
    "off",
    "silent_since",
    "a b",
    "",
    "é",
    "~",
    "<<",
]

Data = dict[str, Any]


@dataclass(frozen=True)
class Mutant:
    """A file's data after some slips; shown by these, since the data would fill pages."""

    data: Data
    slips: list[str]

    def __repr__(self) -> str:
        return "; ".join(self.slips)


@st.composite
def mutated(draw: st.DrawFn, data: Data) -> Mutant:
    """``data`` after one to four slips."""
    data = copy.deepcopy(data)
    slips = []
    for _ in range(draw(st.integers(1, 4))):
        holder = draw(st.sampled_from(list(holders(data))))
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        key = draw(st.sampled_from(keys))
        slip = draw(st.sampled_from(["delete", "rename", "replace", "copy"]))
        was = repr(holder[key])[:80]
        if slip == "delete":
            del holder[key]
        elif slip == "rename" and isinstance(holder, dict):
            holder[draw(st.sampled_from([*WORDS, f"{key}s", key[1:]]))] = holder.pop(key)
        elif slip == "copy":
            holder[key] = copy.deepcopy(draw(st.sampled_from(list(holders(data)))))
        else:
            holder[key] = copy.deepcopy(draw(st.sampled_from(OTHERS)))
        slips.append(f"{slip} {key}, which was {was}")
        if not data:
            break
    return Mutant(data, slips)


def holders(data: Any) -> list[Any]:
    """Every map and list inside ``data`` that is not empty, itself included."""
    found, pending = [], [data]
    while pending:
        value = pending.pop()
        if isinstance(value, dict | list) and value:
            found.append(value)
            pending += list(value.values()) if isinstance(value, dict) else value
    return found


@st.composite
def mangled(draw: st.DrawFn, text: str) -> str:
    """``text`` cut off, or with a stretch of it deleted, doubled, or overwritten."""
    start = draw(st.integers(0, len(text)))
    end = min(len(text), start + draw(st.integers(0, 80)))
    new = draw(
        st.sampled_from(["", text[start:end] * 2, "\n", "\t", ": ", "- ", "{", "]", '"', "# "])
    )
    return text[:start] + (new + text[end:] if draw(st.booleans()) else "")


def data_of(path: Path) -> Data:
    document, _ = read_source(path, path.name)
    assert document is not None
    data: Data = document.data
    return data


def assert_placed(problems: list[Problem] | tuple[Problem, ...]) -> None:
    """Every problem, and the second place of it, lies in its file and is worded as all are."""
    for problem in problems:
        assert_well_worded(problem)
        for span in (problem.span, problem.also):
            if span is None:
                continue
            lines = Path(span.file).read_text(encoding="utf-8").split("\n")
            start, end = (span.line, span.column), (span.end_line, span.end_column)
            assert (1, 1) <= start <= end, problem
            assert span.end_line <= len(lines), problem
            assert span.column <= len(lines[span.line - 1]) + 1, problem
            assert span.end_column <= len(lines[span.end_line - 1]) + 2, problem


def check(text: str, beside: Path, name: str = "mutant.yaml") -> list[Problem]:
    """The problems of ``text`` in a folder that has the files of ``beside`` too."""
    with tempfile.TemporaryDirectory() as folder:
        for path in beside.glob("*.yaml"):
            Path(folder, path.name).write_bytes(path.read_bytes())
        mutant = Path(folder, name)
        mutant.write_text(text, encoding="utf-8")
        problems = check_file(mutant)
        assert_placed(problems)
        if name.endswith(".test.yaml"):
            result = run_file(mutant, engine="meaning", coverage=True)
            assert set(result.problems) == set(problems)
            assert not (result.passed and errors_in(problems))
    return problems


@settings(REPEATABLE, max_examples=EXAMPLES)
@given(mutated(data_of(GOOD / "small.yaml")))
def test_a_small_playbook_with_slips(mutant: Mutant) -> None:
    check(block(mutant.data), GOOD)


@settings(REPEATABLE, max_examples=EXAMPLES)
@given(mangled((GOOD / "small.yaml").read_text(encoding="utf-8")))
def test_a_small_playbook_with_its_text_mangled(text: str) -> None:
    check(text, GOOD)


@settings(REPEATABLE, max_examples=EXAMPLES)
@given(mutated(data_of(GOOD / "small.test.yaml")))
def test_a_test_file_with_slips(mutant: Mutant) -> None:
    check(block(mutant.data), GOOD, "mutant.test.yaml")


@settings(REPEATABLE, max_examples=EXAMPLES)
@given(mangled((GOOD / "small.test.yaml").read_text(encoding="utf-8")))
def test_a_test_file_with_its_text_mangled(text: str) -> None:
    check(text, GOOD, "mutant.test.yaml")


@pytest.mark.slow
@settings(REPEATABLE, max_examples=EXAMPLES // 6)
@given(mutated(data_of(RULES / "gone-dark.yaml")))
def test_the_shipped_playbook_with_slips(mutant: Mutant) -> None:
    check(block(mutant.data), RULES)


@pytest.mark.slow
@settings(REPEATABLE, max_examples=EXAMPLES // 6)
@given(mutated(data_of(RULES / "base.yaml")))
def test_what_the_shipped_playbook_extends_with_slips(mutant: Mutant) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "base.yaml").write_text(block(mutant.data), encoding="utf-8")
        nearest = Path(folder, "gone-dark.yaml")
        nearest.write_bytes((RULES / "gone-dark.yaml").read_bytes())
        assert_placed(check_file(nearest))
