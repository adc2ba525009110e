"""Report errors that end a run, and map them to exit codes."""

from __future__ import annotations

import contextlib
import errno
import os
import traceback
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from engine.advice.drafts.draft_errors import DraftError
from engine.backends.registry import EvaluatorUnavailable
from engine.book.book_problem import BookError
from engine.commands.process.exit_codes import FAULT, FINE, INTERRUPTED, PROBLEMS, UNREADABLE, USAGE
from engine.commands.process.output import Output
from engine.commands.process.write import (
    WouldOverwrite,
    silence_stdout,
    stdout_unwritable,
    write_stderr,
)
from engine.language.files.atomic_write import Unwritable
from engine.language.files.input_errors import InputNotFound, UsageError
from engine.language.problem import Problem, errors_in
from engine.reports.escape import printable, printable_lines
from engine.reports.problems.problem_report import UNREADABLE_CODES

_ENGINE = Path(__file__).parents[2]


class UnknownId(Exception):
    """An id is unknown or ambiguous; the message is one sentence."""


class InvalidInput(Exception):
    """A playbook, or a file beside it, has errors; all of them are printed.

    Args:
        file: Its name, as in ``problems``.
        problems: What is wrong with it.
    """

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        super().__init__(f"`{file}` has errors")
        self.file = file
        self.problems = problems


class UnreadableInput(InvalidInput):
    """The file does not exist or cannot be opened."""


CODE_OF_ERROR: dict[type[Exception], int] = {
    UnreadableInput: UNREADABLE,
    InvalidInput: PROBLEMS,
    DraftError: PROBLEMS,
    UsageError: USAGE,
    EvaluatorUnavailable: USAGE,
    UnknownId: USAGE,
    WouldOverwrite: USAGE,
    Unwritable: USAGE,
    InputNotFound: UNREADABLE,
    BookError: UNREADABLE,
}
"""The exit code of each type of exception; the first that matches counts. All others are faults."""


def exit_code(problems: Sequence[Problem], named: Collection[str], strict: bool = False) -> int:
    """Return the exit code for ``problems``.

    Args:
        problems: The problems of all files.
        named: The files that the command line names; if one cannot be read, the code is 3.
        strict: Whether warnings count as errors.
    """
    if any(one.code in UNREADABLE_CODES and one.span.file in named for one in problems):
        return UNREADABLE
    return PROBLEMS if errors_in(list(problems)) or (strict and problems) else FINE


def invalid_input(file: str, problems: Sequence[Problem]) -> InvalidInput:
    """Return the exception for a ``file`` that cannot be used because of ``problems``."""
    unreadable = exit_code(problems, {file}) == UNREADABLE
    return UnreadableInput(file, problems) if unreadable else InvalidInput(file, problems)


def handle_error(error: Exception, output: Output) -> int:
    """Print the error to standard error and return the exit code."""
    if isinstance(error, RuntimeError) and str(error) == "Query interrupted":
        return INTERRUPTED  # DuckDB raises this for Ctrl-C during a query
    if isinstance(error, OSError) and error.errno == errno.ENOSPC and error.filename is None:
        silence_stdout()  # from click, which prints help and the version itself
        error = stdout_unwritable(os.strerror(errno.ENOSPC).lower())
    code = _code_of(error)
    match error:
        case InvalidInput():
            output.report_problems(error.problems)
        case BookError():
            output.report_rows(error.problems)
            _print_line(f"{error.message}: {error.help}" if error.help else error.message)
        case _ if code == FAULT:
            report_fault(error, output)
        case _:
            _print_line(str(error))
    return code


def _code_of(error: Exception) -> int:
    return next((code for kind, code in CODE_OF_ERROR.items() if isinstance(error, kind)), FAULT)


class FileFaults:
    """Faults in work on one file of many, which must not lose the answers about the others."""

    def __init__(self) -> None:
        self._found: list[tuple[str, Exception]] = []

    @contextlib.contextmanager
    def kept(self, file: str) -> Iterator[None]:
        """Keep an unexpected exception of the block, which works on ``file``."""
        try:
            yield
        except Exception as error:
            if _code_of(error) != FAULT:
                raise
            self._found.append((file, error))

    def code(self, code: int, output: Output) -> int:
        """Print the faults to standard error; return the exit code, ``code`` without a fault."""
        for file, error in self._found:
            report_fault(error, output, f" in `{file}`")
        return FAULT if self._found else code


def _print_line(message: str) -> None:
    write_stderr(f"error: {printable(message)}\n")


def report_fault(error: Exception, output: Output, where: str = "") -> None:
    """Print an unexpected exception as one line, with `--verbose` after its traceback.

    Args:
        error: The exception.
        output: The options of the run.
        where: What the program worked on, to follow the word "fault".
    """
    if output.verbose:
        write_stderr(printable_lines("".join(traceback.format_exception(error))))
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(_ENGINE)] or frames
    place = f" at {Path(own[-1].filename).name}:{own[-1].lineno}" if own else ""
    words = " ".join(f"{type(error).__name__}: {error}".split())
    hint = "" if output.verbose else "; run it again with -v for the traceback"
    _print_line(f"unexpected fault{where}{place}: {words}{hint}")
