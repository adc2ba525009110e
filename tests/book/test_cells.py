from __future__ import annotations

import math
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.book.cells import Cell, CellError, CellReader, RawCell
from engine.language.conditions import ValueType
from engine.language.model import Column
from engine.language.value_rules import Word, Words


def cells(type: ValueType, *choices: str, name: str = "x") -> CellReader:
    return CellReader(Column(name, type, Words(map(Word, choices))), "America/New_York")


def problem(type: ValueType, cell: RawCell, *choices: str, name: str = "x") -> CellError:
    found = cells(type, *choices, name=name).read(cell)
    assert isinstance(found, CellError)
    return found


@pytest.mark.parametrize("type", ["boolean", "number", "text", "choice", "time", "duration"])
@pytest.mark.parametrize("cell", [None, "", "  ", "\t\u00a0"])
def test_an_empty_cell_is_unknown(type: ValueType, cell: RawCell) -> None:
    assert cells(type, "a").read(cell) is None


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        *((word, True) for word in ("true", "TRUE", "Yes", " yes ", "1", True, 1, 1.0)),
        *((word, False) for word in ("false", "False", "NO", "0", False, 0, Decimal(0))),
    ],
)
def test_booleans(cell: RawCell, value: bool) -> None:
    assert cells("boolean").read(cell) is value


@pytest.mark.parametrize("cell", ["ja", "on", "maybe", "10", 2, 0.5, "tru\u0435"])
def test_what_is_no_boolean_is_unreadable(cell: RawCell) -> None:
    assert problem("boolean", cell).code == "not-a-boolean"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        *(("5", 5.0), (" -0.5 ", -0.5), ("+1e3", 1000.0), (".5", 0.5), ("5.", 5.0), ("007", 7.0)),
        *((7, 7.0), (0.1, 0.1), (Decimal("1.50"), 1.5)),
    ],
)
def test_numbers(cell: RawCell, value: float) -> None:
    found = cells("number").read(cell)
    assert found == value
    assert isinstance(found, float)


def test_there_is_no_minus_zero() -> None:
    found = cells("number").read("-0")
    assert isinstance(found, float)
    assert math.copysign(1, found) == 1


@pytest.mark.parametrize(
    "cell",
    [
        *("1,234", "12k", "$5", "5 %", "0x10", "1_000", "٣", "1e400", "nan", "inf", "-Infinity"),
        *("1 2", True, math.nan, math.inf, 10**400),
    ],
)
def test_what_is_no_number_is_unreadable(cell: RawCell) -> None:
    assert problem("number", cell).code == "not-a-number"


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("12.500,50", "12500.50"),
        ("12,500.50", "12500.50"),
        ("1,5", "1.5"),
        ("1,2", "1.2"),
        ("-0,75", "-0.75"),
        ("0,500", "0.500"),
        ("1234,500", "1234.500"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("1.234.567,8", "1234567.8"),
        ("1 234", "1234"),
        ("1\u00a0234,50", "1234.50"),
        ("1'234'567.8", "1234567.8"),
        ("1_000", "1000"),
        ("$1 234.50", "1234.50"),
        ("12,50 \u20ac", "12.50"),
        ("$5", "5"),
    ],
)
def test_a_number_with_separators_is_told_how_to_be_written(cell: str, number: str) -> None:
    assert problem("number", cell).help == f"write `{number}`"


def test_a_comma_that_may_be_either_is_not_guessed() -> None:
    found = problem("number", "-12,500").help
    assert found == "write `-12500`, or `-12.500` if the comma begins the decimals"


@pytest.mark.parametrize("cell", ["5%", "1 2", "1,23,4", "12.34.56", "1,234 567", "12k", "12 USD"])
def test_what_may_be_another_number_is_not_guessed(cell: str) -> None:
    usual = "write digits with a decimal point, such as `1234.5`"
    assert problem("number", cell).help == usual


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_is_read_as_it_is_printed(number: float) -> None:
    assert cells("number").read(repr(number)) == number


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        *((" a  b ", "a  b"), ("e\u0301", "é"), ("007", "007"), (42, "42"), (42.0, "42")),
        *((Decimal("42.00"), "42"), (1.5, "1.5"), (Decimal("1.50"), "1.5")),
        (1e22, "10000000000000000000000"),
    ],
)
def test_text(cell: RawCell, value: str) -> None:
    assert cells("text").read(cell) == value


@pytest.mark.parametrize(
    "cell", [10**400, -(10**4000), Decimal("1e500"), Decimal("1e-500"), Decimal("-1e999999999")]
)
@pytest.mark.parametrize("type", ["boolean", "number", "text", "choice", "time", "duration"])
def test_a_number_of_very_many_digits_ends_no_reading(type: ValueType, cell: RawCell) -> None:
    if type != "number" or cell != Decimal("1e-500"):
        assert problem(type, cell, "a").code.startswith("not-")
    for name in ("timezone", "id"):
        assert problem("text", cell, name=name).code == "not-text"


