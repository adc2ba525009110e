from __future__ import annotations

from collections import Counter
from pathlib import Path

import duckdb
import pytest

from bench.books import AS_OF, TABLES, facts_in, make_book
from bench.engines import make, playbook
from engine.advice.advisor import Advisor
from engine.assurance.lint.load_runnable import load_runnable
from engine.book.book import open_book
from engine.language.package_data import shipped

pytestmark = pytest.mark.slow

PROSPECTS = 1_000


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_book(tmp_path_factory.mktemp("raw"), "raw", PROSPECTS)


@pytest.fixture(scope="module")
def flat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_book(tmp_path_factory.mktemp("flat"), "flat", PROSPECTS)


def rows(book: Path, table: str) -> list[tuple[object, ...]]:
    text = f"SELECT COLUMNS(*)::VARCHAR FROM '{book / table}.parquet'"
    return duckdb.connect().execute(text).fetchall()


@pytest.mark.parametrize("kind", TABLES)
def test_the_same_seed_makes_the_same_rows_and_another_seed_others(
    kind: str, tmp_path: Path
) -> None:
    one, same, other = (
        make_book(tmp_path / name, kind, 200, seed=seed)
        for name, seed in (("one", 3), ("same", 3), ("other", 4))
    )
    for table in TABLES[kind]:
        assert rows(one, table) == rows(same, table)
        assert rows(one, table) != rows(other, table)


def test_a_prospect_has_ten_touches_in_the_mean_and_some_have_none(raw: Path) -> None:
    touches = rows(raw, "touches")
    assert len(touches) / PROSPECTS == pytest.approx(10, rel=0.05)
    touched = {row[0] for row in touches}
    assert 0.02 < 1 - len(touched) / PROSPECTS < 0.08


def test_no_touch_lies_ahead_of_now(raw: Path) -> None:
    text = f"SELECT count(*) FROM '{raw / 'touches'}.parquet' WHERE epoch(\"at\") > {AS_OF}"
    assert duckdb.execute(text).fetchall() == [(0,)]


def test_all_states_have_their_share_of_a_raw_book(raw: Path) -> None:
    found = load_runnable(shipped("rules", "gone-dark.yaml")).playbook
    assert found is not None
    book, adviser = open_book(raw, found), Advisor(found, "compiled", batch=True)
    states = Counter(adviser.recommend(each, AS_OF).state for each in book.prospects())
    assert [each for each in book.problems if each.severity != "note"] == []
    assert set(states) == {"dark", "waiting", "our_turn", "untouched", "closed"}
    assert min(states.values()) >= 0.03 * PROSPECTS, states


def test_all_states_have_their_share_of_a_flat_book(flat: Path) -> None:
    judge = make("compiled", playbook())
    states = Counter(judge(facts, AS_OF).state for facts in facts_in(flat, PROSPECTS))
    assert set(states) == {"dark", "waiting", "our_turn", "untouched"}
    assert min(states.values()) >= 0.03 * PROSPECTS, states


def test_a_large_book_has_several_row_groups(flat: Path) -> None:
    text = (
        f"SELECT count(DISTINCT row_group_id) FROM parquet_metadata('{flat / 'prospects'}.parquet')"
    )
    small = duckdb.execute(text).fetchall()
    large = make_book(flat / "large", "flat", 10_000)
    text = text.replace(str(flat), str(large))
    assert small == [(1,)]
    assert duckdb.execute(text).fetchall() == [(5,)]
