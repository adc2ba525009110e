"""Describe a calendar in plain words: opening hours, closed and open dates, regions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.language.conditions import All, Equals
from engine.language.hours.calendar_tree import (
    DAY_NAMES,
    WEEKDAYS,
    Calendar,
    DateSpan,
    DayHours,
    Region,
    Weekday,
)
from engine.language.hours.read_hours import clock_time
from engine.reports.handbook import blocks as b
from engine.reports.handbook.condition_words import ConditionWords
from engine.reports.terminal.phrases import plain


def calendar_blocks(calendar: Calendar, words: ConditionWords) -> Iterator[b.Block]:
    """Yield when business is open, in all regions."""
    start = (
        f"{_open(calendar)}, by the prospect's own clock, or that of {calendar.timezone} where "
        "theirs is not known."
    )
    for sentence in (start, _closed(calendar), _exceptions(calendar)):
        if sentence:
            yield b.Paragraph(b.text_cell(sentence))
    if calendar.regions:
        yield b.Paragraph(b.text_cell("Some prospects have other hours. The first match applies:"))
        yield b.Bullets(tuple(_region(each, calendar, words) for each in calendar.regions))


def _region(region: Region, main: Calendar, words: ConditionWords) -> b.TableCell:
    own = region.calendar
    sentences = [
        mine
        for mine, others in (
            (f"{_open(own)}.", f"{_open(main)}."),
            (_closed(own) or "No holidays.", _closed(main) or "No holidays."),
            (_exceptions(own), _exceptions(main)),
        )
        if mine != others
    ]
    if own.timezone != main.timezone:
        sentences.append(f"Where their zone is not known, it is {own.timezone}.")
    parts = tuple(
        Equals(each.subject, each.values[0], span=each.span) if len(each.values) == 1 else each
        for each in region.fits
    )
    fits = words.describe(All(parts, span=region.span))
    return b.Strong(plain(region.id)), f" ({fits}): {' '.join(filter(None, sentences))}"


def _open(calendar: Calendar) -> str:
    """Name the hours of the week: `From 09:00 to 17:00 on Monday to Thursday, from ...`."""
    days_with: dict[DayHours, list[Weekday]] = {}
    for day in calendar.weekdays:
        days_with.setdefault(calendar.week[day], []).append(day)
    found = (f"from {_times(hours)} on {_days(days)}" for hours, days in days_with.items())
    sentence = ", ".join(found)
    return sentence[:1].upper() + sentence[1:]


def _closed(calendar: Calendar) -> str:
    holidays = [f"the public holidays of {code}" for code in calendar.holidays]
    closed = [*holidays, *map(_span, calendar.closed)]
    return f"Closed: {', '.join(closed)}." if closed else ""


def _exceptions(calendar: Calendar) -> str:
    half_days = [f"{day} from {_times(hours)}" for day, hours in calendar.half_days]
    sentences = [
        f"Open all the same: {', '.join(map(_span, calendar.open))}." if calendar.open else "",
        f"Half days: {', '.join(half_days)}." if half_days else "",
    ]
    return " ".join(filter(None, sentences))


def _span(span: DateSpan) -> str:
    first, last = span
    return first if first == last else f"{first} to {last}"


def _times(hours: DayHours) -> str:
    return " and ".join(
        f"{clock_time(opens)} to {clock_time(closes)}"
        + (" the next day" if closes > 24 * 60 else "")
        for opens, closes in hours
    )


def _days(days: Sequence[Weekday]) -> str:
    """Name the days, three or more consecutive ones by the first and the last."""
    places = [at for at, day in enumerate(WEEKDAYS) if day in days]
    names = [DAY_NAMES[day].capitalize() for day in WEEKDAYS if day in days]
    if len(places) > 2 and places[-1] - places[0] == len(places) - 1:
        return f"{names[0]} to {names[-1]}"
    return ", ".join(names)
