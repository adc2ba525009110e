"""Business time of one region in one zone: measure the open time between instants, and add it.

An instant is open if the local time is in a window of its date, or of the date before for a window
over midnight. So an hour that a clock change skips is not open, one that it repeats is open twice,
and no window begins on a date that a zone skipped. The calendar is known from `FIRST` to `LAST`:
nothing is open outside those years.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from engine.language.durations import Duration
from engine.language.instants import EARLIEST, LATEST

DAY = 86_400
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()

Window = tuple[int, int]
"""An open interval, in seconds since 1970 UTC; the end is exclusive."""


def year_start(year: int) -> int:
    """Return the instant of 1 January 00:00 UTC of ``year``, in seconds since 1970 UTC."""
    return (date(year, 1, 1).toordinal() - EPOCH_ORDINAL) * DAY


def _year_of(at: int) -> int:
    return datetime.fromtimestamp(at, UTC).year


FIRST = year_start(1970)
LAST = year_start(2101)


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """The opening hours of one region, by local date.

    Attributes:
        region: The id of the region.
        business_day: The length of a business day, in seconds; the same in all regions.
        longest_day: The most open seconds that a date has, clock changes not counted.
        over_midnight: Whether a window may end on the date after the one it begins on.
        on: Returns the windows that begin on a date (days since 1970-01-01), as seconds from its
            midnight, in order.
    """

    region: str
    business_day: int
    longest_day: int
    over_midnight: bool
    on: Callable[[int], Sequence[Window]]


class Clock:
    """The business time of ``zone`` by ``hours``. Instants are seconds since 1970 UTC.

    Windows are computed by the year when they are needed; no result depends on which years are
    computed. A method that finds an instant returns None if it does not exist: the calendar never
    opens again, or the instant would be outside the years 1 to 9999.
    """

    def __init__(self, zone: str, hours: OpeningHours) -> None:
        self.zone = zone
        self.hours = hours
        self.business_day = hours.business_day
        self._tz = ZoneInfo(zone)
        # Windows from `_low` to `_high`, in parallel lists for binary search: where each starts and
        # ends, and the open seconds before it and through its end.
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
        """Return the seconds between two instants, negative if the second is earlier.

        Args:
            start: The first instant.
            end: The second instant.
            business: Whether only open seconds count.
        """
        return self.open_between(start, end) if business else end - start

    def after(self, start: int, duration: Duration) -> int | None:
        """Return the earliest instant at which ``duration`` has passed since ``start``."""
        length = duration.seconds(self.business_day)
        if not duration.business or length == 0:
            return start + length if start + length <= LATEST else None
        self._extend_to(start)
        while self._opened_by(self._high) - self._opened_by(start) < length:
            if not self._extend_to(self._high + 1):
                return None
        target = self._opened_by(start) + length
        # On the left: a length that ends with a window ends at its close, not at the next opening.
        at = bisect_left(self._through, target)
        return self._starts[at] + target - self._before[at]

    def before(self, end: int, duration: Duration) -> int | None:
        """Return the latest instant from which ``duration`` passes until ``end``.

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
        # On the right: a close and the next opening have equal open time before them, and the
        # opening is the later one.
        at = bisect_right(self._before, target) - 1
        return self._starts[at] + target - self._before[at]

    def next_open(self, at: int) -> int | None:
        """Return ``at`` itself if it is open, else the next opening."""
        if not self._low <= at < self._high:
            self._extend_to(at)
        while (index := bisect_right(self._ends, at)) == len(self._ends):
            if not self._extend_to(self._high + 1):
                return None
        start = self._starts[index]
        return max(start, at)

    def windows(self, start: int, end: int) -> Iterator[Window]:
        """Yield the open intervals from ``start`` to ``end``, in order; they may touch."""
        self._extend_to(start)
        self._extend_to(end)
        for index in range(bisect_right(self._ends, start), bisect_left(self._starts, end)):
            yield max(self._starts[index], start), min(self._ends[index], end)

    def _opened_by(self, at: int) -> int:
        """Return the open seconds from the start of the computed years to ``at``, within them."""
        index = bisect_right(self._starts, at) - 1
        if index < 0:
            return 0
        return min(self._before[index] + at - self._starts[index], self._through[index])

    def _extend_to(self, at: int) -> bool:
        """Compute the windows of all years up to that of ``at``; return whether any were added."""
        at = min(max(at, FIRST), LAST)
        if self._low == self._high:  # no year is computed: begin at the one that is needed
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
        """Return the open windows from ``start`` to ``end`` (midnights UTC); they do not touch."""
        hours_on, earlier = self.hours.on, int(self.hours.over_midnight)
        windows: list[Window] = []
        # By periods of one UTC offset: within one, local time is a shift of UTC, and hours that are
        # skipped or repeated need no case of their own.
        for first, until, offset in _offset_periods(self._tz, start, end):
            begin, last = (first + offset) // DAY - earlier, (until + offset - 1) // DAY
            for day in range(begin, last + 1):
                midnight = day * DAY - offset
                for opens, closes in hours_on(day):
                    window = max(midnight + opens, first), min(midnight + closes, until)
                    if window[0] >= window[1]:
                        continue
                    # A night may run into the next morning: business is open once.
                    if windows and windows[-1][1] >= window[0]:
                        begun, ended = windows.pop()
                        window = begun, max(ended, window[1])
                    windows.append(window)
        return windows


def _offset_periods(tz: ZoneInfo, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield the periods from ``start`` to ``end`` with one UTC offset: (from, until, seconds east).

    Days are compared first: an offset that is in force for less than a day, between two midnights
    UTC with equal offsets, would be missed. No zone has one.
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
    """Yield the instants after ``first``, up to ``until``, at which the offset changes.

    By bisection: `zoneinfo` does not publish the transitions of a zone.
    """
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
