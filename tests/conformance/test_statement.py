"""The SQL statement gives what the language means in every case, from the rows on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.support.case_tables import World
from tests.support.conformance_cases import Case, all_cases
from tests.support.statement_tables import Tables, differences

Differences = Mapping[str, Any]


@pytest.fixture(scope="session")
def differences_of(all_worlds: list[World]) -> Callable[[Case], Differences]:
    """A case to what the statement says of it and should not. The cases of one playbook and instant
    are judged by one statement, when the first of them is asked for.
    """
    worlds = {str(case): world for world in all_worlds for case in world.cases}
    found: dict[str, Differences] = {}

    def of(case: Case) -> Differences:
        if str(case) not in found:
            found.update(judged(worlds[str(case)]))
        return found[str(case)]

    return of


def judged(world: World) -> dict[str, Differences]:
    """The differences of each case of ``world``."""
    tables = Tables(world.playbook, world.prospects, world.now)
    rows = tables.judged()
    return {
        str(case): differences(
            tables.statement, rows[f"p{number}"], meant.firings, meant.recommendation
        )
        for number, (case, meant) in enumerate(world.expected())
    }


@pytest.mark.slow
@pytest.mark.parametrize("case", all_cases(), ids=str)
def test_the_statement_gives_what_the_language_means(
    case: Case, differences_of: Callable[[Case], Differences]
) -> None:
    assert differences_of(case) == {}


def test_a_wrong_answer_is_a_difference(all_worlds: list[World]) -> None:
    world = next(each for each in all_worlds if each.cases[0].file == "actions")
    tables = Tables(world.playbook, world.prospects, world.now)
    _, meant = next(world.expected())
    row = {**tables.judged()["p0"], "_state": "asleep"}
    found = differences(tables.statement, row, meant.firings, meant.recommendation)
    assert found == {"state": ("asleep", meant.recommendation.state)}
