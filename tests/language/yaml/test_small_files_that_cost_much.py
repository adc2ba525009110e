"""A small file costs little, whatever it holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.language.load import LoadResult, load
from tests.support.work import calls_in

Counted = Callable[[str], tuple[LoadResult, int]]
"""A playbook's text to what came of reading it and the calls that reading made."""


@pytest.fixture
def read(tmp_path: Path) -> Counted:
    def counted(text: str) -> tuple[LoadResult, int]:
        path = tmp_path / "playbook.yaml"
        path.write_text(text, encoding="utf-8")
        return calls_in(lambda: load(path, "playbook.yaml"))

    return counted


def rules(count: int, fact: str, when: str) -> str:
    """A playbook of ``count`` facts and signals; `N` in each is its number."""
    facts = "".join(f"  {fact}\n".replace("N", f"{n:04}") for n in range(count))
    signals = "".join(f"  s{n}: {{when: {when}}}\n".replace("N", f"{n:04}") for n in range(count))
    return f"playbook: p\nfacts:\n{facts}signals:\n{signals}"


def test_many_unknown_names(read: Counted) -> None:
    text = rules(600, "touches_unanswered_N: {type: number}", "{txuches_unanswered_N: 1}")
    reading, calls = read(text)
    helps = [problem.help or "" for problem in reading.problems]
    assert len(helps) == 600
    assert helps[0] == "did you mean `touches_unanswered_0000`?"
    assert sum(help.startswith("did you mean") for help in helps) == 20
    assert calls < 2_000_000


def test_many_values_that_are_no_choices(read: Counted) -> None:
    choices = ", ".join(f"word_{n:04}" for n in range(300))
    text = rules(300, "fN: {type: number}", "{kind: wxrd_N}")
    text = text.replace("facts:\n", f"facts:\n  kind: {{type: choice, choices: [{choices}]}}\n")
    reading, calls = read(text)
    helps = [problem.help or "" for problem in reading.problems]
    assert helps[0] == "did you mean `word_0000`?"
    assert helps[-1].endswith("word_0049 and 250 more")
    assert calls < 4_000_000


def test_many_fields_laid_over_others(read: Counted, tmp_path: Path) -> None:
    facts = "".join(f"  f{n}: {{type: number, unit: EUR}}\n" for n in range(1000))
    (tmp_path / "base.yaml").write_text(f"playbook: base\nfacts:\n{facts}", encoding="utf-8")
    reading, calls = read(f"playbook: p\nextends: base.yaml\nfacts:\n{facts}")
    assert reading.playbook is not None
    assert calls < 2_000_000


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
def test_many_blanks_where_they_must_not_be(read: Counted, text: str) -> None:
    """So many that a pattern which tries each against the others would never be through."""
    reading, _ = read(text.replace("BLANKS", " " * 500_000))
    assert [problem.code for problem in reading.problems] == ["yaml-syntax"]


@pytest.mark.parametrize(
    "marks",
    ["\u0301\u0316" * 130_000, "\u0f73" * 130_000, "\\u0301\\u0316" * 40_000],
    ids=["written", "split", "escaped"],
)
def test_many_marks_over_one_letter(read: Counted, marks: str) -> None:
    """To sort so many, as normalizing does, would take minutes."""
    reading, _ = read(f'playbook: p\ntitle: "a{marks}"\n')
    assert [(each.span.line, each.code) for each in reading.problems] == [(2, "control-character")]
    assert reading.problems[0].message == "more than 30 combining marks in a row are not allowed"


def test_many_measures_that_end_where_another_does(read: Counted) -> None:
    facts = "".join(
        f"  m{n}: {{measure: {{latest: touches, before: m{n - 1}, where: {{c{n}: x}}}}}}\n"
        for n in range(1, 1000)
    )
    columns = "".join(f"    c{n}: {{type: text}}\n" for n in range(1000))
    first = "  m0: {measure: {latest: touches}}\n"
    reading, calls = read(f"playbook: p\ntables:\n  touches:\n{columns}facts:\n{first}{facts}")
    assert reading.problems == ()
    assert calls < 2_000_000


def test_many_fields_that_name_a_fact_of_another_type(read: Counted) -> None:
    facts = "".join(f"  t{n}: {{type: time}}\n" for n in range(1000))
    wrong = "".join(f"  m{n}: {{measure: {{latest: touches, before: b}}}}\n" for n in range(1000))
    reading, calls = read(f"playbook: p\nfacts:\n  b: {{type: boolean}}\n{facts}{wrong}")
    assert {problem.code for problem in reading.problems} == {"type-mismatch"}
    assert len(reading.problems) == 1000
    helps = [problem.help or "" for problem in reading.problems]
    assert helps[0].startswith(
        "name one of: closed_at, created_at, last_outbound_at, last_reply_at, last_talk_at, m0, "
    )
    assert (len(helps[0]) < 400, helps[-1]) == (True, "name a fact of type time")
    assert calls < 1_500_000
