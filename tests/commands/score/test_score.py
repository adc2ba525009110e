"""`relight score`: every prospect of a book in one file, the same by every evaluator."""

from __future__ import annotations

import csv
import errno
import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

import duckdb
import pytest

from engine.backends.sql.job import export
from engine.commands.score.score_rows import HEADER
from engine.reports.escape import csv_cell
from engine.semantics.result_schema import NESTED, NEXT_STEPS
from tests.support.compared_evaluators import EVALUATORS
from tests.support.small_playbook import NOW, REGIONS, TOUCHES, asked, small_folder, write

ROOT = Path(__file__).parents[3]
ENGINES = ["auto", *EVALUATORS]
HOSTILE = """\
id,name,owner,stage
=1+1,"Smith, ""Jo"" & Sons",+49 30 1,demo
-5,'quoted',@boss,demo
=HYPERLINK(),\u202eevil\u200b,ana\u00a0b,demo
zoë,=cmd|' /C calc'!A0,"a\tb",demo
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(small_folder(tmp_path))
    return tmp_path


def scored(target: str, *options: str | Path) -> None:
    found = asked("score", "-o", target, *options)
    assert (found.exit_code, found.stdout) == (0, ""), found.output


def listed(*sources: str, database: str = ":memory:") -> list[list[str]]:
    """The rows of each source as JSON, in the order they stand in."""
    connection = duckdb.connect(database)
    try:
        queries = [f"SELECT to_json(t)::VARCHAR FROM {source} t" for source in sources]
        return [[row for (row,) in connection.execute(one).fetchall()] for one in queries]
    finally:
        connection.close()


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


# The same by every evaluator ---------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
def test_every_evaluator_writes_the_same_of_the_sample_book(engine: str) -> None:
    book = ("-b", ROOT / "examples" / "book", "-p", "gone-dark")
    scored("as.csv", *book, "--engine", "meaning")
    scored("it.csv", *book, "--engine", engine)
    assert Path("it.csv").read_bytes() == Path("as.csv").read_bytes()
    scored("as.parquet", *book, "--engine", "meaning")
    scored("it.parquet", *book, "--engine", engine)
    found, expected = listed("'it.parquet'", "'as.parquet'")
    assert len(expected) == 300
    assert found == expected


@pytest.mark.parametrize(
    "engine",
    [
        "auto",
        *(pytest.param(one, marks=pytest.mark.slow) for one in EVALUATORS),
    ],
)
def test_every_evaluator_writes_the_same_of_a_dirty_book(engine: str) -> None:
    rows = "acme,yesterday,outbound,email\n-5,2026-03-01T00:00:00Z,outbound,email\n"
    write(Path(), book__touches_DOT_csv=TOUCHES + rows)
    write(Path(), book__prospects_DOT_csv=HOSTILE.encode("utf-8").decode("unicode_escape"))
    for end in ("csv", "parquet"):
        scored(f"as.{end}", "--engine", "meaning")
        scored(f"it.{end}", "--engine", engine)
    assert Path("it.csv").read_bytes() == Path("as.csv").read_bytes()
    found, expected = listed("'it.parquet'", "'as.parquet'")
    assert found == expected


def test_a_book_with_regions_is_scored_by_statement_as_by_the_definition() -> None:
    write(Path(), regions_DOT_yaml=REGIONS)
    for engine in ("meaning", "compiled", "columnar"):
        scored(f"{engine}.csv", "-p", "regions.yaml", "--engine", engine)
    expected = Path("meaning.csv").read_bytes()
    assert Path("compiled.csv").read_bytes() == expected
    assert Path("columnar.csv").read_bytes() == expected
    scored("plain.csv")
    assert Path("plain.csv").read_bytes() != expected


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["auto", "compiled"])
def test_a_parquet_book_gives_what_the_same_book_in_csv_does(engine: str) -> None:
    scored("csv.parquet")
    for table in ("prospects", "touches"):
        source, place = f"book/{table}.csv", f"stored/{table}.parquet"
        Path("stored").mkdir(exist_ok=True)
        duckdb.execute(f"COPY (FROM read_csv('{source}', all_varchar = true)) TO '{place}'")
    scored("parquet.parquet", "-b", "stored", "--engine", engine)
    found, expected = listed("'parquet.parquet'", "'csv.parquet'")
    assert found == expected


@pytest.mark.slow
def test_parts_of_a_book_make_the_file_that_the_whole_makes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for end in ("csv", "parquet", "duckdb"):
        scored(f"whole.{end}")
    monkeypatch.setattr("engine.commands.score.score_job.A_PROSPECT", 2**29)
    for end in ("csv", "parquet", "duckdb"):
        scored(f"parts.{end}")
    assert Path("parts.csv").read_bytes() == Path("whole.csv").read_bytes()
    found, expected = listed("'parts.parquet'", "'whole.parquet'")
    assert found == expected
    assert listed("scores", database="parts.duckdb") == [expected]


# What is in the files ----------------------------------------------------------------------------


def test_the_types_of_the_columns_are_promised() -> None:
    scored("scores.parquet")
    found = duckdb.execute("DESCRIBE FROM 'scores.parquet'").fetchall()
    assert {name: type.replace('"', "") for name, type, *_ in found} == {
        "id": "VARCHAR",
        "name": "VARCHAR",
        "owner": "VARCHAR",
        "stage": "VARCHAR",
        "state": "VARCHAR",
        "silent_since": "TIMESTAMP WITH TIME ZONE",
        "silence": "STRUCT(hours DOUBLE, business_hours DOUBLE)",
        "goes_dark_at": "TIMESTAMP WITH TIME ZONE",
        "dark": "VARCHAR[]",
        "signals": "VARCHAR[]",
        "causes": "STRUCT(id VARCHAR, confidence DOUBLE, diagnosed BOOLEAN)[]",
        "cause_known": "BOOLEAN",
        "next_steps": (
            "STRUCT(action VARCHAR, kind VARCHAR, channel VARCHAR, value DOUBLE, "
            "due_at TIMESTAMP WITH TIME ZONE, cause VARCHAR)[]"
        ),
        "held_back": "STRUCT(action VARCHAR, guards VARCHAR[])[]",
        "playbook": "VARCHAR",
        "as_of": "TIMESTAMP WITH TIME ZONE",
    }
    assert [name for name, *_ in found] == list(NESTED)


def test_rows_are_in_the_order_of_ids() -> None:
    scored("scores.parquet")
    found = duckdb.execute("SELECT id FROM 'scores.parquet'").fetchall()
    assert [id for (id,) in found] == ["acme", "bolt", "cora", "dill", "ezra"]


MORE = ("goes_dark_at", "dark", "signals", "causes", "held_back")


@pytest.mark.parametrize(
    "book",
    [
        pytest.param((), id="small"),
        pytest.param(
            ("-b", ROOT / "examples" / "book", "-p", "gone-dark"),
            id="sample",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_csv_has_the_lines_that_next_prints_by_id_and_five_columns_more(
    book: tuple[str | Path, ...],
) -> None:
    scored("scores.csv", *book)
    lines = Path("scores.csv").read_text(encoding="utf-8").splitlines()
    printed = asked("next", "-f", "csv", "--all", *book).stdout.splitlines()
    # `next` ends with facts that the book has, none of which has a comma in these books.
    beside = printed[0].count(",") + 1 - len(NEXT_STEPS)
    header, *printed = [line.rsplit(",", beside)[0] for line in printed]
    assert lines[0] == ",".join([header, *MORE])
    assert [line.rsplit(",", len(MORE))[0] for line in lines[1:]] == sorted(
        printed, key=lambda line: next(csv.reader([line]))[0]
    )


def test_the_five_columns_have_ids() -> None:
    scored("scores.csv")
    found = list(csv.DictReader(io.StringIO(Path("scores.csv").read_text(encoding="utf-8"))))
    own = {row["prospect"]: tuple(row[name] for name in MORE) for row in found}
    assert own == {
        "acme": ("", "after_proposal", "", "busy", ""),
        "bolt": ("", "after_proposal", "", "busy", ""),
        "cora": ("", "after_proposal", "", "busy", "call;write"),
        "dill": ("", "", "no_amount", "", ""),
        "ezra": ("", "", "no_amount", "", ""),
    }


@pytest.mark.slow
def test_an_empty_book_makes_a_file_without_rows() -> None:
    write(Path(), book__prospects_DOT_csv="id,name\n", book__touches_DOT_csv=TOUCHES[:34])
    for engine in ("auto", "compiled"):
        scored("scores.csv", "--engine", engine)
        assert Path("scores.csv").read_text(encoding="utf-8") == f"{HEADER}\n"
        scored("scores.parquet", "--engine", engine)
        assert listed("'scores.parquet'") == [[]]


def test_hostile_names_are_safe_in_csv() -> None:
    write(Path(), book__prospects_DOT_csv=HOSTILE)
    write(Path(), book__touches_DOT_csv="prospect_id,at,direction,channel\n")
    scored("scores.csv")
    lines = Path("scores.csv").read_text(encoding="utf-8").splitlines()[1:]
    names = list(csv.DictReader(io.StringIO(HOSTILE)))
    names.sort(key=lambda row: row["id"])
    starts = [",".join(csv_cell(row[key]) for key in ("id", "name", "owner")) for row in names]
    assert [line.startswith(start) for line, start in zip(lines, starts, strict=True)] == [True] * 4
    assert starts[0].startswith("-5,'quoted',")
    assert any(line.startswith("'=1+1,") for line in lines)


# A DuckDB file -----------------------------------------------------------------------------------


def test_a_new_duckdb_file_has_one_table() -> None:
    scored("new.duckdb")
    with duckdb.connect("new.duckdb") as connection:
        assert connection.execute("SHOW TABLES").fetchall() == [("scores",)]
        assert connection.execute("SELECT count(*) FROM scores").fetchall() == [(5,)]


def test_the_table_is_replaced_and_others_are_kept() -> None:
    with duckdb.connect("mine.duckdb") as connection:
        connection.execute("CREATE TABLE mine AS SELECT 42 AS answer")
        connection.execute('CREATE TABLE "of ""today""" AS SELECT 1 AS old')
    scored("mine.duckdb", "--table", 'of "today"')
    scored("mine.duckdb", "--table", 'of "today"', "--engine", "compiled")
    with duckdb.connect("mine.duckdb") as connection:
        assert connection.execute("FROM mine").fetchall() == [(42,)]
        assert connection.execute('SELECT count(id) FROM "of ""today"""').fetchall() == [(5,)]


