"""Parse facts, measures and the columns they read: the names in conditions, and their types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from engine.language.conditions import ValueType
from engine.language.describe import describe_type
from engine.language.model import TABLES, Column, Fact, Measure, MeasureKind, Table
from engine.language.parse.literals import Expected, read_literal
from engine.language.parse.parse_columns import ColumnsByTable
from engine.language.parse.parse_context import Entry
from engine.language.parse.parse_words import report_ambiguous, words_of
from engine.language.parse.symbols import (
    STANDARD_TYPES,
    Symbol,
    SymbolTable,
    suggestion_candidates,
    unknown_name_help,
)
from engine.language.problem import Problem
from engine.language.quoting import quoted
from engine.language.suggest import did_you_mean
from engine.language.value_rules import NO_CHOICES, Words

_MAX_NAMED = 20
"""The most facts that a problem lists."""

_MEASURE_KINDS: tuple[MeasureKind, ...] = get_args(MeasureKind)
_MEASURED_TYPES: dict[MeasureKind, ValueType] = {
    "count": "number",
    "any": "boolean",
    "distinct": "number",
    "earliest": "time",
    "latest": "time",
    "silence": "time",
    "sum": "number",
}
"""The type of each kind of measure; that of `last` is the type of its column."""


def fact_type(entry: Entry, columns: ColumnsByTable) -> tuple[ValueType, Words] | None:
    """Return the type and the choices of a fact without parsing its condition.

    None if it is the `last` of an unknown column, which has no type. Types are needed first:
    conditions may use facts that are declared further down.
    """
    data = entry.data
    choices = words_of(data.get("choices"))
    if "measure" in data:
        found = _measured_type(data["measure"], columns)
        if found is not None:
            # A word of a column is a text too, for playbooks that compare it with parts of text.
            return (
                ("text", NO_CHOICES)
                if (found[0], data.get("type")) == ("choice", "text")
                else found
            )
    if "when" in data and "type" not in data:
        return "boolean", NO_CHOICES
    type = data.get("type")
    return None if type is None else (type, choices)


def _measured_type(data: Any, columns: ColumnsByTable) -> tuple[ValueType, Words] | None:
    kind = next((kind for kind in _MEASURE_KINDS if isinstance(data, dict) and kind in data), None)
    if kind is None:
        return None
    if kind != "last":
        return _MEASURED_TYPES[kind], NO_CHOICES
    table, _, name = str(data[kind]).partition(".")
    column = columns[table].get(name) if table in columns else None  # type: ignore[index]  # `in` does not tell mypy that the text is a key
    return None if column is None else (column.type, column.choices)


def parse_fact(entry: Entry, scope: SymbolTable, columns: ColumnsByTable) -> Fact | None:
    """Parse one fact; None if its type is unknown.

    Args:
        entry: The fact as written.
        scope: The names its conditions may use.
        columns: The columns its measure may read, by table.
    """
    typed = fact_type(entry, columns)
    if typed is None:  # the `last` of an unknown column, which parsing the measure reports
        _parse_measure(entry, scope, columns)
        return None
    type, choices = typed
    _check_kind(entry, type)
    report_ambiguous(entry.context, (*entry.place, "choices"), words_of(entry.data.get("choices")))
    default = entry.data.get("default")
    if default is not None:
        place = (*entry.place, "default")
        span = entry.context.document.value_span(place)
        expected = Expected(entry.id, type, choices)
        read = read_literal(default, expected, entry.context.zone, span)
        if isinstance(read, Problem):
            entry.context.problems.append(read)
        else:
            default = read
    return Fact(
        id=entry.id,
        type=type,
        choices=choices,
        unit=entry.text("unit"),
        description=entry.text("description"),
        ask=entry.text("ask"),
        default=default,
        measure=_parse_measure(entry, scope, columns) if "measure" in entry else None,
        date_means="end" if entry.data.get("date_means") == "end" else "start",
        when=entry.condition("when", scope),
        span=entry.span,
    )


def _check_kind(entry: Entry, type: ValueType) -> None:
    """Report a fact whose type, default or choices contradict how it gets its value."""
    written = entry.data.get("type", type)
    standard = STANDARD_TYPES.get(entry.id, (type,))
    if type not in standard:
        message = f"`{entry.id}` is a standard fact of type {standard[0]}, not {type}"
        help = f"write `type: {standard[0]}`, or choose another name for your fact"
        entry.report("type", "type-mismatch", message, help)
    if "default" in entry and ("measure" in entry or "when" in entry):
        message = f"`{entry.id}` is computed, so a default would never be used"
        entry.report("default", "default-of-computed", message, "remove the default")
    if written != type:
        message = f"this measure has the type {type}, but `{entry.id}` is declared as {written}"
        entry.report("type", "type-mismatch", message, f"write `type: {type}`, or leave it out")
    elif "when" in entry and type != "boolean":
        message = f"`{entry.id}` is derived from a condition, so its type is boolean, not {type}"
        entry.report("type", "type-mismatch", message, "write `type: boolean`, or leave it out")
    if type != "time" and "date_means" in entry:
        message = f"`date_means` is for times, and `{entry.id}` is {describe_type(type)}"
        entry.report("date_means", "type-mismatch", message, "remove `date_means`")
    if type != "choice" and "choices" in entry:
        message = f"`{entry.id}` has choices, but its type is {type}"
        entry.report("choices", "type-mismatch", message, "write `type: choice`")


def _parse_measure(entry: Entry, scope: SymbolTable, columns: ColumnsByTable) -> Measure:
    """Parse the measure of a fact; the schema has checked that it has exactly one kind."""
    measure = Entry(entry.context, (*entry.place, "measure"), entry.data["measure"])
    kind = next(kind for kind in _MEASURE_KINDS if kind in measure)
    name, _, column = str(measure.data[kind]).partition(".")
    table = next(table for table in TABLES if table == name)
    timed = "at" in columns[table]
    for key in ("after", "before", "within", "ahead"):
        if key in measure and not timed:
            message = f"rows of `{table}` have no time, so `{key}` cannot be used"
            measure.report(key, "measure-form", message, "count touches or events instead")
    if kind in ("earliest", "latest", "last", "silence") and not timed:
        message = f"rows of `{table}` have no time, so `{kind}` cannot be used"
        measure.report(kind, "measure-form", message, "use touches or events")
    if measure.data.get("ahead") is True and ("within" in measure or kind == "silence"):
        message = "`within` and `silence` look back from now, and `ahead` looks forward"
        measure.report("ahead", "measure-form", message, "remove `ahead`, or use `before`")
    return Measure(
        kind=kind,
        table=table,
        column=_column(measure, kind, table, column, columns) if column else None,
        where=measure.condition("where", scope.tables[table]),
        after=time_fact(measure, "after", scope),
        before=time_fact(measure, "before", scope),
        within=measure.duration("within"),
        ahead=measure.data.get("ahead") is True,
        span=entry.span,
    )


def _column(
    measure: Entry, kind: MeasureKind, table: Table, name: str, columns: ColumnsByTable
) -> Column:
    """Return the column ``name`` of ``table``; report it if it is unknown or cannot be summed.

    The column of a `sum` may be undeclared, with a warning: books may have any columns, and only a
    number can be summed.
    """
    found = columns[table].get(name)
    span = measure.context.document.value_span((*measure.place, kind))
    numbers = [known.name for known in columns[table].values() if known.type == "number"]
    if found is None and kind == "sum":
        likely = suggestion_candidates(numbers, measure.context.problems)
        help = did_you_mean(name, likely) or f"declare it under `tables: {{{table}: ...}}`"
        message = f"column {quoted(name)} of `{table}` is not declared"
        problem = Problem(span, "undeclared-column", message, help, severity="warning")
        measure.context.problems.append(problem)
    elif found is None:
        known = suggestion_candidates(columns[table], measure.context.problems)
        measure.context.problems.append(unknown_name_help("column", name, known, span))
    elif kind == "sum" and found.type != "number":
        message = f"{quoted(name)} holds {found.type}, which cannot be summed"
        measure.report(kind, "type-mismatch", message, "sum a column of numbers")
    return found or Column(name, "number", span=span)


def time_fact(entry: Entry, key: str, scope: SymbolTable) -> str | None:
    """Return the id of the time fact that a field names; report anything else.

    Args:
        entry: The entry with the field.
        key: The field; None is returned if it is missing.
        scope: The names that are declared.
    """
    return typed_fact(entry, key, scope, "time")


def typed_fact(entry: Entry, key: str, scope: SymbolTable, type: ValueType) -> str | None:
    """Return the id of the fact that a field names; report anything else.

    Args:
        entry: The entry with the field.
        key: The field; None is returned if it is missing.
        scope: The names that are declared.
        type: The type that the fact must have.
    """
    name = entry.text(key)
    if name is None:
        return None
    span = entry.context.document.value_span((*entry.place, key))
    named = scope.names.get(name)
    if named is None:
        known = suggestion_candidates(_of_type(scope, type), entry.context.problems)
        entry.context.problems.append(unknown_name_help("fact", name, known, span))
        return None
    # Without a subject, the fact's own declaration is invalid, and that is reported already.
    if named.subject is not None and not _is_fact_of(named, type):
        message = f"`{key}` needs a {type} fact, which {quoted(name)} is not"
        suitable = sorted(suggestion_candidates(_of_type(scope, type), entry.context.problems))
        shown = [*suitable[:_MAX_NAMED], *["..."] * (len(suitable) > _MAX_NAMED)]
        help = f"name one of: {', '.join(shown)}" if shown else f"name a fact of type {type}"
        entry.report(key, "type-mismatch", message, help)
        return None
    return name


def _is_fact_of(symbol: Symbol, type: ValueType) -> bool:
    subject = symbol.subject
    return subject is not None and subject.kind == "fact" and subject.type == type


def _of_type(scope: SymbolTable, type: ValueType) -> Iterator[str]:
    return (id for id, symbol in scope.names.items() if _is_fact_of(symbol, type))
