"""Rows of a case that do not count are told, and rows that a fact which is set contradicts."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.assurance.testing.run_cases import FileResult, run_file

PLAYBOOK = """\
playbook: rows
facts:
  mails: {measure: {count: touches, where: {channel: email}}}
  ways: {measure: {distinct: touches.channel}}
  called: {measure: {any: touches, where: {channel: phone}}}
  seen_first_at: {measure: {earliest: events}}
  asked_at: {type: time}
dark:
  early: {silent_for: 3 days}
signals:
  much:
    when: {mails: {at_least: 3}, ways: 2, called: true, asked_at: {known: true}}
    prevent: [look]
actions:
  look: {kind: internal, when: {seen_first_at: {known: true}}}
"""
HEAD = "playbook: rows.yaml\nnow: 2026-03-04T15:00:00Z\ncases:\n  one:\n"
OUT = "direction: outbound, channel: email"
IN = "direction: inbound, channel: email"


def run(folder: Path, case: str) -> FileResult:
    (folder / "rows.yaml").write_text(PLAYBOOK, encoding="utf-8")
    path = folder / "rows.test.yaml"
    path.write_text(HEAD + case, encoding="utf-8")
    return run_file(path, "rows.test.yaml", engine="meaning")


def found(folder: Path, prospect: str, *touches: str, now: str = "") -> list[tuple[str, int]]:
    """The code and line of every problem; the facts are on line 5, the first touch on line 7."""
    rows = "".join(f"      - {{{row}}}\n" for row in touches)
    facts = f"    prospect: {{{prospect}}}\n    touches:\n"
    result = run(folder, f"{facts}{rows}    expect: {{signals: {{much: false}}}}\n{now}")
    assert result.passed, result
    assert {problem.severity for problem in result.problems} <= {"warning"}
    return [(problem.code, problem.span.line) for problem in result.problems]


@pytest.mark.parametrize("at", ["2026-03-04T15:00:01Z", "2027-03-03", "2026-03-05"])
def test_a_row_after_now_is_told_at_its_line(tmp_path: Path, at: str) -> None:
    touches = [f"at: 1 day ago, {OUT}", f"at: {at}, {IN}"]
    assert found(tmp_path, "", *touches) == [("after-now", 8)]


@pytest.mark.parametrize("at", ["now", "2026-03-04T15:00:00Z", "in 3 days", "in 2 business hours"])
def test_a_row_at_now_or_ahead_on_purpose_is_fine(tmp_path: Path, at: str) -> None:
    assert found(tmp_path, "", f"at: {at}, {OUT}") == []


def test_the_now_is_that_of_the_case(tmp_path: Path) -> None:
    now = "    now: 2026-03-01T15:00:00Z\n"
    assert found(tmp_path, "", f"at: 2026-03-02, {OUT}", now=now) == [("after-now", 7)]


def test_a_measured_time_after_now_is_told(tmp_path: Path) -> None:
    assert found(tmp_path, "silent_since: 2027-02-20", f"at: 1 day ago, {OUT}") == [
        ("after-now", 5)
    ]
    assert found(tmp_path, "asked_at: 2027-02-20", f"at: 1 day ago, {OUT}") == []


@pytest.mark.parametrize(
    ("prospect", "touches", "line"),
    [
        # They answered yesterday, so silence did not begin ten days ago.
        ("silent_since: 10 days ago", [f"at: 1 day ago, {IN}"], 7),
        ("silent_since: 10 days ago", [f"at: 20 days ago, {OUT}", f"at: 10 days ago, {IN}"], 8),
        # The first touch, or the last one, lies on the wrong side of what is set.
        ("silent_since: 5 days ago", [f"at: 6 days ago, {OUT}"], 7),
        ("last_outbound_at: 5 days ago", [f"at: 9 days ago, {OUT}", f"at: 4 days ago, {OUT}"], 8),
        ("last_reply_at: 5 days ago", [f"at: 4 days ago, {IN}"], 7),
        # More rows count than the fact says.
        ("mails: 1", [f"at: 2 days ago, {OUT}", f"at: 1 day ago, {OUT}"], 8),
        ("touches_unanswered: 0", [f"at: 2 days ago, {OUT}"], 7),
        ("ways: 0", [f"at: 2 days ago, {OUT}"], 7),
        ("called: false", ["at: 2 days ago, direction: outbound, channel: phone"], 7),
    ],
)
def test_a_row_that_contradicts_a_fact_is_told(
    tmp_path: Path, prospect: str, touches: list[str], line: int
) -> None:
    assert found(tmp_path, prospect, *touches) == [("row-not-counted", line)]


@pytest.mark.parametrize(
    ("prospect", "touches"),
    [
        ("silent_since: 10 days ago", [f"at: 12 days ago, {IN}"]),
        ("silent_since: 10 days ago", [f"at: 10 days ago, {OUT}", f"at: 1 day ago, {OUT}"]),
        ("silent_since: 10 days ago, last_reply_at: 1 day ago", [f"at: 9 days ago, {OUT}"]),
        ("last_reply_at: 5 days ago", [f"at: 4 days ago, {OUT}"]),
        # Fewer rows than the fact says: the author does not write down all of them.
        ("mails: 5, ways: 2, called: true", [f"at: 2 days ago, {OUT}"]),
        ("mails: 0", [f"at: in 2 days, {OUT}"]),
    ],
)
def test_rows_that_may_be_part_of_the_truth_are_fine(
    tmp_path: Path, prospect: str, touches: list[str]
) -> None:
    assert found(tmp_path, prospect, *touches) == []


def test_a_case_with_an_error_is_not_asked_further(tmp_path: Path) -> None:
    result = run(
        tmp_path,
        "    prospect: {mial: 3}\n    touches: [{at: 2027-01-01, direction: outbound}]\n"
        "    expect: {state: untouched}\n",
    )
    assert [problem.code for problem in result.problems] == ["unknown-fact"]


def test_an_event_is_called_an_event(tmp_path: Path) -> None:
    result = run(
        tmp_path,
        "    prospect: {seen_first_at: 5 days ago}\n"
        "    events: [{at: 6 days ago, kind: visit}, {at: 2027-01-01, kind: visit}]\n"
        "    expect: {state: untouched}\n",
    )
    messages = [problem.message for problem in result.problems]
    assert messages == [
        "this event contradicts `seen_first_at`, which the case sets",
        "this event lies after `now`, so no fact counts it",
    ]
