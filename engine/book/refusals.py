"""Refuse a book of which too little can be read: a list made from it would look like any other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from engine.book.book_problem import BookError, BookProblem
from engine.book.header_names import looks_like_opt_out
from engine.book.read_report import ReadReport
from engine.book.table_schema import OPT_OUT_NOT_READ, TableName
from engine.book.typed_rows import TableReader
from engine.language.conditions import UNREADABLE_PREFIX
from engine.language.model import Playbook
from engine.language.quoting import quoted
from engine.language.walk import conditions, measure_conditions, refs_in

STANDING_FOR_TOUCHES = "silent_since"
"""The measured fact of which a column of the table of prospects makes up for missing touches.

Without it, a column `last_reply_at` would make everybody one who spoke last.
"""

GOES_ON = "use `--lenient` to continue anyway"

COLUMN_TYPE = "column-type"
"""The code of the problem with a whole column whose values no cell can have."""

_LOSING = frozenset({"table-not-read"})
"""Codes of warnings that may hide a whole table."""


class Strictness(NamedTuple):
    """Which books are refused: with any problem, or (not ``lenient``) mostly unreadable ones."""

    strict: bool
    lenient: bool


def refuse_structure(
    readers: Mapping[TableName, TableReader], problems: list[BookProblem], place: str
) -> None:
    """Raise BookError if a table is passed over, or if there is nothing to tell who is silent.

    Args:
        readers: The reader of each table of the book.
        problems: The problems of the files and their headers.
        place: What the book is called.
    """
    knows = any(map(looks_like_opt_out, readers["prospects"].schema.columns))
    for problem in problems:
        if problem.code == OPT_OUT_NOT_READ and knows:
            raise BookError(f"`{problem.file}`: {problem.message}", f"{problem.help}; {GOES_ON}")
        if problem.code in _LOSING:
            message = f"`{problem.file}` is not read: {problem.message}"
            raise BookError(message, f"{problem.help}; {GOES_ON}")
    if "touches" not in readers and not has_touch_columns(readers["prospects"]):
        message = f"the book `{place}` has no table of touches, so nobody can tell who is silent"
        help = (
            "add `touches.csv`, or to the prospects a column `silent_since`: when you first wrote "
            "after their last answer, empty if they spoke last"
        )
        raise BookError(message, f"{help}; {GOES_ON}")


def has_touch_columns(prospects: TableReader) -> bool:
    """Return whether a column of the table of prospects stands for the touches."""
    return STANDING_FOR_TOUCHES in prospects.overriding


def refuse_unreadable(
    readers: Mapping[TableName, TableReader],
    reports: Mapping[str, ReadReport],
    read: frozenset[str],
) -> None:
    """Raise BookError if more than half of a table, or of a column that rules read, is unreadable.

    Or if every row of a table is about somebody who is not in the book.

    Args:
        readers: The reader of each table of the book.
        reports: What was found when all rows were read, by table.
        read: The names of the facts and columns that rules read.
    """
    for table, reader in readers.items():
        report, file = reports.get(table, ReadReport([])), reader.source.file
        if report.lost * 2 > report.rows:
            first = next((each for each in report.problems if each.row is not None), None)
            said = "" if first is None else f": row {first.row}: {first.message}"
            message = f"{report.lost:,} of {report.rows:,} rows of `{file}` cannot be read{said}"
            raise BookError(message, _help(first))
        if (strangers := _of_strangers(report)) and len(strangers) == report.rows:
            raise _all_of_strangers(file, strangers)
        for problem in report.problems:
            if problem.code == COLUMN_TYPE and problem.column in read:
                raise BookError(f"`{file}`: {problem.message}", _help(problem))
        for name, count in _unreadable_cells(report).items():
            filled = _filled(reader, name) if name in read else 0
            if filled and count * 2 > filled:
                first = next(each for each in report.problems if each.column == name and each.row)
                message = (
                    f"{count:,} of {filled:,} cells of {quoted(name)} in `{file}` cannot be read: "
                    f"row {first.row}: {first.message}"
                )
                raise BookError(message, _help(first))


def _of_strangers(report: ReadReport) -> list[BookProblem]:
    return [each for each in report.problems if each.code == UNKNOWN_PROSPECT]


def _all_of_strangers(file: str, rows: list[BookProblem]) -> BookError:
    """Return the error for a table whose ids are of another kind than those of the prospects."""
    message = (
        f"none of the {len(rows):,} rows of `{file}` belongs to a prospect in the book: "
        f"row {rows[0].row}: {rows[0].message}"
    )
    help = "its `prospect_id` must be the `id` of a prospect, written in the same way"
    return BookError(message, f"{help}; {GOES_ON}")


def _help(first: BookProblem | None) -> str:
    return GOES_ON if first is None or first.help is None else f"{first.help}; {GOES_ON}"


def _unreadable_cells(report: ReadReport) -> Counter[str]:
    rows = (each for each in report.problems if each.row is not None and each.column is not None)
    return Counter(str(each.column) for each in rows if each.code not in ROW_CODES)


UNKNOWN_PROSPECT = "unknown-prospect"
ROW_CODES = frozenset({UNKNOWN_PROSPECT, "duplicate-prospect", "no-id", "missing-value"})
"""Codes of rows that are left out, or of cells that are empty, with nothing unreadable in them."""


def _filled(reader: TableReader, name: str) -> int:
    """Return how many cells of a column say something."""
    columns = (reader.sources[reader.schema.key], reader.sources[name])
    rows = reader.source.rows(columns, lambda *_: None, None)
    return sum(cells[1] is not None and cells[1] != "" for _, cells in rows)


def refuse_problems(problems: Iterable[BookProblem]) -> None:
    """Raise BookError if there is any problem that is not just a note, with the first one's words.

    Args:
        problems: The problems of the book.
    """
    found = tuple(problem for problem in problems if problem.severity != "note")
    if found:
        first = found[0]
        row = "" if first.row is None else f", row {first.row}"
        more = f" (and {len(found) - 1:,} more)" if len(found) > 1 else ""
        message = f"`{first.file}`{row}: {first.message}{more}"
        raise BookError(message, first.help, found)


def read_by_rules(playbook: Playbook) -> frozenset[str]:
    """Return the names of the facts and columns that rules read."""
    names = {ref.id for at in conditions(playbook) for ref in refs_in(at.condition)}
    names |= {ref.id for _, at in measure_conditions(playbook) for ref in refs_in(at.condition)}
    return frozenset(name.removeprefix(UNREADABLE_PREFIX) for name in names)
