"""Check the calendar: its time zones, opening hours, public holidays and half days, in all regions;
and the order of the cadence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from engine.assurance.lint.lint_target import LintTarget
from engine.book.calendar.business_clock import EPOCH_ORDINAL
from engine.book.calendar.calendar import (
    Calendars,
    known_holiday_codes,
    parts_with_more_holidays,
)
from engine.language.hours.calendar_tree import (
    DAY_NAMES,
    MAIN_REGION,
    WEEKDAYS,
    Calendar,
    DateSpan,
    DayHours,
    Weekday,
    minutes_open,
)
from engine.language.hours.read_hours import clock_time
from engine.language.hours.zone_places import names_place, place_help
from engine.language.problem import Problem
from engine.language.suggest import did_you_mean
from engine.language.yaml.document import KeyPath

_DAY = 24 * 60
"""Minutes."""

_LONGEST_NIGHT = 12 * 60
"""Minutes: who writes `17:00-09:00` has most likely swapped the two."""

_FIRST_YEAR, _LAST_YEAR = 1970, 2100
"""The years of which holidays are known."""


@dataclass(frozen=True, slots=True)
class _Written:
    """A calendar or a region: the key path of its map, that map, and the calendar it stands for.

    The map may have invalid parts, which the calendar does not have.
    """

    region: str
    place: KeyPath
    data: Mapping[str, Any]
    calendar: Calendar


def _written(target: LintTarget) -> Iterator[_Written]:
    calendar, data = target.playbook.calendar, target.document.data.get("calendar")
    data = data if isinstance(data, dict) else {}
    yield _Written(MAIN_REGION, ("calendar",), data, calendar)
    for each in calendar.regions:
        place = ("calendar", "regions", each.id)
        yield _Written(each.id, place, data["regions"][each.id], each.calendar)


def _codes(target: LintTarget, written: _Written) -> Iterator[tuple[KeyPath, str]]:
    """Yield the holiday codes that a calendar or region has of its own, each with its key path."""
    for index, code in enumerate(written.calendar.holidays):
        place = (*written.place, "holidays", index)
        if place in target.document.spans:
            yield place, code


def unknown_holiday(target: LintTarget) -> Iterator[Problem]:
    """Report each code under `holidays` that is not a known country or region."""
    for each in _written(target):
        for place, code in _codes(target, each):
            if code not in known_holiday_codes():
                help = did_you_mean(code, known_holiday_codes())
                yield Problem(
                    target.value(*place),
                    "unknown-holiday",
                    f"unknown country or region `{code}` for public holidays",
                    help or "write a country such as `US`, or a region of one such as `DE-BY`",
                )


def holidays_of_parts(target: LintTarget) -> Iterator[Problem]:
    """Report each country of whose public holidays every part of it has more."""
    for each in _written(target):
        named = {code.partition("-")[0] for code in each.calendar.holidays if "-" in code}
        for place, code in _codes(target, each):
            span = target.value(*place)
            parts = () if code in named else parts_with_more_holidays(code)
            if parts and target.is_local(span):
                yield Problem(
                    span,
                    "holidays-of-parts",
                    f"`{code}` has only the holidays of the whole country; all its parts have more",
                    f"name the part, such as `{parts[0]}`, or give each part a region",
                    severity="warning",
                )


def zone_without_place(target: LintTarget) -> Iterator[Problem]:
    """Report each time zone of the file that is an abbreviation or an offset, such as `EST`."""
    zones = [((*each.place, "timezone"), each.calendar.timezone) for each in _written(target)]
    fact = target.playbook.facts.get("timezone")
    if fact is not None and isinstance(fact.default, str):
        zones.append((("facts", "timezone", "default"), fact.default))
    for place, zone in zones:
        if place in target.document.spans and not names_place(zone):
            span = target.value(*place)
            if target.is_local(span):
                message = f"the time zone `{zone}` names no place, so daylight time may be off"
                yield Problem(
                    span, "zone-without-place", message, place_help(zone), severity="warning"
                )


def overlapping_days(target: LintTarget) -> Iterator[Problem]:
    """Report hours over midnight that run into the hours of the next weekday."""
    for each in _written(target):
        week, weekdays = each.calendar.week, each.calendar.weekdays
        for day, following in zip(WEEKDAYS, (*WEEKDAYS[1:], WEEKDAYS[0]), strict=True):
            ends, begins = week[day][-1][1] - _DAY, week[following][0][0]
            # What neither day says itself is said elsewhere, and reported there.
            keys = [DAY_NAMES[following], DAY_NAMES[day], "hours"]
            key = next((key for key in keys if key in each.data), None)
            if ends > begins and key is not None and {day, following} <= set(weekdays):
                names = f"`{DAY_NAMES[day]}` and `{DAY_NAMES[following]}`"
                yield Problem(
                    target.value(*each.place, key),
                    "overlapping-hours",
                    f"the hours of {names} overlap",
                    "let the hours of a day begin when those of the day before have ended",
                )


def long_night(target: LintTarget) -> Iterator[Problem]:
    """Report each window over midnight that is so long that its ends are probably swapped."""
    for each in _written(target):
        for key, hours in _keys_with_hours(each.calendar):
            opens, closes = hours[-1]
            place = (*each.place, *key)
            if closes <= _DAY or closes - opens <= _LONGEST_NIGHT or key[0] not in each.data:
                continue
            span = target.value(*place)
            if target.is_local(span):
                night = f"{clock_time(opens)}-{clock_time(closes)}"
                length = f"{(closes - opens) / 60:g} hours"
                message = f"`{night}` is open over midnight, for {length}"
                help = f"if a day is meant, write `{clock_time(closes)}-{clock_time(opens)}`"
                yield Problem(span, "long-night", message, help, severity="warning")


def _keys_with_hours(calendar: Calendar) -> Iterator[tuple[KeyPath, DayHours]]:
    yield ("hours",), calendar.hours
    for day, name in DAY_NAMES.items():
        yield (name,), calendar.week[day]
    for half_day, hours in calendar.half_days:
        yield ("half_days", half_day), hours


def half_days_off(target: LintTarget) -> Iterator[Problem]:
    """Report each half day that is longer than the day that it shortens, or that is closed."""
    calendars = Calendars(target.playbook.calendar)
    for each in _written(target):
        closed = _closed_dates(calendars, each)
        for day, hours in each.calendar.half_days if "half_days" in each.data else ():
            place, usual = (*each.place, "half_days", day), each.calendar.week[_weekday(day)]
            if day in closed:
                help = f"if that {_name(day)} works, add it to `open`, else remove it"
                yield from _closed(target, place, f"the half day `{day}`", help)
            elif minutes_open(hours) > minutes_open(usual):
                message = f"the half day `{day}` is longer than a usual {_name(day)}"
                help = "shorten it, or change the hours of that weekday"
                yield Problem(target.value(*place), "long-half-day", message, help)


def _closed_dates(calendars: Calendars, each: _Written) -> frozenset[str]:
    """Return the half days that are closed; empty if a holiday code is unknown."""
    if not each.calendar.half_days or set(each.calendar.holidays) - set(known_holiday_codes()):
        return frozenset()
    hours = calendars.hours_of(each.region)
    dates = [date.fromisoformat(day) for day, _ in each.calendar.half_days]
    known = [day for day in dates if _FIRST_YEAR <= day.year <= _LAST_YEAR]
    closed = (day for day in known if not hours.on(day.toordinal() - EPOCH_ORDINAL))
    return frozenset(day.isoformat() for day in closed)


def hours_of_closed_weekday(target: LintTarget) -> Iterator[Problem]:
    """Report each weekday that has hours, though neither it nor one of its dates is open."""
    for each in _written(target):
        opened = {day for span in each.calendar.open for day in _weekdays_in(span)}
        for day, name in DAY_NAMES.items():
            if name in each.data and day not in opened and day not in each.calendar.weekdays:
                help = f"add `{day}` to the `weekdays`"
                yield from _closed(target, (*each.place, name), f"`{name}`", help)


def _closed(target: LintTarget, place: KeyPath, what: str, help: str) -> Iterator[Problem]:
    span = target.key(*place)
    if target.is_local(span):
        message = f"{what} has hours, but is closed"
        yield Problem(span, "hours-of-closed-day", message, help, severity="warning")


def _weekday(day: str) -> Weekday:
    return WEEKDAYS[date.fromisoformat(day).weekday()]


def _name(day: str) -> str:
    return DAY_NAMES[_weekday(day)].capitalize()


def _weekdays_in(span: DateSpan) -> list[Weekday]:
    first, last = map(date.fromisoformat, span)
    days = min((last - first).days + 1, len(WEEKDAYS))
    return [WEEKDAYS[(first.weekday() + away) % len(WEEKDAYS)] for away in range(days)]


def cadence_order(target: LintTarget) -> Iterator[Problem]:
    """Report each step of the cadence that is due before the previous step."""
    if target.damage.of("cadence"):
        return
    day = target.playbook.calendar.business_day
    for index, (one, two) in enumerate(pairwise(target.playbook.cadence.steps), start=1):
        # Business and elapsed time compare differently for each start, so they are not compared.
        if one.business == two.business and two.seconds(day) < one.seconds(day):
            yield Problem(
                target.value("cadence", "steps", index),
                "cadence-order",
                f"`{two}` comes after `{one}`, but is due earlier",
                "all steps count from the start of the silence: write them in ascending order",
            )
