"""One prospect as a book knows it: given facts and rows, before anything is computed."""

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

    ``facts`` has the given facts that are known. ``rows`` has the prospect's rows by table, in any
    order, with those later than now. ``unreadable`` are facts whose cell has something in it that
    cannot be read: they are unknown, and a default of the playbook does not apply to them.
    """

    id: str
    facts: Mapping[str, Value]
    rows: Mapping[Table, tuple[Row, ...]] = field(default_factory=dict)
    unreadable: frozenset[str] = frozenset()
