"""Business time told by the two tables, as SQL does it, against the clock."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.book.calendar.business_clock import DAY, FIRST, LAST
from engine.book.calendar.calendar import Calendars
from engine.book.calendar.calendar_shape import CalendarShape, shape_of
from engine.book.calendar.calendar_tables import (
    DAYS_PER_ZONE,
    ClockRows,
    bucket_of,
    calendar_rows,
    load_calendar,
)
from engine.language.durations import Duration, read_duration
from engine.language.hours.calendar_tree import Calendar
from tests.book.calendar.test_calendar import CALENDARS, CHANGES, EVERY_DAY, at

ZONES = tuple(sorted(CHANGES))
ODD = (
    *CALENDARS,
    Calendar(hours=((0, 1),), weekdays=EVERY_DAY),
    Calendar(hours=((60, 150),), weekdays=EVERY_DAY),
    Calendar(holidays=("US",), closed=(("2011-12-20", "2012-02-03"),)),
    Calendar(closed=(("0001-01-01", "9999-12-31"),)),
)
YEARS = ((1985, 1987), (1994, 1996), (2010, 2012), (2016, 2019), (2025, 2027))


class Tables:
    """What a statement in SQL makes of the rows: lookups by key, and arithmetic."""

    def __init__(
        self,
        shape: CalendarShape,
        days: Sequence[tuple[Any, ...]],
        reach: Sequence[tuple[Any, ...]],
    ) -> None:
        names = tuple(shape.columns["calendar_days"])
        self._shape, self._ends = shape, slice(names.index("opens_1"), -1)
        self.days = {row[names.index("key")]: row for row in days}
        self.reach = {row[2]: row for row in reach}
        bucket, clock = names.index("bucket_seconds"), names.index("clock")
        self.bucket_seconds = {row[clock]: row[bucket] for row in days}
        self._before = names.index("before")

    def opened_by(self, clock: int, instant: int) -> int:
        row = self.days[clock * DAYS_PER_ZONE + instant // DAY]
        ends = row[self._ends]
        total: int = row[self._before]
        for opens, closes in zip(ends[::2], ends[1::2], strict=True):
            total += 0 if opens is None else max(0, min(instant, closes) - opens)
        return total

    def next_open(self, clock: int, instant: int) -> int | None:
        row = self.days[clock * DAYS_PER_ZONE + instant // DAY]
        ends, later = row[self._ends], row[-1]
        for opens, closes in zip(ends[::2], ends[1::2], strict=True):
            if opens is not None and instant < closes:
                return int(max(instant, opens))
        return None if later is None else int(later)

    def after(self, clock: int, instant: int, length: int) -> int | None:
        target = self.opened_by(clock, instant) + length
        bucket = (target - 1) // self.bucket_seconds[clock]
        row = self.reach.get(clock * self._shape.reach_keys + bucket, ())
        for index in range(3, len(row), 3):
            opens, closes, before = row[index : index + 3]
            if opens is not None and before + closes - opens >= target:
                return int(opens + target - before)
        return None


@cache
def known(calendar: Calendar, years: tuple[int, int]) -> tuple[Tables, Calendars]:
    calendars, shape = Calendars(calendar), shape_of(calendar)
    first, last = at(f"{years[0]}-01-01"), at(f"{years[1]}-12-31")
    clocks = [calendars.clock(zone) for zone in ZONES]
    return Tables(shape, *calendar_rows(shape, clocks, first, last)), calendars


@cache
def hours(amount: int) -> Duration:
    found = read_duration(f"{amount} business hours")
    assert found is not None
    return found


@st.composite
def questions(draw: st.DrawFn) -> tuple[int, str, int, tuple[int, int]]:
    """A zone, an instant about one of its changes or anywhere, and the years around it."""
    zone = draw(st.sampled_from(ZONES))
    day = at(draw(st.sampled_from([day for days in CHANGES.values() for day in days])))
    instant = day + draw(st.integers(-3 * DAY, 3 * DAY))
    years = next(
        years for years in YEARS if at(f"{years[0]}-01-05") < day < at(f"{years[1]}-12-25")
    )
    return ZONES.index(zone), zone, instant, years


@given(questions(), st.sampled_from(ODD), st.integers(1, 300), st.integers(-60 * DAY, 60 * DAY))
def test_business_time_is_what_the_clock_says(
    asked: tuple[int, str, int, tuple[int, int]], calendar: Calendar, amount: int, apart: int
) -> None:
    number, zone, instant, years = asked
    tables, calendars = known(calendar, years)
    clock = calendars.clock(zone)
    first, last = at(f"{years[0]}-01-01"), at(f"{years[1]}-12-31")
    other = min(max(instant + apart, first), last)
    opened = tables.opened_by(number, other) - tables.opened_by(number, instant)
    assert opened == clock.open_between(instant, other)
    assert tables.next_open(number, instant) == clock.next_open(instant)
    expected = clock.after(instant, hours(amount))
    if expected is not None and expected < last:
        assert tables.after(number, instant, amount * 3600) == expected


@pytest.mark.parametrize("calendar", ODD)
@pytest.mark.slow
def test_every_second_of_a_week_is_reached(calendar: Calendar) -> None:
    first = at("2026-10-23")
    clock, shape = Calendars(calendar).clock("Europe/London"), shape_of(calendar)
    tables = Tables(shape, *ClockRows(shape, clock, 0).between(first, first + 6 * DAY))
    whole = clock.open_between(first, first + 7 * DAY)
    for target in range(1, whole + 1, 7):
        found = tables.after(0, first, target)
        assert found is not None
        assert clock.open_between(first, found) == target
        assert clock.open_between(first, found - 1) == target - 1
    assert tables.after(0, first, whole + 1) is None


def test_nothing_is_there_outside_the_years_1970_to_2100() -> None:
    always = Calendar(hours=((0, 1440),), weekdays=EVERY_DAY)
    rows = ClockRows(shape_of(always), Calendars(always).clock("UTC"), 0)
    days, _ = rows.between(FIRST - 5 * DAY, FIRST + DAY)
    assert [row[3] for row in days] == [0, 1]
    days, _ = rows.between(LAST - DAY, LAST + 5 * DAY)
    last, after = LAST // DAY - 1, LAST // DAY
    assert days == [
        ("UTC", 0, DAY, last, last, 0, LAST - DAY, LAST, None, None, None, None, None),
        ("UTC", 0, DAY, after, after, DAY, *(None,) * 6, None),
    ]


def test_the_next_opening_may_lie_behind_the_last_day() -> None:
    friday = at("2026-03-06")
    clock = Calendars(Calendar()).clock("UTC")
    (day,), _ = ClockRows(shape_of(Calendar()), clock, 0).between(friday, friday)
    assert day[-1] == at("2026-03-09T09:00Z")


def test_a_stretch_has_no_more_windows_than_fit_into_a_row() -> None:
    quarters = [(at, at + 10, 10 * index) for index, at in enumerate(range(0, 160, 20))]
    assert bucket_of(quarters, 30, 3) == 30
    assert bucket_of(quarters, 40, 3) == 20
    assert bucket_of(quarters, 100, 3) == 25
    assert bucket_of(quarters, 40, 4) == 40


def test_tables_are_loaded_as_they_are() -> None:
    calendar = Calendar(holidays=("US",))
    clocks, shape = [Calendars(calendar).clock(zone) for zone in ZONES], shape_of(calendar)
    first, last = at("2026-01-01"), at("2026-12-31")
    with duckdb.connect() as connection:
        load_calendar(connection, shape, clocks, first, last)
        days = connection.execute("FROM calendar_days ORDER BY key").fetchall()
        reach = connection.execute("FROM calendar_reach ORDER BY key").fetchall()
    assert (days, reach) == calendar_rows(shape, clocks, first, last)
