"""Read tables in CSV files: always UTF-8, commas, double quotes and a header."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from operator import itemgetter
from pathlib import Path

from engine.book.book_problem import BookError, BookProblem
from engine.book.cells import NOT_UTF8, RawCell
from engine.book.source_table import Report, may_be


class CsvTable:
    """The table in the CSV file at ``path``.

    Raises:
        BookError: the file has no header that can be read.
    """

    header = True

    def __init__(self, path: Path) -> None:
        self.place = path
        self.file = path.name
        self.names = [name.strip() for name in self._header()]

    def rows(
        self, columns: Sequence[str], report: Report, key: str | None
    ) -> Iterator[tuple[int, Sequence[RawCell]]]:
        """Yield the number of each row and its cells; report rows that do not fit the header.

        Rows of empty cells, as spreadsheets write them, are skipped.

        Args:
            columns: The columns to read, the key first.
            report: Called with a problem for each row that cannot be split into cells.
            key: Rows that cannot have this key are omitted; None for all rows.
        """
        places = [self.names.index(name) for name in columns]
        first = places[0]
        # Of a single place, `itemgetter` gives no tuple, so that the first one is added once more.
        cells_of = itemgetter(*places, first)
        width, title = len(self.names), self.names[first]
        with self._open() as file:
            for number, found in _records(file, self.file, report):
                row = found if len(found) == width else self._fitted(number, found, report, key)
                if row is None or number == 1:
                    continue
                cell = row[first]
                if key is not None and not may_be(cell, key):
                    continue
                if not cell and not any(map(str.strip, row)):
                    continue
                if cell == title and self._repeats_header(number, row, report):
                    continue
                yield number, cells_of(row)

    def _fitted(
        self, number: int, row: list[str], report: Report, key: str | None
    ) -> list[str] | None:
        """Return the row without empty cells beyond the header, if it then fits the header.

        None for any other row, which is reported unless it is empty.
        """
        width = len(self.names)
        if not any(map(str.strip, row)):
            return None
        if len(row) > width and not any(map(str.strip, row[width:])):
            return row[:width]
        # Its key is unknown, since its cells may be shifted: any cell may be the key.
        if key is None or key in row:
            report(self._ragged(number, len(row)))
        return None

    def _ragged(self, number: int, length: int) -> BookProblem:
        cells = "1 cell" if length == 1 else f"{length} cells"
        message = f"the row has {cells}, but the header has {len(self.names)}; the row is skipped"
        help = "put text that contains a comma in double quotes"
        return BookProblem(self.file, number, None, "ragged-row", message, help)

    def _repeats_header(self, number: int, row: list[str], report: Report) -> bool:
        if [cell.strip() for cell in row] != self.names:
            return False
        message = "the header is repeated here; the row is skipped"
        report(BookProblem(self.file, number, None, "repeated-header", message))
        return True

    def _header(self) -> list[str]:
        try:
            with self._open() as file:
                header = next(csv.reader(file, strict=True), [])
        except csv.Error as error:
            raise BookError(f"the header of `{self.file}` cannot be read as CSV") from error
        self._check_header(header)
        return header

    def _check_header(self, header: list[str]) -> None:
        text = "".join(header)
        if not text.strip():
            message = f"the first row of `{self.file}` does not name the columns"
            raise BookError(message, "begin it with a row such as `id,name,stage`")
        if NOT_UTF8.search(text) or "\0" in text:
            raise BookError(f"`{self.file}` is not UTF-8 text", "save it as CSV in UTF-8")

    @contextmanager
    def _open(self) -> Iterator[TextIOWrapper]:
        # Bytes that are not UTF-8 become lone surrogates, so that only their own cells are lost.
        # Errors are caught while rows are read, too: whoever writes a file meanwhile would take
        # them for errors of that file.
        path = self.place
        try:
            with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
                yield file
        except OSError as error:
            raise BookError(f"`{self.file}` cannot be read", error.strerror) from error


def _records(file: TextIOWrapper, name: str, report: Report) -> Iterator[tuple[int, list[str]]]:
    """Yield every record with its number, which is 1 for the header; report malformed records."""
    reader = csv.reader(file, strict=True)
    number = 0
    while True:
        number += 1
        before = reader.line_num
        # Not a `for` loop: after an error in one record, the reader continues with the next.
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            report(_malformed(name, number, (before + 1, reader.line_num), str(error)))


def _malformed(name: str, number: int, lines: tuple[int, int], error: str) -> BookProblem:
    first, last = lines
    place = f"line {first}" if first == last else f"lines {first} to {last}"
    if "limit" in error:
        message = f"a cell has more than {csv.field_size_limit():,} characters"
    elif "unexpected end" in error:
        message = "a double quote opens here and is never closed"
    else:
        message = "a double quote closes in the middle of a cell"
    help = "inside double quotes, write a double quote twice"
    message = f"{message}; skipping {place} of the file"
    return BookProblem(name, number, None, "malformed-row", message, help)
