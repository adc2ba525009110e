"""Know on which dates a playbook's calendar is open, and its clock in each time zone."""

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
"""Years whose holidays are worked out at a time."""


@dataclass(frozen=True, slots=True)
class Day:
    """One UTC day in one zone: a row of the table that business time can be computed from.

    ``day`` counts from 1970-01-01; ``before`` is the open seconds from the first day asked for up
    to this one. ``windows`` are in order and do not touch: at most two (a local day may straddle
    midnight UTC), three where the clock is set back over an end of the opening hours.
    """

    zone: str
    day: int
    before: int
    windows: tuple[Window, ...]


class Calendars:
    """The clocks of one calendar, one for each time zone. All its holiday codes are known."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self._clocks: dict[str, Clock] = {}
        self._open: dict[int, bool] = {}

    def clock(self, zone: str) -> Clock:
        """Return the clock of ``zone``, a known time zone; always the same object."""
        if zone not in self._clocks:
            self._clocks[zone] = Clock(zone, self.calendar, self.open_on)
        return self._clocks[zone]

    def days(self, zone: str, first_day: int, last_day: int) -> Iterator[Day]:
        """Yield a row for each UTC day, which are counted from 1970-01-01."""
        windows = list(self.clock(zone).windows(first_day * DAY, (last_day + 1) * DAY))
        before = at = 0
        for day in range(first_day, last_day + 1):
            start, end = day * DAY, (day + 1) * DAY
            while at < len(windows) and windows[at][1] <= start:
                at += 1
            inside = tuple(
                (max(opens, start), min(closes, end))
                for opens, closes in windows[at : at + 4]
                if opens < end
            )
            yield Day(zone, day, before, inside)
            before += sum(closes - opens for opens, closes in inside)

    def open_on(self, day: int) -> bool:
        """Return whether the local date ``day`` (days since 1970-01-01) has opening hours."""
        if day not in self._open:
            year = date.fromordinal(day + EPOCH_ORDINAL).year
            first = date(year, 1, 1).toordinal() - EPOCH_ORDINAL
            self._open.update(enumerate(_open_days(self.calendar, year), first))
        return self._open[day]


def _open_days(calendar: Calendar, year: int) -> tuple[bool, ...]:
    """Return for every date of ``year`` whether it is open: a weekday of the calendar, not a
    holiday and not closed.
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
    """Return the public holidays of ``year``, including those moved to another date of it."""
    return _holidays_from(code, year - year % _YEARS_AT_A_TIME)[year]


@cache
def _holidays_from(code: str, first: int) -> dict[int, frozenset[date]]:
    """Return the holidays of `_YEARS_AT_A_TIME` years from ``first`` on, by year.

    They are kept between runs: the library reads the holidays of all countries to know those of
    one, which takes longer than all else that a run does for one prospect.
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
    """Return every code, of a country (`US`) or with one of its parts (`DE-BY`), in order."""

    def compute() -> list[str]:
        import holidays

        countries = holidays.list_supported_countries()
        parts = [f"{country}-{part}" for country, names in countries.items() for part in names]
        return sorted([*countries, *parts])

    return tuple(cached("codes", compute, str))


def holiday_code_known(code: str) -> bool:
    """Return whether ``code`` names a country or a part of one whose public holidays are known."""
    return code in known_holiday_codes()