def test_of_two_runs_that_make_the_file_at_once_both_have_their_table(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fill_table(scores: Path, database: Path, name: str, resources: export.Resources) -> None:
        export.fill_table(scores, database, name, resources)
        if name == "first" and database.name != "scores.duckdb":
            export.fill_table(scores, Path("scores.duckdb"), "second", resources)

    monkeypatch.setattr("engine.commands.score.score.fill_table", fill_table)
    assert asked("score", "-o", "scores.duckdb", "--table", "first").exit_code == 0
    with duckdb.connect("scores.duckdb", read_only=True) as connection:
        assert sorted(connection.execute("SHOW TABLES").fetchall()) == [("first",), ("second",)]
    assert [path.name for path in Path().glob(".*")] == []


def test_without_hard_links_a_new_file_is_made_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_path: Path, _to: Path) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    assert asked("score", "-o", "scores.duckdb").exit_code == 0
    with duckdb.connect("scores.duckdb", read_only=True) as connection:
        assert connection.execute("SHOW TABLES").fetchall() == [("scores",)]


def test_a_log_that_another_file_left_is_not_taken_for_that_of_the_new_one() -> None:
    Path("scores.duckdb.wal").write_bytes(b"left")
    found = asked("score", "-o", "scores.duckdb")
    assert (found.exit_code, Path("scores.duckdb").exists()) == (2, False)
    assert "scores.duckdb.wal` is left from another DuckDB file: move it away" in found.stderr
    assert Path("scores.duckdb.wal").read_bytes() == b"left"


