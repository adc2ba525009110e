"""How many windows a UTC day may have, from the hours of a calendar alone."""

from __future__ import annotations

import pytest

from engine.book.calendar.calendar_shape import shape_of, windows_in_a_day
from engine.language.conditions import In, Ref
from engine.language.hours.calendar_tree import Calendar, DayHours, Region
from engine.language.hours.read_hours import read_hours
from engine.language.problem import Span


def hours(*texts: str) -> frozenset[DayHours]:
    return frozenset(map(read_hours, texts))


@pytest.mark.parametrize(
    ("texts", "most"),
    [
        # The end of one day and the start of the next, and one of them once more if the clock is
        # put back.
        (["09:00-17:00"], 3),
        (["09:00-17:00", "09:00-14:00"], 3),
        # Days that touch are one window, of which a change of the clock makes two parts.
        (["00:00-24:00"], 2),
        # One part may have both windows of a day and the first of the next, another two more.
        (["09:00-12:00, 13:00-17:00"], 5),
        # 23:30 to 00:30 has eight windows, which the clock may repeat.
        (
            [
                "00:00-00:05, 00:10-00:15, 00:20-00:25, 00:30-00:35",
                "23:20-23:25, 23:30-23:35, 23:40-23:45, 23:50-23:55",
            ],
            16,
        ),
    ],
)
def test_the_windows_of_a_day_are_counted(texts: list[str], most: int) -> None:
    assert windows_in_a_day(hours(*texts)) == most


def test_very_many_hours_are_not_compared_with_each_other() -> None:
    every = [((minute, minute + 60),) for minute in range(0, 1200, 10)]
    assert windows_in_a_day(every) == 6


DAY_COLUMNS = """
    clock bucket_seconds day key before opens_1 closes_1 opens_2 closes_2 opens_3 closes_3
    next_opening
"""
REACH_COLUMNS = """
    clock bucket key opens_1 closes_1 before_1 opens_2 closes_2 before_2 opens_3 closes_3 before_3
"""


def test_a_plain_calendar_has_the_tables_that_it_always_had() -> None:
    shape = shape_of(Calendar(holidays=("US",), closed=(("2026-12-24", "2026-12-31"),)))
    assert shape.columns == {
        "calendar_days": {"zone": "VARCHAR", **dict.fromkeys(DAY_COLUMNS.split(), "BIGINT")},
        "calendar_reach": dict.fromkeys(REACH_COLUMNS.split(), "BIGINT"),
    }
    assert shape.reach_keys == 10_000_000


def test_the_hours_of_a_region_count_too() -> None:
    here = Span("p.yaml", 1, 1, 1, 1)
    fits = (In(Ref("fact", "country", "text"), ("DE",), span=here),)
    lunch = Calendar(hours=read_hours("09:00-12:00, 13:00-17:00"))
    main = Calendar(regions=(Region("germany", fits, lunch, span=here),))
    shape = shape_of(main)
    assert (shape.day_windows, shape.reach_windows, shape.regions) == (5, 4, True)
    assert list(shape.columns["calendar_days"])[:3] == ["zone", "region", "clock"]
