"""What SQL puts into nested columns is what the definition recommends, value by value."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlglot
from sqlglot import exp

from engine.advice.advisor import Advisor
from engine.backends.sql.job.book_query import BookQuery
from engine.backends.sql.result.nested_result import NestedResult
from engine.backends.sql.statement import Statement
from engine.book.book import open_book
from engine.book.staging.stage import stage
from engine.commands.score.score_rows import nested_row
from engine.language.load import load
from engine.language.model import Playbook
from engine.language.package_data import shipped
from engine.semantics.result_schema import NESTED_TYPES
from tests.support.small_playbook import small_folder, write

ROOT = Path(__file__).parents[4]
NOW = 1_772_636_400
"""Wednesday 4 March 2026, 15:00 UTC."""

MONDAY = NOW + 4 * 86_400 + 22 * 3600
"""Five days after the first touch is a Saturday; 09:00 in New York, where summer has begun."""

BARE = "playbook: bare\n"


def playbook_at(path: Path) -> Playbook:
    found = load(path).playbook
    assert found is not None
    return found


def by_statement(book: Path, playbook: Playbook) -> list[list[Any]]:
    """Rows by id; an instant as its seconds, for DuckDB gives none to Python without a library."""
    staged = stage(open_book(book, playbook), playbook, NOW)
    judged = BookQuery(staged, playbook, NOW)
    nested = NestedResult(judged.statement)
    query = judged.sql(nested.select(), *nested.relations())
    columns = ", ".join(_seconds(name, type) for name, type in NESTED_TYPES.items())
    rows = staged.connection.execute(f"SELECT {columns} FROM ({query}) ORDER BY id").fetchall()
    staged.close()
    return [list(row) for row in rows]


def _seconds(name: str, type: str) -> str:
    if type == "TIMESTAMPTZ":
        return f"epoch({name})"
    if "TIMESTAMPTZ" not in type:
        return name
    fields = ["action", "kind", "channel", "value", "cause"]
    kept = ", ".join(f"'{field}': s.{field}" for field in fields)
    return f"list_transform({name}, lambda s: {{{kept}, 'due_at': epoch(s.due_at)}})"


def one_by_one(book: Path, playbook: Playbook) -> list[list[Any]]:
    advisor = Advisor(playbook, "meaning")
    prospects = open_book(book, playbook).prospects()
    rows = [nested_row(playbook, NOW, advisor.recommend(one, NOW)) for one in prospects]
    return sorted((_with_seconds(row) for row in rows), key=lambda row: str(row[0]))


def _with_seconds(value: Sequence[Any]) -> list[Any]:
    return [_plain(each) for each in value]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


@pytest.mark.slow
def test_the_sample_book_by_the_shipped_playbook() -> None:
    playbook = playbook_at(Path(str(shipped("rules", "gone-dark.yaml"))))
    book = ROOT / "examples" / "book"
    found = by_statement(book, playbook)
    assert len(found) == 300
    assert found == one_by_one(book, playbook)
    assert any(row[list(NESTED_TYPES).index("held_back")] for row in found)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return small_folder(tmp_path)


def test_a_small_book_worked_out_by_hand(small: Path) -> None:
    found = by_statement(small / "book", playbook_at(small / "relight.yaml"))
    acme, bolt, cora, dill, ezra = (dict(zip(NESTED_TYPES, row, strict=True)) for row in found)
    assert acme == {
        "id": "acme",
        "name": "Acme Inc",
        "owner": "ana",
        "stage": "proposal",
        "state": "dark",
        "silent_since": NOW - 2 * 86_400,
        "silence": {"hours": 48.0, "business_hours": 16.0},
        "goes_dark_at": None,
        "dark": ["after_proposal"],
        "signals": [],
        "causes": [{"id": "busy", "confidence": 0.5, "diagnosed": True}],
        "cause_known": True,
        "next_steps": [
            {
                "action": "call",
                "kind": "outreach",
                "channel": "phone",
                "value": 0.4,
                "cause": None,
                "due_at": MONDAY,
            },
            {
                "action": "write",
                "kind": "outreach",
                "channel": "email",
                "value": 0.9 * (0.5 * 0.8),
                "cause": "busy",
                "due_at": MONDAY,
            },
        ],
        "held_back": [],
        "playbook": "small",
        "as_of": NOW,
    }
    steps = [[step["action"] for step in one["next_steps"]] for one in (bolt, cora, dill, ezra)]
    assert steps == [["call", "write", "review"], [], [], []]
    guards = ["left_alone"]
    assert cora["held_back"] == [
        {"action": "call", "guards": guards},
        {"action": "write", "guards": guards},
    ]
    assert [one["state"] for one in (bolt, cora, dill, ezra)] == [
        "dark",
        "dark",
        "our_turn",
        "untouched",
    ]
    assert [one["signals"] for one in (dill, ezra)] == [["no_amount"], ["no_amount"]]
    assert (ezra["name"], ezra["silence"], ezra["causes"]) == (None, None, [])


def test_a_playbook_without_rules_leaves_empty_lists(tmp_path: Path) -> None:
    write(tmp_path, bare_DOT_yaml=BARE, book__prospects_DOT_csv="id\na\n")
    playbook = playbook_at(tmp_path / "bare.yaml")
    found = by_statement(tmp_path / "book", playbook)
    assert found == one_by_one(tmp_path / "book", playbook)
    ((*_, steps, held, name, _),) = found
    assert (steps, held, name) == ([], [], "bare")


@pytest.mark.parametrize(
    ("type", "cells", "texts"),
    [
        ("number", ["5000", "0.1", "1e-7"], ["5000.0", "0.1", "1e-07"]),
        ("boolean", ["yes", "no", ""], ["True", "False", None]),
        ("time", ["2026-01-01T00:00:00Z", "", ""], ["1767225600", None, None]),
    ],
)
def test_a_stage_of_another_type_is_text(
    type: str, cells: list[str], texts: list[str | None], tmp_path: Path
) -> None:
    rows = "".join(f"p{at},{cell}\n" for at, cell in enumerate(cells))
    stage = f"playbook: odd\nfacts: {{stage: {{type: {type}}}}}\n"
    write(tmp_path, odd_DOT_yaml=stage, book__prospects_DOT_csv=f"id,stage\n{rows}")
    playbook = playbook_at(tmp_path / "odd.yaml")
    found = by_statement(tmp_path / "book", playbook)
    assert [row[3] for row in found] == texts
    assert found == one_by_one(tmp_path / "book", playbook)


def test_it_is_printed_for_spark_too(small: Path) -> None:
    playbook = playbook_at(small / "relight.yaml")
    text = NestedResult(Statement(playbook, now=NOW), "spark").query().sql(dialect="spark")
    assert sqlglot.parse_one(text, dialect="spark").find(exp.Select)
    assert "element_at(" in text.lower()
    assert "list_extract" not in text.lower()
    assert "to_timestamp" not in text.lower()
