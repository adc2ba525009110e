from __future__ import annotations

from pathlib import Path

import pytest

from engine.language.problem import Problem, Span
from engine.reports.problems.check_page import check_summary
from engine.reports.problems.problem_report import problems_text
from engine.reports.terminal.style import Style

PLAIN = Style()


def problem_at(file: Path, line: int, column: int, end: int, help: str | None = None) -> Problem:
    span = Span(str(file), line, column, line, end)
    return Problem(span, "unknown-fact", "unknown fact `emails_unanwsered`", help)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path("rules.yaml")


def test_a_problem_is_a_block_with_its_line_a_mark_and_help(file: Path) -> None:
    file.write_text("signals:\n  quiet:\n    when: {emails_unanwsered: {at_least: 3}}\n")
    found = problem_at(file, 3, 12, 29, "did you mean `emails_unanswered`?")
    assert problems_text([found], PLAIN) == (
        "rules.yaml:3:12: error[unknown-fact]: unknown fact `emails_unanwsered`\n"
        "  3 |     when: {emails_unanwsered: {at_least: 3}}\n"
        "    |            ^^^^^^^^^^^^^^^^^\n"
        "  help: did you mean `emails_unanswered`?\n"
    )


def test_two_blocks_have_an_empty_line_between_them(file: Path) -> None:
    found = [problem_at(file, 1, 1, 2), problem_at(file, 2, 1, 2)]
    assert "\n\nrules.yaml:2:1" in problems_text(found, PLAIN)


def test_the_mark_stands_under_letters_that_take_two_columns(file: Path) -> None:
    file.write_text("日本: 語\n", encoding="utf-8")
    _, line, marks, *_ = problems_text([problem_at(file, 1, 5, 6)], PLAIN).splitlines()
    assert line == "  1 | 日本: 語"
    assert marks == "    |       ^^"


def test_tabs_take_four_columns(file: Path) -> None:
    file.write_text("\tkey: value\n")
    _, line, marks = problems_text([problem_at(file, 1, 2, 5)], PLAIN).splitlines()
    assert line == "  1 |     key: value"
    assert marks == "    |     ^^^"


def test_control_characters_of_the_file_are_escaped(file: Path) -> None:
    file.write_text("a: \x1b[2J\u202e\n", encoding="utf-8")
    text = problems_text([problem_at(file, 1, 4, 9)], PLAIN)
    assert r"a: \x1b[2J\u202e" in text
    assert "\x1b" not in text


def test_a_very_long_line_is_cut_around_the_place(file: Path) -> None:
    file.write_text("x" * 5000 + " wrong " + "y" * 5000)
    _, line, marks = problems_text([problem_at(file, 1, 5002, 5007)], PLAIN).splitlines()
    start = marks.index("^")
    assert line[start : start + 5] == "wrong"
    assert marks.count("^") == 5
    assert len(line) <= 120
    assert line.count("…") == 2


def test_a_mark_longer_than_the_page_is_cut(file: Path) -> None:
    file.write_text("key: " + "v" * 5000)
    _, line, marks = problems_text([problem_at(file, 1, 6, 5006)], PLAIN).splitlines()
    assert len(line) <= 120
    assert len(marks) <= 120
    assert line.endswith("…")


def test_a_span_over_several_lines_is_marked_to_the_end_of_its_first(file: Path) -> None:
    file.write_text("key: [a,\n  b]\n")
    found = Problem(Span("rules.yaml", 1, 6, 2, 5), "bad", "bad")
    assert problems_text([found], PLAIN).splitlines()[2] == "    |      ^^^"


def test_a_file_that_cannot_be_read_has_no_excerpt(file: Path) -> None:
    found = Problem(Span("rules.yaml", 1, 1, 1, 1), "no-such-file", "there is no file `rules.yaml`")
    assert problems_text([found], PLAIN) == (
        "rules.yaml:1:1: error[no-such-file]: there is no file `rules.yaml`\n"
    )


def test_a_second_place_is_shown_too(file: Path) -> None:
    file.write_text("a: 1\nb: 2\na: 3\n")
    first = Span("rules.yaml", 1, 1, 1, 2)
    found = Problem(Span("rules.yaml", 3, 1, 3, 2), "duplicate-key", "`a` twice", also=first)
    text = problems_text([found], PLAIN)
    assert "  3 | a: 3\n    | ^\n  also: rules.yaml:1:1\n  1 | a: 1\n    | ^\n" in text


def test_colour_is_only_there_where_it_is_wanted(file: Path) -> None:
    file.write_text("a: 1\n")
    found = [problem_at(file, 1, 1, 2)]
    assert "\x1b[" not in problems_text(found, PLAIN)
    assert "\x1b[1;31m" in problems_text(found, Style(color=True))


@pytest.mark.parametrize(
    ("severities", "said"),
    [
        ([], "checked 3 files: no problems\n"),
        (["error", "error", "warning"], "checked 3 files: 2 errors, 1 warning\n"),
        (["warning"], "checked 3 files: 1 warning\n"),
    ],
)
def test_the_summary_counts(severities: list[str], said: str) -> None:
    span = Span("x", 1, 1, 1, 1)
    problems = [
        Problem(span, "x", "x", severity="error" if one == "error" else "warning")
        for one in severities
    ]
    assert check_summary(3, problems) == said


def test_thousands_of_problems_on_one_very_long_line(file: Path) -> None:
    """So many that to look at the whole line for each would take hours."""
    file.write_text("abcdefghij" * 100_000)
    found = [problem_at(file, 1, column, column + 3) for column in range(1, 1_000_000, 200)]
    blocks = problems_text(found, PLAIN).split("\n\n")
    assert len(blocks) == 5000
    _, line, marks, *_ = blocks[1000].splitlines()
    assert len(line) <= 120
    assert line[marks.index("^") :].startswith("abc")
    assert (line.count("…"), marks.count("^")) == (2, 3)


def test_a_line_of_marks_that_take_no_column_is_truncated(file: Path) -> None:
    file.write_text("a" + "\u0301" * 5000 + "b" + "\u0301" * 5000, encoding="utf-8")
    _, line, marks, *_ = problems_text([problem_at(file, 1, 5002, 5003)], PLAIN).splitlines()
    assert len(line) < 1000
    assert (line.count("…"), marks) == (2, "    |  ^")
