"""Write the tables of the calendar to CSV files, to load into a database beside a book."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from engine.backends.sql.rules.dated_tables import LOCAL_DAY_COLUMNS, LOCAL_DAYS
from engine.book.calendar.business_clock import DAY, Clock
from engine.book.calendar.calendar_shape import CalendarShape
from engine.book.calendar.calendar_tables import ClockRows
from engine.language.files.atomic_write import atomic_write, unwritable
from engine.language.instants import day_bounds


def write_calendar(
    folder: Path, shape: CalendarShape, clocks: Sequence[Clock], first: int, last: int
) -> tuple[Path, ...]:
    """Write both files, each whole or not at all, and return their paths.

    Args:
        folder: The folder; it is created if needed.
        shape: The columns.
        clocks: The business hours of each zone, and of each region in it.
        first: An instant on the first day, in seconds since 1970 UTC.
        last: An instant on the last day.

    Raises:
        Unwritable: A file cannot be written.
    """
    paths = tuple(folder / f"{name}.csv" for name in shape.columns)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from error
    with (
        atomic_write(paths[0]) as days_path,
        atomic_write(paths[1]) as reach_path,
        days_path.open("w", encoding="utf-8", newline="") as days_file,
        reach_path.open("w", encoding="utf-8", newline="") as reach_file,
    ):
        days, reach = csv.writer(days_file), csv.writer(reach_file)
        for writer, columns in zip((days, reach), shape.columns.values(), strict=True):
            writer.writerow(columns)
        for number, clock in enumerate(clocks):  # one by one: all together take much memory
            found = ClockRows(shape, clock, number).between(first, last)
            days.writerows(found[0])
            reach.writerows(found[1])
    return paths


def write_local_days(folder: Path, zones: Sequence[str], first: int, last: int) -> Path:
    """Write the first and the last second of each day in each zone, and return the path.

    Args:
        folder: The folder, which exists.
        zones: IANA zones.
        first: An instant on the first day, in seconds since 1970 UTC.
        last: An instant on the last day.

    Raises:
        Unwritable: The file cannot be written.
    """
    path = folder / f"{LOCAL_DAYS}.csv"
    with atomic_write(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(LOCAL_DAY_COLUMNS)
        for zone in zones:
            days = range(first // DAY, last // DAY + 1)
            writer.writerows((zone, day, *day_bounds(day, zone)) for day in days)
    return path
