"""The problems of a book, collected while it is read, and the exception that ends reading."""

from __future__ import annotations

from dataclasses import dataclass

from engine.language.problem import Severity


@dataclass(frozen=True, slots=True)
class BookProblem:
    """One problem of a book.

    ``file`` is the name of the file, and of the table if the file holds several. ``row`` is counted
    from 1: the header of a CSV file is row 1, and so is the first row of a Parquet file, a DuckDB
    table or a JSON list; in YAML it is the line. It is None for a whole file or column. ``message``
    is one lower-case sentence without a full stop that says what was left out.
    """

    file: str
    row: int | None
    column: str | None
    code: str
    message: str
    help: str | None = None
    severity: Severity = "error"


class BookError(Exception):
    """The book cannot be read at all, or reading is strict and there are ``problems``."""

    def __init__(
        self, message: str, help: str | None = None, problems: tuple[BookProblem, ...] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.help = help
        self.problems = problems
