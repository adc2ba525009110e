"""Instants of a case. Now is Wednesday 4 March 2026, 10:00 in New York; it is open from 9 to 17."""

from __future__ import annotations

import pytest

from engine.assurance.testing.relative_times import RelativeTimes
from engine.book.calendar.calendar import Calendars
from engine.language.hours.calendar_tree import Calendar
from engine.language.instants import iso, read_instant
from engine.language.problem import Problem, Span

SPAN = Span("mine.test.yaml", 1, 1, 1, 2)
CALENDAR = Calendar(timezone="America/New_York")


def moments(zone: str = "America/New_York", calendar: Calendar = CALENDAR) -> RelativeTimes:
    now = read_instant("2026-03-04T15:00:00Z", "UTC")
    assert now is not None
    return RelativeTimes(now[0], Calendars(calendar).clock(zone), calendar.timezone)


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("now", "2026-03-04T15:00:00Z"),
        ("90 minutes ago", "2026-03-04T13:30:00Z"),
        ("1 week ago", "2026-02-25T15:00:00Z"),
        ("0 days ago", "2026-03-04T15:00:00Z"),
        ("in 2 hours", "2026-03-04T17:00:00Z"),
        ("in 0.5 days", "2026-03-05T03:00:00Z"),
        ("2026-03-04T15:00:10Z", "2026-03-04T15:00:10Z"),
        ("2026-03-04T15:00+01:00", "2026-03-04T14:00:00Z"),
        ("2026-03-04", "2026-03-04T05:00:00Z"),
        ("1 business hour ago", "2026-03-04T14:00:00Z"),
        ("2 business hours ago", "2026-03-03T21:00:00Z"),
        ("2 business days ago", "2026-03-02T15:00:00Z"),
        ("3 business days ago", "2026-02-27T15:00:00Z"),
        ("in 1 business day", "2026-03-05T15:00:00Z"),
        ("in 8 business hours", "2026-03-05T15:00:00Z"),
    ],
)
def test_what_is_written_is_this_instant(written: str, instant: str) -> None:
    found = moments().read(written, "sent_at", SPAN)
    assert isinstance(found, int), found
    assert iso(found) == instant


def test_business_time_is_that_of_the_prospect() -> None:
    """In Amsterdam it is 16:00: seven hours since nine."""
    found = moments("Europe/Amsterdam").read("8 business hours ago", "sent_at", SPAN)
    assert isinstance(found, int)
    assert iso(found) == "2026-03-03T15:00:00Z"


def test_a_date_alone_is_midnight_in_the_zone_of_the_calendar() -> None:
    found = moments("Europe/Amsterdam").read("2026-03-04", "sent_at", SPAN)
    assert isinstance(found, int)
    assert iso(found) == "2026-03-04T05:00:00Z"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("2 months ago", "bad-duration"),
        ("in 1 year", "bad-duration"),
        ("a while ago", "bad-duration"),
        (" ago", "bad-duration"),
        ("in ", "bad-duration"),
        ("-1 days ago", "bad-duration"),
        ("yesterday", "bad-instant"),
        ("2026-03-04T15:00", "bad-instant"),
        ("2026-02-30", "bad-instant"),
        ("", "bad-instant"),
        (3, "type-mismatch"),
        (True, "type-mismatch"),
        ("999999 weeks ago", "bad-instant"),
        ("in 999999 weeks", "bad-instant"),
    ],
)
def test_what_is_no_instant_is_a_problem(written: object, code: str) -> None:
    found = moments().read(written, "sent_at", SPAN)
    assert isinstance(found, Problem), found
    assert found.code == code
    assert found.help


def test_a_calendar_that_is_never_open_reaches_nothing() -> None:
    closed = Calendar(timezone="UTC", closed=(("0001-01-01", "9999-12-31"),))
    found = moments("UTC", closed).read("1 business hour ago", "sent_at", SPAN)
    assert isinstance(found, Problem)
    assert found.code == "bad-instant"
