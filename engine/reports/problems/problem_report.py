"""Problems of playbooks and tests, and of the rows of a book, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from engine.book.book_problem import BookProblem
from engine.language.problem import Problem, Severity, Span
from engine.reports.problems.excerpt import Excerpts
from engine.reports.terminal.escape import printable, to_json
from engine.reports.terminal.style import Style

PIPE_WIDTH = 120
"""Columns a line of a file may take where no terminal says how wide it is."""

UNREADABLE_CODES = ("no-such-file", "unreadable-file")
"""What a file has that is not there, or that nobody may open."""

STYLES: dict[Severity, str] = {"error": "bold red", "warning": "bold yellow"}


def problems_text(problems: Sequence[Problem], style: Style) -> str:
    """A block for each problem, an empty line between two."""
    excerpts = Excerpts(style.width if style.terminal else PIPE_WIDTH)
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


def problems_json(files: int, problems: Iterable[Problem]) -> str:
    """The answer of `check` for programs."""
    answer = {"version": 1, "files": files, "problems": [problem_data(one) for one in problems]}
    return to_json(answer, indent=2) + "\n"


def problem_data(problem: Problem) -> dict[str, Any]:
    """One problem, its keys in the order of the contract."""
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


def summary(files: int, problems: Iterable[Problem]) -> str:
    """How many files and problems, such as `checked 3 files: 2 errors, 1 warning`."""
    severities = [problem.severity for problem in problems]
    counts = [_count(severities.count(kind), kind) for kind in STYLES if kind in severities]
    return f"checked {_count(files, 'file')}: {', '.join(counts) or 'no problems'}\n"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")


def rows_text(problems: Iterable[BookProblem], style: Style) -> str:
    """A line, or two with help, for each problem of a book."""
    return "".join(_row_line(problem, style) for problem in problems)


def _row_line(problem: BookProblem, style: Style) -> str:
    kind = style.apply(f"{problem.severity}[{printable(problem.code)}]", STYLES[problem.severity])
    row = "" if problem.row is None else f":{problem.row}"
    column = "" if problem.column is None else f" column `{printable(problem.column)}`"
    line = f"{printable(problem.file)}{row}{column}: {kind}: {printable(problem.message)}\n"
    if problem.help:
        line += f"  {style.apply('help:', 'bold cyan')} {printable(problem.help)}\n"
    return line


def row_data(problem: BookProblem) -> dict[str, Any]:
    """One problem of a book, its keys in the order of the contract."""
    return {
        "file": problem.file,
        "row": problem.row,
        "column": problem.column,
        "severity": problem.severity,
        "code": problem.code,
        "message": problem.message,
        "help": problem.help,
    }
