"""A playbook's calendar: its open dates, and its clock in each time zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from engine.book.calendar.business_clock import DAY, EPOCH_ORDINAL, Clock, Window
from engine.book.calendar.holiday_cache import cached
from engine.language.instants import known_zones, zone_known
from engine.language.model import WEEKDAYS, Calendar

__all__ = [
    "Calendars",
    "Clock",
    "Day",
    "holiday_code_known",
    "known_holiday_codes",
    "known_zones",
    "zone_known",
]

_YEARS_AT_A_TIME = 10
"""The number of years whose holidays are computed and cached together."""


@dataclass(frozen=True, slots=True)
class Day:
    """The open time of one UTC day in one zone.

    ``day`` is counted from 1970-01-01; ``before`` is the open seconds from the first day of the
    series up to this one. ``windows`` are in order and do not touch: at most two (a local day may
    straddle midnight UTC), or three if the clock is set back across a boundary of opening hours.
    """

    zone: str
    day: int
    before: int
    windows: tuple[Window, ...]


class Calendars:
    """The clocks of one calendar, one for each time zone. Its holiday codes must be known."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self._clocks: dict[str, Clock] = {}
        self._open: dict[int, bool] = {}

    def clock(self, zone: str) -> Clock:
        """Return the clock of the known IANA zone ``zone``; the same object at every call."""
        if zone not in self._clocks:
            self._clocks[zone] = Clock(zone, self.calendar, self.open_on)
        return self._clocks[zone]

    def days(self, zone: str, first_day: int, last_day: int) -> Iterator[Day]:
        """Yield the open time of each UTC day in one zone.

        Args:
            zone: A known IANA zone.
            first_day: The first day, in days since 1970-01-01.
            last_day: The last day, included.
        """
        windows = list(self.clock(zone).windows(first_day * DAY, (last_day + 1) * DAY))
        before = at = 0
        for day in range(first_day, last_day + 1):
            start, end = day * DAY, (day + 1) * DAY
            while at < len(windows) and windows[at][1] <= start:
                at += 1
            # Four windows are enough: no more than three are in one day (see `Day`).
            inside = tuple(
                (max(opens, start), min(closes, end))
                for opens, closes in windows[at : at + 4]
                if opens < end
            )
            yield Day(zone, day, before, inside)
            before += sum(closes - opens for opens, closes in inside)

    def open_on(self, day: int) -> bool:
        """Return whether the local date ``day`` (days since 1970-01-01) has opening hours."""
        # A year at a time: its holidays and closed dates are looked up only once.
        if day not in self._open:
            year = date.fromordinal(day + EPOCH_ORDINAL).year
            first = date(year, 1, 1).toordinal() - EPOCH_ORDINAL
            self._open.update(enumerate(_open_days(self.calendar, year), first))
        return self._open[day]


def _open_days(calendar: Calendar, year: int) -> tuple[bool, ...]:
    """Return for every date of ``year`` whether it is open.

    It is if it is on one of the calendar's weekdays, not a holiday and not closed.
    """
    weekdays = {WEEKDAYS.index(day) for day in calendar.weekdays}
    holidays = {day for code in calendar.holidays for day in _holidays(code, year)}
    closed = [
        (date.fromisoformat(first), date.fromisoformat(last)) for first, last in calendar.closed
    ]
    dates = range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)
    return tuple(
        day.weekday() in weekdays
        and day not in holidays
        and not any(first <= day <= last for first, last in closed)
        for day in map(date.fromordinal, dates)
    )


def _holidays(code: str, year: int) -> frozenset[date]:
    """Return the public holidays of ``year``, including those moved to another date in it."""
    return _holidays_from(code, year - year % _YEARS_AT_A_TIME)[year]


@cache
def _holidays_from(code: str, first: int) -> dict[int, frozenset[date]]:
    """Return the holidays of `_YEARS_AT_A_TIME` years from ``first`` on, by year.

    They are cached on disk: importing the library, which loads the holidays of all countries, takes
    longer than everything else that a run does for one prospect.
    """
    years = range(first, first + _YEARS_AT_A_TIME)

    def compute() -> list[date]:
        import holidays

        country, _, part = code.partition("-")
        return sorted(holidays.country_holidays(country, subdiv=part or None, years=years))

    days = cached(f"{code}-{first}", compute, date.fromisoformat)
    return {year: frozenset(day for day in days if day.year == year) for year in years}


@cache
def known_holiday_codes() -> tuple[str, ...]:
    """Return every holiday code, of a country (`US`) or a part of one (`DE-BY`), sorted."""

    def compute() -> list[str]:
        import holidays

        countries = holidays.list_supported_countries()
        parts = [f"{country}-{part}" for country, names in countries.items() for part in names]
        return sorted([*countries, *parts])

    return tuple(cached("codes", compute, str))


def holiday_code_known(code: str) -> bool:
    """Return whether ``code`` is a country, or a part of one, whose public holidays are known."""
    return code in known_holiday_codes()
