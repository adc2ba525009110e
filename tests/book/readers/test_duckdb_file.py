from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from engine.book.book import Book, BookError, open_book
from engine.language.instants import iso
from tests.support.small_books import Shelf, found

Written = Callable[[dict[str, str]], Book]

NO_TOUCHES = {"undated_touch": True}
"""What is known of a prospect in a book without touches."""


@pytest.fixture(params=["parquet", "duckdb"])
def written(shelf: Shelf, request: pytest.FixtureRequest) -> Written:
    """Writes the result of a query for each table as Parquet or DuckDB, and opens the book."""

    def parquet(queries: dict[str, str]) -> Book:
        with duckdb.connect() as connection:
            for table, query in queries.items():
                path = str(shelf.folder / f"{table}.parquet")
                connection.sql(query).write_parquet(path)
        return open_book(shelf.folder, shelf.playbook)

    def database(queries: dict[str, str]) -> Book:
        path = shelf.folder / "book.duckdb"
        with duckdb.connect(str(path)) as connection:
            for table, query in queries.items():
                connection.sql(query).create(table)
        return open_book(path, shelf.playbook)

    return parquet if request.param == "parquet" else database


def test_typed_columns_are_read_as_what_they_are(written: Written) -> None:
    book = written(
        {
            "prospects": """
                SELECT 42::BIGINT AS id, 'demo'::ENUM('demo', 'proposal') AS stage,
                    12.50::DECIMAL(10, 2) AS amount, true AS opted_out, ' NL ' AS country,
                    DATE '2026-03-05' AS next_step_at, '3 days' AS notice""",
            "touches": """
                SELECT 42.0::DOUBLE AS prospect_id, TIMESTAMPTZ '2026-03-02 09:30:00.9+01:00' AS at,
                    'outbound' AS direction, 'email' AS channel, 7::UTINYINT AS minutes,
                    0 AS automatic""",
        }
    )
    (prospect,) = book.prospects()
    assert prospect.id == "42"
    step = prospect.facts["next_step_at"]
    assert iso(int(step)) == "2026-03-05T05:00:00Z"
    assert prospect.facts == {
        "stage": "demo",
        "amount": 12.5,
        "opted_out": True,
        "next_step_at": step,
        "notice": 3 * 86400,
        "country": "NL",
    }
    (touch,) = prospect.rows["touches"]
    assert iso(int(touch["at"])) == "2026-03-02T08:30:00Z"
    assert touch["minutes"] == 7.0
    assert touch["automatic"] is False
    assert book.problems == []
    assert book.prospect("42") == prospect


@pytest.mark.parametrize("type", ["TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S"])
def test_a_timestamp_without_a_zone_is_in_the_calendars_zone(written: Written, type: str) -> None:
    book = written({"prospects": f"SELECT 'a' AS id, {type} '2026-03-05 10:00:00' AS next_step_at"})
    (prospect,) = book.prospects()
    assert iso(int(prospect.facts["next_step_at"])) == "2026-03-05T15:00:00Z"
    assert [(problem.row, problem.code) for problem in book.problems] == [(None, "no-zone")]


def test_values_that_are_none_are_reported_with_their_row(written: Written) -> None:
    book = written(
        {
            "prospects": """
                FROM (VALUES (1, 'demo', 1.0::DOUBLE, 'infinity'::TIMESTAMPTZ),
                    (2, 'dmeo', 'nan'::DOUBLE, NULL), (2, 'demo', 2, NULL), (NULL, 'demo', 3, NULL)
                ) AS row(id, stage, amount, next_step_at)"""
        }
    )
    file = list(book.prospects()) and book.problems[0].file
    assert found(book) == [
        (file, 1, "next_step_at", "not-an-instant"),
        (file, 2, "stage", "not-a-choice"),
        (file, 2, "amount", "not-a-number"),
        (file, 3, "id", "duplicate-prospect"),
        (file, 4, "id", "no-id"),
    ]


def test_a_column_of_lists_is_left_out_and_a_key_of_lists_ends_the_reading(
    written: Written,
) -> None:
    book = written({"prospects": "SELECT 'a' AS id, ['x'] AS country, {'a': 1} AS amount"})
    assert [prospect.facts for prospect in book.prospects()] == [NO_TOUCHES]
    assert [(problem.row, problem.column, problem.code) for problem in book.problems] == [
        (None, "amount", "column-type"),
        (None, "country", "column-type"),
    ]


def test_a_key_of_lists_ends_the_reading(written: Written) -> None:
    book = written({"prospects": "SELECT ['a'] AS id"})
    with pytest.raises(BookError, match="has values of type list"):
        book.prospects()


