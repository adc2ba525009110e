"""The columns of results, defined once for every writer: Parquet, DuckDB, CSV and `relight sql`.

There are two tables of the same content. The nested one has a row per prospect, with lists of
structs; no list is NULL. The flat one has a row per recommended step, and one row without a step
for a prospect that has no step; a list is written as its ids joined by `;`, NULL if it is empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

TEXT, NUMBER, _COUNT, FLAG, INSTANT = "VARCHAR", "DOUBLE", "INT", "BOOLEAN", "TIMESTAMPTZ"
"""SQL types in the spelling that sqlglot reads in every dialect; instants are in UTC."""

SEPARATOR = ";"
"""The separator of the ids of a list in the flat table; no id contains it."""


def _struct(fields: Mapping[str, str]) -> str:
    return f"STRUCT<{', '.join(f'{name}: {type}' for name, type in fields.items())}>"


def _list(item: str) -> str:
    return f"ARRAY<{item}>"


SILENCE: Mapping[str, str] = {"hours": NUMBER, "business_hours": NUMBER}
CAUSE: Mapping[str, str] = {"id": TEXT, "confidence": NUMBER, "diagnosed": FLAG}
STEP: Mapping[str, str] = {
    "action": TEXT,
    "kind": TEXT,
    "channel": TEXT,
    "value": NUMBER,
    "due_at": INSTANT,
    "cause": TEXT,
}
BLOCKED: Mapping[str, str] = {"action": TEXT, "guards": _list(TEXT)}


@dataclass(frozen=True, slots=True)
class NestedColumn:
    """A column of the nested table: its SQL type and what it holds."""

    type: str
    holds: str


NESTED: Mapping[str, NestedColumn] = {
    "id": NestedColumn(TEXT, "the prospect's id"),
    "name": NestedColumn(TEXT, "the fact `name`"),
    "owner": NestedColumn(TEXT, "the fact `owner` as text"),
    "stage": NestedColumn(TEXT, "the fact `stage` as text"),
    "state": NestedColumn(TEXT, "whose turn it is, and whether silence counts"),
    "silent_since": NestedColumn(INSTANT, "when their turn to answer began"),
    "silence": NestedColumn(
        _struct(SILENCE), "how long it has lasted; NULL if it is not their turn"
    ),
    "goes_dark_at": NestedColumn(
        INSTANT, "if the state is `waiting`, when the first threshold passes"
    ),
    "dark": NestedColumn(_list(TEXT), "thresholds passed, in the order of the playbook"),
    "signals": NestedColumn(_list(TEXT), "signals that fire, in the order of the playbook"),
    "causes": NestedColumn(
        _list(_struct(CAUSE)), "causes with a confidence above 0, most likely first, then by id"
    ),
    "cause_known": NestedColumn(FLAG, "whether a cause is diagnosed"),
    "next_steps": NestedColumn(_list(_struct(STEP)), "steps by value, then by id of the action"),
    "held_back": NestedColumn(
        _list(_struct(BLOCKED)), "eligible actions that guards block, ordered like the steps"
    ),
    "playbook": NestedColumn(TEXT, "the playbook's id"),
    "as_of": NestedColumn(INSTANT, "the instant it was evaluated at"),
}
"""The columns of the nested table by name, in order: those of a prospect in
schemas/recommendation.schema.json, without titles, reasons and facts."""

NESTED_TYPES: Mapping[str, str] = {name: column.type for name, column in NESTED.items()}


@dataclass(frozen=True, slots=True)
class FlatColumn:
    """A column of the flat table: its SQL type, what it holds, and its path in the nested table.

    ``path`` is a nested column, then the field of a struct or of each struct in a list. It is empty
    for the rank of a step, and for what is copied from the playbook, such as an action's title.
    """

    type: str
    holds: str
    path: tuple[str, ...] = ()


_PROSPECT: Mapping[str, FlatColumn] = {
    "prospect": FlatColumn(TEXT, "the prospect's id", ("id",)),
    "name": FlatColumn(TEXT, "the fact `name`", ("name",)),
    "owner": FlatColumn(TEXT, "the fact `owner` as text", ("owner",)),
    "stage": FlatColumn(TEXT, "the fact `stage` as text", ("stage",)),
    "state": FlatColumn(TEXT, "whose turn it is, and whether silence counts", ("state",)),
    "silent_since": FlatColumn(INSTANT, "when their turn to answer began", ("silent_since",)),
    "silent_hours": FlatColumn(NUMBER, "how long the silence has lasted", ("silence", "hours")),
    "silent_business_hours": FlatColumn(
        NUMBER, "the same in business hours", ("silence", "business_hours")
    ),
}
_STEP: Mapping[str, FlatColumn] = {
    "rank": FlatColumn(_COUNT, "the rank of the step for this prospect, from 1"),
    "action": FlatColumn(TEXT, "the action's id", ("next_steps", "action")),
    "title": FlatColumn(TEXT, "the action's title"),
    "kind": FlatColumn(TEXT, "the action's kind"),
    "channel": FlatColumn(TEXT, "the action's channel"),
    "value": FlatColumn(NUMBER, "what the step is worth, from 0 to 1", ("next_steps", "value")),
    "due_at": FlatColumn(INSTANT, "when the step is due", ("next_steps", "due_at")),
    "cause": FlatColumn(TEXT, "the id of the cause it answers", ("next_steps", "cause")),
    "because": FlatColumn(TEXT, "why, as the playbook says it"),
    "source": FlatColumn(TEXT, "the id of the source for it"),
}
_RUN: Mapping[str, FlatColumn] = {
    "playbook": FlatColumn(TEXT, "the playbook's id", ("playbook",)),
    "as_of": FlatColumn(INSTANT, "the instant it was evaluated at", ("as_of",)),
}
_BESIDE: Mapping[str, FlatColumn] = {
    "goes_dark_at": FlatColumn(
        INSTANT, "if the state is `waiting`, when the first threshold passes", ("goes_dark_at",)
    ),
    "dark": FlatColumn(TEXT, "thresholds passed, in the order of the playbook", ("dark",)),
    "signals": FlatColumn(TEXT, "signals that fire, in the order of the playbook", ("signals",)),
    "causes": FlatColumn(
        TEXT, "causes with a confidence above 0, most likely first, then by id", ("causes", "id")
    ),
    "held_back": FlatColumn(
        TEXT, "eligible actions that guards block, ordered like the steps", ("held_back", "action")
    ),
}

NEXT_STEPS: Mapping[str, FlatColumn] = {**_PROSPECT, **_STEP, **_RUN}
"""The columns that `next --format csv` prints: the flat table without its last ones."""

FLAT: Mapping[str, FlatColumn] = {**NEXT_STEPS, **_BESIDE}
"""The columns of the flat table by name, in order, as `relight sql` and `score` to CSV write it."""

STEP_COLUMNS = tuple(_STEP)
"""The columns of the flat table that differ between the steps of one prospect."""

ACTION_TEXTS = ("title", "kind", "channel", "because", "source")
"""The columns of a step that depend on the action alone."""
