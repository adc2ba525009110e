"""Worlds: a playbook, an instant, and prospects known well or badly at that instant.

Values lie on the marks that the playbook's conditions are written with, or right beside them.
"""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from engine.book.prospect import Prospect, Row
from engine.language.conditions import Value
from engine.language.model import TABLES, Table
from engine.language.value_rules import LocalDate
from tests.support.condition_strategies import Kind, near
from tests.support.conformance_cases import instant, iso
from tests.support.playbook_strategies import COLUMNS, COMPUTED, ZONES, Author

NOWS = [
    "2026-03-04T15:00:00Z",
    "2026-03-09T14:00:00Z",  # the day after the clock went forward in New York
    "2026-03-30T08:30:00Z",  # and in Amsterdam
    "2026-04-06T01:00:00Z",  # the day after it went back in Sydney and on Lord Howe Island
    "2026-10-26T08:00:00Z",  # in Amsterdam
    "2026-11-02T15:00:00Z",  # in New York
    "2011-12-31T00:00:00Z",  # the first day after the one that Samoa left out
    "1970-01-01T00:00:00Z",
]


@dataclass(frozen=True)
class World:
    """A playbook as plain data, an instant, and prospects known well or badly at that instant."""

    playbook: dict[str, Any]
    now: int
    prospects: list[Prospect]

    def __repr__(self) -> str:
        facts = [(one.facts, one.rows) for one in self.prospects]
        return f"World(now={iso(self.now)!r}, prospects={facts},\n{block(self.playbook)})"


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw a world with up to three prospects."""
    now = draw(st.sampled_from(NOWS).map(instant)) + draw(st.sampled_from([0, 0, 3600, -9000, 1]))
    author = Author(draw, now)
    playbook = author.write()
    people = st.lists(prospects(author, now), min_size=1, max_size=3)
    return World(playbook, now, draw(people))


@st.composite
def prospects(draw: st.DrawFn, author: Author, now: int) -> Prospect:
    """Draw a prospect of whom most given facts are known, and a few others set by hand."""
    facts: dict[str, Value] = {}
    unreadable = set()
    for name, kind in author.scope.items():
        if kind.type == "confidence" or "." in name or name in {"dark", "cause_known"}:
            continue
        often = name == "name" or "type" in author.book["facts"].get(name, {})
        if draw(st.integers(0, 9)) < (8 if often else 1):
            facts[name] = draw(dated(kind, now))
        elif kind.flagged and draw(st.booleans()):
            unreadable.add(name)
    if draw(st.integers(0, 2)):
        facts["silent_since"] = now - 1800 * draw(st.integers(0, 800))
    if draw(st.booleans()):
        facts["timezone"] = draw(st.sampled_from(ZONES))
    if draw(st.integers(0, 9)) == 9:
        facts["undated_touch"] = True
    tables: dict[Table, tuple[Row, ...]] = {
        table: tuple(draw(st.lists(rows(table, now), max_size=5))) for table in TABLES
    }
    tables["touches"] += tuple(draw(copies(tables["touches"])))
    return Prospect("p1", facts, tables, frozenset(unreadable))


_RARELY = {"recorded_at": 2}
"""Columns that few rows have."""


@st.composite
def rows(draw: st.DrawFn, table: Table, now: int) -> Row:
    """Draw a row of ``table`` with most of its cells known."""
    return {
        name: draw(dated(kind, now))
        for name, kind in COLUMNS[table].items()
        if name not in COMPUTED and (name == "at" or draw(st.integers(0, 3)) > _RARELY.get(name, 0))
    }


@st.composite
def copies(draw: st.DrawFn, written: Sequence[Row]) -> list[Row]:
    """Draw rows that may be of the same messages as rows ``written``: a cell or two differ."""
    found: list[Row] = []
    for row in written:
        if draw(st.integers(0, 2)) == 2:
            copy = dict(row)
            for name in draw(st.lists(st.sampled_from(list(COPIED)), max_size=2, unique=True)):
                copy[name] = draw(st.sampled_from(COPIED[name]))
            found.append(copy)
    return found


COPIED: dict[str, list[Value]] = {
    "message_id": ["m1", "m4"],
    "contact_id": ["c2", "c3"],
    "minutes": [2.5, 7.0],
    "subject": ["Plan"],
    "direction": ["inbound", "outbound"],
}
"""Cells that copies of a message may differ in, and some that make another message of it."""


def dated(kind: Kind, now: int) -> st.SearchStrategy[Value]:
    """Values of ``kind``; of instants, some are dates alone."""
    if kind.type != "time":
        return values(kind, now)
    days = st.integers(-3, 3).map(lambda away: now // 86_400 + away)
    return values(kind, now) | days.map(lambda day: LocalDate(day * 86_400, day))


def values(kind: Kind, now: int) -> st.SearchStrategy[Value]:
    """Values of ``kind`` as they are at run time, most of them on its marks or next to them."""
    marks = st.sampled_from(kind.marks) if kind.marks else st.nothing()
    match kind.type:
        case "time":
            return near(now)
        case "duration":
            lengths = st.sampled_from([0, 5400, 14400, 86400, 129600, 259200, 604800])
            return st.builds(
                lambda length, second: max(0, length + second), lengths, st.integers(-1, 1)
            )
        case "number":
            exact = marks.map(float)
            return (
                exact
                | exact.map(lambda x: math.nextafter(x, math.inf))
                | st.sampled_from([0.0, 2.0, -1.0])
            )
        case "text":
            around = st.sampled_from(["{}", "{}", "{} and more", "before {}"])
            turned = st.sampled_from([str, str.upper, str.lower])
            return st.builds(
                lambda text, turn, form: unicodedata.normalize("NFC", form.format(turn(text))),
                marks,
                turned,
                around,
            )
        case "choice":
            return marks.map(lambda text: unicodedata.normalize("NFC", text))
        case _:
            return marks


def block(data: dict[str, Any], indent: str = "") -> str:
    """Write ``data`` as YAML in block style, scalars and lists as JSON has them."""
    lines = []
    for key, value in data.items():
        if isinstance(value, dict) and value:
            lines += [f"{indent}{key}:", block(value, indent + "  ")]
        else:
            lines.append(f"{indent}{key}: {json.dumps(value, ensure_ascii=False)}")
    return "\n".join(lines)
