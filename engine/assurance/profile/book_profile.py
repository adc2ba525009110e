"""Count what a book says and what of it can be read, table by table and column by column."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from engine.assurance.profile.idle_rules import idle_rules
from engine.book.book import UNDATED, Book
from engine.book.book_problem import BookProblem
from engine.book.calendar.calendar import Calendars
from engine.book.history import VALUES
from engine.book.prospect import Prospect, Row
from engine.book.table_schema import StoredTable
from engine.book.typed_rows import TableReader
from engine.language.model import TABLES, Playbook, Table
from engine.language.value_rules import LocalDate
from engine.language.walk import RuleId
from engine.semantics.dependencies import dependencies
from engine.semantics.normalize_rows import MESSAGE, RowNormalizer


@dataclass(frozen=True, slots=True)
class ProfiledColumn:
    """One column that the playbook reads.

    Attributes:
        name: Its name in the playbook.
        source: Its name in the file.
        type: Its type.
        filled: The cells that say something.
        dates_alone: Those that are a date without a time.
        unreadable: The problems with the others, grouped by message, the most frequent first.
        mapped: Other spellings of words, each with the word that it is read as.
    """

    name: str
    source: str
    type: str
    filled: int
    dates_alone: int
    unreadable: tuple[tuple[BookProblem, ...], ...]
    mapped: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ProfiledTable:
    """One table of a book.

    Attributes:
        table: Its name in the playbook.
        file: Its name in the book.
        rows: Its rows.
        left_out: Those that cannot be used.
        columns: The columns that the playbook reads.
        ignored: The names of the others.
        oldest: The instant of the oldest row, in seconds since 1970 UTC; None without instants.
        newest: That of the newest row.
        ahead: The rows later than now.
        copies: The rows that repeat a message.
    """

    table: StoredTable
    file: str
    rows: int
    left_out: int
    columns: tuple[ProfiledColumn, ...]
    ignored: tuple[str, ...]
    oldest: int | None
    newest: int | None
    ahead: int
    copies: int


@dataclass(frozen=True, slots=True)
class BookProfile:
    """A book as a playbook reads it.

    Attributes:
        place: What the book is called.
        playbook: The id of the playbook.
        now: The instant, in seconds since 1970 UTC.
        tables: The tables that the book has.
        missing: The names of the tables that it lacks.
        unfed: The given facts that rules read and that no column feeds.
        idle: The rules that can therefore never fire.
        problems: Every problem of the book.
    """

    place: str
    playbook: str
    now: int
    tables: tuple[ProfiledTable, ...]
    missing: tuple[Table, ...]
    unfed: tuple[str, ...]
    idle: tuple[str, ...]
    problems: Sequence[BookProblem]


@dataclass(slots=True)
class _Counts:
    """What is counted of one table while its rows are read."""

    filled: Counter[str] = field(default_factory=Counter)
    dates: Counter[str] = field(default_factory=Counter)
    instants: list[int] = field(default_factory=list)
    copies: int = 0
    raw: frozenset[str] = frozenset()
    """The columns of which cells are counted that cannot be read, too."""

    def add(self, cells: Row) -> None:
        for name, value in cells.items():
            self.filled[name] += 1
            self.dates[name] += type(value) is LocalDate


def profile_book(book: Book, playbook: Playbook, now: int, place: str) -> BookProfile:
    """Read the whole book, and count.

    Args:
        book: The book.
        playbook: Decides which columns are read, and has the rules.
        now: The instant, in seconds since 1970 UTC.
        place: What the book is called.

    Raises:
        BookError: The book cannot be read.
    """
    counts: dict[str, _Counts] = defaultdict(_Counts)
    normalizer, calendars = RowNormalizer(playbook), Calendars(playbook.calendar)
    for prospect in book.prospects():
        counts["prospects"].add(prospect.facts)
        zone = calendars.clock_of(prospect.facts).zone
        _count_rows(prospect, normalizer.tables(prospect.rows, now, zone), counts)
    tables = [
        _table(table, reader, book, counts[table], now) for table, reader in book.readers.items()
    ]
    if book.history is not None:
        counts["changes"].raw = frozenset(VALUES)
        for at, said in book.history.rows():
            counts["changes"].add(said)
            counts["changes"].instants.append(at)
        tables.append(_table("changes", book.history.reader, book, counts["changes"], now))
    fed = {column.name for column in book.readers["prospects"].columns}
    unfed = _unfed(playbook, fed)
    missing = tuple(table for table in TABLES if table not in book.readers)
    return BookProfile(
        place=place,
        playbook=playbook.id,
        now=now,
        tables=tuple(tables),
        missing=missing,
        unfed=unfed,
        idle=idle_rules(playbook, unfed, missing),
        problems=book.problems,
    )


def _count_rows(
    prospect: Prospect, normalized: Mapping[Table, Sequence[Row]], counts: Mapping[str, _Counts]
) -> None:
    for table, given in prospect.rows.items():
        for row in given:
            counts[table].add(row)
    for table, rows in normalized.items():
        counts[table].instants += [int(row["at"]) for row in rows if "at" in row]
        copies = [row[MESSAGE] for row in rows if MESSAGE in row]
        counts[table].copies += len(copies) - len(set(copies))


def _table(
    table: StoredTable, reader: TableReader, book: Book, counts: _Counts, now: int
) -> ProfiledTable:
    """Return the profile of one table.

    Args:
        table: Its name.
        reader: Its reader.
        book: The book, which was read.
        counts: What was counted of it.
        now: The instant.
    """
    report = book.reports[table]
    wrong: dict[str, list[BookProblem]] = {}
    for problem in report.problems:
        if problem.row is not None and problem.column is not None:
            wrong.setdefault(problem.column, []).append(problem)
    used = set(reader.sources.values())
    return ProfiledTable(
        table=table,
        file=reader.source.file,
        rows=report.rows,
        left_out=report.left_out,
        columns=tuple(
            _column(column.name, column.type, reader, counts, wrong.get(column.name, ()))
            for column in sorted(reader.columns, key=lambda each: _place(reader, each.name))
        ),
        ignored=tuple(name for name in reader.source.names if name not in used),
        oldest=min(counts.instants, default=None),
        newest=max(counts.instants, default=None),
        ahead=sum(at > now for at in counts.instants),
        copies=counts.copies,
    )


def _place(reader: TableReader, name: str) -> int:
    """Return the place of a column in its file; documents may lack what no row has."""
    names, source = reader.source.names, reader.sources[name]
    return names.index(source) if source in names else len(names)


def _column(
    name: str, type: str, reader: TableReader, counts: _Counts, wrong: Iterable[BookProblem]
) -> ProfiledColumn:
    by_message: dict[str, list[BookProblem]] = {}
    unreadable = 0
    for problem in wrong:
        if problem.code != "missing-value":  # an empty cell says nothing
            by_message.setdefault(problem.message, []).append(problem)
            unreadable += 1
    return ProfiledColumn(
        name=name,
        source=reader.sources[name],
        type=type,
        filled=counts.filled[name] + (0 if name in counts.raw else unreadable),
        dates_alone=counts.dates[name],
        unreadable=tuple(map(tuple, sorted(by_message.values(), key=lambda found: -len(found)))),
        mapped=reader.mapped.get(name, {}),
    )


def _unfed(playbook: Playbook, fed: set[str]) -> tuple[str, ...]:
    """Return the given facts that some rule reads, and that no column feeds."""
    read = dependencies(playbook).read
    fed = fed | {UNDATED}  # which reading the touches feeds
    return tuple(
        fact.id
        for fact in playbook.facts.values()
        if fact.given
        and not fact.hidden
        and fact.id not in fed
        and RuleId("facts", fact.id) in read
    )
