"""Keep the names a playbook declares, and what a condition may say of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.language.conditions import Ref, ValueType
from engine.language.model import Column, Table
from engine.language.problem import Problem, Span
from engine.language.quoting import quoted
from engine.language.suggest import did_you_mean

STANDARD_COLUMNS: Mapping[Table, tuple[Column, ...]] = {
    "touches": (
        Column("at", "time"),
        Column("direction", "choice", ("inbound", "outbound")),
        Column("channel", "text"),
        Column("automatic", "boolean"),
        Column("outcome", "text"),
        Column("subject", "text"),
        Column("contact_id", "text"),
    ),
    "contacts": (
        Column("contact_id", "text"),
        Column("role", "text"),
        Column("engaged", "boolean"),
        Column("left", "boolean"),
    ),
    "events": (Column("at", "time"), Column("kind", "text"), Column("detail", "text")),
}
"""Columns every book may have, beside the `prospect_id` that ties a row to its prospect."""


_MAX_SUGGESTIONS = 20
"""So many problems of a document may suggest a name; the rest can wait until they are mended."""

STANDARD_TYPES: Mapping[str, tuple[ValueType, ...]] = {
    "name": ("text", "choice"),
    "owner": ("text", "choice"),
    "account": ("text", "choice"),
    "timezone": ("text",),
    "last_reply_at": ("time",),
    "last_outbound_at": ("time",),
    "silent_since": ("time",),
    "touches_unanswered": ("number",),
}
"""Facts the language itself speaks of, and the types they may be declared with."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A subject with its choices, which are empty unless its type is `choice`.

    ``subject`` is None for a name whose declaration is invalid.
    """

    subject: Ref | None
    choices: tuple[str, ...] = ()


@dataclass
class SymbolTable:
    """The names a condition may use: of a whole playbook, or the columns of one table."""

    names: dict[str, Symbol] = field(default_factory=dict)
    what: str = "fact"

    def find(self, name: str, span: Span, problems: list[Problem]) -> Symbol | None:
        """Return what ``name`` stands for; report an unknown one."""
        if name in self.names:
            return self.names[name]
        known = suggestion_candidates(self.names, problems)
        problems.append(unknown_name_help(self._kind(name), name, known, span, self.what))
        return None

    def _kind(self, name: str) -> str:
        return {"signals": "signal", "causes": "cause"}.get(name.partition(".")[0], self.what)


def suggestion_candidates(known: Iterable[str], problems: list[Problem]) -> Iterable[str]:
    """Return the names to suggest one of: no names once a document has many ``problems``.

    To compare every wrong name with every right one would take minutes.
    """
    return known if len(problems) < _MAX_SUGGESTIONS else ()


def unknown_name_help(
    kind: str, name: str, known: Iterable[str], span: Span, what: str | None = None
) -> Problem:
    """Return the problem `unknown-KIND`: ``name`` is not among ``known``."""
    prefix = {"signal": "signals.", "cause": "causes."}.get(kind, "")
    names = list(known)
    bare = name.removeprefix(prefix) if what else name
    help = did_you_mean(name, names) or _how_to_declare(kind)
    return Problem(span, f"unknown-{kind}", f"unknown {kind} {quoted(bare)}", help)


def _how_to_declare(kind: str) -> str:
    return {
        "fact": "declare it under `facts`, or use one that exists",
        "column": "declare your own columns under `tables`",
        "source": "add it under `sources`",
        "threshold": "add it under `dark`, or use one that exists",
    }.get(kind, f"add it under `{kind}s`, or use one that exists")


def conclusion_symbol(kind: str, id: str) -> Symbol:
    """Return a conclusion of rules as conditions see it."""
    match kind:
        case "signal":
            return Symbol(Ref("signal", id, "boolean"))
        case "cause":
            return Symbol(Ref("cause", id, "number"))
        case "dark":
            return Symbol(Ref("dark", "dark", "boolean"))
        case _:
            return Symbol(Ref("cause_known", "cause_known", "boolean"))


def column_scope(columns: Mapping[str, Column]) -> SymbolTable:
    """Return the scope of a `where` over a table with ``columns``."""
    names = {
        column.name: Symbol(Ref("column", column.name, column.type), column.choices)
        for column in columns.values()
    }
    return SymbolTable(names, "column")


def fact_symbol(id: str, type: ValueType, choices: tuple[str, ...]) -> Symbol:
    """Return a fact as conditions see it."""
    return Symbol(Ref("fact", id, type), choices)
