"""What to write instead of text that is no duration."""

from __future__ import annotations

import pytest

from engine.language.durations import read_duration
from engine.language.schema.duration_hints import duration_advice, suggested_duration


@pytest.mark.parametrize("text", ["0.3333 hours", "0.0001 minutes", "0.3333 business days"])
def test_what_is_no_whole_number_of_seconds_is_told_so(text: str) -> None:
    assert read_duration(text) is None
    assert duration_advice(text) == (
        "a duration is a whole number of seconds: round it, or use a smaller unit"
    )


@pytest.mark.parametrize("text", ["0.3333 hrs", "0.3333 huors"])
def test_nothing_is_meant_that_is_no_duration_either(text: str) -> None:
    assert suggested_duration(text) is None


@pytest.mark.parametrize(
    ("text", "meant"), [("1.5 hrs", "1.5 hours"), ("2 bd", "2 business days"), ("a day", "1 day")]
)
def test_a_unit_that_is_short_is_written_out(text: str, meant: str) -> None:
    assert suggested_duration(text) == meant
    assert read_duration(meant) is not None