@pytest.mark.parametrize(
    "key", ["VARCHAR", "INTEGER", "HUGEINT", "DOUBLE", "DECIMAL(12, 3)", "UINTEGER"]
)
def test_one_prospect_is_found_whatever_its_id_is_kept_as(written: Written, key: str) -> None:
    book = written({"prospects": f"SELECT (range * 1000000)::{key} AS id FROM range(120)"})
    everyone = {prospect.id: prospect for prospect in book.prospects()}
    assert list(everyone)[:2] == ["0", "1000000"]
    assert all(book.prospect(id) == everyone[id] for id in list(everyone)[::40])
    assert book.prospect("1") is None


def test_one_prospect_has_its_row_numbers(written: Written) -> None:
    book = written({"prospects": "SELECT range AS id, 'x' AS stage FROM range(30)"})
    book.prospect("17")
    assert [problem.row for problem in book.problems] == [18]


def test_rows_keep_their_order_over_many_batches(written: Written) -> None:
    book = written({"prospects": "SELECT range AS id FROM range(9000)"})
    assert book.ids() == [str(number) for number in range(9000)]
    assert [prospect.id for prospect in book.prospects()] == book.ids()


def test_views_are_tables_too(shelf: Shelf) -> None:
    path = shelf.folder / "book.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE deals AS SELECT 1 AS deal, 'demo' AS stage")
        connection.execute("CREATE VIEW prospects AS SELECT deal AS id, stage FROM deals")
    (prospect,) = open_book(path, shelf.playbook).prospects()
    assert prospect.facts == {"stage": "demo", **NO_TOUCHES}


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_csv('{secret}')",
        "SELECT content AS id FROM read_text('{secret}')",
        "SELECT file AS id FROM glob('{folder}/*')",
    ],
)
def test_a_view_cannot_read_what_is_not_the_book(shelf: Shelf, query: str) -> None:
    secret = shelf.folder / "secret.csv"
    secret.write_text("id\nhidden\n")
    path = shelf.folder / "book.duckdb"
    with duckdb.connect(str(path)) as connection:
        text = query.format(secret=secret, folder=shelf.folder)
        connection.execute(f"CREATE VIEW prospects AS {text}")
    with pytest.raises(BookError, match="cannot be read"):
        list(open_book(path, shelf.playbook).prospects())


def test_a_book_is_not_written_to(shelf: Shelf) -> None:
    path = shelf.folder / "book.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE prospects AS SELECT 1 AS id")
    before = path.read_bytes()
    path.chmod(0o444)
    assert len(list(open_book(path, shelf.playbook).prospects())) == 1
    assert path.read_bytes() == before
    assert [file.name for file in shelf.folder.iterdir()] == ["book.duckdb"]


@pytest.mark.parametrize("name", ["prospects.parquet", "book.duckdb", "book.db"])
@pytest.mark.parametrize("content", [b"", b"id,stage\n1,demo\n", b"PAR1 and no more", b"\0" * 5000])
def test_a_file_that_is_not_what_it_says_is_refused(
    shelf: Shelf, name: str, content: bytes
) -> None:
    path = shelf.folder / name
    path.write_bytes(content)
    with pytest.raises(BookError, match="cannot be read"):
        open_book(shelf.folder if name.endswith("parquet") else path, shelf.playbook)


def test_a_parquet_file_that_breaks_off_is_refused(shelf: Shelf) -> None:
    path = shelf.folder / "prospects.parquet"
    with duckdb.connect() as connection:
        connection.sql("SELECT range AS id, 'x' AS stage FROM range(5000)").write_parquet(str(path))
    content = path.read_bytes()
    path.write_bytes(content[:200] + b"\xff" * 400 + content[600:])
    with pytest.raises(BookError, match=r"`prospects.parquet` cannot be read"):
        list(open_book(shelf.folder, shelf.playbook).prospects())


def test_folders_named_like_patterns_or_partitions_are_only_folders(tmp_path: Path) -> None:
    folder = tmp_path / "stage=proposal" / "[b]*'?"
    folder.mkdir(parents=True)
    shelf = Shelf(folder)
    with duckdb.connect() as connection:
        connection.sql("SELECT 1 AS id").write_parquet(str(tmp_path / "plain.parquet"))
    (tmp_path / "plain.parquet").rename(shelf.folder / "prospects.parquet")
    book = open_book(shelf.folder, shelf.playbook)
    assert [prospect.facts for prospect in book.prospects()] == [NO_TOUCHES]


def test_csv_and_parquet_tables_may_stand_side_by_side(shelf: Shelf) -> None:
    with duckdb.connect() as connection:
        path = str(shelf.folder / "prospects.parquet")
        connection.sql("SELECT 7 AS id").write_parquet(path)
    book = shelf.csv({"events": "prospect_id,at,kind\n7,2026-03-05,visited\n"})
    (prospect,) = book.prospects()
    assert prospect.rows["events"][0]["kind"] == "visited"


def test_a_column_that_is_left_out_of_a_table_is_named(written: Written) -> None:
    with pytest.raises(BookError, match="has no column `id`"):
        written({"prospects": "SELECT 1 AS number"})
