"""Where the rules turn over as a time fact moves, and which instants it can be at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from engine.advice.questions.answer_intervals import Boundary, Interval, intervals_between
from engine.advice.wording import format_date, format_instant
from engine.book.calendar.business_clock import Clock
from engine.language import conditions as c
from engine.language.durations import Duration
from engine.language.instants import EARLIEST, LATEST
from engine.language.intervals import ABOVE, BELOW, Side
from engine.semantics.firings import Context

HOUR, _DAY = 3_600, 86_400
LONGEST_CLOSED = 64 * _DAY
"""Nobody closes for longer; further the edge of closed time is not looked for."""


def past_only(tests: Iterable[c.Comparison], starts_silence: bool) -> bool:
    """Whether rules take the fact for something that has happened: they ask how long ago it was, or
    count silence from it, and never whether it lies ahead.
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
    turns: Iterable[Boundary], now: int, past: bool
) -> Iterator[tuple[Interval, tuple[int, ...]]]:
    """Yield the intervals between ``turns``, with ``past`` up to now, each with three instants
    inside, the middle one first. Intervals shorter than an hour are left out unless they have words
    of their own: no person would tell them from what lies beside them.
    """
    kept = [turn for turn in turns if EARLIEST < turn.at < LATEST and not (past and turn.at >= now)]
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
    """Return the ends of the part of an interval that is tried: up to two days beside its only end,
    but not past now.
    """
    if low is None:
        end = now if high is None else high
        return max(end - 2 * _DAY, EARLIEST), end
    if high is None:
        return low, now if low < now else min(low + 2 * _DAY, LATEST)
    return low, high


def boundaries_of(test: c.Comparison, context: Context) -> Iterator[Boundary]:
    """Where ``test`` turns over as its subject moves."""
    now, clock = context.now, context.clock
    match test:
        case c.OlderThan(duration=duration):
            yield _older(duration, now, clock)
        case c.Within(duration=duration):
            yield from (_older(duration, now, clock), _now(now))
        case c.InNext(duration=duration):
            yield from (_now(now), _further(duration, now, clock))
        case c.Before(bound=bound):
            yield from _turn_at(bound, BELOW, context)
        case c.After(bound=bound):
            yield from _turn_at(bound, ABOVE, context)
        case c.Equals(value=value):
            yield from _on(int(value), clock)
        case c.In(values=values):
            for value in values:
                yield from _on(int(value), clock)
        case _:
            pass


def boundaries_beside(test: c.Comparison, fact: str, context: Context) -> Iterator[Boundary]:
    """Where ``test`` of another fact turns over as ``fact``, its bound, moves."""
    if not isinstance(test, c.Before | c.After) or not isinstance(test.bound, c.Ref):
        return
    other = context.facts.get(test.subject.id) if test.subject.kind == "fact" else None
    if test.bound.id == fact and other is not None:
        side = ABOVE if isinstance(test, c.Before) else BELOW
        yield _beside(int(other), side, test.subject.id)


def passing(duration: Duration, context: Context) -> Boundary:
    """Where a threshold passes as the instant from which silence counts moves."""
    at = context.clock.before(context.now, duration)
    below, above = f"at least {duration} ago", f"less than {duration} ago"
    return Boundary(EARLIEST if at is None else at, ABOVE, below, above)


def _turn_at(bound: int | c.Ref | c.Now, side: Side, context: Context) -> Iterator[Boundary]:
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
    """Just before the first instant that is not longer ago than ``duration``: over closed time more
    than one instant is exactly so long ago.
    """
    at = clock.before(now, duration)
    below, above = f"more than {duration} ago", f"at most {duration} ago"
    if at is None:
        return Boundary(EARLIEST, BELOW, below, above)
    length, business = duration.seconds(clock.business_day), duration.business
    first = at - _reach(lambda by: clock.elapsed(at - by, now, business) <= length)
    return Boundary(first, BELOW, below, above)


def _further(duration: Duration, now: int, clock: Clock) -> Boundary:
    """Just after the last instant that is not further ahead than ``duration``."""
    at = clock.after(now, duration)
    below, above = f"at most {duration} ahead", f"more than {duration} ahead"
    if at is None:
        return Boundary(LATEST, ABOVE, below, above)
    length, business = duration.seconds(clock.business_day), duration.business
    last = at + _reach(lambda by: clock.elapsed(now, at + by, business) <= length)
    return Boundary(last, ABOVE, below, above)


def _reach(holds: Callable[[int], bool]) -> int:
    """Return the longest duration in seconds, up to `LONGEST_CLOSED`, at whose end ``holds`` is
    true; it is true at 0, and never again after it was first false.
    """
    low, high = 0, 1
    while high < LONGEST_CLOSED and holds(high):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low
