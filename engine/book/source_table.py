"""What every kind of file gives of a table: the names of its columns, and its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from engine.book.book_problem import BookProblem
from engine.book.cells import RawCell

Report = Callable[[BookProblem], None]


class SourceTable(Protocol):
    """One table of a book.

    ``file`` is what problems call it. ``header`` tells whether it says once which columns it has;
    otherwise ``names`` are those that rows happen to have, and none is missing.
    """

    file: str
    names: list[str]
    header: bool

    @property
    def place(self) -> Path | None:
        """The file the table is in, if it is read from there anew each time."""
        ...

    def rows(
        self, columns: Sequence[str], report: Report, key: str | None, /
    ) -> Iterator[tuple[int, Sequence[RawCell]]]:
        """The number of each row and its cells in the order of ``columns``, the key first.

        Rows that cannot be told apart into cells go to ``report``. With ``key``, rows whose key
        cannot be that text may be left out.
        """
        ...


def may_be(cell: str, key: str) -> bool:
    """Whether ``cell`` could be the text ``key`` once it is trimmed and in NFC."""
    return key in cell or not cell.isascii()
