"""Open time: how many seconds the playbook's calendar is open between two instants in a zone.

An instant is open where the clock on the wall there shows a time from `opens` up to, but not at,
`closes`, on a local date that is one of the weekdays, no holiday and not closed. So an hour that a
clock change skips is not open, one that it repeats is open twice, and a date that a zone skipped is
no day at all. The calendar is known from `FIRST` to `LAST`: nothing is open outside those years.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from engine.language.durations import Duration
from engine.language.instants import EARLIEST, LATEST
from engine.language.model import WEEKDAYS, Calendar

if TYPE_CHECKING:
    from holidays import HolidayBase

DAY = 86_400
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
FIRST_YEAR = 1970
LAST_YEAR = 2100

Window = tuple[int, int]
"""An open stretch in seconds since 1970 UTC; the end is exclusive."""


def _year_start(year: int) -> int:
    """1 January 00:00 UTC of ``year`` in seconds."""
    return (date(year, 1, 1).toordinal() - EPOCH_ORDINAL) * DAY


FIRST = _year_start(FIRST_YEAR)
LAST = _year_start(LAST_YEAR + 1)


@dataclass(frozen=True, slots=True)
class Day:
    """One UTC day in one zone, a row of the table that business time can be computed from.

    ``day`` counts from 1970-01-01; ``before`` is the open seconds from the first day asked for up
    to this one. ``windows`` are in order and do not touch: at most two (a local day may straddle
    midnight UTC), three where the clock is set back over an end of the opening hours.
    """

    zone: str
    day: int
    before: int
    windows: tuple[Window, ...]


class Calendars:
    """The clocks of one calendar, one a time zone."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self._clocks: dict[str, Clock] = {}
        self._years: dict[int, tuple[bool, ...]] = {}
        self._weekdays = frozenset(WEEKDAYS.index(day) for day in calendar.weekdays)
        self._closed = tuple(
            (date.fromisoformat(first), date.fromisoformat(last)) for first, last in calendar.closed
        )

    def clock(self, zone: str) -> Clock:
        """The clock of ``zone``, a name `zone_known` knows; always the same object."""
        if zone not in self._clocks:
            self._clocks[zone] = Clock(self, zone)
        return self._clocks[zone]

    def days(self, zone: str, first_day: int, last_day: int) -> Iterator[Day]:
        """A row for each UTC day from ``first_day`` to ``last_day`` (days since 1970-01-01)."""
        clock = self.clock(zone)
        windows = list(clock.windows(first_day * DAY, (last_day + 1) * DAY))
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
        """Whether the local date ``day`` (days since 1970-01-01) has opening hours."""
        local = date.fromordinal(day + EPOCH_ORDINAL)
        if local.year not in self._years:
            self._years[local.year] = self._open_days(local.year)
        return self._years[local.year][local.timetuple().tm_yday - 1]

    def _open_days(self, year: int) -> tuple[bool, ...]:
        off = {day for code in self.calendar.holidays for day in _holidays(code, year)}
        days = map(
            date.fromordinal,
            range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1),
        )
        return tuple(
            day.weekday() in self._weekdays
            and day not in off
            and not any(first <= day <= last for first, last in self._closed)
            for day in days
        )


