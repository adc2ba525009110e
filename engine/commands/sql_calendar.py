"""Write the two tables of the calendar to CSV files, to load into a database beside a book."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from engine.book.calendar.calendar import Calendars
from engine.book.calendar.calendar_tables import (
    CALENDAR_COLUMNS,
    DAYS_PER_ZONE,
    REACH_KEYS_PER_ZONE,
    calendar_rows,
)
from engine.language.files.atomic_write import atomic_write, unwritable


def write_calendar(
    folder: Path, calendars: Calendars, zones: Sequence[str], first: int, last: int
) -> tuple[Path, ...]:
    """Write both files, each whole or not at all, and return their paths.

    Args:
        folder: The folder; it is created if needed.
        calendars: The business hours.
        zones: IANA names of time zones.
        first: An instant on the first day, in seconds since 1970 UTC.
        last: An instant on the last day.

    Raises:
        Unwritable: A file cannot be written.
    """
    paths = tuple(folder / f"{name}.csv" for name in CALENDAR_COLUMNS)
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
        for writer, columns in zip((days, reach), CALENDAR_COLUMNS.values(), strict=True):
            writer.writerow(columns)
        for clock, zone in enumerate(zones):  # one by one: all together take much memory
            found = calendar_rows(calendars, [zone], first, last)
            days.writerows(_days(found[0], clock))
            reach.writerows(_reach(found[1], clock))
    return paths


def _days(rows: Iterable[Sequence[object]], clock: int) -> Iterator[Sequence[object]]:
    for zone, _, bucket, day, key, *rest in rows:
        assert isinstance(key, int)
        yield zone, clock, bucket, day, key + clock * DAYS_PER_ZONE, *rest


def _reach(rows: Iterable[Sequence[object]], clock: int) -> Iterator[Sequence[object]]:
    for _, bucket, key, *rest in rows:
        assert isinstance(key, int)
        yield clock, bucket, key + clock * REACH_KEYS_PER_ZONE, *rest
