"""Given facts and their defaults; rows are held by tests/conformance/measures.yaml."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from engine.book.calendar.calendar import Calendars
from engine.book.prospect import Prospect
from engine.language.conditions import Value
from engine.language.load import load
from engine.language.model import Playbook
from engine.semantics.evaluate_measures import Measures

PLAYBOOK = "playbook: small\nfacts: {opted_out: {type: boolean, default: false}}\n"


@pytest.fixture
def playbook(tmp_path: Path) -> Playbook:
    path = tmp_path / "small.yaml"
    path.write_text(PLAYBOOK, encoding="utf-8")
    found = load(path).playbook
    assert found is not None
    return found


def facts(playbook: Playbook, prospect: Prospect) -> dict[str, Value]:
    clock = Calendars(playbook.calendar).clock("UTC")
    measures = Measures(playbook)
    return measures.facts_of(prospect, measures.given(prospect), 0, clock)


def test_a_default_stands_where_nothing_was_filled_in(playbook: Playbook) -> None:
    assert facts(playbook, Prospect("1", {}))["opted_out"] is False


def test_a_cell_that_cannot_be_read_stays_unknown(playbook: Playbook) -> None:
    unreadable = Prospect("1", {}, unreadable=frozenset({"opted_out"}))
    assert "opted_out" not in facts(playbook, unreadable)


HUGE = 1e308


@pytest.mark.parametrize(
    ("numbers", "total"),
    [
        ([HUGE, HUGE, -HUGE, -HUGE], 0.0),
        ([HUGE, -HUGE, HUGE, -HUGE], 0.0),
        ([HUGE, HUGE], math.inf),
        ([-HUGE, -HUGE, 1.0], -math.inf),
        ([0.1] * 10, 1.0),
        ([1e16, 1.0, -1e16], 1.0),
    ],
)
def test_a_sum_is_rounded_once_whatever_the_order_of_rows(
    tmp_path: Path, numbers: list[float], total: float
) -> None:
    path = tmp_path / "sums.yaml"
    path.write_text(
        "playbook: sums\n"
        "tables: {touches: {minutes: {type: number}}}\n"
        "facts: {total: {measure: {sum: touches.minutes}}}\n",
        encoding="utf-8",
    )
    playbook = load(path).playbook
    assert playbook is not None
    for ordered in (numbers, numbers[::-1], sorted(numbers)):
        rows = tuple({"at": -at, "minutes": number} for at, number in enumerate(ordered))
        assert facts(playbook, Prospect("1", {}, {"touches": rows}))["total"] == total
