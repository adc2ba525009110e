"""Boundaries of comparisons of time facts, and the instants that such a fact may have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from engine.advice.comparison_words import format_date, format_instant
from engine.advice.questions.answer_intervals import Boundary, Interval, intervals_between
from engine.book.calendar.business_clock import Clock
from engine.language import conditions as c
from engine.language.durations import Duration
from engine.language.instants import EARLIEST, LATEST
from engine.language.intervals import ABOVE, BELOW, Side
from engine.semantics.firings import Context

HOUR, _DAY = 3_600, 86_400
LONGEST_CLOSED = 64 * _DAY
"""In seconds: closed time is taken to be no longer; its end is not searched any further."""


def past_only(tests: Iterable[c.Comparison], starts_silence: bool) -> bool:
    """Return whether rules take a time fact for something that has happened.

    They ask how long ago it was, or count silence from it (``starts_silence``), and never whether
    it is ahead. So `last_call_at` is not tried in the future.
    """
    tests = tuple(tests)
    ahead = any(
        isinstance(test, c.InNext)
        or (isinstance(test, c.Before | c.After) and isinstance(test.bound, c.Now))
        for test in tests
    )
    asked_ago = any(isinstance(test, c.OlderThan | c.Within) for test in tests)
    return not ahead and (asked_ago or starts_silence)


def instants(
    boundaries: Iterable[Boundary], now: int, past: bool
) -> Iterator[tuple[Interval, tuple[int, ...]]]:
    """Yield the intervals between boundaries, each with instants inside.

    Intervals shorter than an hour are left out, as no answer of a person would be that exact.

    Args:
        boundaries: Where comparisons change their truth.
        now: The instant of the evaluation, in seconds since 1970 UTC.
        past: Whether to leave out what is ahead.

    Returns:
        The interval, and three instants in it, the middle one first; or the only one.
    """
    kept = [
        each for each in boundaries if EARLIEST < each.at < LATEST and not (past and each.at >= now)
    ]
    for interval in intervals_between(kept, "there is a date"):
        low = None if interval.low is None else int(interval.low.at)
        high = None if interval.high is None else int(interval.high.at)
        if interval.point and low is not None:
            yield interval, (low,)
            continue
        start, end = _inside(low, high, now)
        if end - start >= HOUR:
            length = end - start
            yield interval, (start + length // 2, start + length // 4, end - length // 4)


def _inside(low: int | None, high: int | None, now: int) -> tuple[int, int]:
    """Return the ends of the part of an interval that is tried.

    With one end, that is up to two days from it, or up to now.
    """
    if low is None:
        end = now if high is None else high
        return max(end - 2 * _DAY, EARLIEST), end
    if high is None:
        return low, now if low < now else min(low + 2 * _DAY, LATEST)
    return low, high


def boundaries_of(test: c.Comparison, context: Context) -> Iterator[Boundary]:
    """Yield where ``test`` changes its truth as its subject, a time fact, moves."""
    now, clock = context.now, context.clock
    match test:
        case c.OlderThan(duration=duration):
            yield _older(duration, now, clock)
        case c.Within(duration=duration):
            yield from (_older(duration, now, clock), _now(now))
        case c.InNext(duration=duration):
            yield from (_now(now), _further(duration, now, clock))
        case c.Before(bound=bound):
            yield from _at_bound(bound, BELOW, context)
        case c.After(bound=bound):
            yield from _at_bound(bound, ABOVE, context)
        case c.Equals(value=value):
            yield from _on(int(value), clock)
        case c.In(values=values):
            for value in values:
                yield from _on(int(value), clock)
        case _:
            pass


def boundaries_beside(test: c.Comparison, fact: str, context: Context) -> Iterator[Boundary]:
    """Yield where the comparison of another fact changes its truth as its bound moves.

    Args:
        test: Any comparison.
        fact: The id of the fact that moves; nothing is yielded if it is not the bound of ``test``.
        context: What is known.
    """
    if not isinstance(test, c.Before | c.After) or not isinstance(test.bound, c.Ref):
        return
    other = context.facts.get(test.subject.id) if test.subject.kind == "fact" else None
    if test.bound.id == fact and other is not None:
        side = ABOVE if isinstance(test, c.Before) else BELOW
        yield _beside(int(other), side, test.subject.id)


def passing(duration: Duration, context: Context) -> Boundary:
    """Return where a threshold of ``duration`` passes as the start of silence moves."""
    at = context.clock.before(context.now, duration)
    below, above = f"at least {duration} ago", f"less than {duration} ago"
    return Boundary(EARLIEST if at is None else at, ABOVE, below, above)


def _at_bound(bound: int | c.Ref | c.Now, side: Side, context: Context) -> Iterator[Boundary]:
    match bound:
        case c.Now():
            yield _now(context.now)
        case c.Ref():
            other = context.facts.get(bound.id)
            if other is not None:
                yield _beside(int(other), side, bound.id)
        case at:
            words = format_date(at, context.clock.zone)
            yield Boundary(at, side, f"before {words}", f"after {words}")


def _beside(at: int, side: Side, other: str) -> Boundary:
    return Boundary(at, side, f"before {other}", f"after {other}")


def _now(now: int) -> Boundary:
    return Boundary(now, BELOW, "past", "ahead")


def _on(at: int, clock: Clock) -> Iterator[Boundary]:
    words, exact = format_date(at, clock.zone), format_instant(at, clock.zone)
    for side in (BELOW, ABOVE):
        yield Boundary(at, side, f"before {words}", f"after {words}", exact)


def _older(duration: Duration, now: int, clock: Clock) -> Boundary:
    """Return the boundary just before the first instant that is at most ``duration`` ago."""
    # `before` gives one instant that is as long ago; while business is closed, all are.
    at = clock.before(now, duration)
    below, above = f"more than {duration} ago", f"at most {duration} ago"
    if at is None:
        return Boundary(EARLIEST, BELOW, below, above)
    length, business = duration.seconds(clock.business_day), duration.business
    first = at - _reach(lambda by: clock.elapsed(at - by, now, business) <= length)
    return Boundary(first, BELOW, below, above)


def _further(duration: Duration, now: int, clock: Clock) -> Boundary:
    """Return the boundary just after the last instant that is at most ``duration`` ahead."""
    at = clock.after(now, duration)
    below, above = f"at most {duration} ahead", f"more than {duration} ahead"
    if at is None:
        return Boundary(LATEST, ABOVE, below, above)
    length, business = duration.seconds(clock.business_day), duration.business
    last = at + _reach(lambda by: clock.elapsed(now, at + by, business) <= length)
    return Boundary(last, ABOVE, below, above)


def _reach(holds: Callable[[int], bool]) -> int:
    """Return the largest number of seconds, up to about `LONGEST_CLOSED`, for which ``holds``.

    By bisection: it has to be true of 0, and of no number above one of which it is false.
    """
    low, high = 0, 1
    while high < LONGEST_CLOSED and holds(high):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low
