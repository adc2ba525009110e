"""Format problems of playbooks and tests, and of the rows of a book, for people and programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from engine.book.book_problem import BookProblem
from engine.language.problem import Problem, Severity, Span
from engine.reports.escape import printable
from engine.reports.problems.excerpt import Excerpts
from engine.reports.terminal.style import Style

_PIPE_WIDTH = 120
"""The width of excerpts, in columns, if the output is not a terminal."""

UNREADABLE_CODES = ("no-such-file", "unreadable-file")
"""Codes of files that do not exist or cannot be opened."""

STYLES: dict[Severity, str] = {"error": "bold red", "warning": "bold yellow", "note": "cyan"}


def problems_text(problems: Sequence[Problem], style: Style) -> str:
    """Lay out a block for each problem, with an empty line between blocks."""
    excerpts = Excerpts(style.width if style.terminal else _PIPE_WIDTH)
    return "\n".join(_block(problem, excerpts, style) for problem in problems)


def _block(problem: Problem, excerpts: Excerpts, style: Style) -> str:
    kind = style.apply(f"{problem.severity}[{printable(problem.code)}]", STYLES[problem.severity])
    lines = [f"{_place(problem.span)}: {kind}: {printable(problem.message)}"]
    lines += _excerpt(problem.span, excerpts, style, STYLES[problem.severity])
    if problem.also is not None:
        lines.append(f"  also: {_place(problem.also)}")
        lines += _excerpt(problem.also, excerpts, style, "blue")
    if problem.help:
        lines.append(f"  {style.apply('help:', 'bold cyan')} {printable(problem.help)}")
    return "\n".join(lines) + "\n"


def _place(span: Span) -> str:
    return f"{printable(span.file)}:{span.line}:{span.column}"


def _excerpt(span: Span, excerpts: Excerpts, style: Style, color: str) -> list[str]:
    found = excerpts.show(span)
    if found is None:
        return []
    number, line, marks = found
    bar = style.apply("|", "dim")
    return [
        f"  {style.apply(number, 'dim')} {bar} {line}".rstrip(),
        f"  {' ' * len(number)} {bar} {style.apply(marks, color)}",
    ]


def notes_text(notes: Iterable[Problem]) -> str:
    """Lay out a line for each note."""
    return "".join(f"{_place(note.span)}: note: {printable(note.message)}\n" for note in notes)


def problem_data(problem: Problem) -> dict[str, Any]:
    """Return one problem as JSON data, keys in the documented order."""
    return {
        "file": problem.span.file,
        "line": problem.span.line,
        "column": problem.span.column,
        "end_line": problem.span.end_line,
        "end_column": problem.span.end_column,
        "severity": problem.severity,
        "code": problem.code,
        "message": problem.message,
        "help": problem.help,
    }


def row_data(problem: BookProblem) -> dict[str, Any]:
    """Return one problem of a book as JSON data, keys in the documented order."""
    return {
        "file": problem.file,
        "row": problem.row,
        "column": problem.column,
        "severity": problem.severity,
        "code": problem.code,
        "message": problem.message,
        "help": problem.help,
    }
