"""Make one table of a book a typed relation: trusted rows by SQL, all others by Python."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from sqlglot import exp

from engine.book.readers.duckdb_file import READABLE, DuckTable
from engine.book.sql_nodes import coalesce, column, named, table
from engine.book.staging.staged_sql import constant, define
from engine.book.staging.trusted_rows import TrustedRows
from engine.book.table_schema import TableSchema, staged_name
from engine.book.typed_rows import ReadReport, TableReader, TypedRow
from engine.language.conditions import Value
from engine.language.model import Playbook

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BATCH = 20_000


def stage_empty(connection: DuckDBPyConnection, schema: TableSchema, playbook: Playbook) -> None:
    """Make the relation of a table that the book does not have."""
    cells = _cells(schema, {}, _defaults(schema, playbook))
    query = exp.select(named(constant(None, "text"), schema.key), *cells).limit(0)
    define(connection, "VIEW", schema.table, query)


def stage_table(
    connection: DuckDBPyConnection,
    reader: TableReader,
    playbook: Playbook,
    ids: Callable[[], Container[str]],
) -> ReadReport:
    """Make the relation of the table that ``reader`` reads, shaped as `Staged` says.

    Args:
        connection: gets the relation; that of the prospects must be made first.
        reader: reads the table.
        playbook: has the defaults of facts.
        ids: gives the ids of all prospects; called only if Python has to read rows of others.
    """
    schema, trusted, report = reader.schema, None, ReadReport([])
    if _is_stored(reader):
        trusted = TrustedRows(connection, reader)
        reader = reader.for_untrusted(trusted.untrusted_rows(), trusted.zoneless())
    known: Container[str] | None = None
    if schema.table != "prospects":
        known = ids() if trusted is None or trusted.untrusted_count else ()
    defaults, reread = _defaults(schema, playbook), f"read {schema.table}"
    _fill(connection, reread, reader, reader.rows(report, known=known), defaults)
    found = {name: column(staged_name(schema.key, name)) for name in reader.names}
    given = {name: default for name, default in defaults.items() if name not in found}
    cells = [column(schema.key), *_cells(schema, found, given)]
    query: exp.Query = exp.select(*cells).from_(table(reread))
    if trusted is not None:
        report.rows += trusted.count
        values = {name: cell.value for name, cell in trusted.cells.items()}
        cells = [named(trusted.key.value, schema.key), *_cells(schema, values, defaults)]
        query = exp.union(trusted.select(*cells), query, distinct=False)
    define(connection, "VIEW", schema.table, query)
    return report


def _is_stored(reader: TableReader) -> bool:
    """Whether SQL can read the table: a key of lists, say, is an error that Python reports."""
    source = reader.source
    return isinstance(source, DuckTable) and source.type_of(reader.schema.key) in READABLE


def _defaults(schema: TableSchema, playbook: Playbook) -> dict[str, Value]:
    facts = playbook.facts.values() if schema.table == "prospects" else ()
    return {fact.id: fact.default for fact in facts if fact.default is not None}


def _cells(
    schema: TableSchema,
    values: Mapping[str, exp.Expression],
    defaults: Mapping[str, Value],
) -> list[exp.Expression]:
    """Return all columns of ``schema`` but the key: its value, else its default, else NULL."""
    cells = []
    for name, each in schema.columns.items():
        known = [values[name]] if name in values else []
        if name in defaults or not known:
            known.append(constant(defaults.get(name), each.type))
        cells.append(named(coalesce(*known), staged_name(schema.key, name)))
    return cells


def _fill(
    connection: DuckDBPyConnection,
    name: str,
    reader: TableReader,
    typed: Iterator[TypedRow],
    defaults: Mapping[str, Value],
) -> None:
    """Make the table ``name`` of ``typed``, the rows of ``reader``. An empty cell gets its default;
    one that cannot be read stays unknown.
    """
    key = reader.schema.key
    nulls = [
        named(constant(None, each.type), staged_name(key, each.name)) for each in reader.columns
    ]
    define(
        connection,
        "TABLE",
        name,
        exp.select(named(constant(None, "text"), key), *nulls).limit(0),
    )
    appender = connection.appender(name)
    filled = _with_defaults(typed, reader.names, defaults)
    while batch := list(islice(filled, BATCH)):
        appender.append_rows(batch)
        appender.flush()


def _with_defaults(
    typed: Iterator[TypedRow], names: Sequence[str], defaults: Mapping[str, Value]
) -> Iterator[list[Value | None]]:
    given = [(at, name, defaults[name]) for at, name in enumerate(names) if name in defaults]
    for key, values, unreadable in typed:
        row = [key, *values]
        for at, name, default in given:
            if values[at] is None and name not in unreadable:
                row[at + 1] = default
        yield row
