"""Parse the columns of tables: the standard ones, and those that a playbook declares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from engine.language.conditions import ValueType
from engine.language.model import TABLES, Column, Table
from engine.language.parse.parse_context import ParseContext
from engine.language.parse.parse_words import report_ambiguous, words_of
from engine.language.parse.symbols import STANDARD_COLUMNS
from engine.language.problem import Problem, Span
from engine.language.quoting import quoted
from engine.language.suggest import closest
from engine.language.value_rules import Word, Words

WORDED_COLUMNS = (("contacts", "role"), ("events", "kind"))
"""Standard columns that hold any text, until a playbook declares their words."""

_TYPES: dict[str, ValueType] = {type: type for type in get_args(ValueType)}

ColumnsByTable = Mapping[Table, Mapping[str, Column]]

_STANDARD: ColumnsByTable = {
    table: {column.name: column for column in STANDARD_COLUMNS[table]} for table in TABLES
}


def parse_columns(
    context: ParseContext, channels: Mapping[str, Word], outcomes: Mapping[str, Word]
) -> dict[Table, dict[str, Column]]:
    """Parse the columns of each table of rows: the standard ones and those under `tables`.

    A column whose declaration is an error is included, so that reading it is not reported too.

    Args:
        context: Has the document, and gets the problems.
        channels: The words of the column `channel`.
        outcomes: The words of the column `outcome`.
    """
    found = {table: dict(columns) for table, columns in _STANDARD.items()}
    for name, words in (("channel", channels), ("outcome", outcomes)):
        found["touches"][name] = Column(name, "choice", Words(words.values()))
    # Not only valid entries: an entry is a table, and one wrong column must not hide the others.
    for table, declared in context.declared("tables").items():
        for name, written in declared.items() if isinstance(declared, dict) else ():
            if table in TABLES and isinstance(written, dict):
                span = context.document.key_span(("tables", table, name))
                type, choices = _column_type(written)
                worded = (table, name) in WORDED_COLUMNS and type == "choice"
                if not worded and (name in ("prospect_id", "at") or name in _STANDARD[table]):
                    context.problems.append(_standard_column(name, table, span))
                if worded or name not in _STANDARD[table]:
                    report_ambiguous(context, ("tables", table, name, "choices"), choices)
                    found[table][name] = Column(name, type, choices, span=span)
    return found


def _column_type(written: Mapping[str, Any]) -> tuple[ValueType, Words]:
    """Return the type and the choices of a column; of one that is wrong, what is probably meant."""
    type, listed = str(written.get("type")), words_of(written.get("choices"))
    if type in _TYPES:
        return _TYPES[type], listed
    return _TYPES[closest(type, _TYPES) or "text"], listed


def _standard_column(name: str, table: Table, span: Span) -> Problem:
    if (table, name) in WORDED_COLUMNS:
        message = f"{quoted(name)} is a standard column of `{table}`, which can only be a choice"
        help = "write `type: choice` and its `choices`"
    elif table == "touches" and name in ("channel", "outcome"):
        message = f"the words of {quoted(name)} are not declared under `tables`"
        help = f"declare them under `{name}s`"
    elif name in _STANDARD[table] or name == "prospect_id":
        message = (
            f"{quoted(name)} is a standard column of `{table}`, which cannot be declared again"
        )
        help = "remove this line and use the standard column, or choose another name"
    else:
        message = f"{quoted(name)} is the time of a touch or event, and `{table}` have no time"
        help = f"choose another name, such as `met_{name}`"
    return Problem(span, "standard-column", message, help)
