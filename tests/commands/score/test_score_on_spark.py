"""`relight score --on spark`: the rows that one machine writes, made by a cluster."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from engine.book.book_problem import BookError
from engine.commands.score.score_on_spark import Scoring, tables_of
from engine.language.files.input_errors import InputNotFound
from engine.language.load import load
from engine.language.model import Playbook
from tests.support.small_playbook import NOW, REGIONS, asked, small_folder, write
from tests.support.sql_servers import why_no_spark

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ROOT = Path(__file__).parents[3]
AT = 1_772_636_400
"""`NOW` in seconds."""

RENEWAL = """\
  renewal:
    blocks: {actions: [review]}
    while: {renews_at: {in_next: 1 week}}
    because: It is renewed first
"""
"""A guard for the end of the small playbook: without it no rule asks for `renews_at`."""

SMALL = Path("relight.yaml")
SHIPPED, EXAMPLE = ROOT / "rules" / "gone-dark.yaml", ROOT / "examples" / "book"
INSTANTS = ("silent_since", "goes_dark_at", "as_of")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(small_folder(tmp_path))
    return tmp_path


def playbook(file: Path) -> Playbook:
    found = load(file).playbook
    assert found is not None
    return found


def rows(files: str) -> list[str]:
    """The rows of Parquet files as JSON, by id; instants in UTC, whatever type they have."""
    steps = "[{action: s.action, kind: s.kind, channel: s.channel, value: s.value, cause: s.cause,"
    steps = f"{steps} due_at: epoch_us(s.due_at)}} for s in next_steps] AS next_steps"
    instants = ", ".join(f"epoch_us({each}) AS {each}" for each in INSTANTS)
    query = f"SELECT * REPLACE ({steps}, {instants}) FROM '{files}' ORDER BY id"
    found = duckdb.execute(f"SELECT to_json(t)::VARCHAR FROM ({query}) t")
    return [row for (row,) in found.fetchall()]


def on_one_machine(book: str | Path, *more: str) -> list[str]:
    found = asked("score", "-b", book, "-o", "one.parquet", *more)
    assert found.exit_code == 0, found.output
    return rows("one.parquet")


def on_spark(session: SparkSession, book: str, rules: Path = SMALL) -> Scoring:
    """``book`` scored into the folder `many` by a session that is there already."""
    own, read = session.newSession(), playbook(rules)
    scoring = Scoring(own, read, AT, dict(tables_of(own, Path(book), read)))
    scoring.write(Path("many").resolve().as_uri())
    return scoring


def as_parquet(book: str, target: str) -> None:
    """The CSV files of ``book`` as Parquet, with the types that DuckDB finds in them."""
    Path(target).mkdir()
    for file in Path(book).glob("*.csv"):
        duckdb.connect().sql(f"COPY (FROM '{file}') TO '{target}/{file.stem}.parquet'")


# Without Spark ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "no folder to write to: add `--output FOLDER`"),
        (["-o", "book"], "`book` already exists"),
        (["-o", "x", "--table", "t"], "`--table` cannot be used with `--on spark`"),
        (["-o", "x", "--engine", "rete"], "`--engine` cannot be used with `--on spark`"),
        (["-o", "x", "-f", "csv"], "Spark writes Parquet"),
    ],
)
def test_what_cannot_be_meant_is_one_line(arguments: list[str], said: str) -> None:
    found = asked("score", "--on", "spark", *arguments)
    assert found.exit_code == 2
    assert said in found.stderr
    assert len(found.stderr.splitlines()) == 1


def test_without_pyspark_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.commands.score.spark_session.find_spec", lambda _: None)
    found = asked("score", "--on", "spark", "-o", "x")
    assert found.exit_code == 2
    assert "pip install 'relight[spark]'" in found.stderr
    assert not Path("x").exists()


# On a session of this run -------------------------------------------------------------------------


@pytest.mark.spark
@pytest.mark.slow
@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_a_folder_is_scored_as_on_one_machine(spark_session: SparkSession, format: str) -> None:
    if format == "parquet":
        as_parquet("book", "typed")
    scoring = on_spark(spark_session, "book" if format == "csv" else "typed")
    assert scoring.problems() == []
    assert rows("many/*.parquet") == on_one_machine("book")


@pytest.mark.spark
@pytest.mark.slow
@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_dates_alone_are_scored_as_on_one_machine(spark_session: SparkSession, format: str) -> None:
    prospects = [
        *("id,stage,timezone,created_at", "a,proposal,,", "b,,Pacific/Auckland,2026-03-04"),
        "c,,,2026-03-05",
    ]
    touches = [
        *("prospect_id,at,direction,channel", "a,2026-02-20,outbound,email"),
        *("a,2026-02-20,inbound,email", "b,2026-03-04,outbound,email"),
        *("c,2026-03-01,inbound,email", "b,,inbound,email"),  # the last one has no date
    ]
    write(
        Path(),
        book__prospects_DOT_csv="\n".join(prospects),
        book__touches_DOT_csv="\n".join(touches),
    )
    if format == "parquet":
        as_parquet("book", "typed")
    on_spark(spark_session, "book" if format == "csv" else "typed")
    found = rows("many/*.parquet")
    assert [json.loads(each)["id"] for each in found] == ["a", "b"]
    assert [json.loads(each)["state"] for each in found] == ["dark", "unclear"]
    assert found == on_one_machine("book", "--lenient")


@pytest.mark.spark
@pytest.mark.slow
def test_prospects_of_regions_are_scored_as_on_one_machine(spark_session: SparkSession) -> None:
    write(Path(), regions_DOT_yaml=REGIONS)
    with Path("book/prospects.csv").open("a", encoding="utf-8") as file:
        file.write("fay,,,EST,demo,,,\ngus,,,EST,proposal,,,\n")
    scoring = on_spark(spark_session, "book", Path("regions.yaml"))
    (problem,) = scoring.problems()
    assert problem.message.startswith("2 rows with the time zone `EST`")
    assert rows("many/*.parquet") == on_one_machine("book", "-p", "regions.yaml")


@pytest.mark.spark
@pytest.mark.slow
def test_the_shipped_playbook_scores_as_on_one_machine(spark_session: SparkSession) -> None:
    on_spark(spark_session, str(EXAMPLE), SHIPPED)
    assert rows("many/*.parquet") == on_one_machine(EXAMPLE, "-p", "gone-dark")


@pytest.mark.spark
@pytest.mark.slow
def test_tables_of_a_catalog_are_scored_by_their_name(spark_session: SparkSession) -> None:
    for name in ("prospects", "touches"):
        frame = spark_session.read.option("header", True).csv(
            str(Path(f"book/{name}.csv").resolve())
        )
        frame.createOrReplaceGlobalTempView(name)
    on_spark(spark_session, "global_temp")
    assert rows("many/*.parquet") == on_one_machine("book")


@pytest.mark.spark
@pytest.mark.slow
def test_cells_that_cannot_be_read_are_unknown_and_counted(spark_session: SparkSession) -> None:
    prospects = (
        "id,stage,amount,opted_out,renews_at\n"
        'a,propsal,"1,000",maybe,soon\n'
        "b, proposal ,5e3,YES,2026-03-04T10:00:00-05:00\n"
        "c,demo,nan,0,2026-02-30\n"
        "d,,,,2026-03-04\n"
    )
    write(Path(), book__prospects_DOT_csv=prospects)
    with Path("relight.yaml").open("a", encoding="utf-8") as file:
        file.write(RENEWAL)
    scoring = on_spark(spark_session, "book")
    assert {each.message for each in scoring.problems()} == {
        "1 cell of `stage` cannot be read",
        "2 cells of `amount` cannot be read",
        "1 cell of `opted_out` cannot be read",
        "2 cells of `renews_at` cannot be read",
    }
    assert rows("many/*.parquet") == on_one_machine("book", "--lenient")


@pytest.mark.spark
@pytest.mark.slow
def test_a_book_that_is_none_is_told_of(spark_session: SparkSession) -> None:
    with pytest.raises(InputNotFound, match="no folder `nowhere/at/all`"):
        dict(tables_of(spark_session, Path("nowhere/at/all"), playbook(SMALL)))
    Path("empty").mkdir()
    with pytest.raises(InputNotFound, match="no table of prospects in `empty`"):
        dict(tables_of(spark_session, Path("empty"), playbook(SMALL)))
    write(Path(), book__touches_DOT_csv="prospect_id,when\na,b\n")
    with pytest.raises(BookError, match="`touches` has no single column `at`"):
        dict(tables_of(spark_session, Path("book"), playbook(SMALL)))


KEPT = """
import signal
from engine.commands.process.output import Output
from engine.commands.score.spark_session import session

