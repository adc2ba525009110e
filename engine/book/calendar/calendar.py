"""A playbook's calendar: its opening hours by date, and the clock of each region and time zone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache

from engine.book.calendar.business_clock import DAY, EPOCH_ORDINAL, Clock, OpeningHours, Window
from engine.book.calendar.holiday_cache import cached
from engine.language.conditions import Value
from engine.language.hours.calendar_tree import (
    MAIN_REGION,
    Calendar,
    DateSpan,
    DayHours,
    minutes_open,
)
from engine.language.instants import zone_known

_YEARS_AT_A_TIME = 10
"""The number of years whose holidays are computed and cached together."""

_YEAR_OF_PARTS = 2026
"""The year in which the holidays of parts of a country are compared: always the same, so that a
check does not depend on the day it is run."""


class Calendars:
    """The clocks of one calendar, by region and time zone. Its holiday codes must be known."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        regions = {region.id: region.calendar for region in calendar.regions}
        self._hours = {
            region: _opening_hours(region, each, calendar.business_day)
            for region, each in {MAIN_REGION: calendar, **regions}.items()
        }
        self._zones = {region: each.timezone for region, each in regions.items()}
        self._clocks: dict[tuple[str, str], Clock] = {}

    @property
    def main(self) -> tuple[str, str]:
        """The zone and the region of a prospect of whom nothing is known."""
        return self.calendar.timezone, MAIN_REGION

    def hours_of(self, region: str) -> OpeningHours:
        """Return the opening hours of a region, by its id."""
        return self._hours[region]

    def clock(self, zone: str, region: str = MAIN_REGION) -> Clock:
        """Return the clock of the known IANA zone ``zone``; the same object at every call.

        ``region`` is the id of a region, by default the calendar outside them.
        """
        key = zone, region
        if key not in self._clocks:
            self._clocks[key] = Clock(zone, self._hours[region])
        return self._clocks[key]

    def sorted_clocks(self, of: Iterable[tuple[str, str]]) -> list[Clock]:
        """Return the clocks ``of`` zones and regions, without duplicates, in the order of names."""
        return [self.clock(zone, region) for zone, region in sorted(set(of))]

    def clock_of(self, facts: Mapping[str, Value]) -> Clock:
        """Return the clock of a prospect with the known given ``facts``, by id.

        Its zone is the fact `timezone` if that is a time zone, else the zone of its region.
        """
        region = self.region_of(facts)
        return self.clock(self.zone_of(region, facts.get("timezone")), region)

    def region_of(self, facts: Mapping[str, Value]) -> str:
        """Return the id of the first region that certainly fits, else `MAIN_REGION`."""
        fits = (region.id for region in self.calendar.regions if region.holds(facts))
        return next(fits, MAIN_REGION)

    def zone_of(self, region: str, zone: object = None) -> str:
        """Return ``zone`` if it is an IANA zone, else that of prospects of ``region`` without."""
        if isinstance(zone, str) and zone_known(zone):
            return zone
        return self._zones.get(region, self.calendar.timezone)


def _opening_hours(region: str, calendar: Calendar, business_day: int) -> OpeningHours:
    known: dict[int, Sequence[Window]] = {}

    def on(day: int) -> Sequence[Window]:
        # A year at a time: its holidays and closed dates are looked up only once.
        if day not in known:
            year = date.fromordinal(day + EPOCH_ORDINAL).year
            first = date(year, 1, 1).toordinal() - EPOCH_ORDINAL
            known.update(enumerate(_windows_of(calendar, year), first))
        return known[day]

    every = calendar.all_hours
    return OpeningHours(
        region=region,
        business_day=business_day,
        longest_day=max(60 * minutes_open(hours) for hours in every),
        over_midnight=any(closes * 60 > DAY for hours in every for _, closes in hours),
        on=on,
    )


def _windows_of(calendar: Calendar, year: int) -> Iterator[Sequence[Window]]:
    """Yield for every date of ``year`` the windows that begin on it, in seconds from midnight.

    A date works if it is one of the open dates, or if it is on one of the weekdays, not a holiday
    and not closed.
    """
    week = [
        (weekday in calendar.weekdays, _in_seconds(hours))
        for weekday, hours in calendar.week.items()
    ]
    holidays = {day.toordinal() for code in calendar.holidays for day in _holidays(code, year)}
    dates = range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)
    closed, opened = _within(dates, calendar.closed), _within(dates, calendar.open)
    half_days = {
        date.fromisoformat(day).toordinal(): _in_seconds(hours) for day, hours in calendar.half_days
    }
    for day in dates:
        works, hours = week[(day - 1) % 7]  # the ordinal 1, 1 January of the year 1, is a Monday
        works = day in opened or (works and day not in holidays and day not in closed)
        yield half_days.get(day, hours) if works else ()


def _within(dates: range, spans: Iterable[DateSpan]) -> frozenset[int]:
    """Return the ordinals of those ``dates`` that are in one of ``spans``."""
    ends = [tuple(date.fromisoformat(end).toordinal() for end in span) for span in spans]
    return frozenset(
        day
        for first, last in ends
        for day in range(max(first, dates.start), min(last + 1, dates.stop))
    )


def _in_seconds(hours: DayHours) -> Sequence[Window]:
    return tuple((opens * 60, closes * 60) for opens, closes in hours)


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


def parts_with_more_holidays(code: str) -> tuple[str, ...]:
    """Return the codes of all parts of the country ``code`` if each has more public holidays.

    Empty if some part has not, so that those of the whole country may well be meant; and for the
    code of a part, or an unknown code.
    """
    if "-" in code or code not in known_holiday_codes():
        return ()
    prefix = f"{code}-"
    # A part has up to four letters; longer names are of cities, which no playbook can write.
    parts = tuple(
        each
        for each in known_holiday_codes()
        if each.startswith(prefix) and len(each) <= len(prefix) + 4 and each.isupper()
    )

    def compute() -> list[str]:
        import holidays

        def of(part: str | None) -> set[date]:
            return set(holidays.country_holidays(code, subdiv=part, years=_YEAR_OF_PARTS))

        whole = of(None)
        return [each for each in parts if of(each.removeprefix(prefix)) - whole]

    more = cached(f"parts-{code}", compute, str) if parts else []
    return parts if len(more) == len(parts) else ()
