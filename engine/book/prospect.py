"""One prospect as a book knows it: given facts and rows, before anything is computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.language.conditions import Value
from engine.language.model import Table

Row = Mapping[str, Value]
"""One row of touches, contacts or events: column name to value; an unknown cell is not there."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """What is known of the prospect ``id``.

    ``facts`` holds what is given (an unknown fact is not there); ``rows`` the prospect's rows of
    each table, in no order that counts, those after now included. ``unreadable`` are facts for
    which something is written that cannot be read: they are unknown, and no default of the playbook
    may stand in for them.
    """

    id: str
    facts: Mapping[str, Value]
    rows: Mapping[Table, tuple[Row, ...]] = field(default_factory=dict)
    unreadable: frozenset[str] = frozenset()
