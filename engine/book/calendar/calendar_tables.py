"""Tables of business time, with which SQL needs only equi-joins and arithmetic.

`calendar_days` has the windows of each UTC day and the open seconds before it; `calendar_reach` has
the windows in which the n-th open second is. Instants are seconds since 1970 UTC. Open seconds are
counted from the first day of the tables, so that only differences are meaningful.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import TYPE_CHECKING

from engine.book.calendar.business_clock import DAY, FIRST, LAST, Window
from engine.book.calendar.calendar import Calendars
from engine.book.sql_nodes import columns_sql

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DAYS_PER_ZONE = 100_000
"""The distance between the keys of a day in the tables of two consecutive clocks."""

REACH_KEYS_PER_ZONE = 10_000_000
"""The distance between the keys of a bucket in the tables of two consecutive clocks."""

WINDOWS = 3
"""The number of windows in a row."""

_NOTHING = (None,) * (2 * WINDOWS)
_UNREACHED = (None,) * (3 * WINDOWS)

DayRow = tuple[str | int | None, ...]
"""``zone``, ``clock`` (the index of the zone), ``bucket_seconds`` (the open seconds that one row of
the other table covers), ``day`` (since 1970), ``key``, ``before`` (open seconds before that day),
``opens_1``, ``closes_1`` to ``closes_3`` (NULL for no window), ``next_opening`` (the first open
instant from the end of the day on; NULL if the calendar does not open again before 2101).
"""

ReachRow = tuple[int | None, ...]
"""``clock``, ``bucket``, ``key``, ``opens_1``, ``closes_1``, ``before_1`` to ``before_3``. Of the
row with the bucket (n - 1) // ``bucket_seconds``, the n-th open second (from 1) has passed at
``opens`` + n - ``before`` of the first window with ``before`` + ``closes`` - ``opens`` >= n.
"""


def _names(*names: str) -> list[str]:
    """Return ``names`` once for each window of a row: `opens_1`, `closes_1`, `opens_2`, ..."""
    return [f"{name}_{number}" for number in range(1, WINDOWS + 1) for name in names]


CALENDAR_COLUMNS: Mapping[str, Mapping[str, str]] = {
    "calendar_days": {
        "zone": "VARCHAR",
        **dict.fromkeys(("clock", "bucket_seconds", "day", "key", "before"), "BIGINT"),
        **dict.fromkeys(_names("opens", "closes"), "BIGINT"),
        "next_opening": "BIGINT",
    },
    "calendar_reach": {
        **dict.fromkeys(("clock", "bucket", "key"), "BIGINT"),
        **dict.fromkeys(_names("opens", "closes", "before"), "BIGINT"),
    },
}
"""The columns of both tables, in the order of a row, with their SQL types."""

Reached = tuple[int, int, int]
"""A window, and the open seconds before it."""


def load_calendar(
    connection: DuckDBPyConnection,
    calendars: Calendars,
    zones: Sequence[str],
    first: int,
    last: int,
) -> None:
    """Create the tables `calendar_days` and `calendar_reach` in a DuckDB connection.

    Args:
        connection: Gets the tables; those of the same names are replaced.
        calendars: The clocks of the playbook's calendar.
        zones: The IANA zones to include.
        first: The first instant that must be covered, in seconds since 1970 UTC.
        last: The last instant that must be covered.
    """
    found: tuple[Sequence[DayRow], ...] = calendar_rows(calendars, zones, first, last)
    for (table, columns), rows in zip(CALENDAR_COLUMNS.items(), found, strict=True):
        connection.execute(f"CREATE OR REPLACE TABLE {table} ({columns_sql(columns)})")
        appender = connection.appender(table)
        appender.append_rows(rows)
        appender.flush()


def calendar_rows(
    calendars: Calendars, zones: Sequence[str], first: int, last: int
) -> tuple[list[DayRow], list[ReachRow]]:
    """Return the rows of `calendar_days` and of `calendar_reach`.

    They cover whole UTC days. Nothing is open before 1970 and after 2100; of those years only the
    first day after is included.

    Args:
        calendars: The clocks of the playbook's calendar.
        zones: The IANA zones to include.
        first: An instant on the first day, in seconds since 1970 UTC.
        last: An instant on the last day.
    """
    start, end = (min(max(at, FIRST), LAST) // DAY for at in (first, last))
    days: list[DayRow] = []
    reach: list[ReachRow] = []
    for number, zone in enumerate(zones):
        clock = calendars.clock(zone)
        windows = list(clock.windows(start * DAY, (end + 1) * DAY))
        reached = list(_reached(windows))
        bucket_seconds = bucket_of(reached, clock.business_day)
        by_day = _split_by_day(windows, start, end)
        openings = _next_openings(by_day, clock.next_open((end + 1) * DAY))
        keys = count(number * DAYS_PER_ZONE + start)
        before = 0
        for day, key, ends, opening in zip(count(start), keys, by_day, openings, strict=False):
            filled = (*ends, *_NOTHING[len(ends) :])
            days.append((zone, number, bucket_seconds, day, key, before, *filled, opening))
            before += sum(ends[1::2]) - sum(ends[::2])
        reach += _reach(number, bucket_seconds, reached)
    return days, reach


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


def bucket_of(reached: Sequence[Reached], business_day: int) -> int:
    """Return how many open seconds a bucket may have so that its windows fit into one row.

    That is a business day, halved as often as necessary.
    """
    bucket_seconds = business_day
    # Too long if the last second of a window and the first of the third one after it are in the
    # same bucket: that bucket touches four windows.
    while any(
        (later[2] // bucket_seconds) == (one[2] + one[1] - one[0] - 1) // bucket_seconds
        for one, later in zip(reached, reached[WINDOWS:], strict=False)
    ):
        bucket_seconds = max(bucket_seconds // 2, 1)
    return bucket_seconds


def _reach(clock: int, bucket_seconds: int, reached: Sequence[Reached]) -> list[ReachRow]:
    buckets: dict[int, list[int]] = {}
    for opens, closes, before in reached:
        for bucket in range(
            before // bucket_seconds, (before + closes - opens - 1) // bucket_seconds + 1
        ):
            buckets.setdefault(bucket, []).extend((opens, closes, before))
    return [
        (
            clock,
            bucket,
            clock * REACH_KEYS_PER_ZONE + bucket,
            *found,
            *_UNREACHED[len(found) :],
        )
        for bucket, found in buckets.items()
    ]
