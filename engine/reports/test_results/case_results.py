"""Format the result of `test`: which cases passed, and what the others expected and found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.assurance.testing.coverage import Coverage
from engine.assurance.testing.expectations import Failure
from engine.assurance.testing.run_cases import CaseResult, FileResult
from engine.reports.escape import printable, to_json
from engine.reports.problems.problem_report import problem_data, problems_text
from engine.reports.terminal.phrases import counted
from engine.reports.terminal.style import Style
from engine.reports.test_results.coverage_table import coverage_data, coverage_text


@dataclass(frozen=True, slots=True)
class CaseReport:
    """The result of `test`.

    Attributes:
        results: One result for each test file.
        coverages: The coverage of each playbook, by its path, where it was measured.
        show_coverage: Whether people see the table of coverage; programs always get it.
    """

    results: Sequence[FileResult]
    coverages: Mapping[str, Coverage]
    show_coverage: bool


def cases_text(report: CaseReport, style: Style, verbose: bool) -> str:
    """Format a line for each file, and below it its problems and failed cases.

    Args:
        report: The results.
        style: The layout of the output.
        verbose: Whether to list passed cases and warnings too.
    """
    text = "".join(_file(result, style, verbose) for result in report.results)
    return f"{text}\n{coverage_text(report.coverages, style)}" if report.show_coverage else text


def _file(result: FileResult, style: Style, every_case: bool) -> str:
    failed = sum(bool(case.failures) for case in result.cases)
    color, word = ("green", "ok") if result.passed else ("bold red", "FAILED")
    count = _count_cases(len(result.cases), failed)
    text = f"{printable(result.file)}: {style.apply(word, color)}, {count}\n"
    problems = [one for one in result.problems if one.severity == "error" or every_case]
    if problems:
        text += problems_text(problems, style)
    cases = (case for case in result.cases if case.failures or every_case)
    return text + "".join(_case(case, style) for case in cases)


def _count_cases(cases: int, failed: int) -> str:
    if cases == 0:
        return "no cases were run"
    of = counted(cases, "case")
    return f"{failed:,} of {of} failed" if failed else of


def _case(case: CaseResult, style: Style) -> str:
    color = "bold red" if case.failures else "green"
    mark = style.apply(style.tick(not case.failures), color)
    place = f"{case.span.file}:{case.span.line}"
    head = f"  {mark} {printable(case.name)} {style.apply(f'({printable(place)})', 'dim')}\n"
    return head + "".join(_failure(failure) for failure in case.failures)


def _failure(failure: Failure) -> str:
    span = failure.span
    place = printable(f"{span.file}:{span.line}:{span.column}")
    return (
        f"    {place}: {printable(failure.what)}\n"
        f"      expected: {printable(failure.expected)}\n"
        f"      found:    {printable(failure.found)}\n"
    )


def cases_json(report: CaseReport) -> str:
    """Format the result of `test` as JSON."""
    cases = [case for result in report.results for case in result.cases]
    failed = sum(bool(case.failures) for case in cases)
    answer = {
        "version": 1,
        "passed": len(cases) - failed,
        "failed": failed,
        "files": [_file_data(result) for result in report.results],
        "coverage": [coverage_data(name, found) for name, found in report.coverages.items()],
    }
    return to_json(answer, indent=2) + "\n"


def _file_data(result: FileResult) -> dict[str, Any]:
    return {
        "file": result.file,
        "passed": result.passed,
        "problems": [problem_data(problem) for problem in result.problems],
        "cases": [_case_data(case) for case in result.cases],
    }


def _case_data(case: CaseResult) -> dict[str, Any]:
    return {
        "name": case.name,
        "line": case.span.line,
        "passed": not case.failures,
        "failures": [
            {
                "what": failure.what,
                "expected": failure.expected,
                "found": failure.found,
                "line": failure.span.line,
                "column": failure.span.column,
            }
            for failure in case.failures
        ],
    }


def cases_summary(results: Sequence[FileResult]) -> str:
    """Count cases, failures and files in one line."""
    cases = [case for result in results for case in result.cases]
    failed = sum(bool(case.failures) for case in cases)
    files = counted(len(results), "file")
    broken = sum(not result.passed and not _failed(result) for result in results)
    words = [f"{len(cases) - failed:,} passed", *([f"{failed:,} failed"] if failed else [])]
    words += [f"{broken:,} of the files could not be tested"] if broken else []
    return f"{counted(len(cases), 'case')} in {files}: {', '.join(words)}\n"


def _failed(result: FileResult) -> bool:
    return any(case.failures for case in result.cases)
