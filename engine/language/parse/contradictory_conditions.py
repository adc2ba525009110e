"""Find contradictory comparisons: no value of their common subject satisfies all of them."""

from __future__ import annotations

from collections.abc import Sequence

from engine.language import conditions as c
from engine.language.conditions import Condition
from engine.language.intervals import range_of

_DAY = 86400


def contradictory(tests: Sequence[Condition]) -> bool:
    """Return whether no value of their common subject can satisfy all of ``tests``."""
    unknown = any(isinstance(test, c.Known) and not test.known for test in tests)
    return (unknown and len(tests) > 1) or _no_number(tests) or _no_age(tests)


def _no_number(tests: Sequence[Condition]) -> bool:
    """Return whether the ranges of ``tests`` have no number in common."""
    ranges = [range_of(test) for test in tests if not isinstance(test, c.All | c.AnyOf | c.Not)]
    lows = [low for low, _ in ranges if low is not None]
    highs = [high for _, high in ranges if high is not None]
    return bool(lows and highs) and max(lows) >= min(highs)


def _no_age(tests: Sequence[Condition]) -> bool:
    """Return whether an instant would have to be older than it may be, or both past and future."""
    # Business durations are left out: without a calendar they cannot be compared with others.
    older = [t.duration for t in tests if isinstance(t, c.OlderThan) and not t.duration.business]
    within = [t.duration for t in tests if isinstance(t, c.Within) and not t.duration.business]
    too_old = bool(older and within) and max(d.seconds(_DAY) for d in older) >= min(
        d.seconds(_DAY) for d in within
    )
    ahead = any(isinstance(test, c.InNext) for test in tests)
    return too_old or (ahead and any(isinstance(test, c.OlderThan) for test in tests))
