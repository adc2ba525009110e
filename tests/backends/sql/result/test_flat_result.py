"""The rows of `relight sql` are those of `relight score -o x.csv`, on every engine that runs it."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from engine.backends.sql.printer import print_playbook
from engine.backends.sql.source.columns_read import tables_read
from engine.backends.sql.statement import Statement
from engine.book.book import open_book
from engine.language.load import load
from engine.language.model import Playbook
from engine.reports.recommendations.as_csv import number_text
from engine.semantics.result_schema import FLAT
from tests.support.case_tables import Engine, relations_of
from tests.support.small_playbook import asked, small_folder, write
from tests.support.sql_engines import DuckDB
from tests.support.statement_tables import dates_alone

NOW = 1_772_636_400
"""Wednesday 4 March 2026, 15:00 UTC, as in `tests.support.small_playbook`."""

ROOT = Path(__file__).parents[4]
GONE_DARK = ROOT / "rules" / "gone-dark.yaml"

IN_ORDER = """\
playbook: in-order
facts:
  stage: {type: choice, choices: [proposal]}
  quiet: {type: boolean}
dark:
  after_proposal: {when: {stage: proposal}, silent_for: 1 business day}
causes:
  weak: {title: Weak, evidence: {e: {when: {stage: proposal}, weight: 0.1}}}
  middling: {title: Middling, evidence: {e: {when: {stage: proposal}, weight: 0.3}}}
  strong: {title: Strong, evidence: {e: {when: {stage: proposal}, weight: 0.6}}}
  equal: {title: As strong, evidence: {e: {when: {stage: proposal}, weight: 0.6}}}
  never: {title: Never, evidence: {e: {when: {stage: {known: false}}, weight: 0.9}}}
actions:
  last: {title: Last, kind: outreach, channel: email, score: 0.1, when: {dark: true}}
  first: {title: First, kind: outreach, channel: email, score: 0.9, when: {dark: true}}
  tiny: {title: Tiny, kind: internal, score: 0.00003, when: {dark: true}}
guards:
  hush: {blocks: {kind: outreach}, while: {quiet: true}}
