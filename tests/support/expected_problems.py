"""What a fixture or an example on a page must give: the codes, and the lines they are marked on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from engine.assurance.check_file import check_file
from engine.assurance.lint.code_pages import page
from engine.language.problem import Problem

MARK = "<- here"
CLASS_NAME = re.compile(r"\b((?!MiB)[A-Z][a-z]+[A-Z]\w*|None|True|False|dict|str|int|float)\b")


def marked_lines(path: Path) -> set[tuple[str, int]]:
    """File name and line of every mark in the file ``path``, or in the files of a folder."""
    files = [each for each in path.rglob("*") if each.is_file()] if path.is_dir() else [path]
    return {
        (file.name, number)
        for file in files
        for number, line in enumerate(file.read_bytes().split(b"\n"), start=1)
        if MARK.encode() in line
    }


def places(problems: Iterable[Problem]) -> set[tuple[str, int]]:
    """File name and line of every problem."""
    return {(Path(problem.span.file).name, problem.span.line) for problem in problems}


def severity_of(code: str) -> str:
    """Return the severity that the page on ``code`` names."""
    found = re.search(r"^Severity: (error|warning|note)$", page(code), re.MULTILINE)
    assert found, code
    return found[1]


def described(problems: Iterable[Problem]) -> str:
    """Return the problems as people read them, for a test that fails."""
    return "\n".join(
        f"{item.span.file}:{item.span.line}:{item.span.column}: {item.code}: {item.message}"
        for item in problems
    )


def assert_well_worded(problem: Problem) -> None:
    """One lower-case sentence without a full stop, the author's words in backticks, and help."""
    message = problem.message
    prose = re.sub(r"`[^`]*`", "", message)
    assert message[0] == "`" or message[0].islower(), message
    assert not message.endswith((".", "!", " ")), message
    assert "\n" not in message
    assert not CLASS_NAME.search(prose), message
    assert "required property" not in prose
    assert problem.help, message
    assert not problem.help.endswith("."), problem.help


def assert_gives(entry: Path, code: str, marked: set[tuple[str, int]]) -> None:
    """Assert that checking ``entry`` gives ``code`` on the ``marked`` lines, and nothing else."""
    problems = check_file(entry)
    assert {problem.code for problem in problems} == {code}, described(problems)
    assert places(problems) == marked, described(problems)
    assert {problem.severity for problem in problems} == {severity_of(code)}
    for problem in problems:
        assert_well_worded(problem)


def assert_gives_nothing(entry: Path) -> None:
    """Assert that checking ``entry`` finds nothing at all, not even a warning."""
    problems = check_file(entry)
    assert not problems, described(problems)
