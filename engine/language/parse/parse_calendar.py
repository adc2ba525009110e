"""Parse the calendar section: opening hours, weekdays, holidays, closed and open dates, regions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from engine.language.conditions import All, Condition, Equals, In
from engine.language.describe import describe_type
from engine.language.hours.calendar_tree import (
    DAY_NAMES,
    WEEKDAYS,
    Calendar,
    DateSpan,
    DayHours,
    Region,
    Weekday,
)
from engine.language.hours.read_hours import HoursError, is_date, read_hours, read_span
from engine.language.instants import place_zones, zone_known
from engine.language.parse.parse_context import Entry, ParseContext
from engine.language.parse.symbols import SymbolTable
from engine.language.problem import Problem
from engine.language.quoting import quoted
from engine.language.suggest import did_you_mean


def calendar_zone(data: Any) -> str:
    """Return the IANA zone in which a playbook's dates are read: its calendar's, by default UTC.

    ``data`` is the whole document, which may be invalid.
    """
    section = data.get("calendar") if isinstance(data, dict) else None
    zone = section.get("timezone") if isinstance(section, dict) else None
    return zone if isinstance(zone, str) and zone_known(zone) else "UTC"


def parse_calendar(context: ParseContext, scope: SymbolTable) -> Calendar:
    """Parse the section `calendar`, with the defaults of `Calendar` for missing fields.

    ``scope`` has the facts that regions may name.
    """
    data = context.document.data.get("calendar")
    if not isinstance(data, dict) or ("calendar",) in context.invalid:
        return Calendar()
    entry = Entry(context, ("calendar",), data)
    main = replace(_days(entry, Calendar()), timezone=_zone(entry, Calendar()))
    return replace(main, regions=tuple(_regions(entry, main, scope)), span=entry.span)


def _regions(entry: Entry, main: Calendar, scope: SymbolTable) -> Iterator[Region]:
    facts = {id: named for id, named in scope.names.items() if _is_fact(id, entry.context)}
    for id, data in entry.data.get("regions", {}).items():
        region = Entry(entry.context, (*entry.place, "regions", id), data)
        own = replace(_days(region, main), timezone=_zone(region, main))
        fits = tuple(_fits(region, SymbolTable(facts)))
        if fits:  # if not, that is an error: the region must not fit everybody
            yield Region(id, fits, own, span=region.span)


def _is_fact(id: str, context: ParseContext) -> bool:
    return id in context.declared("facts")


def _fits(region: Entry, scope: SymbolTable) -> Iterator[In]:
    condition = region.condition("for", scope)
    if condition is None:
        return
    parts: tuple[Condition, ...] = condition.parts if isinstance(condition, All) else (condition,)
    _report_unusable(region, scope)
    _report_unknown_zones(Entry(region.context, (*region.place, "for"), region.data["for"]))
    for part in parts:
        match part:
            case In():
                yield part
            case Equals(subject=subject, value=value, span=span):
                yield In(subject, (value,), span=span)
            case _:
                raise TypeError(f"the schema allows no {type(part).__name__} in `for`")


def _report_unusable(region: Entry, scope: SymbolTable) -> None:
    """Report the facts of `for` that cannot decide a region: the calendar comes before them."""
    context = region.context
    for id in region.data["for"]:
        fact, named = context.declared("facts").get(id), scope.names.get(id)
        kinds = {"measure": "measured", "when": "derived"}
        kind = next((kinds[key] for key in kinds if isinstance(fact, dict) and key in fact), None)
        span = context.document.key_span((*region.place, "for", id))
        if kind is not None:
            message = f"`for` takes facts that are given, but {quoted(id)} is {kind}"
            help = "name a column of the table of prospects, such as `timezone` or `country`"
            context.problems.append(Problem(span, "fact-not-given", message, help))
        elif named and named.subject and named.subject.type in ("time", "duration"):
            what = describe_type(named.subject.type)
            message = f"`for` takes words, numbers, `true` and `false`, but {quoted(id)} is {what}"
            help = "name a fact such as `timezone` or `country`"
            context.problems.append(Problem(span, "type-mismatch", message, help))


def _report_unknown_zones(fits: Entry) -> None:
    for place, zone in fits.listed("timezone"):
        if not zone_known(zone):
            fits.context.report(place, "unknown-timezone", *_unknown_zone(zone))


def _unknown_zone(zone: str) -> tuple[str, str]:
    help = did_you_mean(zone, place_zones()) or "write a name such as `Europe/Amsterdam`"
    return f"unknown time zone {quoted(zone)}", help


def _zone(entry: Entry, inherited: Calendar) -> str:
    zone = entry.text("timezone") or inherited.timezone
    if zone_known(zone):
        return zone
    entry.report("timezone", "unknown-timezone", *_unknown_zone(zone))
    return inherited.timezone


def _days(entry: Entry, inherited: Calendar) -> Calendar:
    """Return ``inherited`` with what ``entry`` says of open days."""
    data = entry.data
    own_hours = {**dict(inherited.own_hours), **dict(_own_hours(entry))}
    weekdays = data.get("weekdays", inherited.weekdays)
    half_days = tuple(_half_days(entry)) if "half_days" in data else inherited.half_days
    listed = [code for _, code in entry.listed("holidays")]
    return replace(
        inherited,
        hours=_hours(entry, "hours") or inherited.hours,
        weekdays=tuple(day for day in WEEKDAYS if day in weekdays),
        own_hours=tuple((day, own_hours[day]) for day in WEEKDAYS if day in own_hours),
        holidays=tuple(listed) if "holidays" in data else inherited.holidays,
        closed=tuple(_dates(entry, "closed")) if "closed" in data else inherited.closed,
        open=tuple(_dates(entry, "open")) if "open" in data else inherited.open,
        half_days=half_days,
    )


def _own_hours(entry: Entry) -> Iterator[tuple[Weekday, DayHours]]:
    for day, name in DAY_NAMES.items():
        hours = _hours(entry, name)
        if hours is not None:
            yield day, hours


def _half_days(entry: Entry) -> Iterator[tuple[str, DayHours]]:
    place = (*entry.place, "half_days")
    half_days = Entry(entry.context, place, entry.data["half_days"])
    for day in half_days.data:
        hours = _hours(half_days, day)
        if not is_date(day):
            message = f"{quoted(day)} is not a date"
            span = entry.context.document.key_span((*place, day))
            help = 'write `2026-12-24: "09:00-12:00"`'
            entry.context.problems.append(Problem(span, "bad-instant", message, help))
        elif hours is not None:
            yield day, hours


def _hours(entry: Entry, key: str) -> DayHours | None:
    """Parse the opening hours of a field; None if it is missing or, reported, invalid."""
    written = entry.text(key)
    try:
        return None if written is None else read_hours(written)
    except HoursError as error:
        entry.report(key, error.code, str(error), error.help)
        return None


def _dates(entry: Entry, key: str) -> Iterator[DateSpan]:
    for place, written in entry.listed(key):
        span = read_span(written)
        if span is None:
            message = f"{quoted(written)} is not a date or a range of dates"
            entry.context.report(place, "bad-instant", message, "write `2026-12-24..2027-01-02`")
        elif span[0] > span[1]:
            message = f"{quoted(written)} ends before it begins"
            entry.context.report(place, "impossible-range", message, "write the earlier date first")
        else:
            yield span