before = signal.getsignal(signal.SIGINT)
with session("local[1]", "UTC", Output()):
    assert signal.getsignal(signal.SIGINT) is before
"""


@pytest.mark.spark
@pytest.mark.slow
def test_spark_sets_no_handler_for_ctrl_c() -> None:
    """In a program of its own: only the first start of Spark in a program sets one."""
    if (reason := why_no_spark()) is not None:
        pytest.skip(reason)
    subprocess.run([sys.executable, "-c", KEPT], cwd=ROOT, check=True)


# On a cluster -------------------------------------------------------------------------------------


@contextmanager
def daemon(log: Path, *command: str) -> Iterator[str]:
    """A master or worker of a standalone cluster on loopback; the address it gives itself."""
    import pyspark

    home = Path(pyspark.__file__).parent
    environment = {**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1"}
    with log.open("wb") as said:
        process = subprocess.Popen(
            [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{command[0]}",
             "--host", "127.0.0.1", "--port", "0", "--webui-port", "0", *command[1:]],
            stdout=said, stderr=said, env=environment,
        )  # fmt: skip
        try:
            yield waited(log, r"(?:Starting Spark master at|registered with master) (\S+)", process)
        finally:
            process.terminate()
            process.wait(timeout=60)


def waited(log: Path, pattern: str, process: subprocess.Popen[bytes]) -> str:
    for _ in range(1200):
        found = re.search(pattern, log.read_text(encoding="utf-8", errors="replace"))
        if found is not None:
            return found[1]
        assert process.poll() is None, log.read_text(encoding="utf-8", errors="replace")
        time.sleep(0.1)
    raise AssertionError(log.read_text(encoding="utf-8", errors="replace"))


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of a master with two workers of one core each, and its log."""
    if (reason := why_no_spark()) is not None:
        pytest.skip(reason)
    log = tmp_path / "master.log"
    with ExitStack() as started:
        master = started.enter_context(daemon(log, "master.Master"))
        for name in ("one", "two"):
            work = ["--cores", "1", "--memory", "1g", "--work-dir", str(tmp_path / name), master]
            started.enter_context(daemon(tmp_path / f"{name}.log", "worker.Worker", *work))
        yield master, log


@pytest.mark.spark
@pytest.mark.slow
def test_a_cluster_of_two_workers_scores_as_one_machine_does(
    cluster: tuple[str, Path],
) -> None:
    master, log = cluster
    command = [sys.executable, str(ROOT / "cli.py"), "score", "--on", "spark",
               "--spark-master", master, "-b", "book", "--as-of", NOW, "-o", "many"]  # fmt: skip
    environment: dict[str, Any] = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1"}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=900, check=False
    )
    assert done.returncode == 0, done.stderr
    workers = re.findall(r"Launching executor \S+ on worker (\S+)", log.read_text(encoding="utf-8"))
    assert len(set(workers)) == 2
    assert Path("many/_SUCCESS").exists()
    assert not Path("spark-warehouse").exists()
    assert rows("many/*.parquet") == on_one_machine("book")
