"""The same rows are the same book, whatever kind of file they are kept in."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.book.book import open_book
from engine.book.prospect import Prospect
from engine.language.model import Playbook
from tests.support.examples import examples
from tests.support.small_books import NO_TOUCHES, small_playbook

COLUMNS = ("id", "stage", "amount", "opted_out", "next_step_at", "country")

cell = st.one_of(
    st.sampled_from(
        ["demo", "12.5", "yes", "2026-03-05", "2026-03-05 10:00", "NL", "e\u0301", " "]
    ),
    st.text(st.characters(codec="utf-8"), max_size=12),
)
rows = st.lists(
    st.tuples(st.sampled_from(["a", "b", " a ", "c,d", '"q"', "x\ny"]), *[cell] * 5), max_size=6
)

Rows = list[tuple[str, ...]]
Outcome = tuple[list[Prospect], list[tuple[int | None, str | None, str]]]


@pytest.fixture(scope="module")
def playbook(tmp_path_factory: pytest.TempPathFactory) -> Playbook:
    return small_playbook(tmp_path_factory.mktemp("playbook"))


def outcome(path: Path, playbook: Playbook) -> Outcome:
    book = open_book(path, playbook)
    prospects = list(book.prospects())
    return prospects, [(found.row, found.column, found.code) for found in book.problems]


def write_csv(folder: Path, rows: Rows) -> Path:
    text = io.StringIO()
    csv.writer(text).writerows([COLUMNS, *rows])
    (folder / "prospects.csv").write_bytes(text.getvalue().encode())
    (folder / "touches.csv").write_text(NO_TOUCHES, encoding="utf-8")
    return folder


def write_json(folder: Path, rows: Rows) -> Path:
    path = folder / "book.json"
    records = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    path.write_text(json.dumps({"prospects": records, "touches": []}), encoding="utf-8")
    return path


def write_duckdb(folder: Path, rows: Rows) -> Path:
    path = folder / "book.duckdb"
    with duckdb.connect(str(path)) as connection:
        names = ", ".join(f"{name} VARCHAR" for name in COLUMNS)
        connection.execute(f"CREATE TABLE prospects ({names})")
        columns = 'prospect_id VARCHAR, "at" VARCHAR, direction VARCHAR, channel VARCHAR'
        connection.execute(f"CREATE TABLE touches ({columns})")
        if rows:
            connection.executemany("INSERT INTO prospects VALUES (?, ?, ?, ?, ?, ?)", rows)
    return path


@given(rows=rows)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_csv_and_json(playbook: Playbook, rows: Rows) -> None:
    with TemporaryDirectory() as folder:
        prospects, problems = outcome(write_csv(Path(folder), rows), playbook)
        others, found = outcome(write_json(Path(folder), rows), playbook)
    assert prospects == others
    # A CSV file has its header in row 1.
    assert problems == [(row and row + 1, column, code) for row, column, code in found]


@given(rows=rows)
@settings(max_examples=examples(0.15), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_json_and_duckdb(playbook: Playbook, rows: Rows) -> None:
    with TemporaryDirectory() as folder:
        one = outcome(write_json(Path(folder), rows), playbook)
        other = outcome(write_duckdb(Path(folder), rows), playbook)
    assert one == other