def test_a_view_of_that_name_is_not_replaced() -> None:
    with duckdb.connect("mine.duckdb") as connection:
        connection.execute("CREATE VIEW scores AS SELECT 42 AS answer")
    found = asked("score", "-o", "mine.duckdb")
    assert found.exit_code == 2
    assert "scores" in found.stderr
    with duckdb.connect("mine.duckdb") as connection:
        assert connection.execute("FROM scores").fetchall() == [(42,)]


def test_a_file_that_another_program_has_open_is_left_alone() -> None:
    program = "import duckdb, sys; c = duckdb.connect('busy.duckdb'); print(1, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        found = asked("score", "-o", "busy.duckdb")
        other.communicate("\n")
    assert found.exit_code == 3
    assert "`busy.duckdb` is in use" in found.stderr


# What is refused, and what is said ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "no file to write to"),
        (("-o", "scores.txt"), "cannot tell the format from `scores.txt`"),
        (("-o", "nowhere/scores.csv"), "there is no folder `nowhere`"),
        (("-o", "book", "-f", "csv"), "`book` is a folder"),
        (("-o", "book/prospects.csv"), "belongs to the book"),
        (("-o", "book/contacts.parquet"), "belongs to the book"),
        (("-o", "scores.csv", "--table", "mine"), "--table is for a DuckDB file"),
        (("-o", "relight.yaml", "-f", "duckdb"), "is not a DuckDB file"),
        (("-o", "scores.csv", "--memory", "lots"), "`lots` is not an amount of memory"),
        (("-o", "scores.csv", "--memory", "1MiB"), "too little"),
        (("-o", "-"), "no file to write to"),
        (("-o", "scores.duckdb", "--table", ""), "`--table` needs the name of a table"),
        (("-o", "a?.duckdb"), "`a?.duckdb` cannot be written: DuckDB takes no `?` in a path"),
        (("-o", "b\\s.duckdb"), "cannot be written: DuckDB takes no `\\` in a path"),
        (("-o", os.fsdecode(b"a\xff.csv")), "cannot be written: its path is not UTF-8 text"),
        (("-o", "s.duckdb", "--table", os.fsdecode(b"\xff")), "is not UTF-8 text: name another"),
    ],
)
def test_wrong_usage_is_refused_before_anything_is_done(
    arguments: tuple[str, ...], message: str, folder: Path
) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    found = asked("score", *arguments)
    assert (found.exit_code, found.stdout) == (2, "")
    assert message in found.stderr
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("end", ["csv", "parquet", "duckdb"])
def test_neither_the_folder_nor_the_file_is_a_pattern(
    folder: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    for name in ("[ab]*", "a"):
        Path(name).mkdir()
    monkeypatch.chdir(folder / "[ab]*")
    for name in (f"[x]*.{end}", f"'y z'.{end}", f"\u00e9\n=.{end}"):
        found = asked("score", "-o", name, "-b", "../book", "-p", "../relight.yaml")
        assert found.exit_code == 0, found.output
        assert Path(name).stat().st_size > 0


def test_memory_beyond_any_machine_is_as_much_as_there_may_be(folder: Path) -> None:
    found = asked("score", "-o", "scores.csv", "--memory", "999999999TiB")
    assert found.exit_code == 0, found.output


def test_the_book_itself_is_no_target() -> None:
    with duckdb.connect("book.duckdb") as connection:
        connection.execute("CREATE TABLE prospects AS SELECT 'a' AS id")
    found = asked("score", "-b", "book.duckdb", "-o", "./book.duckdb")
    assert found.exit_code == 2
    assert "belongs to the book" in found.stderr


@pytest.mark.slow
def test_how_many_were_scored_and_what_is_wrong_with_the_book() -> None:
    write(Path(), book__touches_DOT_csv=TOUCHES + "acme,yesterday,outbound,email\n")
    for engine in ("auto", "compiled"):
        found = asked("score", "-o", "scores.csv", "--engine", engine)
        assert found.stderr.splitlines()[0] == "scored 5 prospects"
        assert "touches.csv:6 column `at`: error[not-an-instant]" in found.stderr
        assert found.stderr.splitlines()[-2:] == [
            "1 problem in the book: add -v to see the rows",
            "book: 1 of 10 rows left out, 1 prospect unclear, as a touch cannot be read",
        ]
        quiet = asked("score", "-o", "scores.csv", "--engine", engine, "-q").stderr
        assert quiet.endswith("1 problem in the book: add -v to see the rows\n")
        loud = asked("score", "-o", "scores.csv", "--engine", engine, "-v").stderr
        assert "touches.csv:6 column `at`" in loud
        strict = asked("score", "-o", "strict.csv", "--engine", engine, "--strict")
        assert strict.exit_code == 3
        assert not Path("strict.csv").exists()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_prospect_who_is_not_in_the_book_yet_gets_no_score(engine: str) -> None:
    write(
        Path(),
        book__prospects_DOT_csv="id,stage,created_at\nold,demo,2026-01-01\nnew,demo,2027-01-01\n",
        book__touches_DOT_csv=TOUCHES.replace("acme", "old"),
    )
    found = asked("score", "-o", "scores.csv", "--engine", engine)
    assert found.exit_code == 0, found.output
    assert found.stderr.splitlines()[0] == "scored 1 prospect"
    assert "1 prospect not in it yet" in found.stderr
    assert "new" not in Path("scores.csv").read_text(encoding="utf-8")


# Whole or not at all -----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there are no such pipes")
def test_a_pipe_is_written_to_as_it_is() -> None:
    assert asked("score", "-o", "scores.csv").exit_code == 0
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "cli",
            "score",
            "-o",
            "/dev/stdout",
            "-f",
            "csv",
            "-q",
            "--as-of",
            NOW,
        ],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == Path("scores.csv").read_bytes()


