"""Values in the words a rep reads."""

from __future__ import annotations

import pytest

from engine.advice.comparison_words import format_business_time, format_duration, format_number

MINUTE, HOUR, DAY = 60, 3600, 86400


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (59, "less than a minute"),
        (MINUTE, "1 minute"),
        (3 * HOUR + 5 * MINUTE, "3 hours 5 minutes"),
        (DAY + 5 * MINUTE, "1 day"),
        (19 * DAY + 14 * HOUR + 3 * MINUTE, "19 days 14 hours"),
        (-2 * DAY, "2 days"),
    ],
)
def test_a_length_of_time_is_told_in_two_neighbouring_units_at_most(
    seconds: int, words: str
) -> None:
    assert format_duration(seconds) == words


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0.5, "0.5 business hours"),
        (1, "1 business hour"),
        (8, "1 business day"),
        (97, "12.1 business days"),
    ],
)
def test_open_time_is_told_in_business_days_of_eight_hours(hours: float, words: str) -> None:
    assert format_business_time(hours * HOUR, 8 * HOUR) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1234567.5, "1,234,567.5"),
        (0.1 + 0.2, "0.3"),
        (-12500.0, "-12,500"),
        (1e300, "1e+300"),
    ],
)
def test_a_number_is_told_with_its_thousands_apart(number: float, words: str) -> None:
    assert format_number(number) == words
