"""Measure open time between two instants in one zone, and find the instant that is so much open
time away.

An instant is open if the local clock shows a time from `opens` up to, but not at, `closes`, on an
open date. So an hour that a clock change skips is not open, one that it repeats is open twice, and
a date that a zone skipped is not a day at all. The calendar is known from `FIRST` to `LAST`:
nothing is open outside those years.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from engine.language.durations import Duration
from engine.language.instants import EARLIEST, LATEST
from engine.language.model import Calendar

DAY = 86_400
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()

Window = tuple[int, int]
"""An open stretch in seconds since 1970 UTC; the end is exclusive."""


def year_start(year: int) -> int:
    """Return 1 January 00:00 UTC of ``year`` in seconds since 1970 UTC."""
    return (date(year, 1, 1).toordinal() - EPOCH_ORDINAL) * DAY


def _year_of(at: int) -> int:
    return datetime.fromtimestamp(at, UTC).year


FIRST = year_start(1970)
LAST = year_start(2101)


class Clock:
    """Open time in ``zone``. Instants are seconds since 1970 UTC.

    ``open_on`` says whether a local date, in days since 1970-01-01, has opening hours. Windows are
    computed by the year when they are needed; no answer depends on which years are there. If there
    is no such instant (the calendar never opens again, or the instant would be outside the years 1
    to 9999), a method returns None.
    """

    def __init__(self, zone: str, calendar: Calendar, open_on: Callable[[int], bool]) -> None:
        self.zone = zone
        self.business_day = calendar.business_day
        self._hours = calendar.opens * 60, calendar.closes * 60
        self._open_on = open_on
        self._tz = ZoneInfo(zone)
        self._low = self._high = FIRST
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._before: list[int] = []
        self._through: list[int] = []

    def open_between(self, start: int, end: int) -> int:
        """Return the open seconds from ``start`` to ``end``, negative if ``end`` is earlier."""
        low, high = self._low, self._high
        if not (low <= start <= high and low <= end <= high):
            self._extend_to(start)
            self._extend_to(end)
        return self._opened_by(end) - self._opened_by(start)

    def elapsed(self, start: int, end: int, business: bool) -> int:
        """Return the seconds from ``start`` to ``end``, only open ones if ``business``; may be
        negative.
        """
        return self.open_between(start, end) if business else end - start

    def after(self, start: int, duration: Duration) -> int | None:
        """Return the earliest instant by which ``duration`` has passed since ``start``."""
        length = duration.seconds(self.business_day)
        if not duration.business or length == 0:
            return start + length if start + length <= LATEST else None
        self._extend_to(start)
        while self._opened_by(self._high) - self._opened_by(start) < length:
            if not self._extend_to(self._high + 1):
                return None
        target = self._opened_by(start) + length
        at = bisect_left(self._through, target)
        return self._starts[at] + target - self._before[at]

    def before(self, end: int, duration: Duration) -> int | None:
        """Return the latest instant that has ``duration`` between itself and ``end``.

        Two business days before Wednesday 09:00 is Monday 09:00, not Friday 17:00.
        """
        length = duration.seconds(self.business_day)
        if not duration.business or length == 0:
            return end - length if end - length >= EARLIEST else None
        self._extend_to(end)
        while self._opened_by(end) < length:
            if not self._extend_to(self._low - 1):
                return None
        target = self._opened_by(end) - length
        at = bisect_right(self._before, target) - 1
        return self._starts[at] + target - self._before[at]

    def next_open(self, at: int) -> int | None:
        """Return ``at`` itself inside opening hours, else the next opening."""
        if not self._low <= at < self._high:
            self._extend_to(at)
        while (index := bisect_right(self._ends, at)) == len(self._ends):
            if not self._extend_to(self._high + 1):
                return None
        start = self._starts[index]
        return max(start, at)

    def windows(self, start: int, end: int) -> Iterator[Window]:
        """Yield the open stretches from ``start`` to ``end``, in order; they may touch."""
        self._extend_to(start)
        self._extend_to(end)
        for index in range(bisect_right(self._ends, start), bisect_left(self._starts, end)):
            yield max(self._starts[index], start), min(self._ends[index], end)

    def _opened_by(self, at: int) -> int:
        """Return the open seconds from the start of the computed years to ``at``, which lies in
        them.
        """
        index = bisect_right(self._starts, at) - 1
        if index < 0:
            return 0
        return min(self._before[index] + at - self._starts[index], self._through[index])

    def _extend_to(self, at: int) -> bool:
        """Compute the windows up to the year of ``at``; False if there was nothing to add."""
        at = min(max(at, FIRST), LAST)
        if self._low == self._high:  # nothing is covered yet: begin where the first question is
            year = _year_of(min(at, LAST - 1))
            self._low, self._high = year_start(year), year_start(year + 1)
            self._append(self._windows(self._low, self._high))
        if at < self._low:
            end, self._low = self._low, year_start(_year_of(at))
            later = list(zip(self._starts, self._ends, strict=True))
            self._starts, self._ends, self._before, self._through = [], [], [], []
            self._append([*self._windows(self._low, end), *later])
        elif at > self._high:
            start, self._high = self._high, min(year_start(_year_of(at) + 1), LAST)
            self._append(self._windows(start, self._high))
        else:
            return False
        return True

    def _append(self, windows: list[Window]) -> None:
        total = self._through[-1] if self._through else 0
        for start, end in windows:
            self._starts.append(start)
            self._ends.append(end)
            self._before.append(total)
            total += end - start
            self._through.append(total)

    def _windows(self, start: int, end: int) -> list[Window]:
        """Return the open windows from ``start`` to ``end`` (midnights UTC), merged where they
        touch.
        """
        opens, closes = self._hours
        windows: list[Window] = []
        for first, until, offset in _offset_periods(self._tz, start, end):
            for day in range((first + offset) // DAY, (until + offset - 1) // DAY + 1):
                midnight = day * DAY - offset
                window = max(midnight + opens, first), min(midnight + closes, until)
                if window[0] < window[1] and self._open_on(day):
                    if windows and windows[-1][1] == window[0]:
                        window = windows.pop()[0], window[1]
                    windows.append(window)
        return windows


def _offset_periods(tz: ZoneInfo, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield the stretches from ``start`` to ``end`` in which the zone keeps one offset: (from,
    until, seconds east).
    """
    offsets = [(at, _offset(tz, at)) for at in range(start, end + 1, DAY)]
    changes = [
        change
        for (first, before), (until, after) in pairwise(offsets)
        if before != after
        for change in _changes(tz, first, until)
    ]
    for first, until in pairwise([start, *changes, end]):
        if first < until:
            yield first, until, _offset(tz, first)


def _changes(tz: ZoneInfo, first: int, until: int) -> Iterator[int]:
    """Yield the instants after ``first``, up to ``until``, at which the offset changes."""
    if _offset(tz, first) == _offset(tz, until):
        return
    if until - first == 1:
        yield until
        return
    middle = (first + until) // 2
    yield from _changes(tz, first, middle)
    yield from _changes(tz, middle, until)


def _offset(tz: ZoneInfo, at: int) -> int:
    """Return the seconds that ``tz`` is ahead of UTC at the instant ``at``."""
    offset = datetime.fromtimestamp(at, tz).utcoffset()
    assert offset is not None
    return offset.days * DAY + offset.seconds
