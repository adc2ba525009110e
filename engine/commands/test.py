"""`relight test`: run authors' tests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from engine.assurance.testing.coverage import Coverage
from engine.assurance.testing.run_cases import FileResult, run_file
from engine.assurance.testing.untested_playbooks import UntestedPlaybook, untested_playbooks
from engine.backends.registry import EvaluatorName
from engine.commands.process.errors import FileFaults
from engine.commands.process.exit_codes import FINE, PROBLEMS
from engine.commands.process.output import Output
from engine.commands.process.write import spare_inputs
from engine.language.files.locate import cases_under, files_under, kind_of
from engine.reports.test_results.case_results import CaseReport, cases_summary
from engine.reports.test_results.coverage_table import coverage_words


@dataclass(frozen=True, slots=True, kw_only=True)
class TestOptions:
    """The options of `test`; ``fail_under`` is a percentage."""

    paths: tuple[str, ...]
    engine: EvaluatorName
    coverage: bool
    fail_under: float | None


def run_test(options: TestOptions, output: Output) -> int:
    """Run every case, print the results and on request the coverage, and return the exit code."""
    measure = options.coverage or options.fail_under is not None
    files = cases_under(options.paths)
    spare_inputs(output.target, (file.path for file in files))
    results: list[FileResult] = []
    faults = FileFaults()
    for file in files:
        with faults.kept(file.name):
            results.append(run_file(file.path, file.name, options.engine, coverage=measure))
    spare_inputs(output.target, [each.playbook for each in results if each.playbook is not None])
    untested = _untested(options.paths, results) if measure else []
    results += [FileResult(one.file.name, one.problems, ()) for one in untested if one.problems]
    coverages = merge_coverage(results)
    for one in untested:
        if one.coverage is not None:
            coverages[_relative(one.file.path)] = one.coverage
    least = 0.0 if options.fail_under is None else options.fail_under
    low = {name: found for name, found in coverages.items() if found.percent < least}
    output.render(CaseReport(results, coverages, options.coverage))
    if not output.complete:
        output.note(cases_summary(results))
        for name, found in low.items():
            output.note(f"less than {least:g}%: {coverage_words(name, found)}")
    passed = all(result.passed for result in results) and not low
    return faults.code(FINE if passed else PROBLEMS, output)


def _untested(paths: tuple[str, ...], results: Iterable[FileResult]) -> list[UntestedPlaybook]:
    """Return the playbooks under ``paths`` that none of the files with ``results`` tests."""
    tested = {file for result in results for file in result.tested}
    files = [file for file in files_under(paths) if kind_of(file.path) == "playbook"]
    return untested_playbooks(files, tested)


def merge_coverage(results: Iterable[FileResult]) -> dict[str, Coverage]:
    """Return the coverage of each playbook by all files that test it, if it was counted."""
    found: dict[str, Coverage] = {}
    for result in results:
        if result.coverage is not None and result.playbook is not None:
            name = _relative(result.playbook)
            found[name] = found[name].merged(result.coverage) if name in found else result.coverage
    return found


def _relative(playbook: Path) -> str:
    """Return the path of a playbook, relative if it is below the current folder."""
    whole, here = playbook.resolve(), Path.cwd()
    return str(whole.relative_to(here) if whole.is_relative_to(here) else whole)