def test_a_boolean_is_no_text() -> None:
    assert problem("text", True).code == "not-text"


@given(st.text(st.characters(codec="utf-8")))
def test_text_is_trimmed_and_in_nfc(text: str) -> None:
    assert cells("text").read(text) == (unicodedata.normalize("NFC", text.strip()) or None)


def test_a_choice_that_is_none_is_answered_with_a_near_one() -> None:
    found = problem("choice", "Propsal", "demo", "proposal")
    assert found == CellError(
        "not-a-choice", "`Propsal` is not one of the choices", "did you mean `proposal`?"
    )
    assert problem("choice", "xyz", "a", "b").help == "its choices are `a`, `b`"
    assert problem("choice", "Closed Won", "closed_lost").help == "its choices are `closed_lost`"
    assert problem("choice", "Closed Lots", "closed_lost").help == "did you mean `closed_lost`?"
    assert cells("choice", "2026").read(2026) == "2026"


def test_instants() -> None:
    readers = cells("time")
    assert readers.read("1970-01-01T00:00:01Z") == 1
    assert not readers.zoneless
    assert readers.read("1970-01-01") == 5 * 3600
    assert not readers.zoneless
    assert readers.read("1970-01-01T00:00") == 5 * 3600
    assert readers.zoneless


@pytest.mark.parametrize("cell", ["tomorrow", "03/05/2026", "2026-W10-1", 1772686800, True, "now"])
def test_what_is_no_instant_is_unreadable(cell: RawCell) -> None:
    assert problem("time", cell).code == "not-an-instant"


def test_durations_are_elapsed_time() -> None:
    assert cells("duration").read("1.5 hours") == 5400
    assert problem("duration", "2 business days").code == "not-a-duration"
    assert problem("duration", "soon").code == "not-a-duration"
    assert problem("duration", 3).code == "not-a-duration"


def test_a_time_zone_is_one_that_is_known() -> None:
    assert cells("text", name="timezone").read("Asia/Kolkata") == "Asia/Kolkata"
    found = problem("text", "America/Chicgo", name="timezone")
    assert (found.code, found.help) == ("unknown-timezone", "did you mean `America/Chicago`?")


def test_what_no_cell_can_hold_is_passed_on() -> None:
    reason = CellError("not-a-value", "a list is not the value of a cell")
    assert cells("text").read(reason) is reason


def test_one_and_true_are_not_taken_for_each_other() -> None:
    readers = cells("text")
    answers: list[Cell] = [readers.read(cell) for cell in (1, True, 1.0, "1")]
    assert answers[0] == answers[2] == answers[3] == "1"
    assert isinstance(answers[1], CellError)


def test_many_different_cells_are_not_all_kept() -> None:
    readers = cells("number")
    for number in range(50_000):
        assert readers.read(str(number)) == number
    assert len(readers._cache) <= 20_000


def test_suggestions_for_many_different_mistakes_come_to_an_end() -> None:
    readers = cells("text", name="timezone")
    helps = [getattr(readers.read(f"Europe/Berlim{at}"), "help", None) for at in range(30)]
    assert helps[0] == "did you mean `Europe/Berlin`?"
    assert helps[-1] == "write an IANA name: `America/Chicago`"


@given(st.sampled_from(["boolean", "number", "text", "choice", "time", "duration"]), st.text())
def test_no_text_is_too_odd_to_be_read_or_refused(type: ValueType, text: str) -> None:
    found = cells(type, "a").read(text)
    assert not isinstance(found, CellError) or found.message


@pytest.mark.parametrize("type", ["boolean", "number", "text", "choice", "time", "duration"])
def test_more_marks_than_a_language_needs_are_unreadable(type: ValueType) -> None:
    """So many that to sort them, as normalizing does, would take minutes."""
    found = problem(type, "a" + "\u0301\u0316" * 130_000, "a")
    assert found.code == "not-text"
    assert found.message == "this text has more than 30 combining marks in a row"


@pytest.mark.parametrize("end", ["x", "", ".", "e", ".5x"])
def test_very_many_digits_are_read_in_one_go(end: str) -> None:
    """So many that a pattern which tries each place to split them would never be through."""
    assert problem("number", "1" * 1_000_000 + end).code == "not-a-number"


@pytest.mark.parametrize("name", ["id", "prospect_id", "contact_id"])
@pytest.mark.parametrize("cell", [2.0**53, -(2.0**53), 1e22, 1.5e300])
def test_a_number_that_may_be_rounded_is_no_id(name: str, cell: float) -> None:
    found = problem("text", cell, name=name)
    assert found.code == "inexact-id"
    assert "may have been rounded, so it is no id" in found.message


@pytest.mark.parametrize("cell", [2**53 + 1, Decimal(2**53 + 1), str(2**53 + 1)])
def test_a_number_that_is_exact_is_an_id(cell: RawCell) -> None:
    assert cells("text", name="id").read(cell) == "9007199254740993"
    assert cells("text", name="id").read(2.0**53 - 1) == "9007199254740991"
