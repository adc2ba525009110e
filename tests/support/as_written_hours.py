"""When business is open, as the plain data of a calendar says it: minute by minute, without the
engine. Slow, and no model.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays

NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CalendarData = Mapping[str, Any]


def region_as_written(calendar: CalendarData, facts: Mapping[str, Any]) -> str | None:
    """Return the id of the region of a prospect with the known ``facts``; None outside regions."""
    for id, region in calendar.get("regions", {}).items():
        if all(_is_one_of(facts.get(fact), values) for fact, values in region["for"].items()):
            return str(id)
    return None


def _is_one_of(known: Any, values: Any) -> bool:
    listed = values if isinstance(values, list) else [values]
    return known is not None and known in map(_as_known, listed)


def _as_known(written: Any) -> Any:
    """Return a value as it is at run time."""
    if isinstance(written, str):
        return unicodedata.normalize("NFC", written)
    return written if isinstance(written, bool) else float(written)


def calendar_as_written(calendar: CalendarData, region: str | None) -> CalendarData:
    """Return the calendar of ``region``, with what it does not say from the main one."""
    return calendar if region is None else {**calendar, **calendar["regions"][region]}


def open_as_written(calendar: CalendarData, zone: str, instant: int) -> bool:
    """Return whether ``instant`` (seconds since 1970 UTC) is open in ``zone``; ``calendar`` is the
    main one, or from `calendar_as_written`.
    """
    local = datetime.fromtimestamp(instant, ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    for ago in (0, 1):
        day, now = local.date() - timedelta(days=ago), minute + ago * 1440
        if any(opens <= now < closes for opens, closes in _windows(calendar, day)):
            return True
    return False


def _windows(calendar: CalendarData, day: date) -> Iterator[tuple[int, int]]:
    if not _works(calendar, day):
        return
    usual = calendar.get(NAMES[day.weekday()], calendar.get("hours", "09:00-17:00"))
    for window in calendar.get("half_days", {}).get(day.isoformat(), usual).split(","):
        opens, closes = (int(at[:2]) * 60 + int(at[3:]) for at in window.strip().split("-"))
        yield opens, closes + (1440 if closes < opens else 0)


def _works(calendar: CalendarData, day: date) -> bool:
    if _listed(calendar.get("open", []), day):
        return True
    weekdays = calendar.get("weekdays", ["mon", "tue", "wed", "thu", "fri"])
    holiday = any(day in _holidays(code, day.year) for code in calendar.get("holidays", []))
    closed = _listed(calendar.get("closed", []), day)
    return NAMES[day.weekday()][:3] in weekdays and not holiday and not closed


def _listed(spans: list[str], day: date) -> bool:
    ends = [(span[:10], span[-10:]) for span in spans]
    return any(first <= day.isoformat() <= last for first, last in ends)


@cache
def _holidays(code: str, year: int) -> frozenset[date]:
    country, _, part = code.partition("-")
    # The years beside it too: a holiday may be kept in the year before or after its own.
    years = (year - 1, year, year + 1)
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=years))
