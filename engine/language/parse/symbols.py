"""Symbol tables: the names that conditions may use, with their types and choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import get_args

from engine.language.conditions import Ref, ValueType
from engine.language.model import Column, Table
from engine.language.problem import Problem, Span
from engine.language.quoting import quoted
from engine.language.suggest import did_you_mean
from engine.language.value_rules import NO_CHOICES, Word, Words

DIRECTIONS = Words(
    (
        Word(
            "inbound",
            also=(
                "in",
                "incoming",
                "received",
                "inbound call",
                "incoming call",
                "inbound email",
                "incoming email",
            ),
        ),
        Word(
            "outbound",
            also=(
                "out",
                "outgoing",
                "sent",
                "outbound call",
                "outgoing call",
                "outbound email",
                "outgoing email",
                "email",
            ),
        ),
        Word("both", also=("two-way", "talk")),
    )
)
"""The directions of a touch: they spoke, we spoke, or both did."""

STANDARD_COLUMNS: Mapping[Table, tuple[Column, ...]] = {
    "touches": (
        Column("at", "time"),
        Column("direction", "choice", DIRECTIONS),
        Column("channel", "choice"),
        Column("automatic", "boolean", default=False),
        Column("outcome", "choice"),
        Column("subject", "text"),
        Column("contact_id", "text"),
        Column("message_id", "text"),
        Column("recorded_at", "time"),
        Column("delivered", "boolean", default=True, computed=True),
        Column("refused", "boolean", default=False, computed=True),
    ),
    "contacts": (
        Column("contact_id", "text"),
        Column("role", "text"),
        Column("engaged", "boolean"),
        Column("left", "boolean"),
    ),
    "events": (Column("at", "time"), Column("kind", "text"), Column("detail", "text")),
}
"""Columns that every book may have, besides `prospect_id`, the id of a row's prospect.

The choices of `channel` and `outcome` are the words of the sections `channels` and `outcomes`.
`delivered` and `refused` say what the outcome means; no file has them.
"""


DEFAULT_CELLS: Mapping[Table, Mapping[str, bool]] = {
    table: {each.name: each.default for each in columns if each.default is not None}
    for table, columns in STANDARD_COLUMNS.items()
}
"""The values of empty cells, by table and column."""

_MAX_SUGGESTIONS = 20
"""The number of problems of a document from which on no more names are suggested."""

_ANY: tuple[ValueType, ...] = get_args(ValueType)

STANDARD_TYPES: Mapping[str, tuple[ValueType, ...]] = {
    "name": ("text", "choice"),
    "owner": ("text", "choice"),
    "account": ("text", "choice"),
    "timezone": ("text",),
    "crm_url": _ANY,
    "email": _ANY,
    "phone": _ANY,
    "last_reply_at": ("time",),
    "last_outbound_at": ("time",),
    "last_talk_at": ("time",),
    "silent_since": ("time",),
    "touches_unanswered": ("number",),
    "created_at": ("time",),
    "closed_at": ("time",),
    "outcome": ("choice", "text"),
    "closed": ("boolean",),
    "undated_touch": ("boolean",),
    "undirected_touch_at": ("time",),
    "unclear": ("boolean",),
}
"""The standard facts, and the types they may be declared with.

Any type for facts that are only shown: playbooks had some of these names before they were standard.
"""


@dataclass(frozen=True, slots=True)
class Symbol:
    """The subject that a name refers to, and its choices if its type is `choice`.

    ``subject`` is None for a name whose declaration is invalid.
    """

    subject: Ref | None
    choices: Words = NO_CHOICES


@dataclass
class SymbolTable:
    """The names that a condition may use: those of a playbook, or the columns of one table.

    ``what`` is the noun for such a name in problems: `fact` or `column`. ``tables`` has the columns
    of each table if this is for a playbook. ``given`` are the ids of given facts, and ``flagged``
    collects those that a condition tests for `unreadable`.
    """

    names: dict[str, Symbol] = field(default_factory=dict)
    what: str = "fact"
    given: frozenset[str] = frozenset()
    flagged: set[str] = field(default_factory=set)
    tables: Mapping[Table, SymbolTable] = field(default_factory=dict)

    def find(self, name: str, span: Span, problems: list[Problem]) -> Symbol | None:
        """Return the symbol of ``name``; report an unknown name and return None.

        Args:
            name: The name as written, such as `stage` or `signals.no_next_step`.
            span: Where it is written.
            problems: The list to which the problem is added.
        """
        if name in self.names:
            return self.names[name]
        known = suggestion_candidates(self.names, problems)
        problems.append(unknown_name_help(self._kind(name), name, known, span, self.what))
        return None

    def _kind(self, name: str) -> str:
        return {"signals": "signal", "causes": "cause"}.get(name.partition(".")[0], self.what)


def suggestion_candidates(known: Iterable[str], problems: list[Problem]) -> Iterable[str]:
    """Return ``known``, or no names if the document already has many ``problems``.

    To compare many unknown names with many known ones would take minutes.
    """
    return known if len(problems) < _MAX_SUGGESTIONS else ()


def unknown_name_help(
    kind: str, name: str, known: Iterable[str], span: Span, what: str | None = None
) -> Problem:
    """Return the problem `unknown-KIND` for a name that is not declared.

    Args:
        kind: The noun for what the name should refer to, such as `fact` or `signal`.
        name: The name as written.
        known: The names to suggest one of.
        span: Where the name is written.
        what: Set if the name may have a prefix such as `signals.`, which the message omits.
    """
    prefix = {"signal": "signals.", "cause": "causes."}.get(kind, "")
    names = list(known)
    bare = name.removeprefix(prefix) if what else name
    conclusions = (f"signals.{name}", f"causes.{name}")
    concluded = next((each for each in conclusions if each in names), None)
    if kind == "fact" and concluded is not None:
        help = f"write `{concluded}`: what a rule concludes is named with its section"
        return Problem(span, "unknown-fact", f"unknown fact {quoted(bare)}", help)
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
    """Return the symbol of a conclusion: `dark`, `cause_known`, or a signal or cause by its id."""
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
    """Return the symbol table of a `where` over a table with ``columns``."""
    names = {
        column.name: Symbol(Ref("column", column.name, column.type), column.choices)
        for column in columns.values()
    }
    return SymbolTable(names, "column")


def fact_symbol(id: str, type: ValueType, choices: Words) -> Symbol:
    """Return the symbol of a fact.

    Args:
        id: The id of the fact.
        type: The type of its values.
        choices: Its choices, empty unless ``type`` is `choice`.
    """
    return Symbol(Ref("fact", id, type), choices)
