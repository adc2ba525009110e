"""Read tables in CSV files: always UTF-8, commas, double quotes and a header."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from itertools import chain
from operator import itemgetter
from pathlib import Path
from threading import Lock

from engine.book.book_problem import BookError, BookProblem
from engine.book.cells import NOT_UTF8, CellError, RawCell
from engine.book.source_table import Report, may_be
from engine.book.table_schema import REQUIRED_COLUMNS

MAX_CELL_LENGTH = 131_072
"""Characters; a longer cell is unknown. It is the limit of Python's `csv`, too."""

MAX_CELL_READ = 16 * 1024 * 1024
"""Characters up to which a longer cell is read, to find where it ends."""

_LIMIT = Lock()


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

        def torn(problem: BookProblem, lines: Iterable[str] = ()) -> None:
            report(problem, filter(None, (_cell_before(line, first) for line in lines)))

        with self._open() as file:
            for number, found in _records(file, self.file, torn):
                row = (
                    found
                    if len(found) == width
                    else self._fitted(number, found, report, key, first)
                )
                if row is None or number == 1:
                    continue
                cell = row[first]
                if key is not None and not may_be(cell, key):
                    continue
                if not cell and not any(map(str.strip, row)):
                    continue
                if cell == title and self._repeats_header(number, row, report):
                    continue
                cells = cells_of(row)
                yield number, cells if type(found) is list else tuple(map(_refused, cells))

    def _fitted(
        self, number: int, row: list[str], report: Report, key: str | None, first: int
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
            report(self._ragged(number, len(row)), row[first : first + 1])
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
            table = self.file.partition(".")[0]
            names = next((each for name, each in REQUIRED_COLUMNS.items() if name == table), ())
            row = ",".join(names) if len(names) > 1 else "id,name,stage"
            raise BookError(message, f"begin it with a row such as `{row}`")
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


def _cell_before(line: str, place: int) -> str:
    """Return the cell at ``place`` of a line in which the double quotes cannot be trusted."""
    cells = line.split(",", place + 1)
    return cells[place].strip().strip('"').strip() if place < len(cells) else ""


class _LongRecord(list[str]):
    """A record with a cell that is longer than `MAX_CELL_LENGTH`."""


def _records(file: TextIOWrapper, name: str, report: Report) -> Iterator[tuple[int, list[str]]]:
    """Yield every record with its number, which is 1 for the header; report malformed records."""
    held: list[str] = []  # the lines of the record that is being read
    lines = _held(file, held)
    reader = csv.reader(lines, strict=True)
    number = line = 0
    while True:
        number += 1
        line += len(held)
        held.clear()
        # Not a `for` loop: after an error in one record, the reader continues with the next.
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            try:
                record = _read_to_end(held, lines, str(error), (name, line + 1))
            except csv.Error as last:
                place = (line + 1, line + len(held))
                report(_malformed(name, number, place, str(last)), tuple(held))
                continue
        yield number, record


def _held(file: TextIOWrapper, held: list[str]) -> Iterator[str]:
    for line in file:
        held.append(line)
        yield line


def _read_to_end(
    held: list[str], lines: Iterator[str], error: str, place: tuple[str, int]
) -> _LongRecord:
    """Read a record again in which a cell is too long, to the end of the record.

    Where a cell is too long the reader stops, and then goes on with the next line, which may still
    be inside the cell: whoever writes a long text could write rows of the book.

    Args:
        held: The lines of the record that were read; those that follow are added.
        lines: The lines of the file that follow.
        error: What the reader said.
        place: The name of the file, and the number of the first line of the record.

    Raises:
        csv.Error: Something else is wrong with the record.
        BookError: A cell is so long that it must be a double quote that is never closed.
    """
    if "limit" not in error:
        raise csv.Error(error)
    with _LIMIT:  # it is one for the whole process
        usual = csv.field_size_limit(MAX_CELL_READ)
        try:
            return _LongRecord(next(csv.reader(chain(tuple(held), lines), strict=True)))
        except csv.Error as last:
            if "limit" not in str(last):
                raise
            cell = f"a cell of more than {MAX_CELL_READ:,} characters"
            message = f"line {place[1]} of `{place[0]}` has {cell}"
            raise BookError(message, "close the double quote that opens there") from last
        finally:
            csv.field_size_limit(usual)


def _refused(cell: str) -> RawCell:
    if len(cell) <= MAX_CELL_LENGTH:
        return cell
    message = f"this cell has more than {MAX_CELL_LENGTH:,} characters"
    return CellError("long-cell", message, "shorten it")


def _malformed(name: str, number: int, lines: tuple[int, int], error: str) -> BookProblem:
    first, last = lines
    place = f"line {first}" if first == last else f"lines {first} to {last}"
    if "unexpected end" in error:
        message = "a double quote opens here and is never closed"
    else:
        message = "a double quote closes in the middle of a cell"
    help = "inside double quotes, write a double quote twice"
    message = f"{message}; skipping {place} of the file"
    return BookProblem(name, number, None, "malformed-row", message, help)
