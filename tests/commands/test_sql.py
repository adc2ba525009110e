"""`relight sql`: what is printed can be run as it is, and gives what `relight next` gives."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from engine.backends.sql.printer import read_by
from engine.book.calendar.calendar import Calendars
from engine.book.calendar.calendar_shape import shape_of
from engine.book.calendar.calendar_tables import calendar_rows
from engine.language.hours.calendar_tree import Calendar
from engine.language.load import load
from engine.language.package_data import shipped
from engine.reports.recommendations.as_csv import number_text
from engine.semantics.result_schema import NEXT_STEPS
from tests.support.small_playbook import NOW, REGIONS, asked, relight, small_folder

EXAMPLE = Path(__file__).parents[2] / "examples" / "book"
PLAIN = shape_of(Calendar())


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(small_folder(tmp_path))
    return tmp_path


def told(*arguments: str | Path) -> tuple[int, str]:
    """The exit code, and what was said on standard error."""
    found = relight("sql", *arguments)
    return found.exit_code, found.stderr


def columns_in(book: Path) -> list[str]:
    """The tables and columns of the CSV files of ``book``."""
    found = []
    for file in book.glob("*.csv"):
        header = file.read_text(encoding="utf-8").partition("\n")[0]
        found += [file.stem, *(f"{file.stem}.{name}" for name in header.split(","))]
    return found


def zones_in(book: Path) -> list[str]:
    """The options that name the time zones of the prospects of ``book``."""
    with (book / "prospects.csv").open(encoding="utf-8", newline="") as file:
        found = {row.get("timezone") for row in csv.DictReader(file)}
    return [f"--zone={zone}" for zone in sorted(filter(None, found))]


def make_tables(connection: duckdb.DuckDBPyConnection, statement: str, book: Path) -> None:
    """The tables as the head of ``statement`` declares them, filled from CSV files."""
    head = " ".join(line[3:] for line in statement.splitlines() if line.startswith("-- "))
    for name, columns in re.findall(r"(\w+) \(([^)]*)\)", head):
        connection.execute(f"CREATE TABLE {name} ({columns})")
        folder = Path("calendar") if name.startswith("calendar") else book
        names = ", ".join(each.split()[0] for each in columns.split(", "))
        read = f"SELECT {names} FROM read_csv(?, all_varchar = true)"
        connection.execute(f"INSERT INTO {name} {read}", [str(folder / f"{name}.csv")])


def answered(book: Path, playbook: str) -> list[dict[str, Any]]:
    """The rows of the statement over ``book``, as a user would come to them."""
    calendar = asked("sql", "-p", playbook, "--calendar", "calendar", *zones_in(book))
    assert calendar.exit_code == 0, calendar.output
    present = columns_in(book)
    read = load(shipped("rules", f"{playbook}.yaml") if "." not in playbook else Path(playbook))
    assert read.playbook is not None
    absent = [f"--without={name}" for name in read_by(read.playbook) if name not in present]
    statement = asked("sql", "-p", playbook, *absent)
    assert statement.exit_code == 0, statement.output
    connection = duckdb.connect(":memory:")
    make_tables(connection, statement.stdout, book)
    result = connection.execute(statement.stdout)
    names = [column[0] for column in result.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    connection.close()
    return rows


def cells(rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    """As `next` writes CSV: instants in UTC, numbers to six decimals."""
    return [{name: _cell(value) for name, value in row.items()} for row in rows]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return number_text(value)
    return f"{value.isoformat()}Z" if hasattr(value, "isoformat") else str(value)


@pytest.mark.parametrize(
    ("book", "playbook"),
    [
        (Path("book"), "relight.yaml"),
        pytest.param(EXAMPLE, "gone-dark", marks=pytest.mark.slow),
    ],
    ids=["small", "example"],
)
def test_the_statement_gives_what_next_gives(book: Path, playbook: str) -> None:
    listed = asked("next", "-p", playbook, "-b", book, "--all", "-f", "csv")
    expected = list(csv.DictReader(io.StringIO(listed.stdout)))
    found = cells(answered(book, playbook))
    key = ("prospect", "rank")
    found.sort(key=lambda row: [row[each] for each in key])
    expected.sort(key=lambda row: [row[each] for each in key])
    assert len(found) == len(expected)
    ours, theirs = ([{name: row[name] for name in NEXT_STEPS} for row in rows]
                     for rows in (found, expected))  # fmt: skip
    assert ours == theirs


def test_the_statement_gives_what_next_gives_in_regions(folder: Path) -> None:
    (folder / "regions.yaml").write_text(REGIONS, encoding="utf-8")
    test_the_statement_gives_what_next_gives(Path("book"), "regions.yaml")


def test_the_calendar_has_the_zones_that_a_region_may_have(folder: Path) -> None:
    (folder / "regions.yaml").write_text(REGIONS, encoding="utf-8")
    given = ["-p", "regions.yaml", "--calendar", "c", "--zone", "Europe/Berlin"]
    found = asked("sql", *given, "--from", "2026-03-01", "--to", "2026-03-02")
    assert ": 5 time zones, 3 regions, 2026-03-01 to 2026-03-02" in found.stderr
    with Path("c", "calendar_days.csv").open(encoding="utf-8", newline="") as file:
        clocks = sorted({(row["region"], row["zone"]) for row in csv.DictReader(file)})
    assert clocks == [
        ("(main)", "Europe/Berlin"),
        ("(main)", "UTC"),
        ("chicago", "America/Chicago"),
        ("chicago", "UTC"),
        ("demos", "Asia/Tokyo"),
        ("demos", "Europe/Berlin"),
        ("demos", "UTC"),
        ("new_york", "America/New_York"),
        ("new_york", "UTC"),
    ]


WEAK_TO_STRONG = """\
playbook: weak-to-strong
facts: {stage: {type: choice, choices: [demo, proposal]}}
dark: {after_proposal: {when: {stage: proposal}, silent_for: 1 business day}}
causes:
  weak: {title: Weak, evidence: {stage: {when: {stage: proposal}, weight: 0.1}}}
  middling: {title: Middling, evidence: {stage: {when: {stage: proposal}, weight: 0.3}}}
  strong: {title: Strong, evidence: {stage: {when: {stage: proposal}, weight: 0.6}}}
