"""Compute which days the tables of the calendar must have for a statement to be exact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.book.calendar.business_clock import DAY, FIRST, LAST, Clock
from engine.language.durations import Duration


def horizon(
    durations: Iterable[Duration],
    business_day: int,
    clocks: Sequence[Clock],
    instants: tuple[int, int],
    now: int,
) -> tuple[int, int]:
    """Return the first and the last instant that `calendar_days` must have.

    Args:
        durations: All durations that the statement adds to instants or subtracts from now.
        business_day: Its length in seconds.
        clocks: The clocks of all prospects.
        instants: The earliest and the latest instant of any prospect, in seconds since 1970 UTC.
        now: The instant of the evaluation, in seconds since 1970 UTC.
    """
    earliest, latest = (_known(at) for at in (min(instants[0], now), max(instants[1], now)))
    longest = _longest(durations, business_day)
    starts = [clock.before(_known(now), length) for clock in clocks for length in longest]
    ends = [clock.after(latest, length) for clock in clocks for length in longest]
    first = min([earliest, *(FIRST if start is None else start for start in starts)])
    last = max([latest, *(LAST if end is None else end for end in ends)])
    return _known(first - DAY), _known(last + DAY)  # a local day may begin or end a UTC day away


def _known(at: int) -> int:
    return min(max(at, FIRST), LAST)


def _longest(durations: Iterable[Duration], business_day: int) -> list[Duration]:
    """Return the longest duration of elapsed time, and the longest of business time."""
    found: dict[bool, Duration] = {}
    for duration in durations:
        kept = found.setdefault(duration.business, duration)
        if duration.seconds(business_day) > kept.seconds(business_day):
            found[duration.business] = duration
    return list(found.values())
