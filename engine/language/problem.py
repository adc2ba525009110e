"""Problems of a file an author wrote: values that are collected and never raised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]
"""How bad a problem is; a note of a book is what anybody may want to know."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A range of a text file: lines and columns from 1, in characters; the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


def file_start(file: str) -> Span:
    """Return the span of the start of ``file``, for a problem of the whole file."""
    return Span(file, 1, 1, 1, 1)


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding about a file an author wrote.

    ``message`` is one lower-case sentence without a full stop, the author's words in backticks;
    ``help`` says what to write instead; ``also`` is a second place the message mentions.
    """

    span: Span
    code: str
    message: str
    help: str | None = None
    severity: Severity = "error"
    also: Span | None = None


def _sort_key(problem: Problem) -> tuple[Span, str, str, str]:
    """Return the key that puts problems in the order of their files, lines and columns.

    Not `order=True` on `Problem`: its ``help`` and ``also`` may be None, which does not compare.
    """
    return (problem.span, problem.severity, problem.code, problem.message)


def ordered(problems: list[Problem]) -> tuple[Problem, ...]:
    """Return the problems without duplicates, in the order in which they are printed."""
    return tuple(sorted(set(problems), key=_sort_key))


def errors_in(problems: tuple[Problem, ...] | list[Problem]) -> bool:
    """Return whether one of ``problems`` is an error and not just a warning."""
    return any(problem.severity == "error" for problem in problems)