def test_the_end_of_a_name_may_be_in_capitals() -> None:
    assert asked("score", "-o", "SCORES.CSV").exit_code == 0
    assert Path("SCORES.CSV").read_text(encoding="utf-8").startswith("prospect,")


def test_too_little_memory_says_how_to_allow_more(monkeypatch: pytest.MonkeyPatch) -> None:
    def starve(*_: object) -> None:
        raise duckdb.OutOfMemoryException("Out of Memory Error: failed to pin a block")

    monkeypatch.setattr("engine.backends.sql.job.run_query.execute", starve)
    found = asked("score", "-o", "scores.csv", "--memory", "200MiB")
    assert found.exit_code == 2
    assert "200 MiB of memory are not enough: allow more with --memory" in found.stderr
    assert not Path("scores.csv").exists()


def test_too_little_memory_for_the_book_names_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def starve(*_: object) -> None:
        raise duckdb.OutOfMemoryException("Out of Memory Error: failed to pin a block")

    monkeypatch.setattr("engine.book.staging.stage.stage_table", starve)
    found = asked("score", "-o", "scores.csv", "--engine", "columnar")
    assert found.exit_code == 3
    assert "there is not enough memory to read `prospects.csv`" in found.stderr


class _Appender:
    """Fails as DuckDB does where there is no memory for the rows."""

    def append_rows(self, _: object) -> None:
        raise duckdb.OutOfMemoryException("Out of Memory Error: failed to pin a block")


