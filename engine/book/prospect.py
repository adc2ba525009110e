"""One prospect as read from a book: given facts and rows, before anything is computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.language.conditions import Value
from engine.language.model import Table

Row = Mapping[str, Value]
"""One row of touches, contacts or events: its known values by column name."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """The data of the prospect ``id``.

    ``facts`` maps the ids of known given facts to their values. ``rows`` maps each table to the
    prospect's rows, in any order, including rows later than now. ``unreadable`` are the facts whose
    cell is not empty but cannot be read: they are unknown, and the playbook's default for them does
    not apply.
    """

    id: str
    facts: Mapping[str, Value]
    rows: Mapping[Table, tuple[Row, ...]] = field(default_factory=dict)
    unreadable: frozenset[str] = frozenset()

    def begun(self, now: int) -> bool:
        """Return whether the prospect is in the book at ``now``, in seconds since 1970 UTC."""
        return int(self.facts.get("created_at", now)) <= now
