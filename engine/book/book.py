"""A book: the facts and rows of many prospects, read from its tables for one playbook."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from engine.book.book_problem import BookError, BookProblem
from engine.book.book_tables import BookTables, book_tables
from engine.book.cells import normalize_text
from engine.book.prospect import Prospect, Row
from engine.book.read_report import ReadReport
from engine.book.readers.open_tables import DOCUMENTS
from engine.book.refusals import (
    GOES_ON,
    Strictness,
    has_touch_columns,
    read_by_rules,
    refuse_problems,
    refuse_structure,
    refuse_unreadable,
)
from engine.book.table_schema import TableName
from engine.book.typed_rows import TableReader, TypedRow
from engine.book.zone_problems import COLUMN as ZONE_COLUMN
from engine.book.zone_problems import zone_problems
from engine.language.conditions import Value
from engine.language.model import TABLES, Playbook, Table

__all__ = ["Book", "BookError", "BookProblem", "ReadReport", "open_book"]

Values = tuple[Value | None, ...]

UNDATED = "undated_touch"
"""The fact that a touch has no date that can be read."""

_LASTING = frozenset({"name", "owner", "account", "timezone", "created_at", "closed_at", "outcome"})
"""Facts that do not change, or that say themselves from when on they hold."""

LARGE = 4_000_000
"""In bytes: some 3,000 prospects with ten touches each as CSV, 50,000 as Parquet."""


def open_book(  # noqa: PLR0913 - every one but the first two has a default
    path: Path,
    playbook: Playbook,
    strict: bool = False,
    lenient: bool = True,
    *,
    zone: str | None = None,
    now: int | None = None,
) -> Book:
    """Open a book with the columns that a playbook reads; only headers are read.

    Args:
        path: A folder of CSV or Parquet files, a DuckDB file, or a YAML or JSON file.
        playbook: The playbook, whose facts and measures decide which columns are read.
        strict: Whether reading raises BookError for any problem that is not just a note.
        lenient: Whether to go on with a book of which most cannot be read, or without touches.
        zone: The IANA zone of instants without one; None for the book's own, else the calendar's.
        now: The instant it will be evaluated at, in seconds since 1970 UTC, for facts that changed
            after it; None for facts as they are in the book.

    Raises:
        BookError: the book cannot be read, a table lacks a required column, or there is nothing to
            tell who is silent.
    """
    tables = book_tables(path, playbook, zone, now)
    if not lenient and path.suffix not in DOCUMENTS:
        refuse_structure(tables.readers, tables.problems, str(path))
    return Book(tables, playbook, Strictness(strict, lenient), str(path))


class Book:
    """The prospects of a book, opened by `open_book`.

    Reading one prospect or all of them sets ``reports``, which maps the name of each table to its
    problems and the number of rows read and left out. ``problems`` are those of all tables.
    ``later`` is the number of prospects that evaluating the book left out, as they are not in it
    yet at that instant, and ``newest_reply`` is their newest message, if that instant lies more
    than a day before it. ``history`` is the table of changes, if the book has one.
    """

    def __init__(
        self,
        tables: BookTables,
        playbook: Playbook,
        strictness: Strictness,
        place: str,
    ) -> None:
        self._prospects = tables.readers["prospects"]
        self._tables: dict[Table, TableReader] = {
            table: tables.readers[table] for table in TABLES if table in tables.readers
        }
        self._structure = tables.problems
        self._read_by_rules = read_by_rules(playbook)
        self._strictness = strictness
        self._place = place
        zone = playbook.facts.get(ZONE_COLUMN)
        self.default_zone = "" if zone is None or zone.default is None else str(zone.default)
        self.reports: dict[str, ReadReport] = {}
        self.later = 0
        self.newest_reply = 0
        self.history = tables.history

    @property
    def strict(self) -> bool:
        """Whether any problem that is not just a note ends reading."""
        return self._strictness.strict

    @property
    def columns(self) -> frozenset[str]:
        """The facts that the table of prospects has a column for; none if it has no header."""
        return frozenset(self._prospects.names if self._prospects.source.header else ())

    @property
    def facts_without_history(self) -> list[str]:
        """The facts that rules read, and of which the book does not say what they said before."""
        sources, names = self._prospects.sources, self._prospects.source.names
        there = {name for name in self._prospects.names if sources[name] in names}
        changed = frozenset[str]() if self.history is None else self.history.facts
        return sorted((there & self._read_by_rules) - changed - _LASTING)

    @property
    def overriding(self) -> frozenset[str]:
        """The measured facts of which a column of the table of prospects gives the value."""
        return self._prospects.overriding

    @property
    def untouchable(self) -> bool:
        """Whether nothing tells who spoke last: there are no touches, and no column for them."""
        documented = Path(self._place).suffix in DOCUMENTS
        return (
            not documented
            and "touches" not in self._tables
            and not has_touch_columns(self._prospects)
        )

    @property
    def large(self) -> bool:
        """Whether one SQL statement evaluates the book faster than one prospect after another."""
        # By the size of the files, which is known before any row is read.
        places = {reader.source.place for reader in self.readers.values()}
        return sum(place.stat().st_size for place in places if place is not None) > LARGE

    @property
    def readers(self) -> dict[TableName, TableReader]:
        """The reader of each table of the book by its name, that of prospects first."""
        tables: list[tuple[TableName, TableReader]] = [*self._tables.items()]
        return dict([("prospects", self._prospects), *tables])

    @property
    def problems(self) -> list[BookProblem]:
        """The problems of the files, and of the rows that were read last."""
        found = [problem for table in self.reports.values() for problem in table.problems]
        return [*self._structure, *found]

    def ids(self) -> list[str]:
        """Return the ids of all prospects in the order of the file."""
        return list(dict.fromkeys(self._prospects.keys()))

    def prospect(self, id: str) -> Prospect | None:
        """Return the prospect ``id``, reading only its own rows; None if it does not exist."""
        key = normalize_text(id)
        return next(self._read(key), None) if isinstance(key, str) else None

    def ids_by(self, fact: str) -> Iterator[tuple[str, Value]]:
        """Yield the id of each prospect with its value of a given fact, if it has one."""
        return self._prospects.values(fact) if fact in self._prospects.names else iter(())

    def prospects_of(self, ids: Collection[str]) -> list[Prospect]:
        """Return the prospects with these ids, without reporting problems of their rows."""
        reports, self.reports = self.reports, {}
        try:
            return list(self._load(ids)) if ids else []
        finally:
            self.reports = reports

    def prospects(self) -> Iterator[Prospect]:
        """Return all prospects in the order of the file; ``problems`` are complete then."""
        return self._read(None)

    def _read(self, key: str | None) -> Iterator[Prospect]:
        """Yield all prospects, or only the one with the id ``key``.

        Raises:
            BookError: reading is strict and there is a problem, or a file is broken.
        """
        found = self._load(None if key is None else {key})
        self.refuse(whole=key is None)
        return found

    def _load(self, only: Collection[str] | None) -> Iterator[Prospect]:
        """Read the rows of all prospects, or only of those with these ids."""
        self.reports = {table: ReadReport([]) for table in ("prospects", *self._tables)}
        self.apply_history(only)
        if self.history is not None:
            self.reports["changes"] = self.history.report
        # All rows are read before the first prospect is yielded: the rows of one prospect may be
        # anywhere in a table, and strict reading must fail before anything is used.
        given = {row.key: row for row in self._prospects.rows(self.reports["prospects"], only)}
        report = self.reports["prospects"]
        for key in filter(report.conflicts.__contains__, given):
            given[key] = self._prospects.without_conflicts(given[key], report)
        self.report_zones(self._zones_in(given.values()))
        rows = {table: self._rows_of(table, only, given) for table in self._tables}
        return (self._prospect(row, rows) for row in given.values())

    def apply_history(self, only: Collection[str] | None = None) -> Collection[str]:
        """Let the table of prospects say what it said at the instant of the history, if it has one.

        Return the ids of the prospects of whom it said something else then.

        Args:
            only: The ids of the prospects that are read; None for all.
        """
        if self.history is not None:
            self._prospects.history = self.history.cells(only)
        return self._prospects.history.keys()

    def _zones_in(self, rows: Iterable[TypedRow]) -> Counter[str]:
        """Count the time zones of prospects."""
        names = self._prospects.names
        at = names.index(ZONE_COLUMN) if ZONE_COLUMN in names else None
        cells = () if at is None else (row.values[at] for row in rows)
        return Counter(str(zone) for zone in cells if zone is not None)

    def report_zones(self, counts: Mapping[str, int]) -> None:
        """Add the problems of the time zones of prospects, of which there are so many each.

        The default of the playbook is not the book's, and is left out.
        """
        found = {zone: count for zone, count in counts.items() if zone != self.default_zone}
        file = self._prospects.source.file
        self.reports["prospects"].problems += zone_problems(file, found)

    def _rows_of(
        self, table: Table, only: Collection[str] | None, known: Collection[str]
    ) -> dict[str, list[Values]]:
        found: dict[str, list[Values]] = defaultdict(list)
        for owner, values, _ in self._tables[table].rows(self.reports[table], only, known):
            found[owner].append(values)
        return found

    def _prospect(self, given: TypedRow, rows: Mapping[Table, dict[str, list[Values]]]) -> Prospect:
        own = {
            # `pop`: rows are freed as their prospects are yielded.
            table: tuple(_known(self._tables[table].names, row) for row in found.pop(given.key, ()))
            for table, found in rows.items()
        }
        facts = _known(self._prospects.names, given.values)
        if self.untouchable or any(given.key in each.undated for each in self._spoken()):
            facts = {**facts, UNDATED: True}
        return Prospect(given.key, facts, own, frozenset(given.unreadable))

    @property
    def undated(self) -> frozenset[str]:
        """The ids of prospects of whom what was read does not tell who spoke last."""
        return frozenset().union(*(each.undated for each in self._spoken()))

    def _spoken(self) -> Iterator[ReadReport]:
        """Yield the reports of the tables that tell who spoke last."""
        for name in ("prospects", "touches"):
            if name in self.reports:
                yield self.reports[name]

    def refuse(self, *, whole: bool) -> None:
        """Raise BookError if what was read is refused.

        ``whole`` is whether all rows were read: of one prospect, all may well be unreadable.
        """
        if self.strict:
            refuse_problems(self.problems)
        if whole and not self._strictness.lenient:
            refuse_unreadable(self.readers, self.reports, self._read_by_rules)
            if self.history is not None:
                self.history.refuse_unreadable(GOES_ON)

    def refuse_poor(self) -> None:
        """Raise BookError if too little of the book, which was read, can be read."""
        if Path(self._place).suffix not in DOCUMENTS:
            refuse_structure(self.readers, list(self._structure), self._place)
        refuse_unreadable(self.readers, self.reports, self._read_by_rules)


def _known(names: Sequence[str], values: Values) -> Row:
    return {name: value for name, value in zip(names, values, strict=True) if value is not None}
