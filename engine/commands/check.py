"""`relight check`: report every problem of playbooks, tests and files beside them."""

from __future__ import annotations

from dataclasses import dataclass

from engine.assurance.check_file import check_files
from engine.commands.process.errors import FileFaults, exit_code
from engine.commands.process.output import Output
from engine.commands.process.write import spare_inputs
from engine.language.files.input_errors import UsageError
from engine.language.files.locate import InputFile, files_under, kind_of
from engine.reports.problems.problem_report import CheckReport, check_summary, notes_text


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOptions:
    """The options of `check`; without ``paths`` it is `rules/`, else the current folder."""

    paths: tuple[str, ...]
    strict: bool


def run_check(options: CheckOptions, output: Output) -> int:
    """Check every file, print the problems, and return the exit code."""
    files = files_to_check(options.paths)
    spare_inputs(output.target, (file.path for file in files))
    faults = FileFaults()
    checked = check_files(files, faults.kept)
    problems = checked.problems
    output.render(CheckReport(len(files), problems))
    if not output.complete:
        output.note(notes_text(checked.notes))
        output.note(check_summary(len(files), problems))
    code = exit_code(problems, {file.name for file in files if file.explicit}, options.strict)
    return faults.code(code, output)


def files_to_check(paths: tuple[str, ...]) -> list[InputFile]:
    """Return the files that ``paths`` name, and those in the folders that they name, except books.

    A book in a folder may be one of many, and large.

    Raises:
        UsageError: There is no file to check.
    """
    found = files_under(paths)
    files = [file for file in found if file.explicit or kind_of(file.path) != "book"]
    if not files:
        raise UsageError("there are only books here, no playbooks and no tests")
    return files
