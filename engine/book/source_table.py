"""The interface of a table in a file of any kind: the names of its columns, and its rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from engine.book.book_problem import BookProblem
from engine.book.cells import RawCell


class Report(Protocol):
    """Gets the problems with rows that cannot be split into cells."""

    def __call__(self, problem: BookProblem, owners: Iterable[str] = (), /) -> None:
        """Take a problem, and what is read of keys in its row."""
        ...


class SourceTable(Protocol):
    """One table of a book.

    ``file`` is its name in problems. ``header`` is whether the file has a header; ``names`` are the
    columns in it, else those that any row has.
    """

    file: str
    names: list[str]
    header: bool

    @property
    def place(self) -> Path | None:
        """The file that every call of `rows` reads; None if the rows are in memory."""
        ...

    def rows(
        self, columns: Sequence[str], report: Report, key: str | None, /
    ) -> Iterator[tuple[int, Sequence[RawCell]]]:
        """Yield the number of each row and its cells.

        Args:
            columns: The columns to read, the key first.
            report: Called with a problem for each row that cannot be split into cells, and with
                what is read of keys in it.
            key: Rows that cannot have this key may be omitted; None for all rows.
        """
        ...


def may_be(cell: str, key: str) -> bool:
    """Return whether ``cell`` may equal ``key`` once it is normalized; never False if it does."""
    # Of ASCII text, normalizing only removes white space around it; other text may change inside.
    return key in cell or not cell.isascii()
