"""A file of DuckDB or Parquet may hold types, collations and macros that no other book has."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from engine.book.book import BookError, open_book
from engine.language.model import Playbook
from tests.support.small_books import small_playbook
from tests.support.staged_books import assert_the_same

CELLS = {
    "prospect_id": "'a'",
    "at": "DATE '2026-03-02'",
    "direction": "'inbound'",
    "channel": "'email'",
    "minutes": "3",
}
UNREADABLE_PREFIX = [
    "TIME '10:00'",
    "TIMETZ '10:00:00+01'",
    "INTERVAL '1 day'",
    "'x'::BLOB",
    "'101'::BIT",
    "['x']",
    "{'a': 1}",
    "MAP {'a': 1}",
]
"""Cells of types that no column of a book can have."""


@pytest.fixture(scope="module")
def playbook(tmp_path_factory: pytest.TempPathFactory) -> Playbook:
    return small_playbook(tmp_path_factory.mktemp("playbook"))


def written(folder: Path, kind: str, queries: dict[str, str]) -> Path:
    """Write the result of a query for each table: as Parquet, or as tables or views of DuckDB."""
    path = folder / "book.duckdb"
    with duckdb.connect(":memory:" if kind == "PARQUET" else str(path)) as connection:
        for table, query in queries.items():
            if kind == "PARQUET":
                connection.sql(query).write_parquet(str(folder / f"{table}.parquet"))
            else:
                connection.execute(f"CREATE {kind} {table} AS {query}")
    return folder if kind == "PARQUET" else path


@pytest.mark.parametrize("kind", ["PARQUET", "TABLE", "VIEW"])
@pytest.mark.parametrize("column", ["at", "direction", "channel", "minutes"])
def test_a_column_of_a_type_that_no_cell_has_is_empty(
    playbook: Playbook, tmp_path: Path, kind: str, column: str
) -> None:
    for number, cell in enumerate(UNREADABLE_PREFIX):
        row = ", ".join(f'{each} AS "{name}"' for name, each in (CELLS | {column: cell}).items())
        queries = {
            "prospects": "SELECT 'a' AS id",
            "touches": f"SELECT {row} UNION ALL SELECT {row}",
        }
        folder = tmp_path / str(number)
        folder.mkdir()
        problems = assert_the_same(written(folder, kind, queries), playbook)
        # Parquet has no bits: they are text there.
        expected = [] if (kind, cell) == ("PARQUET", "'101'::BIT") else ["column-type"]
        assert [each.code for each in problems if each.row is None] == expected, cell


def collated(path: Path, collation: str, view: bool) -> Path:
    """Write a book whose texts are all compared by ``collation``."""
    text, end = f"VARCHAR COLLATE {collation}", "_kept" if view else ""
    prospects = [f"{name} {text}" for name in ("id", "stage", "country", "timezone", "notice")]
    touches = [f"{name} {text}" for name in ("prospect_id", "direction", "channel")]
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"CREATE TABLE prospects{end} ({', '.join(prospects)})")
        for row in (
            ("P1", "demo", "US", "America/Chicago", "3 days"),
            ("p1", "DEMO", "us", "america/chicago", "3 DAYS"),
            ("e", "dem\u00f6", "", "UTC", "3 days"),
            ("\u00e9", "demo", "\u00e9", "utc", "3 days"),
        ):
            connection.execute(f"INSERT INTO prospects{end} VALUES (?, ?, ?, ?, ?)", row)
        connection.execute(f'CREATE TABLE touches{end} ({", ".join(touches)}, "at" DATE)')
        for id, direction in (("p1", "OUTBOUND"), ("P1", "outbound"), ("E", "inbound")):
            touch = (id, direction, "email", "2026-03-02")
            connection.execute(f"INSERT INTO touches{end} VALUES (?, ?, ?, ?)", touch)
        for table in ("prospects", "touches") if view else ():
            connection.execute(f"CREATE VIEW {table} AS FROM {table}_kept")
    return path


@pytest.mark.parametrize("collation", ["nocase", "noaccent", "nocase.noaccent", "nfc"])
@pytest.mark.parametrize("view", [False, True])
def test_a_collation_of_a_book_compares_nothing(
    playbook: Playbook, tmp_path: Path, collation: str, view: bool
) -> None:
    path = collated(tmp_path / "book.duckdb", collation, view)
    problems = assert_the_same(path, playbook)
    found = [(each.row, each.column, each.code) for each in problems]
    assert sorted(found, key=str) == [
        (2, "notice", "not-a-duration"),
        (2, "timezone", "unknown-timezone"),
        (3, "prospect_id", "unknown-prospect"),
        (3, "stage", "not-a-choice"),
        (4, "timezone", "unknown-timezone"),
    ]
    book = open_book(path, playbook)
    assert [each.id for each in book.prospects()] == ["P1", "p1", "e", "\u00e9"]
    for prospect in book.prospects():
        assert book.prospect(prospect.id) == prospect


MACROS = [
    "contains(a, b) AS false",
    "concat(a, b) AS 'x'",
    "epoch_us(a) AS 0",
    "make_timestamp(a) AS TIMESTAMP '2020-01-01'",
    "isfinite(a) AS false",
    "strlen(a) AS 1",
    "length(a) AS 1",
    "row_number() AS 7",
    "duckdb_tables() AS TABLE SELECT 1 AS x",
    "duckdb_views() AS TABLE SELECT 1 AS x",
    "nfc_normalize(a) AS 'x'",
    "trim(a, b) AS 'x'",
    "floor(a) AS 1",
    "regexp_full_match(a, b) AS true",
    "count_star() AS 0",
]


@pytest.mark.parametrize("macro", ["unused() AS 1", *MACROS])
def test_a_macro_of_a_book_replaces_nothing(playbook: Playbook, tmp_path: Path, macro: str) -> None:
    path = written(
        tmp_path,
        "TABLE",
        {
            "prospects": "SELECT 'a' AS id, 'demo' AS stage, 1.5 AS amount,"
            " TIMESTAMPTZ '2026-03-02 10:00+00' AS next_step_at"
            " UNION ALL SELECT ' b\u00e9', 'demo', 2, NULL",
            "touches": "SELECT 'a' AS prospect_id, TIMESTAMP '2026-03-02 10:00' AS at,"
            " 'inbound' AS direction, 'email' AS channel, 3 AS minutes",
        },
    )
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"CREATE MACRO {macro}")
    assert [problem.code for problem in assert_the_same(path, playbook)] == ["no-zone"]
    book = open_book(path, playbook)
    first, second = book.prospects()
    assert (first.id, first.facts["next_step_at"]) == ("a", 1_772_445_600)
    assert (second.id, len(first.rows["touches"])) == ("b\u00e9", 1)
    assert (book.prospect("a"), book.prospect("b\u00e9")) == (first, second)


@pytest.mark.parametrize("kind", ["PARQUET", "TABLE"])
@pytest.mark.parametrize(("type", "bits"), [("DOUBLE", 53), ("FLOAT", 24), ("BIGINT", 62)])
def test_a_number_that_may_be_rounded_is_no_id(
    playbook: Playbook, tmp_path: Path, kind: str, type: str, bits: int
) -> None:
    near = [2**bits - 1, 2**bits, 3]
    ids = " UNION ALL ".join(f"SELECT CAST({id} AS {type})" for id in near)
    queries = {
        "prospects": f"SELECT id FROM ({ids}) AS t(id)",
        "touches": f"SELECT id AS prospect_id, DATE '2026-03-02' AS at, 'inbound' AS direction,"
        f" 'email' AS channel FROM ({ids}) AS t(id)",
        "contacts": f"SELECT CAST(3 AS {type}) AS prospect_id, id AS contact_id"
        f" FROM ({ids}) AS t(id)",
    }
    path = written(tmp_path, kind, queries)
    problems = assert_the_same(path, playbook)
    exact = type == "BIGINT"
    assert [(each.row, each.code) for each in problems] == [(2, "inexact-id")] * (0 if exact else 3)
    book = open_book(path, playbook)
    kept = near if exact else [2**bits - 1, 3]
    assert [each.id for each in book.prospects()] == [str(id) for id in kept]
    assert (book.prospect(str(2**bits)) is not None) == exact


@pytest.mark.parametrize(("folder", "beside"), [("[ab]", "a"), ("b*", "bc"), ("c?", "cd")])
def test_a_folder_that_is_a_pattern_is_read_and_the_folders_that_fit_it_are_not(
    playbook: Playbook, tmp_path: Path, folder: str, beside: str
) -> None:
    for name in (folder, beside):
        (tmp_path / name).mkdir()
        written(tmp_path / name, "PARQUET", {"prospects": f"SELECT '{name}' AS id"})
    assert assert_the_same(tmp_path / folder, playbook) == []
    book = open_book(tmp_path / folder, playbook)
    assert [prospect.id for prospect in book.prospects()] == [folder]


@pytest.mark.parametrize(
    ("kind", "folder", "reason"),
    [
        ("TABLE", "a\\b", r"DuckDB takes no `\\` in a path"),
        ("TABLE", os.fsdecode(b"a\xff"), "its path is not UTF-8 text"),
        ("PARQUET", os.fsdecode(b"a\xff"), "its path is not UTF-8 text"),
    ],
)
def test_a_name_that_duckdb_cannot_take_is_told(
    playbook: Playbook, tmp_path: Path, kind: str, folder: str, reason: str
) -> None:
    path = written(tmp_path, kind, {"prospects": "SELECT 'a' AS id"})
    odd = tmp_path / folder
    odd.mkdir()
    for file in [path] if kind == "TABLE" else list(path.glob("*.parquet")):
        file.rename(odd / file.name)
    with pytest.raises(BookError, match=reason) as told:
        open_book(odd / path.name if kind == "TABLE" else odd, playbook)
    assert told.value.help == "rename it, or its folder"
