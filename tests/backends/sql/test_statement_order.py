"""Parts of a statement can be asked for in any order, and an unknown name is an error."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from sqlglot import exp

from engine.backends.sql.business_time.zone_ctes import ZONE_CTES
from engine.backends.sql.statement import Statement
from engine.backends.sql.tree.column_names import ColumnKey
from engine.language.durations import Duration
from engine.language.load import load
from engine.language.model import Playbook
from engine.language.walk import DARK, EvidenceId, RuleId

RULES = Path(__file__).parents[3] / "rules"
UNUSED = Duration(Fraction(1234), "business hour")


def playbook_named(name: str) -> Playbook:
    found = load(RULES / f"{name}.yaml").playbook
    assert found is not None
    return found


@pytest.fixture(scope="module")
def statement() -> Statement:
    return Statement(playbook_named("gone-dark"))


def test_durations_are_known_before_any_relation_is_written() -> None:
    fresh = Statement(playbook_named("gone-dark"))
    before = fresh.cutoffs.durations
    thresholds = fresh.playbook.thresholds.values()
    assert {each.silent_for for each in thresholds} <= before
    fresh.relations()
    assert fresh.cutoffs.durations == before


def test_a_duration_that_no_rule_has_is_an_error(statement: Statement) -> None:
    cutoffs = statement.cutoffs
    assert UNUSED not in cutoffs.durations
    for ask in (cutoffs.not_before, cutoffs.not_after, cutoffs.at_least_ago, cutoffs.due):
        with pytest.raises(KeyError):
            ask(UNUSED)


def test_a_column_that_no_rule_has_is_an_error(statement: Statement) -> None:
    assert statement.names[DARK] == "_dark"
    unknown: tuple[ColumnKey, ...] = (
        RuleId("facts", "no_such"),
        EvidenceId("busy", "no_such"),
        (RuleId("actions", "no_such"), "value"),
        RuleId("columns", "dakr"),
    )
    for key in unknown:
        with pytest.raises(KeyError):
            statement.names[key]


@pytest.mark.parametrize(
    "name",
    [
        "gone-dark",
        *(
            pytest.param(name, marks=pytest.mark.slow)
            for name in ("customers", "prevention", "strict-consent")
        ),
    ],
)
def test_every_cutoff_is_compared_with(name: str) -> None:
    statement = Statement(playbook_named(name))
    collected = {*statement.cutoffs.columns.values(), *statement.cutoffs.dues.values()}
    passing_on = {*ZONE_CTES, "facts"}
    used = {
        each.name
        for cte, select in statement.relations()
        if cte not in passing_on
        for each in select.find_all(exp.Column)
    }
    due = {statement.actions.due(each).name for each in statement.playbook.actions.values()}
    assert collected - used - due == set()
