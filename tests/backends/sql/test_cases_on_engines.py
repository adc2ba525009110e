"""What the language means comes out of the printed statement on every engine that runs it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.backends.sql.tree.dialects import DIALECTS
from tests.support.case_tables import Engine, World, differences
from tests.support.conformance_cases import all_cases
from tests.support.sql_engines import DuckDB, Postgres, Spark

CPUS = os.cpu_count() or 1


def of_each_file(worlds: Sequence[World], most: int) -> list[World]:
    """At most ``most`` worlds of each file of cases: those with most cases."""
    files = {world.cases[0].file for world in worlds}
    found = []
    for file in sorted(files):
        own = [world for world in worlds if world.cases[0].file == file]
        found += sorted(own, key=lambda world: -len(world.cases))[:most]
    return found


EVERY = bool(os.environ.get("RELIGHT_EVERY_CASE"))
"""Whether all engines do all cases; else PostgreSQL alone does, as the statement is planned anew
for each playbook and instant: in a second by DuckDB, in five by Spark.
"""


def of_each_playbook(worlds: Sequence[World]) -> list[World]:
    """Of a playbook whose cases lie at several instants, the one with most cases."""
    found: dict[int, World] = {}
    for world in sorted(worlds, key=lambda world: -len(world.cases)):
        found.setdefault(id(world.playbook), world)
    return list(found.values())


def all_differences(worlds: Sequence[World], engine: Engine) -> list[str]:
    return [each for world in worlds for each in differences(world, engine)]


def test_every_case_is_in_a_world(all_worlds: list[World]) -> None:
    cases = [str(case) for world in all_worlds for case in world.cases]
    assert sorted(cases) == sorted(map(str, all_cases()))


def test_duckdb_gives_what_the_language_means(all_worlds: list[World]) -> None:
    """Of every other file; fast, unlike the test of every case."""
    assert all_differences(of_each_file(all_worlds, 1)[::2], DuckDB()) == []


@pytest.mark.slow
def test_duckdb_gives_what_the_largest_playbooks_mean(all_worlds: list[World]) -> None:
    """Every case is run on it in `tests/conformance`, by itself."""
    worlds = of_each_file(all_worlds, len(all_worlds) if EVERY else 3)
    assert all_differences(worlds, DuckDB()) == []


@pytest.mark.postgres
@pytest.mark.slow
def test_postgres_gives_what_the_language_means_in_every_case(
    all_worlds: list[World], postgres_engine: Postgres
) -> None:
    assert all_differences(all_worlds, postgres_engine) == []


@pytest.mark.spark
@pytest.mark.slow
def test_spark_gives_what_the_language_means(all_worlds: list[World], spark_engine: Spark) -> None:
    worlds = all_worlds if EVERY else of_each_playbook(all_worlds)
    assert {id(world.playbook) for world in worlds} == {id(each.playbook) for each in all_worlds}
    shares = [(spark_engine.another(f"{n}"), worlds[n::CPUS]) for n in range(CPUS)]
    with ThreadPoolExecutor(CPUS) as pool:
        found = list(pool.map(lambda share: all_differences(share[1], share[0]), shares))
    assert [each for part in found for each in part] == []


@pytest.mark.slow
def test_the_way_of_dialects_that_are_not_run_gives_the_same(all_worlds: list[World]) -> None:
    ways = {(each.lists, each.unpivots) for each in DIALECTS.values() if not each.runs}
    assert ways == {("spark", "numbers"), (None, "numbers")}  # the first is Spark's own
    engine = DuckDB(lists=False)
    assert all_differences(of_each_file(all_worlds, 2), engine) == []


def test_a_wrong_answer_is_a_difference(all_worlds: list[World]) -> None:
    engine = DuckDB()
    world = next(each for each in all_worlds if each.cases[0].file == "actions")
    right = engine.run

    def wrong(statement: str, now: int) -> list[dict[str, object]]:
        return [{**row, "state": "asleep"} for row in right(statement, now)]

    engine.run = wrong  # type: ignore[method-assign, assignment]  # stands in for it
    found = differences(world, engine)
    assert len(found) == len(world.cases)
    assert "state: 'asleep'" in found[0]