"""


@pytest.mark.parametrize(
    ("book", "playbook"),
    [
        (Path("book"), "weak-to-strong.yaml"),
        (Path("book"), "relight.yaml"),
        pytest.param(EXAMPLE, "gone-dark", marks=pytest.mark.slow),
    ],
    ids=["causes", "small", "example"],
)
@pytest.mark.slow
def test_the_rows_are_those_of_score_as_csv(book: Path, playbook: str) -> None:
    Path("weak-to-strong.yaml").write_text(WEAK_TO_STRONG, encoding="utf-8")
    assert asked("score", "-p", playbook, "-b", book, "-o", "scores.csv").exit_code == 0
    with Path("scores.csv").open(encoding="utf-8", newline="") as file:
        expected = list(csv.DictReader(file))
    found = cells(answered(book, playbook))
    found.sort(key=lambda row: (row["prospect"], int(row["rank"] or 0)))
    assert found == expected
    assert list(found[0]) == list(expected[0])
    if playbook == "weak-to-strong.yaml":
        assert {row["causes"] for row in found if row["state"] == "dark"} == {
            "strong;middling;weak"
        }


def test_what_it_says_beside_the_steps(folder: Path) -> None:
    found = {row["prospect"]: row for row in answered(Path("book"), "relight.yaml")}
    beside = ("dark", "signals", "causes", "held_back", "goes_dark_at")
    assert {name: found["cora"][name] for name in beside} == {
        "dark": "after_proposal",
        "signals": None,
        "causes": "busy",
        "held_back": "call;write",
        "goes_dark_at": None,
    }
    assert found["ezra"]["signals"] == "no_amount"
    assert found["ezra"]["state"] == "untouched"


def test_the_calendar_is_the_rows_that_every_other_way_takes(folder: Path) -> None:
    zones = ["--zone", "Asia/Tokyo", "--zone", "Europe/Berlin"]
    range = ["--from", "2026-01-01", "--to", "2026-12-31"]
    found = asked("sql", "--calendar", "new/there", *zones, *range)
    assert (found.exit_code, found.stdout) == (0, "")
    days = "3 time zones, 2026-01-01 to 2026-12-31"
    assert found.stderr.splitlines() == [
        f"wrote new/there/{name}.csv: {days}" for name in PLAIN.columns
    ]
    clocks = [Calendars(Calendar()).clock(zone) for zone in ("Asia/Tokyo", "Europe/Berlin", "UTC")]
    expected = calendar_rows(PLAIN, clocks, 1767225600, 1798675200)
    for name, rows in zip(PLAIN.columns, [list(map(list, each)) for each in expected], strict=True):
        with Path("new", "there", f"{name}.csv").open(encoding="utf-8", newline="") as file:
            written = list(csv.reader(file))[1:]
        assert written == [["" if cell is None else str(cell) for cell in row] for row in rows]
    assert sorted(path.name for path in Path("new/there").iterdir()) == [
        f"{n}.csv" for n in PLAIN.columns
    ]


def test_a_calendar_ends_where_time_ends(folder: Path) -> None:
    found = relight("sql", "--calendar", "c", "--zone", "UTC", "--as-of", "0001-06-01")
    assert found.exit_code == 0, found.output
    assert ": 1 time zone, 0001-01-01 to " in found.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--dialect", "snowflak"], "no dialect `snowflak`: did you mean `snowflake`?"),
        (
            ["--dialect", "oracle"],
            "Oracle is not supported: it cannot select a boolean expression; choose",
        ),
        (["--without", "touches.subjet"], "the statement does not read `touches.subjet`"),
        (["--without", "prospects"], "the statement does not read `prospects`"),
        (["--zone", "UTC"], "need `--calendar`"),
        (["--calendar", "c", "--zone", "Europe/Berln"], "did you mean `Europe/Berlin`?"),
        (["--calendar", "c", "--from", "soon"], "`soon` is not an instant"),
        (["--calendar", "c", "--from", "2026-01-02", "--to", "2026-01-01"], "`--to` is before"),
        (["--calendar", "c", "-o", "x.sql"], "leave out `--output`"),
        (["--calendar", "relight.yaml"], "`relight.yaml` cannot be written"),
    ],
)
def test_what_cannot_be_meant_is_one_line(arguments: list[str], said: str) -> None:
    code, told_ = told(*arguments)
    assert code == 2
    assert said in told_
    assert len(told_.splitlines()) == 1
    assert not Path("c").exists()


def test_the_statement_is_utf_8_and_has_now_unless_it_is_said(folder: Path) -> None:
    playbook = Path("relight.yaml")
    text = playbook.read_text(encoding="utf-8").replace("Write to them", "Schreib ihnen 🙂")
    playbook.write_text(text, encoding="utf-8")
    statement = relight("sql").stdout_bytes.decode("utf-8")
    assert "'Schreib ihnen 🙂'" in statement
    assert "$now" in statement
    assert statement.endswith("\n")
    assert relight("sql", "-o", "out.sql").output == ""
    assert Path("out.sql").read_text(encoding="utf-8") == statement
    assert "$now" not in relight("sql", "--as-of", NOW).stdout
