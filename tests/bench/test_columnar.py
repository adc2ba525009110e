"""The columns that the benchmark of the statement writes are what the definition gives."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from bench.books import AS_OF, make_book
from bench.columnar import main
from bench.engines import playbook
from engine.advice.advisor import Advisor
from engine.book.book import open_book
from engine.language.model import Playbook

pytestmark = pytest.mark.slow


def expected(book: Path, rules: Playbook) -> dict[str, tuple[str, float | None, str | None]]:
    """State, value of the best action and its id of each prospect; of actions of one value, the
    first by its id.
    """
    advisor = Advisor(rules, "meaning")
    found = {}
    for prospect in open_book(book, rules).prospects():
        recommended = advisor.evaluate(prospect, AS_OF).recommendation
        steps = sorted(recommended.steps, key=lambda step: (-step.value, step.action.id))
        best = (steps[0].value, steps[0].action.id) if steps else (None, None)
        found[prospect.id] = (recommended.state, *best)
    return found


def test_it_writes_the_state_and_the_best_step(tmp_path: Path) -> None:
    book, target = make_book(tmp_path / "flat", "flat", 300), tmp_path / "columns.parquet"
    main(book, target)
    rows = duckdb.connect().execute(f"SELECT id, state, value, next_step FROM '{target}'")
    written = {id: (state, value, step) for id, state, value, step in rows.fetchall()}
    assert written == expected(book, playbook())
