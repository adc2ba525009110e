"""The typed calendar of a playbook: opening hours by date, and regions with calendars of their own.

Dates are ISO text. Spans do not count in equality.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.language.conditions import In, Value
from engine.language.problem import Span

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_NAMES: Mapping[Weekday, str] = {
    "mon": "monday",
    "tue": "tuesday",
    "wed": "wednesday",
    "thu": "thursday",
    "fri": "friday",
    "sat": "saturday",
    "sun": "sunday",
}
"""The key of a calendar with the hours of each weekday."""

MAIN_REGION = "(main)"
"""Stands for the calendar outside all regions. No region can have this id."""

DayHours = tuple[tuple[int, int], ...]
"""The windows that begin on one date, as minutes from its midnight (from, to), in order and apart.
A window over midnight ends after 1440, at most as late as it began."""

DateSpan = tuple[str, str]
"""The first and the last of consecutive dates."""


@dataclass(frozen=True, slots=True)
class Region:
    """A calendar for the prospects that ``fits``: each comparison, over given facts, is true.

    ``calendar`` has no regions; what the region does not say is that of the main calendar.

    YAML: ``regions: {bavaria: {for: {timezone: [Europe/Berlin]}, holidays: [DE-BY]}}``
    """

    id: str
    fits: tuple[In, ...]
    calendar: Calendar
    span: Span = field(kw_only=True, compare=False, repr=False)

    def holds(self, facts: Mapping[str, Value]) -> bool:
        """Return whether a prospect with the known ``facts``, by id, certainly fits."""
        return all(facts.get(each.subject.id) in each.values for each in self.fits)


@dataclass(frozen=True, slots=True)
class Calendar:
    """When business is open.

    Attributes:
        timezone: The IANA zone of prospects without one.
        hours: The usual hours.
        weekdays: The weekdays that work.
        own_hours: Weekdays with hours of their own.
        holidays: Codes of countries and regions whose public holidays are closed.
        closed: Other dates that are closed.
        open: Dates that work, whatever weekday, holiday or closed date they are.
        half_days: Dates with hours of their own, if they work.
        regions: The first one that holds is the calendar of a prospect.

    YAML: ``calendar: {timezone: America/New_York, hours: "09:00-17:00", holidays: [US, DE-BY]}``
    """

    timezone: str = "UTC"
    hours: DayHours = ((9 * 60, 17 * 60),)
    weekdays: tuple[Weekday, ...] = WEEKDAYS[:5]
    own_hours: tuple[tuple[Weekday, DayHours], ...] = ()
    holidays: tuple[str, ...] = ()
    closed: tuple[DateSpan, ...] = ()
    open: tuple[DateSpan, ...] = ()
    half_days: tuple[tuple[str, DayHours], ...] = ()
    regions: tuple[Region, ...] = ()
    span: Span | None = field(kw_only=True, default=None, compare=False, repr=False)

    @property
    def business_day(self) -> int:
        """The length of one business day in seconds: all windows of the usual hours."""
        return 60 * minutes_open(self.hours)

    @property
    def week(self) -> Mapping[Weekday, DayHours]:
        """The hours of each weekday if it works."""
        return dict.fromkeys(WEEKDAYS, self.hours) | dict(self.own_hours)

    @property
    def all_hours(self) -> frozenset[DayHours]:
        """The hours that some date may have, regions not counted."""
        return frozenset([*self.week.values(), *(hours for _, hours in self.half_days)])

    @property
    def all_calendars(self) -> tuple[Calendar, ...]:
        """The calendar itself and those of its regions."""
        return (self, *(region.calendar for region in self.regions))

    @property
    def region_facts(self) -> tuple[str, ...]:
        """The ids of the facts that decide the region, without duplicates."""
        tests = (test for region in self.regions for test in region.fits)
        return tuple(dict.fromkeys(test.subject.id for test in tests))


def minutes_open(hours: DayHours) -> int:
    """Return the length of all windows together, in minutes."""
    return sum(closes - opens for opens, closes in hours)
