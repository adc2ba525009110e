"""The columns of the calendar's two tables, which depend on the calendar.

`calendar_days` has a row for each clock and UTC day, `calendar_reach` one for each clock and bucket
of open seconds. Both have the windows of that row in numbered columns. How many these are must
follow from the calendar alone: a statement is written without knowing which zones and years the
tables will have.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations_with_replacement

from engine.language.hours.calendar_tree import Calendar, DayHours

_DAY = 24 * 60
"""Minutes."""

_FEWEST = 3
"""The windows in a row if one window a day needs no more: the end of one, one, and one repeated."""

_MANY_HOURS = 50
"""The number of different hours of dates from which on their pairs are not compared."""

_FEW_REACH_KEYS, _MANY_REACH_KEYS = 10_000_000, 1_000_000_000


@dataclass(frozen=True, slots=True)
class CalendarShape:
    """What the tables of a calendar look like.

    Attributes:
        day_windows: The number of windows in a row of `calendar_days`.
        reach_windows: The number of windows in a row of `calendar_reach`.
        reach_keys: The distance between the keys of a bucket of two consecutive clocks.
        regions: Whether the tables have a column for the region.
    """

    day_windows: int
    reach_windows: int
    reach_keys: int
    regions: bool

    @property
    def columns(self) -> Mapping[str, Mapping[str, str]]:
        """The columns of both tables, in the order of a row, with their SQL types."""
        region = {"region": "VARCHAR"} if self.regions else {}
        return {
            "calendar_days": {
                "zone": "VARCHAR",
                **region,
                **dict.fromkeys(("clock", "bucket_seconds", "day", "key", "before"), "BIGINT"),
                **dict.fromkeys(_names(self.day_windows, "opens", "closes"), "BIGINT"),
                "next_opening": "BIGINT",
            },
            "calendar_reach": {
                **dict.fromkeys(("clock", "bucket", "key"), "BIGINT"),
                **dict.fromkeys(_names(self.reach_windows, "opens", "closes", "before"), "BIGINT"),
            },
        }


def _names(count: int, *names: str) -> list[str]:
    """Return ``names`` once for each window of a row: `opens_1`, `closes_1`, `opens_2`, ..."""
    return [f"{name}_{number}" for number in range(1, count + 1) for name in names]


def shape_of(calendar: Calendar) -> CalendarShape:
    """Return what the tables of ``calendar``, with all its regions, look like."""
    every = {each.all_hours for each in calendar.all_calendars}
    most = max(len(hours) for each in every for hours in each)
    plain = most == 1 and all(len(each) == 1 for each in every)
    return CalendarShape(
        day_windows=max(_FEWEST, *map(windows_in_a_day, every)),
        # A business day has `most` windows, and begins and ends within one.
        reach_windows=max(_FEWEST, most + 2),
        reach_keys=_FEW_REACH_KEYS if plain else _MANY_REACH_KEYS,
        regions=bool(calendar.regions),
    )


def windows_in_a_day(every: Collection[DayHours]) -> int:
    """Return the most windows that a UTC day can have if each date has one of the hours ``every``.

    The local times of a UTC day are 24 hours without a gap, or if the clock is changed in it, two
    parts of 24 hours together, each without a gap. A part that touches n windows is longer than the
    time from the end of the first to the start of the last. So a day can have the windows of two
    parts for which these times together are less than 24 hours.
    """
    most = max(map(len, every))
    if len(every) > _MANY_HOURS:
        return 2 * (2 * most + 1)  # in each part those of two dates, and of a night before them
    shortest = {1: 0}
    for count, minutes in _stretches(every, most):
        shortest[count] = min(shortest.get(count, _DAY), max(minutes, 0))
    return max(
        one + other
        for one, other in combinations_with_replacement(shortest, 2)
        if shortest[one] + shortest[other] < _DAY
    )


def _stretches(every: Collection[DayHours], most: int) -> Iterator[tuple[int, int]]:
    """Yield the number of windows from one to a later one, and the minutes between the two.

    No date has more than ``most`` windows.
    """
    for hours in every:
        for index, (_, ended) in enumerate(hours):
            left = len(hours) - index
            for later in range(index + 1, len(hours)):
                yield later - index + 1, hours[later][0] - ended
            for others in every:
                joined = int(hours[-1][1] >= _DAY + others[0][0])
                for number, (begins, _) in enumerate(others, start=1):
                    yield left + number - joined, _DAY + begins - ended
                    yield left + most + number, 2 * _DAY + begins - ended
