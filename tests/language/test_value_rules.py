"""The rules that playbooks, test files, books and programs share for values of each type."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.book.cells import CellReader
from engine.language.conditions import ValueType
from engine.language.model import Column
from engine.language.parse.literals import Expected, read_literal
from engine.language.problem import Problem, file_start
from engine.language.value_rules import (
    BOOLEANS,
    FALSE_WORDS,
    TRUE_WORDS,
    elapsed_seconds,
    finite_number,
    instant_of,
    parse_number,
)

HERE = file_start("x.yaml")


def test_words_of_booleans_are_true_or_false() -> None:
    assert {word for word, value in BOOLEANS.items() if value} == set(TRUE_WORDS)
    assert {word for word, value in BOOLEANS.items() if not value} == set(FALSE_WORDS)


@pytest.mark.parametrize(("text", "number"), [("5", 5.0), ("+.5e1", 5.0), ("-0", 0.0), ("5.", 5.0)])
def test_numbers_in_text(text: str, number: float) -> None:
    found = parse_number(text)
    assert found == number
    assert math.copysign(1, found) == math.copysign(1, number)


@pytest.mark.parametrize("text", ["", " 5", "1_0", "1,5", "0x1", "nan", "inf", "\u0665", "1e400"])
def test_text_without_a_finite_number(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan, 10**400, Decimal("1e400")])
def test_numbers_that_are_not_finite(number: float | Decimal) -> None:
    assert finite_number(number) is None


def test_there_is_no_minus_zero() -> None:
    zero = finite_number(-0.0)
    assert zero is not None
    assert math.copysign(1, zero) == 1


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("3 days", 259_200), ("0.5 hours", 1800), ("1 business day", None), ("soon", None), (3, None)],
)
def test_elapsed_time(text: object, seconds: int | None) -> None:
    assert elapsed_seconds(text) == seconds


@pytest.mark.parametrize(
    ("text", "zoneless"),
    [
        ("2026-03-05", False),
        ("2026-03-05T10:00Z", False),
        ("2026-03-05 10:00+01:00", False),
        ("2026-03-05 10:00", True),
    ],
)
def test_a_time_of_day_without_a_zone_is_told_from_a_date(text: str, zoneless: bool) -> None:
    found = instant_of(text, "UTC")
    assert found is not None
    assert found.zoneless is zoneless


@pytest.mark.parametrize("value", [7, None, True, "2026-02-30", "soon"])
def test_values_that_are_not_instants(value: object) -> None:
    assert instant_of(value, "UTC") is None


words = st.sampled_from(
    ["3 days", "2 business days", "0.00001 minutes", "2026-03-05", "2026-03-05T10:00Z", "soon", "1"]
)


@pytest.mark.parametrize("type", ["time", "duration"])
@given(text=words | st.text(max_size=8).map(str.strip).filter(str.isascii))
def test_a_playbook_and_a_book_agree_on_text(type: ValueType, text: str) -> None:
    literal = read_literal(text, Expected("x", type), "America/New_York", HERE)
    cell = CellReader(Column("x", type), "America/New_York").read(text)
    assert literal == cell or isinstance(literal, Problem)
    assert isinstance(literal, Problem) is not isinstance(cell, int)
