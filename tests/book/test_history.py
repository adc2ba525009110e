"""The table of changes: what facts said at an instant, in every kind of book."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from engine.book.book import BookError, open_book
from tests.support.small_books import Shelf, found, small_playbook
from tests.support.small_playbook import relight

NOW = 1_772_636_400
"""2026-03-04 at 15:00 UTC."""

PROSPECTS = "id,stage,amount,opted_out,next_step_at\n" + "".join(
    f"p{n},proposal,{n}00,false,2026-03-20\n" for n in range(1, 9)
)
TOUCHES = "prospect_id,at,direction,channel\n" + "".join(
    f"p{n},2026-02-20T15:00:00Z,outbound,email\n" for n in range(1, 9)
)
CHANGES = """\
prospect_id,at,fact,value,old_value
p1,2026-02-01T10:00:00Z,stage,demo,discovery
p1,2026-03-09T10:00:00Z,stage,proposal,demo
p2,2026-03-09T10:00:00Z,Stage,proposal,discovery
p2,2026-03-20T10:00:00Z,stage,proposal,proposal
p3,2026-03-09T10:00:00Z,amount,300,
p4,2026-03-01T10:00:00Z,stage,demo,discovery
p5,2026-03-05,opted_out,no,yes
p6,2026-03-05,next_step_at,2026-03-20,2026-03-06
p7,2026-03-05,nobody_reads_this,1,2
p8,2026-03-04T15:00:00Z,stage,demo,discovery
p8,2026-03-04T15:00:01Z,stage,proposal,demo
ghost,2026-03-05,stage,proposal,demo
"""
THEN = {
    "p1": {"stage": "demo"},
    "p2": {"stage": "discovery"},
    "p3": {"amount": None},
    "p5": {"opted_out": True},
    "p6": {"next_step_at": "2026-03-07T04:59:59Z"},
    "p8": {"stage": "demo"},
}
"""What was different at `NOW`: p4 changed before, and nobody reads the fact of p7."""


def book(folder: Path, kind: str) -> Path:
    """The book as CSV, Parquet, a DuckDB file or JSON."""
    path = folder / "book"
    path.mkdir()
    tables = {"prospects": PROSPECTS, "touches": TOUCHES, "changes": CHANGES}
    for name, text in tables.items():
        (path / f"{name}.csv").write_text(text, encoding="utf-8")
    read = {name: f"read_csv('{path}/{name}.csv', all_varchar = true)" for name in tables}
    if kind == "parquet":
        (folder / "typed").mkdir()
        for name, source in read.items():
            duckdb.connect().sql(f"COPY (FROM {source}) TO '{folder}/typed/{name}.parquet'")
        return folder / "typed"
    if kind == "duckdb":
        with duckdb.connect(str(folder / "book.duckdb")) as connection:
            for name, source in read.items():
                connection.execute(f"CREATE TABLE {name} AS FROM {source}")
        return folder / "book.duckdb"
    if kind == "json":
        data = {name: list(csv.DictReader(text.splitlines())) for name, text in tables.items()}
        (folder / "book.json").write_text(json.dumps(data), encoding="utf-8")
        return folder / "book.json"
    return path


def facts(path: Path, engine: str, as_of: str) -> dict[str, dict[str, Any]]:
    result = relight(
        *("next", "--all", "-f", "json", "-p", "gone-dark", "--lenient", "--engine", engine),
        *("-b", path, "--as-of", as_of),
    )
    assert result.exit_code == 0, result.stderr
    return {each["id"]: each["facts"] for each in json.loads(result.stdout)["prospects"]}


@pytest.mark.parametrize("kind", ["csv", "parquet", "duckdb", "json"])
@pytest.mark.parametrize("engine", ["compiled", pytest.param("columnar", marks=pytest.mark.slow)])
def test_facts_say_what_they_said_then(tmp_path: Path, kind: str, engine: str) -> None:
    path = book(tmp_path, kind)
    then = facts(path, engine, "2026-03-04T15:00:00Z")
    now = facts(path, engine, "2026-03-21T15:00:00Z")
    given = ("stage", "amount", "opted_out", "next_step_at")
    different = {
        id: {name: then[id].get(name) for name in given if then[id].get(name) != now[id].get(name)}
        for id in now
    }
    assert {id: each for id, each in different.items() if each} == THEN


def test_one_prospect_is_read_like_all(tmp_path: Path) -> None:
    path, playbook = book(tmp_path, "csv"), small_playbook(tmp_path)
    every = {each.id: each for each in open_book(path, playbook, now=NOW).prospects()}
    assert all(open_book(path, playbook, now=NOW).prospect(id) == every[id] for id in every)
    assert every["p1"].facts["stage"] == "demo"


def test_without_an_instant_facts_are_as_they_are(tmp_path: Path) -> None:
    path, playbook = book(tmp_path, "csv"), small_playbook(tmp_path)
    (prospect,) = (each for each in open_book(path, playbook).prospects() if each.id == "p1")
    assert prospect.facts["stage"] == "proposal"


def test_a_change_that_cannot_be_read_has_its_place(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.csv({"prospects": "id,stage\np1,demo\n"})
    rows = "p1,soon,stage,demo\n,2026-03-09,stage,demo\np1,2026-03-09,,demo\n"
    path = shelf.folder / "changes.csv"
    path.write_text(f"prospect_id,at,fact,value\n{rows}", encoding="utf-8")
    opened = open_book(shelf.folder, shelf.playbook, now=NOW)
    assert found(opened) == [
        ("changes.csv", 2, "at", "not-an-instant"),
        ("changes.csv", 3, "prospect_id", "no-id"),
        ("changes.csv", 4, "fact", "missing-value"),
    ]


def test_a_table_of_changes_without_its_columns_is_refused(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.csv({"prospects": "id,stage\np1,demo\n", "changes": "prospect_id,at,fact\n"})
    with pytest.raises(BookError, match="value"):
        list(open_book(shelf.folder, shelf.playbook, now=NOW).prospects())
