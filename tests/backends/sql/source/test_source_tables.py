"""What engines make of a user's cells: values of the language, or unknown."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from engine.backends.sql.printer import flat_query, print_playbook
from engine.backends.sql.result.flat_result import FlatResult
from engine.backends.sql.source.columns_read import tables_read
from engine.backends.sql.source.source_tables import SourceTables
from engine.backends.sql.statement import Statement
from engine.book.calendar.calendar import Calendars
from engine.language.conditions import ValueType
from engine.language.load import load
from engine.language.model import Playbook
from engine.language.walk import RuleId
from tests.support.case_tables import Engine, Relation, Row, calendar_relations
from tests.support.hostile_text import NAMED
from tests.support.sql_engines import DuckDB

NOW = 1_772_636_400
FACTS = """\
playbook: cells
facts:
  word: {type: text}
  worded: {type: text, default: "it's"}
  stage: {type: choice, choices: [open, "won!"], default: open}
  amount: {type: number}
  priced: {type: number, default: 0.1}
  sure: {type: boolean}
  keen: {type: boolean, default: true}
  met_at: {type: time}
  due_at: {type: time, default: 2026-03-04T15:00:00Z}
  notice: {type: duration}
  latest_word: {measure: {last: events.detail}}
  newest: {measure: {latest: events}}
actions:
  wait: {kind: internal, title: Wait, score: 0.5, when: {word: known}, basis: ours}
"""
FACTS = FACTS.replace("{word: known}", "{word: {known: true}}")


@pytest.fixture(
    params=[
        "duckdb",
        pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.slow]),
        pytest.param("spark", marks=[pytest.mark.spark, pytest.mark.slow]),
    ]
)
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param == "duckdb":
        return DuckDB()
    found: Engine = request.getfixturevalue(f"{request.param}_engine")
    return found


def given(playbook: Playbook) -> frozenset[str]:
    return frozenset(fact.id for fact in playbook.facts.values() if fact.given)


def tables(
    playbook: Playbook, rows: Mapping[str, Sequence[Mapping[str, Any]]]
) -> dict[str, Relation]:
    """``rows`` by table, what is not in them NULL, and the calendar."""
    found = {}
    for each in tables_read(Statement(playbook), given(playbook)):
        types: dict[str, ValueType] = {each.key: "text", **each.columns}
        cells = [[row.get(name) for name in types] for row in rows.get(each.table, [])]
        found[str(each.table)] = Relation(types, cells)
    clocks = [Calendars(playbook.calendar).clock(playbook.calendar.timezone)]
    year = 366 * 86_400
    return found | calendar_relations(playbook, clocks, NOW - year, NOW + year)


def facts_read(
    engine: Engine, folder: Path, rows: Mapping[str, Sequence[Mapping[str, Any]]]
) -> dict[str, Row]:
    """By prospect, the facts as the statement has them."""
    path = folder / "cells.yaml"
    path.write_text(FACTS, encoding="utf-8")
    playbook = load(path).playbook
    assert playbook is not None
    engine.load(tables(playbook, rows))
    statement = Statement(playbook)
    columns = [statement.names[RuleId("facts", id)] for id in playbook.facts]
    flat = FlatResult(statement, engine.dialect, columns)
    reading = SourceTables(statement, engine.dialect, more=given(playbook))
    query = flat_query(statement, reading, flat, engine.dialect)
    found = engine.run(engine.dialect.print(query), NOW)
    return {row["prospect"]: {id: row[f"_{id}"] for id in playbook.facts} for row in found}


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)  # type: ignore[arg-type, misc]  # mypy sees `tzinfo` among the ints


def test_cells_become_values_of_the_language(engine: Engine, tmp_path: Path) -> None:
    row = {
        "id": " p1 ", "word": "  İstanbul ", "stage": "won!", "amount": 0.1, "sure": False,
        "keen": False, "met_at": at(2026, 3, 4, 15, 0, 0, 999_999), "notice": 3600,
    }  # fmt: skip
    found = facts_read(engine, tmp_path, {"prospects": [row]})["p1"]
    expected = {
        "word": "İstanbul", "worded": "it's", "stage": "won!", "amount": 0.1, "priced": 0.1,
        "sure": False, "keen": False, "met_at": NOW, "due_at": NOW, "notice": 3600,
    }  # fmt: skip
    assert {name: found[name] for name in expected} == expected


def test_parts_of_a_second_before_1970_are_dropped_downwards(
    engine: Engine, tmp_path: Path
) -> None:
    row = {"id": "p1", "met_at": at(1969, 12, 31, 23, 59, 58, 500_000)}
    assert facts_read(engine, tmp_path, {"prospects": [row]})["p1"]["met_at"] == -2


def test_what_is_no_value_is_unknown(engine: Engine, tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"id": "nan", "amount": math.nan, "priced": math.nan},
        {"id": "inf", "amount": math.inf, "priced": -math.inf},
        {"id": "words", "word": "   ", "worded": "", "stage": "lost"},
    ]
    found = facts_read(engine, tmp_path, {"prospects": rows})
    for id in ("nan", "inf"):
        assert found[id]["amount"] is None
        assert found[id]["priced"] is None, "a cell that cannot be read takes no default"
    assert found["words"]["word"] is None
    assert found["words"]["worded"] == "it's"
    assert found["words"]["stage"] is None


def test_of_words_at_one_instant_the_last_by_code_point_is_taken(
    engine: Engine, tmp_path: Path
) -> None:
    events = [
        {"prospect_id": "p1", "at": at(2026, 3, 1), "kind": "news", "detail": word}
        for word in ("apple", "Zebra", "Éclair", "zoo", "Äpfel")
    ]
    found = facts_read(engine, tmp_path, {"prospects": [{"id": "p1"}], "events": events})
    assert found["p1"]["latest_word"] == "Éclair"
    assert found["p1"]["newest"] == int(at(2026, 3, 1).timestamp())


def test_an_authors_text_comes_out_of_the_engine_as_it_was_written(
    engine: Engine, hostile: Playbook
) -> None:
    rows = [{"id": f"p{n}", "word": word} for n, word in enumerate(NAMED)]
    engine.load(tables(hostile, {"prospects": rows}))
    found = engine.run(print_playbook(hostile, engine.dialect), NOW)
    stripped = {f"p{n}": word for n, word in enumerate(NAMED)}
    assert {row["prospect"]: row["title"] for row in found} == stripped
