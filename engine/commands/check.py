"""The whole answer of `check`: which files are looked at, what is printed, and the exit code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.commands.process.errors import exit_code
from engine.commands.process.output import Output
from engine.language.files.locate import InputFile, UsageError, files_under, kind_of
from engine.language.problem import Problem, ordered
from engine.reports.problems.problem_report import problems_json, problems_text, summary


def files_to_check(paths: tuple[str, ...]) -> list[InputFile]:
    """The files named, and in folders all but books: what lies there may be one of many.

    Raises Unclear where nothing is left.
    """
    found = files_under(paths)
    files = [file for file in found if file.explicit or kind_of(file.path) != "book"]
    if not files:
        raise UsageError("there are only books here, no playbooks and no tests")
    return files


def run_check(
    files: Sequence[InputFile], found: Iterable[Sequence[Problem]], strict: bool, output: Output
) -> int:
    """Print the problems ``found``, those of a file that several extend once; the exit code."""
    problems = ordered([problem for of_file in found for problem in of_file])
    if output.format == "json":
        output.result(problems_json(len(files), problems))
    else:
        output.result(problems_text(problems, output.style))
        output.note(summary(len(files), problems))
    return exit_code(problems, {file.name for file in files if file.explicit}, strict)