"""
BOOK = "id,stage,quiet\none,proposal,yes\ntwo,proposal,no\n"
TOUCHES = """\
prospect_id,at,direction,channel
one,2026-03-02T15:00:00Z,outbound,email
two,2026-03-02T15:00:00Z,outbound,email
"""


@pytest.fixture(
    params=[
        "duckdb",
        pytest.param("without lists", marks=pytest.mark.slow),
        pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.slow]),
        pytest.param("spark", marks=[pytest.mark.spark, pytest.mark.slow]),
    ]
)
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param == "duckdb":
        return DuckDB()
    if request.param == "without lists":
        return DuckDB(lists=False)
    found: Engine = request.getfixturevalue(f"{request.param}_engine")
    return found


def playbook_at(path: Path) -> Playbook:
    found = load(path).playbook
    assert found is not None
    return found


def by_sql(engine: Engine, playbook: Path, book: Path) -> list[dict[str, str]]:
    """The rows of the printed statement, written as CSV writes them."""
    read = playbook_at(playbook)
    prospects = list(open_book(book, read).prospects())
    engine.load(relations_of(read, tables_read(Statement(read)), prospects, NOW))
    dates = frozenset(f"{table}.{name}" for table, name in dates_alone(prospects))
    rows = engine.run(print_playbook(read, engine.dialect, dates=dates), NOW)
    found = [{name: _cell(row[name]) for name in FLAT} for row in rows]
    return sorted(found, key=_key)


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case float():
            return number_text(value)
        case datetime():
            at = value if value.tzinfo else value.replace(tzinfo=UTC)
            return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case _:
            return str(value)


def by_score(playbook: Path, book: Path, target: Path) -> list[dict[str, str]]:
    found = asked("score", "-p", playbook, "-b", book, "-o", target)
    assert found.exit_code == 0, found.output
    with target.open(encoding="utf-8", newline="") as file:
        return sorted(csv.DictReader(file), key=_key)


def _key(row: dict[str, str]) -> tuple[str, int]:
    return row["prospect"], int(row["rank"] or 0)


def test_lists_are_in_the_same_order_everywhere(engine: Engine, tmp_path: Path) -> None:
    write(
        tmp_path,
        in_order_DOT_yaml=IN_ORDER,
        book__prospects_DOT_csv=BOOK,
        book__touches_DOT_csv=TOUCHES,
    )
    playbook, book = tmp_path / "in_order.yaml", tmp_path / "book"
    found = by_sql(engine, playbook, book)
    assert [(row["prospect"], row["rank"], row["action"], row["value"]) for row in found] == [
        ("one", "1", "tiny", "0.00003"),
        ("two", "1", "first", "0.9"),
        ("two", "2", "last", "0.1"),
        ("two", "3", "tiny", "0.00003"),
    ]
    assert {row["causes"] for row in found} == {"equal;strong;middling;weak"}
    assert [row["held_back"] for row in found] == ["first;last", "", "", ""]
    assert found == by_score(playbook, book, tmp_path / "scores.csv")


def test_the_small_book(engine: Engine, tmp_path: Path) -> None:
    folder = small_folder(tmp_path)
    playbook, book = folder / "relight.yaml", folder / "book"
    found = by_sql(engine, playbook, book)
    assert len(found) == 8
    assert found == by_score(playbook, book, folder / "scores.csv")


@pytest.mark.slow
def test_the_example_book_by_the_shipped_playbook(engine: Engine, tmp_path: Path) -> None:
    playbook, book = GONE_DARK, ROOT / "examples" / "book"
    found = by_sql(engine, playbook, book)
    assert len(found) > 1000
    assert found == by_score(playbook, book, tmp_path / "scores.csv")


@pytest.mark.parametrize(
    ("type", "cells", "texts"),
    [
        ("number", ["5000", "0.1", ""], ["5000.0", "0.1", ""]),
        ("boolean", ["yes", "no", ""], ["True", "False", ""]),
    ],
)
@pytest.mark.parametrize("lists", [True, False])
@pytest.mark.slow
def test_a_stage_of_another_type_is_the_same_text(
    type: str, cells: list[str], texts: list[str], lists: bool, tmp_path: Path
) -> None:
    rows = "".join(f"p{at},{cell}\n" for at, cell in enumerate(cells))
    stage = f"playbook: odd\nfacts: {{stage: {{type: {type}}}}}\n"
    write(
        tmp_path,
        odd_DOT_yaml=stage,
        book__prospects_DOT_csv=f"id,stage\n{rows}",
        book__touches_DOT_csv="prospect_id,at,direction,channel\n",
    )
    playbook, book = tmp_path / "odd.yaml", tmp_path / "book"
    found = by_sql(DuckDB(lists=lists), playbook, book)
    assert [row["stage"] for row in found] == texts
    assert found == by_score(playbook, book, tmp_path / "scores.csv")


MESSY = """\
prospect_id,at,direction,channel,outcome,automatic,subject,message_id
talk,2026-02-20T15:00:00Z,outbound,Phone Call,Held,,,
dates,2026-02-23,Sent,E-Mail,,,Plan,
dates,2026-02-23,Sent,E-Mail,,,Plan,
dates,2026-02-23,received,email,,,Question,
nz,2026-03-04,outbound,email,,,,
copies,2026-02-20T15:00:00Z,outbound,email,,,Plan,m1
copies,2026-02-20T15:00:30Z,outbound,email,,,Plan,m1
machine,2026-02-20T15:00:00Z,outbound,email,,,,
machine,2026-02-21T15:00:00Z,inbound,email,OOO,,,
machine,2026-02-22T15:00:00Z,outbound,email,Hard Bounce,,,
closed,2026-02-20T15:00:00Z,outbound,email,,,,
reopened,2026-02-20T15:00:00Z,outbound,email,,,,
unsaid,2026-02-20T15:00:00Z,outbound,email,,,,
unsaid,2026-02-21T15:00:00Z,sideways,email,,,,
ahead,2026-02-20T15:00:00Z,outbound,email,,,,
ahead,2026-03-06T15:00:00Z,outbound,meeting,Held,,,
"""


def test_a_messy_book(engine: Engine, tmp_path: Path) -> None:
    prospects = [
        "id,timezone,created_at,closed_at,opted_out,next_step_at",
        *("talk,,,,,", "dates,,2026-01-05,,,2026-03-04", "nz,Pacific/Auckland,,,,"),
        *("copies,,,,false,", "machine,,,,,", "closed,,,2026-03-01,,", "reopened,,,2026-03-05,,"),
        *("unsaid,,,,,", "ahead,,,,,", "later,,2026-03-05T00:00:00Z,,,"),
    ]
    write(
        tmp_path,
        book__prospects_DOT_csv="\n".join(prospects),
        book__touches_DOT_csv=MESSY,
    )
    found = by_sql(engine, GONE_DARK, tmp_path / "book")
    states = {row["prospect"]: row["state"] for row in found}
    assert states["closed"] == "closed"
    assert states["unsaid"] == "unclear"
    assert "later" not in states
    assert found == by_score(GONE_DARK, tmp_path / "book", tmp_path / "scores.csv")
