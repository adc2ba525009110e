from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings

from engine.book.book import BookError, open_book
from engine.book.staging.stage import stage
from engine.language.instants import read_instant
from engine.language.model import Playbook
from tests.book.readers.test_same_book import Rows, rows, write_csv, write_duckdb, write_json
from tests.support.examples import examples
from tests.support.small_books import Shelf, small_playbook
from tests.support.staged_books import NOW, assert_the_same

EXAMPLES = Path(__file__).parents[3] / "examples" / "book"

PLAYBOOK = """\
playbook: staged
calendar: {timezone: America/New_York}
facts:
  stage: {type: choice, choices: [discovery, demo, "ça va"]}
  amount: {type: number, default: 7}
  opted_out: {type: boolean, default: false}
  next_step_at: {type: time, default: 2026-03-01T00:00:00Z}
  notice: {type: duration, default: 2 days}
  order: {type: text, default: "it's"}
  id: {type: number}
  emails: {type: number, measure: {sum: touches.prospect_id}}
tables:
  touches:
    minutes: {type: number}
    left: {type: time}
    grade: {type: choice, choices: [a, b]}
"""


@pytest.fixture(scope="module")
def playbook(tmp_path_factory: pytest.TempPathFactory) -> Playbook:
    return small_playbook(tmp_path_factory.mktemp("playbook"), PLAYBOOK)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Playbook:
    return small_playbook(tmp_path_factory.mktemp("playbook"))


Write = Callable[[dict[str, str]], Path]


@pytest.fixture(
    params=[
        "parquet",
        pytest.param("duckdb", marks=pytest.mark.slow),
        pytest.param("views", marks=pytest.mark.slow),
    ]
)
def write(tmp_path: Path, request: pytest.FixtureRequest) -> Write:
    """Writes the result of a query for each table into a book."""

    def parquet(queries: dict[str, str]) -> Path:
        with duckdb.connect() as connection:
            for table, query in queries.items():
                connection.sql(query).write_parquet(str(tmp_path / f"{table}.parquet"))
        return tmp_path

    def database(queries: dict[str, str]) -> Path:
        path = tmp_path / "it's a book.duckdb"
        with duckdb.connect(str(path)) as connection:
            for table, query in queries.items():
                kind = "VIEW" if request.param == "views" else "TABLE"
                connection.execute(f"CREATE {kind} {table} AS {query}")
        return path

    return parquet if request.param == "parquet" else database


