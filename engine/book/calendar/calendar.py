"""A playbook's calendar: its open dates, and its clock in each time zone."""

from __future__ import annotations

from datetime import date
from functools import cache

from engine.book.calendar.business_clock import EPOCH_ORDINAL, Clock
from engine.book.calendar.holiday_cache import cached
from engine.language.model import WEEKDAYS, Calendar

_YEARS_AT_A_TIME = 10
"""The number of years whose holidays are computed and cached together."""


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
