"""Calendars as an author would write them: hours, half days, open and closed dates, regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAY_KEYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
CODES = ["US", "DE-BY", "NL", "GB-SCT"]
USUAL = [
    "09:00-17:00",
    "08:30-12:00",
    "00:00-24:00",
    "22:00-24:00",
    "09:00-12:00, 13:00-17:00",
    "22:00-06:00",
    "00:30-01:15,01:30-02:45, 09:00-12:00, 23:30-00:10",
]


@st.composite
def hours(draw: st.DrawFn) -> str:
    """Draw the hours of a day: usual ones, or up to four windows from anywhere in the day."""
    if draw(st.booleans()):
        return draw(st.sampled_from(USUAL))
    count = draw(st.integers(1, 4))
    marks = st.lists(st.integers(0, 287), min_size=2 * count, max_size=2 * count, unique=True).map(
        sorted
    )
    ends = [f"{mark // 12:02}:{mark % 12 * 5:02}" for mark in draw(marks)]
    if draw(st.booleans()):  # the last window runs into the night
        ends = [*ends[1:], ends[0]]
    return ", ".join(f"{a}-{b}" for a, b in zip(ends[::2], ends[1::2], strict=True))


@st.composite
def open_days(draw: st.DrawFn, near: date) -> dict[str, Any]:
    """Draw what a calendar or a region may say of its days, with dates about ``near``."""
    dates = st.integers(-4, 4).map(lambda away: (near + timedelta(days=away)).isoformat())
    spans = st.lists(dates | st.builds(_span, dates, dates), min_size=1, max_size=2)
    weekdays = st.lists(st.sampled_from(DAYS), min_size=1, unique=True)
    parts: dict[str, st.SearchStrategy[Any]] = {
        "hours": hours(),
        "weekdays": weekdays,
        "holidays": st.lists(st.sampled_from(CODES), max_size=2, unique=True),
        "closed": spans,
        "open": spans,
        "half_days": st.dictionaries(dates, hours(), min_size=1, max_size=2),
        draw(st.sampled_from(DAY_KEYS)): hours(),
        draw(st.sampled_from(DAY_KEYS)): hours(),
    }
    said = draw(st.lists(st.sampled_from(list(parts)), max_size=5, unique=True))
    return {key: draw(parts[key]) for key in said}


def _span(one: str, other: str) -> str:
    return "..".join(sorted((one, other)))


@st.composite
def calendars(
    draw: st.DrawFn, near: date, zones: Sequence[str], facts: Mapping[str, Sequence[Any]]
) -> dict[str, Any]:
    """Draw a calendar.

    Args:
        draw: Draws.
        near: What its dates are about.
        zones: Time zones.
        facts: Values of given facts, by id, for regions.
    """
    found = {"timezone": draw(st.sampled_from(zones)), **draw(open_days(near))}
    if draw(st.booleans()):
        found["regions"] = {
            f"r{number}": _region(draw, near, zones, facts)
            for number in range(draw(st.integers(1, 3)))
        }
    return found


def _region(
    draw: st.DrawFn, near: date, zones: Sequence[str], facts: Mapping[str, Sequence[Any]]
) -> dict[str, Any]:
    values = {"timezone": zones, **facts}
    named = draw(st.lists(st.sampled_from(list(values)), min_size=1, max_size=2, unique=True))
    fits = {
        fact: draw(
            st.sampled_from(values[fact])
            | st.lists(st.sampled_from(values[fact]), min_size=1, max_size=2, unique=True)
        )
        for fact in named
    }
    zone = {"timezone": draw(st.sampled_from(zones))} if draw(st.booleans()) else {}
    return {"for": fits, **zone, **draw(open_days(near))}
