"""How a run ends that cannot go on: what is said of it on standard error, and the exit code."""

from __future__ import annotations

import errno
import os
import traceback
from collections.abc import Collection, Sequence
from pathlib import Path

from engine.advice.drafts.draft_errors import DraftError
from engine.backends.registry import EvaluatorUnavailable
from engine.book.book_problem import BookError
from engine.commands.process.exit_codes import FAULT, FINE, INTERRUPTED, PROBLEMS, UNREADABLE, USAGE
from engine.commands.process.write import (
    WouldOverwrite,
    silence_stdout,
    stdout_unwritable,
    write_stderr,
)
from engine.language.files.atomic_write import Unwritable
from engine.language.files.locate import InputNotFound, UsageError
from engine.language.problem import Problem, errors_in
from engine.reports.playbook.entry_page import UnknownId
from engine.reports.problems.problem_report import UNREADABLE_CODES, rows_text
from engine.reports.terminal.escape import printable, printable_lines
from engine.reports.terminal.style import Style

ENGINE = Path(__file__).parents[2]

EXIT_CODES: dict[type[Exception], int] = {
    DraftError: PROBLEMS,
    UsageError: USAGE,
    EvaluatorUnavailable: USAGE,
    UnknownId: USAGE,
    WouldOverwrite: USAGE,
    Unwritable: USAGE,
    InputNotFound: UNREADABLE,
    BookError: UNREADABLE,
}


def exit_code(problems: Sequence[Problem], asked: Collection[str], strict: bool = False) -> int:
    """The code that ``problems`` come to: 3 where one of the files ``asked`` for by name cannot be
    read, 1 where there are errors, or, if ``strict``, warnings.
    """
    if any(one.code in UNREADABLE_CODES and one.span.file in asked for one in problems):
        return UNREADABLE
    return PROBLEMS if errors_in(list(problems)) or (strict and problems) else FINE


def handle_error(error: Exception, verbose: bool) -> int:
    """Say on standard error how the run ended; the exit code."""
    if isinstance(error, RuntimeError) and str(error) == "Query interrupted":
        return INTERRUPTED  # what DuckDB raises where Ctrl-C comes while it works
    text, code = describe_error(error, verbose)
    write_stderr(text)
    return code


def describe_error(error: Exception, verbose: bool) -> tuple[str, int]:
    """The line that is printed, after what belongs to it, and the exit code."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC and error.filename is None:
        silence_stdout()  # click prints its own pages: help, the version
        return _line(str(stdout_unwritable(os.strerror(errno.ENOSPC).lower()))), USAGE
    code = next((code for kind, code in EXIT_CODES.items() if isinstance(error, kind)), FAULT)
    if code == FAULT:
        return _fault(error, verbose), code
    if isinstance(error, BookError):
        help = f": {error.help}" if error.help else ""
        return rows_text(error.problems, Style()) + _line(f"{error.message}{help}"), code
    return _line(str(error)), code


def _line(message: str) -> str:
    return f"error: {printable(message)}\n"


def _fault(error: Exception, verbose: bool) -> str:
    """One line, after the trace if that was asked for."""
    trace = "".join(traceback.format_exception(error)) if verbose else ""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(ENGINE)] or frames
    place = f" at {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    words = " ".join(f"{type(error).__name__}: {error}".split())
    hint = "" if verbose else "; run it again with -v for the trace"
    return printable_lines(trace) + _line(f"unexpected fault{place}: {words}{hint}")