class Clock:
    """Open time in one zone. Instants are seconds since 1970 UTC.

    Windows are worked out by the year, where they are asked for; no answer depends on which years
    are there. Where no instant answers (the calendar never opens again, or the answer would lie
    outside the years 1 to 9999) a method returns None.
    """

    def __init__(self, calendars: Calendars, zone: str) -> None:
        self.zone = zone
        self.business_day = calendars.calendar.business_day
        self._calendars = calendars
        self._tz = ZoneInfo(zone)
        self._low = self._high = _year_start(FIRST_YEAR + 56)
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._before: list[int] = []
        self._through: list[int] = []

    def open_between(self, start: int, end: int) -> int:
        """Open seconds from ``start`` to ``end``; negative where ``end`` is the earlier one."""
        return self._open_until(end, start) - self._open_until(start, end)

    def elapsed(self, start: int, end: int, business: bool) -> int:
        """Seconds from ``start`` to ``end``, only open ones if ``business``; may be negative."""
        return self.open_between(start, end) if business else end - start

    def after(self, start: int, duration: Duration) -> int | None:
        """The earliest instant by which ``duration`` has passed since ``start``."""
        length = duration.seconds(self.business_day)
        if not duration.business or length == 0:
            return start + length if start + length <= LATEST else None
        self._cover(start)
        while self._opened_by(self._high) - self._opened_by(start) < length:
            if not self._grow_up():
                return None
        target = self._opened_by(start) + length
        at = bisect_left(self._through, target)
        return self._starts[at] + target - self._before[at]

    def ago(self, end: int, duration: Duration) -> int | None:
        """The latest instant that has ``duration`` between itself and ``end``.

        Two business days before Wednesday 09:00 is Monday 09:00, not Friday 17:00.
        """
        length = duration.seconds(self.business_day)
        if not duration.business or length == 0:
            return end - length if end - length >= EARLIEST else None
        self._cover(end)
        while self._opened_by(end) < length:
            if not self._grow_down():
                return None
        target = self._opened_by(end) - length
        at = bisect_right(self._before, target) - 1
        return self._starts[at] + target - self._before[at]

    def opening(self, at: int) -> int | None:
        """``at`` itself inside opening hours, else the next opening."""
        self._cover(at)
        index = bisect_right(self._ends, at)
        while index == len(self._ends):
            if not self._grow_up():
                return None
            index = bisect_right(self._ends, at)
        return max(at, self._starts[index])

    def windows(self, start: int, end: int) -> Iterator[Window]:
        """The open stretches that lie in ``start`` to ``end``, in order; they may touch."""
        self._cover(start)
        self._cover(end)
        for index in range(bisect_right(self._ends, start), bisect_left(self._starts, end)):
            yield max(self._starts[index], start), min(self._ends[index], end)

    def _open_until(self, at: int, other: int) -> int:
        """Open seconds from the start of what is covered, once ``at`` and ``other`` are."""
        if not (self._low <= at <= self._high and self._low <= other <= self._high):
            self._cover(at)
            self._cover(other)
        return self._opened_by(at)

    def _opened_by(self, at: int) -> int:
        index = bisect_right(self._starts, at) - 1
        if index < 0:
            return 0
        return min(self._before[index] + at - self._starts[index], self._through[index])

    def _cover(self, at: int) -> None:
        """Work out the windows of every year from those that are there to the one of ``at``."""
        while at < self._low and self._grow_down():
            pass
        while at > self._high and self._grow_up():
            pass

    def _grow_up(self) -> bool:
        """Add the year after those that are covered; False where the calendar ends."""
        if self._high >= LAST:
            return False
        year = datetime.fromtimestamp(self._high, UTC).year
        start, self._high = self._high, _year_start(year + 1)
        self._append(list(_windows(self._calendars, self._tz, start, self._high)))
        return True

    def _grow_down(self) -> bool:
        """Add the year before those that are covered; False where the calendar begins."""
        if self._low <= FIRST:
            return False
        year = datetime.fromtimestamp(self._low, UTC).year - 1
        end, self._low = self._low, _year_start(year)
        later = list(zip(self._starts, self._ends, strict=True))
        self._starts, self._ends, self._before, self._through = [], [], [], []
        self._append([*_windows(self._calendars, self._tz, self._low, end), *later])
        return True

    def _append(self, windows: list[Window]) -> None:
        total = self._through[-1] if self._through else 0
        for start, end in windows:
            self._starts.append(start)
            self._ends.append(end)
            self._before.append(total)
            total += end - start
            self._through.append(total)


def _windows(calendars: Calendars, tz: ZoneInfo, start: int, end: int) -> Iterator[Window]:
    """The open windows from ``start`` to ``end`` (midnights UTC), merged where they touch."""
    opens, closes = calendars.calendar.opens * 60, calendars.calendar.closes * 60
    last: Window | None = None
    for first, until, offset in _stretches(tz, start, end):
        for day in range((first + offset) // DAY, (until + offset - 1) // DAY + 1):
            local = day * DAY - offset
            window = max(local + opens, first), min(local + closes, until)
            if window[0] >= window[1] or not calendars.open_on(day):
                continue
            if last and last[1] == window[0]:
                last = last[0], window[1]
                continue
            if last:
                yield last
            last = window
    if last:
        yield last


def _stretches(tz: ZoneInfo, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """From ``start`` to ``end``, where the zone keeps one offset: (from, until, seconds east)."""
    changes = [
        change
        for first, until in pairwise(range(start, end + 1, DAY))
        for change in _changes(tz, first, until)
    ]
    for first, until in pairwise([start, *changes, end]):
        if first < until:
            yield first, until, _offset(tz, first)


def _changes(tz: ZoneInfo, first: int, until: int) -> Iterator[int]:
    """The instants after ``first``, up to ``until``, from which on another offset holds."""
    if _offset(tz, first) == _offset(tz, until):
        return
    if until - first == 1:
        yield until
        return
    middle = (first + until) // 2
    yield from _changes(tz, first, middle)
    yield from _changes(tz, middle, until)


def _offset(tz: ZoneInfo, at: int) -> int:
    """Seconds that ``tz`` is ahead of UTC at the instant ``at``."""
    offset = datetime.fromtimestamp(at, tz).utcoffset()
    assert offset is not None
    return offset.days * DAY + offset.seconds


@cache
def _holidays(code: str, year: int) -> frozenset[date]:
    """The public holidays of ``year``, those moved to another date included.

    Raises:
        NotImplementedError: `holiday_code_known` does not know ``code``.
    """
    return frozenset(_country(code, year).keys())


def _country(code: str, year: int) -> HolidayBase:
    import holidays

    country, _, part = code.partition("-")
    return holidays.country_holidays(country, subdiv=part or None, years=year)


@cache
def known_holiday_codes() -> tuple[str, ...]:
    """Every code, of two letters (`US`) or with a part of the country (`DE-BY`), in order."""
    import holidays

    countries = holidays.list_supported_countries()
    parts = [f"{country}-{part}" for country, names in countries.items() for part in names]
    return tuple(sorted([*countries, *parts]))


def holiday_code_known(code: str) -> bool:
    """Whether ``code`` names a country or a part of one whose public holidays are known."""
    return code in known_holiday_codes()
