from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from bench.answers import Answer, answer_of_row, same
from bench.books import AS_OF, facts_in, make_book
from bench.by_hand import main as by_hand
from bench.engines import NAMES, Missing, make, playbook
from bench.many import write_many
from bench.peers.spelled import STANDARD, conclusions
from engine.assurance.lint.load_runnable import load_runnable

pytestmark = pytest.mark.slow

PROSPECTS = 400
ANSWER = Answer("dark", frozenset({"after_demo"}), frozenset(), {"busy": 0.5}, [("write", 0.4)])


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_book(tmp_path_factory.mktemp("flat"), "flat", PROSPECTS)


@pytest.fixture(scope="module")
def meant(book: Path) -> list[Answer]:
    judge = make("meaning", playbook())
    return [judge(facts, AS_OF) for facts in facts_in(book, PROSPECTS)]


@pytest.mark.parametrize("name", [name for name in NAMES if name != "meaning"])
def test_everybody_answers_as_the_definition_does(
    name: str, book: Path, meant: list[Answer]
) -> None:
    try:
        judge = make(name, playbook())
    except Missing as missing:
        pytest.skip(str(missing))
    found = [judge(facts, AS_OF) for facts in facts_in(book, PROSPECTS)]
    assert [at for at in range(PROSPECTS) if not same(found[at], meant[at])] == []


def test_the_sql_written_by_hand_answers_as_the_definition_does(
    book: Path, meant: list[Answer], tmp_path: Path
) -> None:
    target = tmp_path / "hand.parquet"
    by_hand("columns", str(book), str(target))
    cursor = duckdb.connect().execute(f"FROM '{target}' ORDER BY id")
    names = [column[0] for column in cursor.description or ()]
    rules = playbook()
    found = [answer_of_row(rules, dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
    assert [at for at in range(PROSPECTS) if not same(found[at], meant[at])] == []


def test_sixty_is_sixty_one_rules_without_a_problem() -> None:
    rules = playbook()
    derived = [id for id, fact in rules.facts.items() if fact.when is not None]
    parts = (derived, rules.thresholds, rules.signals, rules.causes, rules.actions, rules.guards)
    own = [id for part in parts for id in part if id not in STANDARD]
    assert len(own) == 61


def test_every_rule_is_spelled_once_for_peers() -> None:
    names = [name for name, _ in conclusions(playbook())]
    assert len(names) == len(set(names))


def test_many_copies_of_the_rules_make_one_playbook_that_can_be_evaluated(tmp_path: Path) -> None:
    path, rules = write_many(tmp_path / "many.yaml")
    reading = load_runnable(path)
    assert (rules, reading.problems) == (1_037, ())
    assert reading.playbook is not None
    assert len(reading.playbook.causes) == 17 * len(playbook().causes)


@pytest.mark.parametrize(
    "other",
    [
        ANSWER._replace(state="waiting"),
        ANSWER._replace(dark=frozenset()),
        ANSWER._replace(signals=frozenset({"neglected"})),
        ANSWER._replace(causes={}),
        ANSWER._replace(causes={"busy": 0.500001}),
        ANSWER._replace(steps=[]),
        ANSWER._replace(steps=[("call", 0.4)]),
        ANSWER._replace(steps=[("write", 0.41)]),
    ],
)
def test_answers_that_differ_in_anything_are_not_the_same(other: Answer) -> None:
    assert same(ANSWER, ANSWER._replace(causes={"busy": 0.5 + 1e-12}))
    assert not same(ANSWER, other)
