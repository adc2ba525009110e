"""The schema of each table: the columns that a playbook reads, and those that are required."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.book.book_problem import BookError, BookProblem
from engine.book.header_names import find_columns, opt_outs_passed_over, repeated_in
from engine.book.source_table import SourceTable
from engine.language.conditions import UNREADABLE_PREFIX
from engine.language.model import TABLES, Column, Fact, Playbook, Table
from engine.language.quoting import quoted

TableName = Literal["prospects"] | Table
StoredTable = Literal["changes"] | TableName

TABLE_NAMES: tuple[TableName, ...] = ("prospects", *TABLES)
"""The tables that prospects are evaluated by."""

STORED_TABLES: tuple[StoredTable, ...] = (*TABLE_NAMES, "changes")
"""The tables that a book may have: `changes` has what the facts of prospects said before."""

REQUIRED_COLUMNS: Mapping[StoredTable, tuple[str, ...]] = {
    "prospects": ("id",),
    "touches": ("prospect_id", "at", "direction", "channel"),
    "contacts": ("prospect_id", "contact_id"),
    "events": ("prospect_id", "at", "kind"),
    "changes": ("prospect_id", "at", "fact", "value"),
}
"""Columns without which a table cannot be read; the first one is the key of the prospect."""

NON_EMPTY: Mapping[StoredTable, tuple[str, ...]] = {
    "prospects": (),
    "touches": ("at", "direction"),
    "contacts": ("contact_id",),
    "events": ("at", "kind"),
    "changes": ("at", "fact"),
}
"""Columns in which an empty cell is an error."""


TELLING = frozenset({"last_reply_at", "last_talk_at", "last_outbound_at", "silent_since"})
"""Measured facts that tell who spoke last, so that a cell of theirs stands for a touch."""


OPT_OUT_NOT_READ = "opt-out-not-read"
"""The code of the problem with a column that looks like an opt-out and that nothing reads."""


@dataclass(frozen=True, slots=True)
class TableSchema:
    """The columns of one table that a playbook reads.

    ``flagged`` are the columns of which rules ask whether a cell is unreadable. ``measured`` are
    the measured facts, of which a column may give the value.

    ``key`` is the column with the id of the prospect, ``columns`` are all others. ``non_empty`` are
    those in which an empty cell is an error; a row without a value in one of ``required`` is left
    out. ``computed`` are facts and columns that Relight computes, so that no column is read for
    them.
    """

    table: StoredTable
    key: str
    columns: Mapping[str, Column]
    non_empty: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    computed: frozenset[str] = frozenset()
    flagged: tuple[str, ...] = ()
    measured: Mapping[str, Column] = field(default_factory=dict)


def table_schema(playbook: Playbook, table: TableName) -> TableSchema:
    """Return the schema of ``table`` for ``playbook``."""
    facts = playbook.facts.values()
    if table == "prospects":
        given = [fact for fact in facts if fact.given and not fact.hidden]
        columns = {fact.id: Column(fact.id, fact.type, fact.choices) for fact in given}
        measured = {
            fact.id: Column(fact.id, fact.type, fact.choices) for fact in facts if fact.measure
        }
        computed = frozenset(fact.id for fact in facts if fact.when is not None)
        flagged = tuple(fact.id.removeprefix(UNREADABLE_PREFIX) for fact in facts if fact.hidden)
        return TableSchema(
            table, "id", columns, computed=computed, flagged=flagged, measured=measured
        )
    declared = {**_measured(facts, table), **playbook.columns[table]}
    columns = {name: column for name, column in declared.items() if not column.computed}
    required = ("at",) if "at" in NON_EMPTY[table] else ()
    unread = frozenset(declared) - frozenset(columns)
    return TableSchema(table, "prospect_id", columns, NON_EMPTY[table], required, unread)


def staged_name(key: str, name: str) -> str:
    """Return the name of the column ``name`` in a staged relation with the key ``key``.

    That is ``name`` itself, unless a fact or column has the name of the key.
    """
    return f"{name}_" if name == key else name


def day_name(name: str) -> str:
    """Return the column of a staged relation with the dates of ``name`` that are dates alone."""
    return f"{name} day"


def _measured(facts: Iterable[Fact], table: Table) -> dict[str, Column]:
    """Return the columns of ``table`` that measures read, including undeclared ones."""
    measures = [fact.measure for fact in facts if fact.measure and fact.measure.table == table]
    return {measure.column.name: measure.column for measure in measures if measure.column}


@dataclass(frozen=True, slots=True)
class ReadColumns:
    """The columns of a file that are read.

    ``columns`` are those of the schema, ``names`` maps each of them, and the key, to its name in
    the file. ``overriding`` are the ids of measured facts whose value a column gives.
    """

    columns: tuple[Column, ...]
    names: Mapping[str, str]
    overriding: frozenset[str]


def columns_to_read(
    schema: TableSchema, source: SourceTable, problems: list[BookProblem]
) -> ReadColumns:
    """Return the columns of ``schema`` that ``source`` has; all of them if it has no header.

    Args:
        schema: The columns that the playbook reads.
        source: The table in its file.
        problems: The list to which problems of the header are added.

    Raises:
        BookError: a required column is missing or duplicate, or two columns are one.
    """
    file = source.file
    wanted = {schema.key: Column(schema.key, "text"), **schema.columns, **schema.measured}
    found, notes = find_columns(wanted, source.names, file)
    problems += notes
    repeated = repeated_in(source.names)
    for name in REQUIRED_COLUMNS[schema.table] if source.header else ():
        if name not in found or found[name] in repeated:
            raise _without(name, found.get(name), source.names, file)
    read = {name: each for name, each in found.items() if each not in repeated}
    problems += [_repeated(file, name) for name in found if name not in read]
    problems += [_computed(file, name) for name in sorted(schema.computed) if name in source.names]
    overriding = schema.measured.keys() & read.keys()
    problems += [_overriding(file, name) for name in sorted(overriding)]
    if not source.header:
        read = {name: read.get(name, name) for name in (schema.key, *schema.columns)} | {
            name: read[name] for name in overriding
        }
    if schema.table in {"prospects", "contacts"}:
        problems += [_opt_out(file, name) for name in opt_outs_passed_over(source.names, read)]
    columns = [*schema.columns.values(), *schema.measured.values()]
    return ReadColumns(
        tuple(column for column in columns if column.name in read), read, frozenset(overriding)
    )


def _without(name: str, found: str | None, names: list[str], file: str) -> BookError:
    if found is not None:
        return BookError(f"`{file}` has duplicate columns `{found}`", "rename all but one")
    help = f"its columns are {', '.join(map(quoted, names[:12]))}" if names else None
    if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
        help = "separate columns with commas"
    return BookError(f"`{file}` has no column `{name}`", help)


def _opt_out(file: str, name: str) -> BookProblem:
    message = f"the column {quoted(name)} looks like an opt-out and is not read"
    help = (
        "give it the name of a fact of the playbook in the table of prospects, such as "
        "`opted_out`, or leave the column out"
    )
    return BookProblem(file, None, name, OPT_OUT_NOT_READ, message, help, "warning")


def _repeated(file: str, name: str) -> BookProblem:
    message = f"duplicate column `{name}`, ignored"
    return BookProblem(file, None, name, "repeated-column", message, "rename all but one")


def _computed(file: str, name: str) -> BookProblem:
    message = f"the playbook computes `{name}` itself; the column is ignored"
    help = "remove the column, or declare the fact without `when`"
    return BookProblem(file, None, name, "column-not-read", message, help, "warning")


def _overriding(file: str, name: str) -> BookProblem:
    message = f"the column `{name}` counts instead of what the touches say, where it has a value"
    return BookProblem(file, None, name, "column-overrides", message, None, "note")
