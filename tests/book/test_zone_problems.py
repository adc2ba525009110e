"""A word that is a zone but no place is told once, with how many rows have it."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.book.book import open_book
from engine.book.staging.stage import stage
from engine.language.load import load

NOW = 1_772_636_400


def write(folder: Path, zones: list[str], playbook: str = "") -> tuple[Path, Path]:
    book = folder / "book"
    book.mkdir()
    rows = "".join(f"p{number},{zone}\n" for number, zone in enumerate(zones))
    (book / "prospects.csv").write_text(f"id,timezone\n{rows}", encoding="utf-8")
    path = folder / "p.yaml"
    path.write_text(f"playbook: p\n{playbook}", encoding="utf-8")
    return book, path


@pytest.mark.parametrize("staged", [False, True])
def test_each_word_is_told_once_with_its_count(tmp_path: Path, staged: bool) -> None:
    zones = ["EST", "UTC", "MST", "EST", "Europe/Berlin", "", "Mars", "Japan"]
    book_path, path = write(tmp_path, zones)
    playbook = load(path).playbook
    assert playbook is not None
    book = open_book(book_path, playbook)
    if staged:
        stage(book, playbook, NOW).close()
    else:
        list(book.prospects())
    found = [each for each in book.problems if each.code == "zone-without-place"]
    assert [(each.row, each.column, each.severity) for each in found] == [
        (None, "timezone", "warning")
    ] * 2
    assert found[0].message.startswith("2 rows with the time zone `EST`")
    assert found[0].help == "write `America/New_York`"
    assert found[1].message.startswith("1 row with the time zone `MST`")


@pytest.mark.parametrize("staged", [False, True])
def test_the_default_of_a_playbook_is_not_the_books(tmp_path: Path, staged: bool) -> None:
    zone = "facts: {timezone: {type: text, default: CET}}\n"
    book_path, path = write(tmp_path, ["", "CET", "UTC"], zone)
    playbook = load(path).playbook
    assert playbook is not None
    book = open_book(book_path, playbook)
    if staged:
        stage(book, playbook, NOW).close()
    else:
        list(book.prospects())
    assert book.problems == []


def test_of_one_prospect_its_own_row_is_told(tmp_path: Path) -> None:
    book_path, path = write(tmp_path, ["EST", "UTC", "EST"])
    playbook = load(path).playbook
    assert playbook is not None
    book = open_book(book_path, playbook)
    assert book.prospect("p1") is not None
    assert book.problems == []
    assert book.prospect("p2") is not None
    (problem,) = book.problems
    assert problem.message.startswith("1 row with the time zone `EST`")