@given(rows=rows)
@settings(max_examples=examples(0.12), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_staged_as_it_is_read(plain: Playbook, rows: Rows) -> None:
    for write_book in (write_csv, write_json, write_duckdb):
        with TemporaryDirectory() as folder:
            assert_the_same(write_book(Path(folder), rows), plain)


def test_the_sample_book(plain: Playbook) -> None:
    assert assert_the_same(EXAMPLES, plain)


def test_facts_of_any_name_are_there_with_their_defaults(
    playbook: Playbook, tmp_path: Path
) -> None:
    (tmp_path / "prospects.csv").write_text("id,opted_out\n7,\nx,maybe\n")
    assert_the_same(tmp_path, playbook)
    staged = stage(open_book(tmp_path, playbook), playbook, NOW)
    cells = '"id", "id_", "opted_out", "amount", "next_step_at", "notice", "order", "stage"'
    found = staged.connection.execute(f"SELECT {cells} FROM prospects ORDER BY id").fetchall()
    step = read_instant("2026-03-01T00:00:00Z", "UTC")
    assert step is not None
    given = (7.0, step[0], 2 * 86400, "it's", None)
    assert found == [("7", 7.0, False, *given), ("x", None, None, *given)]


def test_tables_that_are_not_there_are_empty(playbook: Playbook, tmp_path: Path) -> None:
    (tmp_path / "prospects.csv").write_text("id\n7\n")
    connection = stage(open_book(tmp_path, playbook), playbook, NOW).connection
    query = 'SELECT prospect_id, prospect_id_, "at", "left", grade FROM touches'
    assert connection.execute(query).fetchall() == []
    assert connection.execute("SELECT contact_id FROM contacts").fetchall() == []
    assert connection.execute('SELECT "at", kind FROM events').fetchall() == []


DIRTY = {
    "prospects": """
        SELECT * FROM (VALUES
            (1, 'a', 'demo', 1.5, 'UTC', '3 days'),
            (2, ' a ', 'demo', 'nan', 'Europe/Berlin', '1 business day'),
            (3, 'b', 'dmeo', '-0.0', 'Europe/Berlim', 'soon'),
            (4, NULL, ' demo', 'inf', ' UTC ', ' 3 days '),
            (5, 'e\u0301', 'c\u0327a va', 1e300, NULL, NULL),
            (6, '\u00e9', 'ça va', -5, 'UTC', ''),
            (7, 'b', 'demo', 3, 'UTC', '1 week'),
            (8, ' ', 'demo', 3, 'UTC', '1 week'),
            (9, 'Łódź 東京', 'demo', 3, 'UTC', '1 week'),
            (10, 'x\u00a0', 'demo', 3, 'UTC', '1 week'),
            (11, 'c', 'demo', 3, 'EST', '1 week'))
        AS row(row, id, stage, amount, timezone, notice) ORDER BY row""",
    "touches": """
        SELECT * FROM (VALUES
            (1, 'a', TIMESTAMP '2026-03-02 10:00:00', 'inbound', 'email', DATE '2026-03-08'),
            (2, ' a', TIMESTAMP '2026-03-08 02:30:00', 'inbound', 'email', NULL),
            (3, 'A', TIMESTAMP '2026-03-02 10:00:00', 'inbound', 'email', NULL),
            (4, 'b', NULL, 'inbound', 'email', NULL),
            (5, 'b', 'infinity'::TIMESTAMP, 'outbound', 'email', NULL),
            (6, 'b', TIMESTAMP '1026-03-02 10:00:00', 'outbound', 'email', NULL),
            (7, 'b', TIMESTAMP '12026-03-02 10:00:00', 'outbound', 'email', NULL),
            (8, 'b', TIMESTAMP '2026-11-01 01:30:00.999999', 'sideways', 'email', '-infinity'),
            (9, '\u00e9', TIMESTAMP '2026-03-02 10:00:00', NULL, 'email', '2262-01-01'),
            (10, NULL, TIMESTAMP '2026-03-02 10:00:00', NULL, NULL, NULL))
        AS row(row, prospect_id, "at", direction, channel, "left") ORDER BY row""",
}


def test_untrusted_rows_are_read_all_the_same(write: Write, playbook: Playbook) -> None:
    problems = assert_the_same(write(DIRTY), playbook)
    codes = {problem.code for problem in problems}
    assert codes == {
        "duplicate-prospect",
        "missing-value",
        "no-id",
        "no-zone",
        "not-a-choice",
        "not-a-duration",
        "not-a-number",
        "not-an-instant",
        "unknown-prospect",
        "unknown-timezone",
        "zone-without-place",
    }


@pytest.mark.parametrize("most", [0, 5, 50])
@pytest.mark.slow
def test_ids_may_be_too_many_for_memory(
    write: Write, playbook: Playbook, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr("engine.book.staging.stage.MAX_IDS", most)
    problems = assert_the_same(write(DIRTY), playbook)
    assert sum(problem.code == "unknown-prospect" for problem in problems) == 1


@pytest.mark.parametrize("most", [0, 50])
def test_ids_of_text_files_may_be_too_many_for_memory(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr("engine.book.staging.stage.MAX_IDS", most)
    shelf.csv(
        {
            "prospects": "id,stage\na,demo\n a,dmeo\nb,demo\na,\n,demo\n",
            "touches": "prospect_id,at,direction,channel\nc,soon,up,\na,2026-03-02,up,email\n"
            "c,2026-03-02 10:00,inbound,email\nb,2026-03-02,inbound,email\n",
        }
    )
    problems = assert_the_same(shelf.folder, shelf.playbook)
    assert [(problem.row, problem.code) for problem in problems] == [
        (3, "duplicate-prospect"),
        (5, "duplicate-prospect"),
        (6, "no-id"),
        (3, "duplicate-prospect"),  # its stage cannot be read, so that the first one is in doubt
        (2, "unknown-prospect"),
        (3, "not-a-choice"),
        (4, "unknown-prospect"),
    ]


def test_rows_are_numbered_as_they_stand_where_others_were_deleted(
    tmp_path: Path, playbook: Playbook
) -> None:
    path = tmp_path / "book.duckdb"
    with duckdb.connect(str(path)) as connection:
        for table, query in DIRTY.items():
            connection.execute(f"CREATE TABLE {table} AS {query}")
            connection.execute(f"DELETE FROM {table} WHERE row IN (1, 6)")
    assert_the_same(path, playbook)


@pytest.mark.parametrize("name", ["file_row_number", "File_Row_Number", "rowid", "row number"])
def test_a_column_may_be_called_as_the_number_of_rows_is(
    write: Write, plain: Playbook, name: str
) -> None:
    query = f"""SELECT 5 - range AS "{name}", 'p' || range AS id, 'x' AS stage FROM range(5)"""
    problems = assert_the_same(write({"prospects": query}), plain)
    assert [problem.row for problem in problems] == [1, 2, 3, 4, 5]


def test_instants_without_a_zone_are_reported_though_every_row_is_trusted(
    write: Write, plain: Playbook
) -> None:
    query = "SELECT range AS id, TIMESTAMP '2026-03-02 10:00:00' AS next_step_at FROM range(3)"
    problems = assert_the_same(write({"prospects": query}), plain)
    assert [(problem.row, problem.code) for problem in problems] == [(None, "no-zone")]


def test_a_strict_book_stops(write: Write, playbook: Playbook) -> None:
    path = write(DIRTY)
    with pytest.raises(BookError) as read:
        open_book(path, playbook, strict=True).prospects()
    with pytest.raises(BookError) as staged:
        stage(open_book(path, playbook, strict=True), playbook, NOW)
    assert staged.value.message == read.value.message
    assert staged.value.problems == read.value.problems


def test_a_key_of_lists_ends_the_staging(write: Write, plain: Playbook) -> None:
    book = open_book(write({"prospects": "SELECT ['a'] AS id"}), plain)
    with pytest.raises(BookError, match="has values of type list"):
        stage(book, plain, NOW)


def test_columns_of_lists_are_told_of(write: Write, plain: Playbook) -> None:
    query = "SELECT 'a' AS id, ['x'] AS country, {'a': 1} AS amount"
    problems = assert_the_same(write({"prospects": query}), plain)
    assert {problem.code for problem in problems} == {"column-type"}


def test_zones_and_bounds_are_those_of_the_book(write: Write, playbook: Playbook) -> None:
    staged = stage(open_book(write(DIRTY), playbook), playbook, NOW)
    # The prospect in Berlin has the id of an earlier one, and is left out.
    assert staged.zones == ("America/New_York", "EST", "UTC")
    first, last = (
        read_instant(text, "America/New_York") for text in ("1026-03-02T10:00", "2262-01-01")
    )
    assert first is not None
    assert last is not None
    assert (staged.earliest, staged.latest) == (first[0], last[0])


def test_a_book_without_instants_is_bounded_by_now(plain: Playbook, tmp_path: Path) -> None:
    (tmp_path / "book.json").write_text(json.dumps({"prospects": [{"id": "a"}]}))
    staged = stage(open_book(tmp_path / "book.json", plain), plain, NOW)
    assert (staged.earliest, staged.latest) == (NOW, NOW)
    assert staged.zones == ("America/New_York",)


@pytest.mark.parametrize("type", ["TIMESTAMPTZ", "TIMESTAMP", "DATE", "VARCHAR"])
def test_a_column_in_which_no_instant_stands_bounds_nothing(
    write: Write, plain: Playbook, type: str
) -> None:
    query = f"SELECT 'p' || range AS id, NULL::{type} AS next_step_at FROM range(3)"
    staged = stage(open_book(write({"prospects": query}), plain), plain, NOW)
    assert (staged.earliest, staged.latest) == (NOW, NOW)
    found = staged.connection.execute("SELECT next_step_at FROM prospects").fetchall()
    assert found == [(None,)] * 3


def test_nothing_but_the_book_can_be_read_and_nothing_but_the_output_written(
    write: Write, plain: Playbook, tmp_path: Path
) -> None:
    secret, output = tmp_path / "secret.csv", tmp_path / "out.csv"
    secret.write_text("id\nhidden\n")
    book = open_book(write({"prospects": "SELECT 1 AS id"}), plain)
    connection = stage(book, plain, NOW, output=output).connection
    for query in (
        f"SELECT * FROM read_csv('{secret}')",
        f"SELECT * FROM glob('{tmp_path}/*')",
        f"COPY prospects TO '{tmp_path}/other.csv'",
        f"ATTACH '{tmp_path}/other.duckdb'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
    ):
        with pytest.raises(duckdb.Error):
            connection.execute(query)
    connection.execute(f"COPY (SELECT id FROM prospects) TO '{output}' (USE_TMP_FILE false)")
    assert output.read_text() == "id\n1\n"


@pytest.mark.parametrize(
    "query",
    ["SELECT * FROM read_csv('{secret}')", "SELECT content AS id FROM read_text('{secret}')"],
)
def test_a_view_cannot_read_what_is_not_the_book(
    plain: Playbook, tmp_path: Path, query: str
) -> None:
    secret, path, other = (tmp_path / name for name in ("secret.csv", "book.db", "other.db"))
    secret.write_text("id\nhidden\n")
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE prospects AS SELECT 1 AS id")
    book = open_book(path, plain)
    with duckdb.connect(str(other)) as connection:
        connection.execute(f"CREATE VIEW prospects AS {query.format(secret=secret)}")
    other.replace(path)
    with pytest.raises(BookError, match="cannot be read"):
        stage(book, plain, NOW)


def test_macros_of_a_book_stand_for_nothing(plain: Playbook, tmp_path: Path) -> None:
    path = tmp_path / "book.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE prospects AS SELECT ' a ' AS id, 'none' AS stage")
        connection.execute("CREATE MACRO strlen(x) AS 1")
        connection.execute("CREATE MACRO map_contains(x, y) AS true")
        connection.execute("CREATE MACRO reverse(x) AS 'a'")
    staged = stage(open_book(path, plain), plain, NOW)
    assert [problem.code for problem in staged.problems] == ["not-a-choice"]


@pytest.mark.parametrize("broken", [False, True])
def test_no_folder_is_left_behind(shelf: Shelf, broken: bool) -> None:
    spill = shelf.folder.parent / "spill"
    spill.mkdir()
    book = shelf.csv({"prospects": "id\na\n\n" + ("b,c\n" if broken else "")}, strict=True)
    if broken:
        with pytest.raises(BookError):
            stage(book, shelf.playbook, NOW, folder=spill)
    else:
        staged = stage(book, shelf.playbook, NOW, folder=spill)
        assert len(list(spill.iterdir())) == 1
        staged.close()
        del staged
    assert list(spill.iterdir()) == []


def test_a_book_that_is_gone_by_now_cannot_be_read(plain: Playbook, tmp_path: Path) -> None:
    path = tmp_path / "book.db"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE prospects AS SELECT 1 AS id")
    book = open_book(path, plain)
    path.unlink()
    with pytest.raises(BookError, match=r"`book\.db` cannot be read"):
        stage(book, plain, NOW)


def test_a_parquet_file_that_breaks_off_is_refused(shelf: Shelf) -> None:
    path = shelf.folder / "prospects.parquet"
    with duckdb.connect() as connection:
        connection.sql("SELECT range AS id, 'x' AS stage FROM range(5000)").write_parquet(str(path))
    content = path.read_bytes()
    path.write_bytes(content[:200] + b"\xff" * 400 + content[600:])
    with pytest.raises(BookError, match=r"`prospects.parquet` cannot be read"):
        stage(open_book(shelf.folder, shelf.playbook), shelf.playbook, NOW)