def test_too_little_memory_for_rows_says_how_to_allow_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Connection:
        def execute(self, _: str) -> None:
            pass

        def appender(self, _: str) -> _Appender:
            return _Appender()

    monkeypatch.setattr("engine.backends.sql.job.export._connected", lambda *_: Connection())
    found = asked("score", "-o", "scores.csv", "--engine", "compiled")
    assert found.exit_code == 2
    assert "allow more with --memory" in found.stderr


def test_a_book_that_breaks_off_is_blamed_and_not_the_file_to_write(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def records(*_: object) -> NoReturn:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("engine.book.readers.csv_file._records", records)
    found = asked("score", "-o", "scores.csv", "--engine", "compiled")
    assert found.exit_code == 3
    assert "`prospects.csv` cannot be read" in found.stderr
    assert not Path("scores.csv").exists()


def test_a_link_is_followed_and_the_mode_is_kept(folder: Path) -> None:
    Path("real.csv").write_text("old", encoding="utf-8")
    Path("real.csv").chmod(0o640)
    Path("link.csv").symlink_to("real.csv")
    scored("link.csv")
    assert Path("link.csv").is_symlink()
    assert Path("real.csv").read_text(encoding="utf-8").startswith(HEADER)
    assert Path("real.csv").stat().st_mode & 0o777 == 0o640
    assert leftovers(folder) == []


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_ended_leaves_nothing(number: signal.Signals, folder: Path) -> None:
    rows = "acme,Acme Inc\n" + "".join(f"p{at},Name {at}\n" for at in range(60_000))
    write(Path(), book__prospects_DOT_csv=f"id,name\n{rows}")
    Path("scores.csv").write_text("old", encoding="utf-8")
    command = [sys.executable, str(ROOT / "cli.py"), "score", "-o", "scores.csv", "--as-of", NOW]
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}) as run:
        while run.poll() is None and not any(Path().glob(".scores.csv.*/part")):
            time.sleep(0.01)
        run.send_signal(number)
        assert run.wait() == 130
    assert Path("scores.csv").read_text(encoding="utf-8") == "old"
    assert leftovers(folder) == []
