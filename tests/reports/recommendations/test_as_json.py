from __future__ import annotations

import math
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from engine.advice.advisor import Advisor
from engine.advice.rounding import rounded
from engine.advice.worklist import select
from engine.book.prospect import Prospect
from engine.language.conditions import Value
from engine.language.model import Playbook
from engine.reports.recommendations.as_json import facts_data
from engine.semantics.prospect_filter import ProspectFilter
from tests.support.small_books import small_playbook
from tests.support.small_playbook import PLAYBOOK


@pytest.fixture
def playbook(tmp_path: Path) -> Playbook:
    return small_playbook(tmp_path, PLAYBOOK)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.1 + 0.2, 0.3),
        (1 / 3, 0.333333),
        (2.0, 2.0),
        (math.inf, sys.float_info.max),
        (-math.inf, -sys.float_info.max),
    ],
)
def test_numbers_have_six_decimals_and_no_infinity(value: float, expected: float) -> None:
    assert rounded(value) == expected


def test_there_is_no_negative_nothing() -> None:
    assert math.copysign(1, rounded(-0.0)) == 1
    assert math.copysign(1, rounded(-1e-9)) == 1


def test_facts_stand_in_the_order_of_the_playbook_and_say_their_types(playbook: Playbook) -> None:
    facts: dict[str, Value] = {
        "renews_at": 0,
        "amount": 0.1 + 0.2,
        "opted_out": True,
        "stage": "demo",
    }
    found = Advisor(playbook, "meaning").recommend(Prospect("p", facts), 0)
    known = facts_data(playbook, found)
    assert list(known) == ["stage", "amount", "opted_out", "renews_at", "big_deal", "emails",
                           "closed", "touches_unanswered"]  # fmt: skip
    assert known["renews_at"] == "1970-01-01T00:00:00Z"
    assert known["amount"] == 0.3
    assert known["opted_out"] is True


def test_values_that_print_alike_are_ordered_by_id(playbook: Playbook) -> None:
    advisor = Advisor(playbook, "meaning")
    big = Prospect("b", {"amount": 20000.0})
    first = advisor.recommend(big, 0)
    (step,) = first.steps
    almost = replace(first, prospect="a", steps=(replace(step, value=step.value - 1e-9),))
    less = replace(first, prospect="c", steps=(replace(step, value=step.value - 1e-3),))
    without = replace(first, prospect="0", steps=())
    found = select([without, less, first, almost], ProspectFilter(everybody=True))
    assert [one.prospect for one in found] == ["a", "b", "c", "0"]


@pytest.mark.parametrize(
    ("written", "zone"),
    [("Asia/Tokyo", "Asia/Tokyo"), ("Atlantis/Town", "UTC"), (None, "UTC")],
)
def test_times_are_local_to_the_prospect_where_that_is_known(
    playbook: Playbook, written: str | None, zone: str
) -> None:
    facts = {} if written is None else {"timezone": written}
    found = Advisor(playbook, "meaning").recommend(Prospect("p", facts), 0)
    assert found.zone == zone
