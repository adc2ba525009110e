"""Stage one table of a book as a typed relation: trusted rows by SQL, all others by Python."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from sqlglot import exp

from engine.book.read_report import ReadReport
from engine.book.readers.duckdb_file import READABLE, DuckTable
from engine.book.sql_nodes import (
    coalesce,
    column,
    constant,
    named,
    table,
    whole,
)
from engine.book.staging.staged_sql import define, rows
from engine.book.staging.trusted_rows import TrustedRows
from engine.book.table_schema import TableSchema, day_name, staged_name
from engine.book.typed_rows import TableReader, TypedRow
from engine.language.conditions import UNREADABLE_PREFIX, Value
from engine.language.model import Column, Playbook
from engine.language.value_rules import LocalDate

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BATCH = 20_000


def stage_empty(connection: DuckDBPyConnection, schema: TableSchema, playbook: Playbook) -> None:
    """Create the empty relation of a table that the book does not have.

    Args:
        connection: Gets the relation.
        schema: The columns that the playbook reads.
        playbook: The playbook, for the defaults of facts.
    """
    wanted = tuple(schema.columns.values())
    cells = [*_cells(schema, wanted, {}, _defaults(schema, playbook)), *_days(wanted, {})]
    query = exp.select(named(constant(None, "text"), schema.key), *cells).limit(0)
    define(connection, "VIEW", schema.table, query)


def stage_table(
    connection: DuckDBPyConnection,
    reader: TableReader,
    playbook: Playbook,
    ids: Callable[[], Container[str] | None],
    changed: Collection[str] = (),
) -> ReadReport:
    """Create the relation of one table, with the columns described in `Staged`.

    Args:
        connection: Gets the relation; that of the prospects must be created first.
        reader: The reader of the table.
        playbook: The playbook, for the defaults of facts.
        ids: Returns the ids of all prospects, or None if they are too many to keep in memory.
            Called only if Python has to read rows of other tables.
        changed: The keys of rows that say something else than the file, which Python reads.
    """
    schema, trusted = reader.schema, None
    if _is_stored(reader):
        trusted = TrustedRows(connection, reader, changed)
        reader = reader.for_untrusted(trusted.untrusted_rows(), trusted.zoneless())
    needed = schema.table != "prospects" and (trusted is None or trusted.untrusted_count > 0)
    defaults, reread = _defaults(schema, playbook), f"read {schema.table}"
    report = _read(connection, reader, defaults, ids() if needed else None)
    query: exp.Query = _select_read(reader, defaults).from_(table(reread))
    if trusted is not None:
        report.rows += trusted.count
        query = exp.union(_select_trusted(trusted, reader, defaults), query, distinct=False)
    define(connection, "VIEW", schema.table, query)
    return report


def _select_read(reader: TableReader, defaults: Mapping[str, Value]) -> exp.Select:
    """Build the select of the rows that Python has read, which have their defaults already."""
    schema = reader.schema
    found = {name: column(staged_name(schema.key, name)) for name in reader.names}
    given = {name: default for name, default in defaults.items() if name not in found}
    times = [each.name for each in reader.columns if each.type == "time"]
    days = {name: column(day_name(name)) for name in times}
    wanted = (*schema.columns.values(), *_overriding(reader))
    flags = [column(f"{UNREADABLE_PREFIX}{name}") for name in schema.flagged]
    cells = _cells(schema, wanted, found, given)
    return exp.select(column(schema.key), *cells, *_days(wanted, days), *flags)


def _select_trusted(
    trusted: TrustedRows, reader: TableReader, defaults: Mapping[str, Value]
) -> exp.Select:
    """Build the select of the rows that SQL reads, all of whose cells can be read."""
    schema = reader.schema
    values = {name: cell.value for name, cell in trusted.cells.items()}
    dates = {name: cell.day for name, cell in trusted.cells.items() if cell.day is not None}
    wanted = (*schema.columns.values(), *_overriding(reader))
    flags = [named(exp.false(), f"{UNREADABLE_PREFIX}{name}") for name in schema.flagged]
    cells = [*_cells(schema, wanted, values, defaults), *_days(wanted, dates), *flags]
    return trusted.select(named(trusted.key.value, schema.key), *cells)


def _is_stored(reader: TableReader) -> bool:
    """Return whether SQL can read the table; an unreadable key is an error that Python reports."""
    source = reader.source
    return isinstance(source, DuckTable) and source.type_of(reader.schema.key) in READABLE


def _defaults(schema: TableSchema, playbook: Playbook) -> dict[str, Value]:
    facts = playbook.facts.values() if schema.table == "prospects" else ()
    return {fact.id: fact.default for fact in facts if fact.default is not None}


def _overriding(reader: TableReader) -> list[Column]:
    return [each for each in reader.columns if each.name in reader.overriding]


def _days(wanted: Iterable[Column], days: Mapping[str, exp.Expression]) -> list[exp.Expression]:
    """Build the columns with the dates that are dates alone, for each column of instants."""
    times = [each.name for each in wanted if each.type == "time"]
    return [named(days.get(name, constant(None, "time")), day_name(name)) for name in times]


def _cells(
    schema: TableSchema,
    wanted: Iterable[Column],
    values: Mapping[str, exp.Expression],
    defaults: Mapping[str, Value],
) -> list[exp.Expression]:
    """Build the columns ``wanted``: their value, else the default, else NULL.

    Args:
        schema: Has the key.
        wanted: The columns to build, without the key.
        values: The value of each column that the table has.
        defaults: The default of each fact that has one.
    """
    cells = []
    for each in wanted:
        name = each.name
        known = [values[name]] if name in values else []
        if name in defaults or not known:
            known.append(constant(defaults.get(name), each.type))
        cells.append(named(coalesce(*known), staged_name(schema.key, name)))
    return cells


def _read(
    connection: DuckDBPyConnection,
    reader: TableReader,
    defaults: Mapping[str, Value],
    ids: Container[str] | None,
) -> ReadReport:
    """Create the table of the rows that Python reads, and return their report.

    Without ``ids``, rows are first read as if no id were duplicate or unknown. Only if SQL then
    finds such ids, the rows are read again: most books have no such ids, and memory does not grow
    with the size of the book.
    """
    prospects, report = reader.schema.table == "prospects", ReadReport([])
    if ids is not None:
        _fill(connection, reader, reader.rows(report, known=ids), defaults)
        return report
    known = None if prospects else ()
    _fill(connection, reader, reader.rows(report, known=known, suspects=()), defaults)
    if suspects := _repeated_or_unknown(connection, reader.schema):
        report = ReadReport([])
        _fill(connection, reader, reader.rows(report, known=known, suspects=suspects), defaults)
        if report.conflicts:
            again = reader.rows(ReadReport([]), known=known, suspects=suspects)
            decided = (reader.without_conflicts(row, report) for row in again)
            _fill(connection, reader, decided, defaults)
    return report


def _repeated_or_unknown(connection: DuckDBPyConnection, schema: TableSchema) -> frozenset[str]:
    """Return the duplicate ids (of prospects) or unknown ids in the rows that Python has read."""
    read = f"read {schema.table}"
    key = column(schema.key, read)
    query = exp.select(key).from_(table(read)).group_by(key.copy())
    if schema.table == "prospects":
        query = query.having(exp.Count(this=exp.Star()) > whole(1))
    else:
        same = key.copy().eq(column("id", "prospects"))
        query = query.join(table("prospects"), on=same, join_type="anti")
    return frozenset(str(id) for (id,) in rows(connection, query))


def _fill(
    connection: DuckDBPyConnection,
    reader: TableReader,
    typed: Iterator[TypedRow],
    defaults: Mapping[str, Value],
) -> None:
    """Create the table of ``typed``, the rows of ``reader``, with defaults for empty cells.

    A cell that could not be read gets no default.
    """
    key, name = reader.schema.key, f"read {reader.schema.table}"
    nulls = [
        named(constant(None, each.type), staged_name(key, each.name)) for each in reader.columns
    ]
    times = [at for at, each in enumerate(reader.columns) if each.type == "time"]
    nulls += _days(reader.columns, {})
    nulls += [
        named(constant(None, "boolean"), f"{UNREADABLE_PREFIX}{name}")
        for name in reader.schema.flagged
    ]
    empty = exp.select(named(constant(None, "text"), key), *nulls).limit(0)
    define(connection, "TABLE", name, empty)
    appender = connection.appender(name)
    dated = _with_days(typed, times)
    filled = _with_defaults(dated, reader.names, defaults, reader.schema.flagged)
    while batch := list(islice(filled, BATCH)):
        appender.append_rows(batch)
        appender.flush()


def _with_days(
    typed: Iterator[TypedRow], times: Sequence[int]
) -> Iterator[tuple[TypedRow, list[int | None]]]:
    """Yield each row with the dates of its instants that are dates alone."""
    for row in typed:
        cells = [row.values[at] for at in times]
        yield row, [cell.day if isinstance(cell, LocalDate) else None for cell in cells]


def _with_defaults(
    typed: Iterator[tuple[TypedRow, list[int | None]]],
    names: Sequence[str],
    defaults: Mapping[str, Value],
    flagged: Sequence[str],
) -> Iterator[list[Value | None]]:
    """Yield the rows with defaults for empty cells, and whether each flagged cell is unreadable."""
    given = [(at, name, defaults[name]) for at, name in enumerate(names) if name in defaults]
    for (key, values, unreadable), days in typed:
        row = [key, *values]
        for at, name, default in given:
            if values[at] is None and name not in unreadable:
                row[at + 1] = default
        yield [*row, *days, *(name in unreadable for name in flagged)]
