"""Convert local times to instants in SQL, with the results of `engine.language.instants`.

DuckDB's own time zones take the second of a repeated local time, and not the first.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from sqlglot import exp

from engine.book.calendar.business_clock import DAY, year_start
from engine.book.sql_nodes import whole
from engine.book.staging.staged_sql import between
from engine.language.instants import EPOCH, utc_offset

FIRST_LOCAL, LAST_LOCAL = year_start(1900), year_start(2100)
"""The range of local times that SQL converts, in seconds since 1970 on the local clock; the end is
exclusive."""

OffsetPeriod = tuple[int, int]
"""The local time from which a zone has an offset, and the offset in seconds ahead of UTC."""


@dataclass(frozen=True, slots=True)
class LocalTimes:
    """Local times in ``zone`` from ``first`` to ``last``, in seconds since 1970 on the local clock.

    The offsets of other years are left out of the SQL: with those of two centuries it takes ten
    times as long.
    """

    zone: str
    first: int = FIRST_LOCAL
    last: int = LAST_LOCAL - 1

    def instant(self, local: exp.Expression) -> exp.Expression:
        """Build the instant, in seconds since 1970 UTC, at which the local time is ``local``."""
        all = utc_offsets(self.zone)
        # `DAY` is larger than any offset, so that a change at `at` itself is included.
        first, last = (bisect_right(all, (at, DAY)) for at in (self.first, self.last))
        offset = _offset_at(local, all[max(first - 1, 0) : max(last, 1)])
        return exp.Paren(this=exp.Sub(this=local.copy(), expression=offset))


def local_known(local: exp.Expression) -> exp.Expression:
    """Build the condition that ``local`` is in the range that SQL converts; false if it is NULL."""
    return between(local, FIRST_LOCAL, LAST_LOCAL - 1)


@cache
def utc_offsets(zone: str) -> tuple[OffsetPeriod, ...]:
    """Return every offset of ``zone`` from `FIRST_LOCAL` to `LAST_LOCAL`, in order.

    A local time that a change repeats is the first of the two; one that it skips is read as if the
    clock had not been changed.
    """
    found = [(FIRST_LOCAL, _offset(zone, FIRST_LOCAL))]
    for day in range(FIRST_LOCAL, LAST_LOCAL, DAY):
        # Day by day, then by bisection: `zoneinfo` does not publish the transitions of a zone.
        while (offset := _offset(zone, day + DAY)) != found[-1][1]:
            found.append(_change(zone, max(day, found[-1][0]), day + DAY, found[-1][1]))
            if found[-1][1] == offset:
                break
    return tuple(found)


def _change(zone: str, low: int, high: int, before: int) -> OffsetPeriod:
    """Return the first local time after ``low``, up to ``high``, whose offset is not ``before``."""
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, middle) == before:
            low = middle
        else:
            high = middle
    return high, _offset(zone, high)


def _offset(zone: str, local: int) -> int:
    return utc_offset(EPOCH + timedelta(seconds=local), zone)


def _offset_at(local: exp.Expression, known: tuple[OffsetPeriod, ...]) -> exp.Expression:
    """Build the offset at ``local``, as nested CASEs that do a binary search.

    A plain CASE would compare each row with every offset in turn.
    """
    if len(known) == 1:
        return whole(known[0][1])
    middle = len(known) // 2
    earlier = exp.LT(this=local.copy(), expression=whole(known[middle][0]))
    case = exp.Case().when(earlier, _offset_at(local, known[:middle]), copy=False)
    return case.else_(_offset_at(local, known[middle:]), copy=False)
