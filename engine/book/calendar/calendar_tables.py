"""Tables of business time, with which SQL needs only equi-joins and arithmetic.

`calendar_days` has the windows of each UTC day and the open seconds before it; `calendar_reach` has
the windows in which the n-th open second is. Instants are seconds since 1970 UTC. Open seconds are
counted from the first day of the tables, so that only differences are meaningful.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from engine.book.calendar.business_clock import DAY, FIRST, LAST, Clock, Window
from engine.book.calendar.calendar_shape import CalendarShape
from engine.book.sql_types import columns_sql

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DAYS_PER_ZONE = 100_000
"""The distance between the keys of a day in the tables of two consecutive clocks."""

DayRow = tuple[str | int | None, ...]
"""``zone``, ``region`` (if the calendar has regions), ``clock`` (the index of both),
``bucket_seconds`` (the open seconds that one row of the other table covers), ``day`` (since 1970),
``key``, ``before`` (open seconds before that day), ``opens_1``, ``closes_1`` and so on (NULL for no
window), ``next_opening`` (the first open instant from the end of the day on; NULL if the calendar
does not open again before 2101).
"""

ReachRow = tuple[int | None, ...]
"""``clock``, ``bucket``, ``key``, ``opens_1``, ``closes_1``, ``before_1`` and so on. Of the row
with the bucket (n - 1) // ``bucket_seconds``, the n-th open second (from 1) has passed at
``opens`` + n - ``before`` of the first window with ``before`` + ``closes`` - ``opens`` >= n.
"""

Reached = tuple[int, int, int]
"""A window, and the open seconds before it."""


def load_calendar(
    connection: DuckDBPyConnection,
    shape: CalendarShape,
    clocks: Sequence[Clock],
    first: int,
    last: int,
) -> None:
    """Create the tables `calendar_days` and `calendar_reach` in a DuckDB connection.

    Args:
        connection: Gets the tables; those of the same names are replaced.
        shape: The columns, as the statement expects them.
        clocks: The clocks to include.
        first: The first instant that must be covered, in seconds since 1970 UTC.
        last: The last instant that must be covered.
    """
    found: tuple[Sequence[DayRow], ...] = calendar_rows(shape, clocks, first, last)
    for (table, columns), rows in zip(shape.columns.items(), found, strict=True):
        connection.execute(f"CREATE OR REPLACE TABLE {table} ({columns_sql(columns)})")
        appender = connection.appender(table)
        appender.append_rows(rows)
        appender.flush()


def calendar_rows(
    shape: CalendarShape, clocks: Sequence[Clock], first: int, last: int
) -> tuple[list[DayRow], list[ReachRow]]:
    """Return the rows of `calendar_days` and of `calendar_reach`.

    They cover whole UTC days. Nothing is open before 1970 and after 2100; of those years only the
    first day after is included.

    Args:
        shape: The columns.
        clocks: The clocks to include.
        first: An instant on the first day, in seconds since 1970 UTC.
        last: An instant on the last day.
    """
    days: list[DayRow] = []
    reach: list[ReachRow] = []
    for number, clock in enumerate(clocks):
        of_days, of_reach = ClockRows(shape, clock, number).between(first, last)
        days += of_days
        reach += of_reach
    return days, reach


@dataclass(frozen=True, slots=True)
class ClockRows:
    """The rows of both tables for one clock.

    Attributes:
        shape: The columns.
        clock: The clock.
        number: The index of the clock.
    """

    shape: CalendarShape
    clock: Clock
    number: int

    def between(self, first: int, last: int) -> tuple[list[DayRow], list[ReachRow]]:
        """Return the rows for the UTC days from that of the instant ``first`` to ``last``'s."""
        clock, number, shape = self.clock, self.number, self.shape
        start, end = (min(max(at, FIRST), LAST) // DAY for at in (first, last))
        windows = list(clock.windows(start * DAY, (end + 1) * DAY))
        reached = list(_reached(windows))
        bucket_seconds = bucket_of(reached, clock.hours.longest_day, shape.reach_windows)
        by_day = _split_by_day(windows, start, end)
        openings = _next_openings(by_day, clock.next_open((end + 1) * DAY))
        keys = count(number * DAYS_PER_ZONE + start)
        names = (clock.zone, clock.hours.region) if shape.regions else (clock.zone,)
        nothing = (None,) * (2 * shape.day_windows)
        days: list[DayRow] = []
        before = 0
        for day, key, ends, opening in zip(count(start), keys, by_day, openings, strict=False):
            filled = (*ends, *nothing[len(ends) :])
            days.append((*names, number, bucket_seconds, day, key, before, *filled, opening))
            before += sum(ends[1::2]) - sum(ends[::2])
        return days, self._reach(bucket_seconds, reached)

    def _reach(self, bucket_seconds: int, reached: Sequence[Reached]) -> list[ReachRow]:
        buckets: dict[int, list[int]] = {}
        for opens, closes, before in reached:
            last = (before + closes - opens - 1) // bucket_seconds
            for bucket in range(before // bucket_seconds, last + 1):
                buckets.setdefault(bucket, []).extend((opens, closes, before))
        first_key = self.number * self.shape.reach_keys
        unreached = (None,) * (3 * self.shape.reach_windows)
        return [
            (self.number, bucket, first_key + bucket, *found, *unreached[len(found) :])
            for bucket, found in buckets.items()
        ]


def _split_by_day(windows: Sequence[Window], start: int, end: int) -> list[list[int]]:
    """Split windows at midnight UTC; return for each day opens, closes, opens, closes, ..."""
    by_day: list[list[int]] = [[] for _ in range(start, end + 1)]
    for opens, closes in windows:
        day = opens // DAY
        while (midnight := (day + 1) * DAY) < closes:
            by_day[day - start] += opens, midnight
            opens, day = midnight, day + 1  # noqa: PLW2901 - the rest of the window
        by_day[day - start] += opens, closes
    return by_day


def _next_openings(by_day: Sequence[Sequence[int]], after: int | None) -> list[int | None]:
    """Return for each day the first opening from its end on; ``after`` is that of the last day."""
    found = [after]
    for ends in reversed(by_day):
        found.append(ends[0] if ends else found[-1])
    return found[-2::-1]


def _reached(windows: Sequence[Window]) -> Iterator[Reached]:
    before = 0
    for opens, closes in windows:
        yield opens, closes, before
        before += closes - opens


def bucket_of(reached: Sequence[Reached], longest: int, windows: int) -> int:
    """Return how many open seconds a bucket may have so that its windows fit into one row.

    That is ``longest``, halved as often as necessary.

    Args:
        reached: All windows.
        longest: The most open seconds of a date.
        windows: The number of windows in a row.
    """
    bucket_seconds = longest
    # Too long if the last second of a window and the first of the one that many after it are in the
    # same bucket: that bucket touches one window too many.
    while any(
        (later[2] // bucket_seconds) == (one[2] + one[1] - one[0] - 1) // bucket_seconds
        for one, later in zip(reached, reached[windows:], strict=False)
    ):
        bucket_seconds = max(bucket_seconds // 2, 1)
    return bucket_seconds
