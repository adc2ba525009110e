"""Format the result of `check`: the problems of files, and the profile of a book."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.assurance.profile.book_profile import BookProfile
from engine.language.problem import Problem
from engine.reports.escape import to_json
from engine.reports.problems.problem_report import STYLES, problem_data, problems_text
from engine.reports.problems.profile_page import profile_data, profile_text
from engine.reports.terminal.phrases import counted
from engine.reports.terminal.style import Style


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The result of `check`: the number of files, their problems in order, and a book's profile."""

    files: int
    problems: Sequence[Problem]
    profile: BookProfile | None = None


def check_text(report: CheckReport, style: Style, verbose: bool) -> str:
    """Format the result of `check` for people.

    Args:
        report: The result.
        style: The layout of the output.
        verbose: Whether the profile names everything.
    """
    # What makes a playbook unusable comes before the tests that cannot use it.
    problems = sorted(report.problems, key=lambda one: one.code == "broken-playbook")
    text = problems_text(problems, style)
    if report.profile is not None:
        text += profile_text(report.profile, style, verbose)
    return text


def check_json(report: CheckReport) -> str:
    """Format the result of `check` as JSON."""
    problems = [problem_data(problem) for problem in report.problems]
    answer: dict[str, object] = {"version": 1, "files": report.files, "problems": problems}
    if report.profile is not None:
        answer["profile"] = profile_data(report.profile)
    return to_json(answer, indent=2) + "\n"


def check_summary(files: int, problems: Iterable[Problem], ignored: int = 0) -> str:
    """Count files and problems in one line: `checked 3 files: 2 errors, 1 warning, 1 ignored`.

    Args:
        files: How many files were checked.
        problems: Their problems.
        ignored: How many more problems comments ask to ignore.
    """
    severities = [problem.severity for problem in problems]
    counts = [counted(severities.count(kind), kind) for kind in STYLES if kind in severities]
    counts = counts or ["no problems"]
    counts += [f"{ignored} ignored"] if ignored else []
    return f"checked {counted(files, 'file')}: {', '.join(counts)}\n"
