"""Write the result of a command, and notes and problems beside it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine.book.book_problem import BookProblem
from engine.commands.process.formats import FORMATS, Format
from engine.commands.process.write import write_result, write_stderr
from engine.language.problem import Problem
from engine.reports.escape import printable_lines
from engine.reports.problems.book_problems import grouped_text, rows_text
from engine.reports.problems.problem_report import problems_text
from engine.reports.terminal.phrases import counted
from engine.reports.terminal.style import PIPE_WIDTH, Style, style_for


@dataclass(frozen=True, slots=True)
class Output:
    """The output options of one run.

    Attributes:
        command: The command, such as `next`.
        format: None if the command has no formats, or `score` cannot tell it from ``target``.
        target: The file for the result; None is standard output.
        color: Whether to use color; None uses it on a terminal.
        quiet: Whether to write no notes.
        verbose: Whether to write more.
    """

    command: str = ""
    format: str | None = None
    target: Path | None = None
    color: bool | None = None
    quiet: bool = False
    verbose: bool = False

    @property
    def style(self) -> Style:
        """The layout of the result; in a file it does not depend on the terminal."""
        style = style_for(sys.stdout, self.color)
        if self.target is None:
            return style
        return replace(style, width=PIPE_WIDTH, color=bool(self.color), terminal=False, marks=True)

    @property
    def complete(self) -> bool:
        """Whether the result includes counts and problems, so that notes would repeat them."""
        return self._format().complete

    def render(self, value: object) -> None:
        """Write ``value`` in the format of this run.

        Raises:
            Unwritable: The result cannot be written.
        """
        format = self._format()
        function = format.load()
        if format.terminal:
            self.result(function(value, self.style, self.verbose))
        else:
            self.result(function(value), plain_utf8=True)

    def _format(self) -> Format:
        assert self.format is not None
        return FORMATS[self.command][self.format]

    def result(self, text: str, *, plain_utf8: bool = False) -> None:
        """Write the result, with ``plain_utf8`` in UTF-8 whatever the encoding of the terminal.

        Raises:
            Unwritable: It cannot be written.
        """
        write_result(text, self.target, plain_utf8)

    def note(self, text: str) -> None:
        """Write a note to standard error, unless `--quiet` was given."""
        if not self.quiet:
            write_stderr(printable_lines(text))  # it may name what a stranger wrote

    def report_problems(self, problems: Sequence[Problem]) -> None:
        """Write problems of a playbook or another YAML file to standard error, even if quiet."""
        write_stderr(problems_text(problems, style_for(sys.stderr, self.color)))

    def book_problems(self, problems: Sequence[BookProblem]) -> None:
        """Write the kinds of problems of the book and their number; with `--verbose`, the rows too.

        Even if quiet: a result that rests on what could not be read must not look like any other.
        """
        if self.verbose:
            self.report_rows(problems)
            return
        told = [problem for problem in problems if problem.severity != "note"]
        if told:
            write_stderr(grouped_text(told, style_for(sys.stderr, self.color)))
            rows = any(problem.row is not None for problem in told)
            what = counted(len(told), "problem")
            write_stderr(f"{what} in the book{': add -v to see the rows' if rows else ''}\n")

    def row_problems(self, problems: Sequence[BookProblem]) -> None:
        """Write the problems in the rows of one prospect, and the number of others, even if quiet.

        A cell that cannot be read is an unknown fact, which may change the advice.
        """
        own = [problem for problem in problems if problem.row is not None]
        if own:
            self.report_rows(own)
        self.book_problems([problem for problem in problems if problem.row is None])

    def report_rows(self, problems: Iterable[BookProblem]) -> None:
        """Write problems of the book to standard error, a line each, even if quiet."""
        write_stderr(rows_text(problems, style_for(sys.stderr, self.color)))
