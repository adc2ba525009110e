"""Parse the calendar section: opening hours, weekdays, holidays and closed dates."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from engine.language.instants import place_zones, zone_known
from engine.language.model import WEEKDAYS, Calendar
from engine.language.parse.parse_context import Entry, ParseContext
from engine.language.quoting import quoted
from engine.language.suggest import did_you_mean

_HOURS = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")


def calendar_zone(data: Any) -> str:
    """Return the IANA zone in which a playbook's dates are read: its calendar's, by default UTC.

    ``data`` is the whole document, which may be invalid.
    """
    section = data.get("calendar") if isinstance(data, dict) else None
    zone = section.get("timezone") if isinstance(section, dict) else None
    return zone if isinstance(zone, str) and zone_known(zone) else "UTC"


def parse_calendar(context: ParseContext) -> Calendar:
    """Parse the section `calendar`, with the defaults of `Calendar` for missing fields."""
    data = context.document.data.get("calendar")
    if not isinstance(data, dict) or any(place[0] == "calendar" for place in context.invalid):
        return Calendar()
    entry, default = Entry(context, ("calendar",), data), Calendar()
    zone = entry.text("timezone") or default.timezone
    if not zone_known(zone):
        help = did_you_mean(zone, place_zones()) or "write a name such as `Europe/Amsterdam`"
        entry.report("timezone", "unknown-timezone", f"unknown time zone {quoted(zone)}", help)
    opens, closes = _hours(entry) or (default.opens, default.closes)
    return Calendar(
        timezone=calendar_zone(context.document.data),
        opens=opens,
        closes=closes,
        weekdays=tuple(day for day in WEEKDAYS if day in data.get("weekdays", default.weekdays)),
        holidays=tuple(code for _, code in entry.listed("holidays")),
        closed=_closed(entry),
        span=entry.span,
    )


def _hours(entry: Entry) -> tuple[int, int] | None:
    written = entry.text("hours")
    found = _HOURS.fullmatch(written) if written is not None else None
    if written is None:
        return None
    minutes = [int(part) for part in found.groups()] if found else [0, 0, 0, 0]
    opens, closes = minutes[0] * 60 + minutes[1], minutes[2] * 60 + minutes[3]
    if not found or max(minutes[1], minutes[3]) > 59 or closes > 24 * 60 or opens >= closes:
        message = f"{quoted(written)} is not a valid range of opening hours"
        entry.report("hours", "impossible-range", message, 'write them as `"09:00-17:00"`')
        return None
    return opens, closes


def _closed(entry: Entry) -> tuple[tuple[str, str], ...]:
    found = []
    for place, written in entry.listed("closed"):
        first, _, last = written.partition("..")
        span = (first, last or first)
        if not all(_is_date(day) for day in span):
            message = f"{quoted(written)} is not a date or a range of dates"
            entry.context.report(place, "bad-instant", message, "write `2026-12-24..2027-01-02`")
        elif span[0] > span[1]:
            message = f"{quoted(written)} ends before it begins"
            entry.context.report(place, "impossible-range", message, "write the earlier date first")
        else:
            found.append(span)
    return tuple(found)


def _is_date(text: str) -> bool:
    # Compared with its own ISO form, since `fromisoformat` also reads `20261224` and week dates.
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
