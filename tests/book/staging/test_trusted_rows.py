"""Which rows of a Parquet or DuckDB file Python reads again, and that nothing depends on it."""

from __future__ import annotations

import sys
from collections.abc import Container
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from engine.book import sql_nodes
from engine.book.book import open_book
from engine.book.sql_nodes import whole
from engine.book.staging.staged_tables import stage_table
from engine.book.staging.trusted_rows import WHITE_SPACE
from engine.language.model import Playbook
from tests.support.examples import examples
from tests.support.small_books import small_playbook
from tests.support.staged_books import assert_the_same

SPELLED = {
    "a": ["a", " a", "a\t", "\u00a0a\u3000", "\x1fa"],
    "\u00e9": ["\u00e9", "e\u0301", " e\u0301"],
    "\u00c5": ["\u00c5", "A\u030a", "\u212b", "\u2003\u212b"],
    "\ud55c": ["\ud55c", "\u1112\u1161\u11ab"],
    "\u8c48": ["\u8c48", "\uf900"],
}
"""Ids, and texts that are read as each."""

ids = st.sampled_from([each for texts in SPELLED.values() for each in texts] + ["", " ", "b"])
numbers = st.sampled_from(["0", "-0.0", "1", "1.5", "2", "9007199254740993", "1e16", "nan", "inf"])
prospects = st.lists(st.tuples(st.none() | ids, st.sampled_from(["demo", "dmeo"])), max_size=7)
touches = st.lists(st.tuples(st.none() | ids, st.sampled_from(["inbound", "up"])), max_size=7)

Rows = list[tuple[str | None, str]]


@pytest.fixture(scope="module")
def playbook(tmp_path_factory: pytest.TempPathFactory) -> Playbook:
    return small_playbook(tmp_path_factory.mktemp("playbook"))


def write(folder: Path, prospects: Rows, touches: Rows, parquet: bool = False) -> Path:
    path = folder / "book.duckdb"
    with duckdb.connect(":memory:" if parquet else str(path)) as connection:
        connection.execute("CREATE TABLE prospects (id VARCHAR, stage VARCHAR)")
        connection.execute("CREATE TABLE touches (prospect_id VARCHAR, direction VARCHAR)")
        for table, rows in (("prospects", prospects), ("touches", touches)):
            for row in rows:
                connection.execute(f"INSERT INTO {table} VALUES (?, ?)", row)
        connection.execute("ALTER TABLE touches ADD COLUMN channel VARCHAR DEFAULT 'email'")
        connection.execute("ALTER TABLE touches ADD COLUMN \"at\" DATE DEFAULT '2026-03-02'")
        if not parquet:
            return path
        for table in ("prospects", "touches"):
            connection.table(table).write_parquet(str(folder / f"{table}.parquet"))
    return folder


@pytest.mark.parametrize("parquet", [False, True])
@given(prospects=prospects, touches=touches)
@settings(max_examples=examples(0.25), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_ids_are_one_id_however_they_are_spelled(
    playbook: Playbook, parquet: bool, prospects: Rows, touches: Rows
) -> None:
    with TemporaryDirectory() as folder:
        assert_the_same(write(Path(folder), prospects, touches, parquet), playbook)


@pytest.mark.parametrize("texts", SPELLED.values())
def test_a_repeated_id_is_reported_though_one_row_alone_could_be_trusted(
    playbook: Playbook, tmp_path: Path, texts: list[str]
) -> None:
    first, *others = texts
    rows: Rows = [(first, "demo"), *((other, "demo") for other in others)]
    problems = assert_the_same(write(tmp_path, rows, []), playbook)
    expected = [(row, "duplicate-prospect") for row in range(2, len(texts) + 1)]
    assert [(problem.row, problem.code) for problem in problems] == expected


@given(cells=st.lists(numbers, max_size=7))
@settings(max_examples=examples(0.25), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_ids_may_be_numbers(playbook: Playbook, cells: list[str]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "book.duckdb"
        with duckdb.connect(str(path)) as connection:
            connection.execute("CREATE TABLE prospects (id DOUBLE)")
            for cell in cells:
                connection.execute("INSERT INTO prospects VALUES (CAST(? AS DOUBLE))", [cell])
        assert_the_same(path, playbook)


def test_white_space_is_what_python_strips() -> None:
    stripped = {each for each in map(chr, range(sys.maxunicode + 1)) if not each.strip()}
    assert set(WHITE_SPACE) == stripped
    assert len(WHITE_SPACE) == len(stripped)


def test_ids_may_share_a_hash_by_chance(
    playbook: Playbook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain_call = sql_nodes.call

    def call_with_one_hash(function: str, *arguments: exp.Expression) -> exp.Expression:
        return whole(1) if function == "hash" else plain_call(function, *arguments)

    monkeypatch.setattr(sql_nodes, "call", call_with_one_hash)
    path = write(tmp_path, [("a", "demo"), ("b", "demo")], [("a", "inbound"), ("c", "inbound")])
    problems = assert_the_same(path, playbook)
    assert [problem.code for problem in problems] == ["unknown-prospect"]


@pytest.mark.parametrize(("owner", "asked"), [("a", False), (" a", True), ("c", True)])
def test_ids_are_fetched_only_if_python_reads_rows_of_prospects(
    playbook: Playbook, tmp_path: Path, owner: str, asked: bool
) -> None:
    path = write(tmp_path, [("a", "demo")], [(owner, "inbound")], parquet=True)
    fetched = []

    def ids() -> Container[str]:
        fetched.append(True)
        return {"a"}

    with duckdb.connect() as connection:
        connection.execute("CREATE VIEW prospects AS SELECT 'a' AS id")
        report = stage_table(
            connection, open_book(path, playbook).readers["touches"], playbook, ids
        )
    assert bool(fetched) is asked
    assert report.left_out == (owner == "c")


def test_an_id_of_very_many_marks_is_not_sorted(playbook: Playbook, tmp_path: Path) -> None:
    """DuckDB, too, would sort them for minutes to find rows with the same id."""
    piled = "a" + "\u0301\u0316" * 200_000
    problems = assert_the_same(write(tmp_path, [(piled, "demo"), (piled, "demo")], []), playbook)
    assert [(problem.row, problem.code) for problem in problems] == [
        (1, "not-text"),
        (2, "not-text"),
    ]
