from __future__ import annotations

import csv
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.reports.escape import csv_cell, printable, printable_lines, to_json


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("Müller & Søn", "Müller & Søn"),
        ("日本", "日本"),
        ("two\nlines", r"two\nlines"),
        ("a\ttab", r"a\ttab"),
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("\x9b31m", r"\x9b31m"),
        ("abc\u202etxt", r"abc\u202etxt"),
        ("a\u2028b", r"a\u2028b"),
        ("zero\u200bwidth", r"zero\u200bwidth"),
        ("\U000e0041", r"\U000e0041"),
        ("\u3164", r"\u3164"),
        ("\ufdd0", r"\ufdd0"),
        ("\ud800", r"\ud800"),
    ],
)
def test_what_cannot_be_seen_is_written_out(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_emoji_keep_the_joiners_they_are_spelt_with() -> None:
    family = "👨\u200d👩\u200d👧"
    assert printable(family) == family


@given(st.text())
def test_nothing_printable_can_move_the_cursor(text: str) -> None:
    shown = printable(text)
    assert not any(ord(letter) < 0x20 or 0x7F <= ord(letter) <= 0x9F for letter in shown)


def test_a_message_keeps_its_lines() -> None:
    assert printable_lines("one\r\ntwo\x07\n") == "one\ntwo\\x07\n"


@pytest.mark.parametrize("formula", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1"])
def test_a_cell_that_a_spreadsheet_would_run_is_quoted(formula: str) -> None:
    (read,) = next(csv.reader([csv_cell(formula)]))
    assert read == "'" + printable(formula)


@pytest.mark.parametrize("number", ["-5", "+3.25", "-1e-06", "0.4"])
def test_a_plain_number_stays_a_number(number: str) -> None:
    assert csv_cell(number) == number


@given(st.lists(st.text(), min_size=2))
def test_cells_come_back_as_they_were_shown(texts: list[str]) -> None:
    (row,) = csv.reader([",".join(csv_cell(text) for text in texts)])
    for text, read in zip(texts, row, strict=True):
        assert read in (printable(text), "'" + printable(text))


@given(st.recursive(st.text() | st.booleans(), st.lists))
def test_json_says_the_same_with_everything_visible(value: object) -> None:
    written = to_json(value)
    assert json.loads(written) == value
    assert written == printable(written)
