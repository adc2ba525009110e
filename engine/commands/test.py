"""The whole answer of `test`: what is printed, and the exit code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from engine.assurance.testing.coverage import Coverage
from engine.assurance.testing.run_cases import FileResult
from engine.commands.process.exit_codes import FINE, PROBLEMS
from engine.commands.process.output import Output
from engine.reports.test_results.case_results import results_json, results_summary, results_text
from engine.reports.test_results.coverage_table import coverage_text, coverage_words


def run_test(
    results: Sequence[FileResult], table: bool, fail_under: float | None, output: Output
) -> int:
    """Print the results, and the coverage as a ``table`` if asked for; the exit code."""
    coverages = merge_coverage(results)
    low = {
        name: found
        for name, found in coverages.items()
        if fail_under is not None and found.percent < fail_under
    }
    if output.format == "json":
        output.result(results_json(results, coverages))
    else:
        style = output.style
        text = results_text(results, style, output.verbose)
        output.result(text + ("\n" + coverage_text(coverages, style) if table else ""))
        output.note(results_summary(results))
        for name, found in low.items():
            output.note(f"less than {fail_under:g} %: {coverage_words(name, found)}")
    return FINE if all(result.passed for result in results) and not low else PROBLEMS


def merge_coverage(results: Iterable[FileResult]) -> dict[str, Coverage]:
    """The coverage of each playbook by all files that test it, where it was asked for."""
    found: dict[str, Coverage] = {}
    for result in results:
        if result.coverage is not None and result.playbook is not None:
            name = test_summary(result.playbook)
            found[name] = found[name].merged(result.coverage) if name in found else result.coverage
    return found


def test_summary(playbook: Path) -> str:
    """The path of a playbook from here, where it lies below."""
    whole, here = playbook.resolve(), Path.cwd()
    return str(whole.relative_to(here) if whole.is_relative_to(here) else whole)
