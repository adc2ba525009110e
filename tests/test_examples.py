"""The example book is what its script writes, and holds every state a prospect can be in."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from engine.advice.advisor import Advisor
from engine.book.book import open_book
from engine.language.instants import read_instant
from tests.support.shipped_playbooks import shipped_playbook

EXAMPLES = Path(__file__).parent.parent / "examples"
TABLES = ("prospects.csv", "touches.csv", "contacts.csv", "events.csv")


def test_the_script_writes_the_book_that_is_shipped(tmp_path: Path) -> None:
    subprocess.run([sys.executable, EXAMPLES / "make_book.py", tmp_path], check=True)
    for table in TABLES:
        assert (tmp_path / table).read_bytes() == (EXAMPLES / "book" / table).read_bytes(), table


@pytest.mark.slow
def test_the_book_holds_all_states_and_nothing_unreadable() -> None:
    playbook = shipped_playbook("gone-dark")
    instant = read_instant("2026-03-04T15:00:00Z", "UTC")
    assert instant is not None
    book = open_book(EXAMPLES / "book", playbook)
    advisor = Advisor(playbook, "meaning")
    states = Counter(advisor.recommend(each, instant[0]).state for each in book.prospects())
    assert list(book.problems) == []
    assert sum(states.values()) == 300
    assert {state for state, count in states.items() if count >= 10} == {
        "dark",
        "waiting",
        "our_turn",
        "untouched",
    }


@pytest.mark.parametrize("seed", [1, 2])
def test_another_seed_is_another_book(tmp_path: Path, seed: int) -> None:
    command: list[str | Path] = [
        sys.executable,
        EXAMPLES / "make_book.py",
        tmp_path,
        "--seed",
        str(seed),
    ]
    subprocess.run(command, check=True)
    written = (tmp_path / "prospects.csv").read_bytes()
    assert written != (EXAMPLES / "book" / "prospects.csv").read_bytes()
