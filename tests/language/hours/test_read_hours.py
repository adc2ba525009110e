"""Opening hours as they are written, and the minutes that they are."""

from __future__ import annotations

import pytest

from engine.language.hours.read_hours import (
    HoursError,
    clock_time,
    is_date,
    read_hours,
    read_span,
)

NIGHT = 24 * 60


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("09:00-17:00", ((540, 1020),)),
        ("00:00-24:00", ((0, 1440),)),
        ("09:00-12:00, 13:00-17:00", ((540, 720), (780, 1020))),
        ("13:00-17:00,09:00-12:00", ((540, 720), (780, 1020))),
        ("22:00-06:00", ((1320, NIGHT + 360),)),
        ("22:00-00:00", ((1320, 1440),)),
        ("06:00-05:59", ((360, NIGHT + 359),)),
        ("09:00-12:00, 12:00-17:00", ((540, 1020),)),
        ("22:00-06:00, 06:00-10:00", ((360, 600), (1320, NIGHT + 360))),
        ("09:00-10:00, 10:00-11:00, 11:00-12:00, 13:00-14:00", ((540, 720), (780, 840))),
    ],
)
def test_windows_are_minutes_in_order_and_apart(
    text: str, windows: tuple[tuple[int, int], ...]
) -> None:
    assert read_hours(text) == windows


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("09:00-09:00", "impossible-range"),
        ("24:00-06:00", "impossible-range"),
        ("09:00-24:30", "impossible-range"),
        ("09:60-12:00", "impossible-range"),
        ("9-17", "impossible-range"),
        ("", "impossible-range"),
        ("09:00-12:00,", "impossible-range"),
        ("09:00-12:00, 11:59-13:00", "overlapping-hours"),
        ("09:00-12:00, 09:00-12:00", "overlapping-hours"),
        ("22:00-06:00, 23:00-23:30", "overlapping-hours"),
        ("22:00-06:01, 06:00-10:00", "overlapping-hours"),
    ],
)
def test_what_no_day_can_have_is_told(text: str, code: str) -> None:
    with pytest.raises(HoursError) as told:
        read_hours(text)
    assert told.value.code == code
    assert told.value.help


def test_a_time_of_the_next_day_is_that_of_its_clock() -> None:
    assert [clock_time(at) for at in (0, 545, 1440, 1441)] == ["00:00", "09:05", "24:00", "00:01"]


def test_dates_are_read_as_they_are_spelt() -> None:
    assert read_span("2026-12-24") == ("2026-12-24", "2026-12-24")
    assert read_span("2026-12-24..2027-01-02") == ("2026-12-24", "2027-01-02")
    assert read_span("2026-02-29") is None
    assert read_span("2026-12-24..") == ("2026-12-24", "2026-12-24")
    assert not is_date("20261224")
    assert not is_date("2026-W52-4")
