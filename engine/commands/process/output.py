"""Where the answers of one command and the remarks beside them go."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine.book.book_problem import BookProblem
from engine.commands.process.errors import exit_code
from engine.commands.process.exit_codes import FINE
from engine.commands.process.write import write_result, write_stderr
from engine.language.problem import Problem
from engine.reports.problems.problem_report import problems_text, rows_text
from engine.reports.terminal.style import PIPE_WIDTH, Style, style_for

UTF8 = ("json", "csv", "markdown", "html")
"""Formats that are in UTF-8 whatever a terminal is set to."""


@dataclass(frozen=True, slots=True)
class Output:
    """``format`` of the answer, the file it goes to if not to standard output, and whether colour
    was asked for or refused.
    """

    format: str = "text"
    target: Path | None = None
    color: bool | None = None
    quiet: bool = False
    verbose: bool = False

    @property
    def style(self) -> Style:
        """How the answer is laid out; a file is no terminal."""
        style = style_for(sys.stdout, self.color)
        if self.target is None:
            return style
        return replace(style, width=PIPE_WIDTH, color=bool(self.color), terminal=False, marks=True)

    def result(self, text: str) -> None:
        """The result. Raises files.Unwritable."""
        write_result(text, self.target, self.format in UTF8)

    def note(self, text: str) -> None:
        """What is told beside the result, unless quiet was asked for."""
        if not self.quiet:
            write_stderr(text)

    def report_problems(self, problems: Sequence[Problem], playbook: str) -> int:
        """Problems of the playbook a command works by, and the exit code they come to.

        All where there are errors; warnings alone only for who wants to hear more.
        """
        code = exit_code(problems, {playbook})
        if code != FINE or self.verbose:
            write_stderr(problems_text(problems, style_for(sys.stderr, self.color)))
        return code

    def rows(self, problems: Sequence[BookProblem]) -> None:
        """Problems of the book: all of them for who wants to hear more, else how many there are."""
        if self.verbose:
            self.all_rows(problems)
        elif problems:
            number = len(problems)
            what = "1 problem" if number == 1 else f"{number:,} problems"
            self.note(f"{what} in the book: add -v to see {'it' if number == 1 else 'them'}\n")

    def row_problems(self, problems: Sequence[BookProblem]) -> None:
        """Problems of the rows of one prospect, in full: an answer may hang on what they hide."""
        own = [problem for problem in problems if problem.row is not None]
        if own and not self.quiet:
            self.all_rows(own)
        self.rows([problem for problem in problems if problem.row is None])

    def all_rows(self, problems: Iterable[BookProblem]) -> None:
        """Every problem of the book, a line each."""
        write_stderr(rows_text(problems, style_for(sys.stderr, self.color)))
