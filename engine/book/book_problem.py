"""The problems of a book, collected while it is read, and the error that ends the reading."""

from __future__ import annotations

from dataclasses import dataclass

from engine.language.problem import Severity


@dataclass(frozen=True, slots=True)
class BookProblem:
    """One problem of a book.

    ``file`` is the name of the file, with the table where a file holds several. ``row`` counts as a
    person does: the header of a CSV file is row 1, the first row of a Parquet file or a DuckDB
    table or a JSON list is row 1, and in YAML it is the line; None where it is the whole file or
    column. ``message`` is one lower-case sentence without a full stop that says what was left out.
    """

    file: str
    row: int | None
    column: str | None
    code: str
    message: str
    help: str | None = None
    severity: Severity = "error"


class BookError(Exception):
    """Nothing of the book can be read, or reading is strict and there are ``problems``."""

    def __init__(
        self, message: str, help: str | None = None, problems: tuple[BookProblem, ...] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.help = help
        self.problems = problems
