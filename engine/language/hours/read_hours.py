"""Read opening hours such as `09:00-12:00, 13:00-17:00`, and dates such as `2026-12-24`."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

from engine.language.hours.calendar_tree import DateSpan, DayHours
from engine.language.quoting import quoted

_DAY = 24 * 60
"""Minutes."""

_WINDOW = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]|24):([0-5]\d)", re.ASCII)


class HoursError(ValueError):
    """Text that is not opening hours: the ``code``, message and ``help`` of the problem."""

    def __init__(self, code: str, message: str, help: str) -> None:
        super().__init__(message)
        self.code = code
        self.help = help


def read_hours(text: str) -> DayHours:
    """Parse the windows of a day; those that touch become one.

    A window that ends when it begins or earlier ends on the next day: `22:00-06:00` has the minutes
    1320 to 1800.

    Raises:
        HoursError: It has another format, an empty window, or windows that overlap.
    """
    windows = sorted(_window(part.strip()) for part in text.split(","))
    # The last window may run into the first one of the next day.
    first_again = (windows[0][0] + _DAY, windows[0][1] + _DAY)
    for (_, closes), (opens, _) in pairwise([*windows, first_again]):
        if closes > opens:
            message = f"two windows of {quoted(text)} overlap"
            raise HoursError("overlapping-hours", message, "let each begin where another has ended")
    found: list[tuple[int, int]] = []
    for opens, closes in windows:
        begins = found.pop()[0] if found and found[-1][1] == opens else opens
        found.append((begins, closes))
    return tuple(found)


def _window(text: str) -> tuple[int, int]:
    found = _WINDOW.fullmatch(text)
    if found is None or (found[3] == "24" and found[4] != "00"):
        message = f"{quoted(text)} is not a valid range of opening hours"
        raise HoursError("impossible-range", message, 'write them as `"09:00-17:00"`')
    opens, closes = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    if opens == closes:
        message = f"{quoted(text)} ends when it begins"
        raise HoursError("impossible-range", message, "a whole day is `00:00-24:00`")
    return opens, closes if closes > opens else closes + _DAY


def clock_time(minutes: int) -> str:
    """Write the time of day that is ``minutes`` after midnight; of the next day after 24:00."""
    at = minutes - _DAY if minutes > _DAY else minutes
    return f"{at // 60:02}:{at % 60:02}"


def read_span(text: str) -> DateSpan | None:
    """Parse a date, or two joined by `..`, into the first and the last one; None if invalid."""
    first, _, last = text.partition("..")
    span = (first, last or first)
    return span if all(map(is_date, span)) else None


def is_date(text: str) -> bool:
    """Return whether ``text`` is a date that exists, such as `2026-12-24`."""
    # Compared with its own ISO form, since `fromisoformat` also reads `20261224` and week dates.
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
