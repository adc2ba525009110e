"""Conformance cases: YAML files that say what a playbook means for one prospect at one instant.

They are read here without the engine's help, so that its reading of values is not what judges it.
A file has `playbooks` by name, `cases`, and perhaps `now` for all of them; what a case may hold is
in `CASE_KEYS`, what it may expect in test_conformance.py. Only what is named is compared.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from engine.book.prospect import Prospect, Row
from engine.language.conditions import Value, ValueType
from engine.language.model import TABLES, Column, Fact, Playbook, Table
from engine.language.value_rules import LocalDate

CASES = Path(__file__).parents[1] / "conformance"
CASE_KEYS = {"name", "because", "playbook", "now", "prospect", "expect", *TABLES}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNITS = {"minute": 60, "hour": 3600, "day": 86400, "week": 604800}


@dataclass(frozen=True)
class Case:
    """One prospect, one instant, and what must come out. ``playbook`` is plain data."""

    file: str
    name: str
    playbook: Mapping[str, Any]
    now: int
    prospect: Mapping[str, Any]
    rows: Mapping[Table, list[Mapping[str, Any]]]
    expect: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.file}: {self.name}"


class _Plain(yaml.CSafeLoader):
    """YAML as 1.2 reads it: dates and the word no are text."""


_Plain.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in [
    ("bool", r"^(true|false)$", "tf"),
    ("null", r"^(null|~|)$", ["n", "~", ""]),
    ("int", r"^-?(0|[1-9][0-9]*)$", "-0123456789"),
    ("float", r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$", "-0123456789"),
]:
    _Plain.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


@cache
def all_cases() -> Sequence[Case]:
    """Every case of every file of `tests/conformance`, in the order they are written."""
    return [case for path in sorted(CASES.glob("*.yaml")) for case in cases_in(path)]


def cases_in(path: Path) -> Iterator[Case]:
    """Yield the cases of one file; an unknown key, or a name given twice, raises."""
    document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Plain)
    assert set(document) <= {"now", "playbooks", "cases"}, path
    names = [case["name"] for case in document["cases"]]
    assert len(set(names)) == len(names), path
    for case in document["cases"]:
        assert set(case) <= CASE_KEYS, (path, case)
        assert case["expect"], (path, case)
        playbook = case["playbook"]
        yield Case(
            file=path.stem,
            name=case["name"],
            playbook=document["playbooks"][playbook] if isinstance(playbook, str) else playbook,
            now=instant(case.get("now") or document["now"]),
            prospect=case.get("prospect", {}),
            rows={table: case[table] for table in TABLES if table in case},
            expect=case["expect"],
        )


def prospect_of(case: Case, playbook: Playbook) -> Prospect:
    """Return the prospect of ``case`` with values typed as ``playbook`` declares them."""
    rows: dict[Table, tuple[Row, ...]] = {
        table: tuple(
            {name: _cell(cell, playbook.columns[table][name]) for name, cell in row.items()}
            for row in rows
        )
        for table, rows in case.rows.items()
    }
    return Prospect("p1", facts_in(case.prospect, playbook), rows)


def facts_in(written: Mapping[str, Any], playbook: Playbook) -> dict[str, Value]:
    """Return the facts in ``written`` that are not null, typed as ``playbook`` declares them."""
    return {
        name: _cell(item, playbook.facts[name])
        for name, item in written.items()
        if item is not None
    }


def _cell(written: Any, of: Column | Fact) -> Value:
    """Return the value of a fact or column; of a choice, the id of the word it is a spelling of."""
    found = value(written, of.type)
    if of.type != "choice":
        return found
    alike = [
        word.id
        for word in of.choices
        for each in (word.id, *word.also)
        if _bare(each) == _bare(str(found))
    ]
    return alike[0]


def _bare(word: str) -> str:
    return re.sub("[-_ \u00a0]", "", unicodedata.normalize("NFC", word)).lower()


def value(written: Any, type: ValueType) -> Value:
    """Return what ``written`` is at run time."""
    match type:
        case "boolean":
            assert isinstance(written, bool), written
            return written
        case "number":
            assert isinstance(written, int | float), written
            return float(written)
        case "text" | "choice":
            assert isinstance(written, str), written
            return unicodedata.normalize("NFC", written)
        case "time":
            return instant(written)
        case "duration":
            amount, unit = written.split(" ")
            return int(amount) * UNITS[unit.removesuffix("s")]


def instant(written: str) -> int:
    """Seconds since 1970 UTC, fractions floored; ``written`` has a zone, or is a date alone."""
    if len(written) == len("2026-03-04"):
        day = (datetime.fromisoformat(written).replace(tzinfo=UTC) - EPOCH).days
        return LocalDate(day * 86400, day)
    return (datetime.fromisoformat(written) - EPOCH) // timedelta(seconds=1)


def iso(at: int) -> str:
    """``at`` as people read it."""
    return (EPOCH + timedelta(seconds=at)).strftime("%Y-%m-%dT%H:%M:%SZ")
