"""The interface of a table in any kind of file: the names of its columns, and its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from engine.book.book_problem import BookProblem
from engine.book.cells import RawCell

Report = Callable[[BookProblem], None]


class SourceTable(Protocol):
    """One table of a book.

    ``file`` is its name in problems. ``names`` are its columns: those of the header if it has one,
    as ``header`` tells, else those that any row has.
    """

    file: str
    names: list[str]
    header: bool

    @property
    def place(self) -> Path | None:
        """The file that is read each time rows are asked for; None if they are in memory."""
        ...

    def rows(
        self, columns: Sequence[str], report: Report, key: str | None, /
    ) -> Iterator[tuple[int, Sequence[RawCell]]]:
        """Yield the number of each row and its cells.

        Args:
            columns: the columns to read, the key first.
            report: gets a problem for each row that cannot be split into cells.
            key: rows that cannot have this key may be omitted; None for all rows.
        """
        ...


def may_be(cell: str, key: str) -> bool:
    """Whether ``cell`` may equal ``key`` once it is normalized."""
    return key in cell or not cell.isascii()
