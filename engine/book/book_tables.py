"""Open the tables of a book as readers of the columns that a playbook reads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from engine.book.book_problem import BookProblem
from engine.book.history import History
from engine.book.readers.open_tables import tables_at
from engine.book.table_schema import TABLE_NAMES, TableName, table_schema
from engine.book.typed_rows import TableReader
from engine.language.model import Playbook


class BookTables(NamedTuple):
    """The reader of each table of a book, its history if it has one, and problems of headers."""

    readers: Mapping[TableName, TableReader]
    history: History | None
    problems: list[BookProblem]


def book_tables(path: Path, playbook: Playbook, zone: str | None, now: int | None) -> BookTables:
    """Open the tables at ``path``; only headers are read.

    Args:
        path: The book.
        playbook: Decides which columns are read.
        zone: The IANA zone of instants without one; None for the book's own, else the calendar's.
        now: The instant of evaluation, in seconds since 1970 UTC; None for no history.

    Raises:
        BookError: the book cannot be read, or a table lacks a required column.
    """
    problems: list[BookProblem] = []
    opened = tables_at(path, problems)
    told = zone or opened.zone
    own = told or playbook.calendar.timezone
    readers = {
        name: TableReader(
            opened.tables[name], table_schema(playbook, name), own, zone_told=told is not None
        )
        for name in TABLE_NAMES
        if name in opened.tables
    }
    for reader in readers.values():
        problems += reader.structure
    if now is None or "changes" not in opened.tables:
        return BookTables(readers, None, problems)
    defaults = {fact.id for fact in playbook.facts.values() if fact.default is not None}
    history = History(opened.tables["changes"], readers["prospects"], defaults, now)
    return BookTables(readers, history, [*problems, *history.structure])
