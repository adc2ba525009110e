"""Opening hours that differ from day to day and region to region, counted minute by minute."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.book.calendar.business_clock import DAY, Clock
from engine.book.calendar.calendar import Calendars
from engine.book.calendar.calendar_shape import shape_of
from engine.book.calendar.calendar_tables import ClockRows
from engine.language.durations import read_duration
from engine.language.hours.calendar_tree import MAIN_REGION
from engine.language.load import load
from tests.book.calendar.test_calendar import CHANGES, at
from tests.book.calendar.test_calendar_tables import Tables
from tests.support.as_written_hours import calendar_as_written, open_as_written, region_as_written
from tests.support.calendar_strategies import calendars
from tests.support.world_strategies import block

ZONES = sorted(CHANGES)
FACTS: Mapping[str, list[Any]] = {"country": ["US", "NL"], "key": [True, False]}


class Place:
    """A calendar as it is written, an instant about its dates, and the clock of a prospect."""

    def __init__(self, data: Mapping[str, Any], facts: Mapping[str, Any], instant: int) -> None:
        self.instant = instant
        region = region_as_written(data, facts)
        self.data = calendar_as_written(data, region)
        found = _read(data)
        self.shape = shape_of(found.calendar)
        self.clock: Clock = found.clock_of(facts)
        assert self.clock.hours.region == (region or MAIN_REGION)
        assert self.clock.zone == facts.get("timezone", self.data["timezone"])

    def __repr__(self) -> str:
        return f"Place({self.data}, {self.clock.zone}, {self.instant})"

    def is_open(self, instant: int) -> bool:
        return open_as_written(self.data, self.clock.zone, instant)


def _read(calendar: Mapping[str, Any]) -> Calendars:
    facts = {"country": {"type": "text"}, "key": {"type": "boolean"}}
    text = block({"playbook": "p", "calendar": dict(calendar), "facts": facts})
    with TemporaryDirectory() as folder:
        path = Path(folder, "p.yaml")
        path.write_text(text, encoding="utf-8")
        loaded = load(path)
    assert loaded.playbook is not None, loaded.problems
    return Calendars(loaded.playbook.calendar)


@st.composite
def places(draw: st.DrawFn) -> Place:
    """Draw a calendar with dates about a change of some clock, and an instant near them."""
    zone = draw(st.sampled_from(ZONES))
    change = at(draw(st.sampled_from(CHANGES[zone])))
    near = datetime.fromtimestamp(change, UTC).date()
    data = draw(calendars(date(near.year, near.month, near.day), [zone, "UTC"], FACTS))
    known = {"timezone": [zone, "UTC"], **FACTS}
    facts = {
        id: draw(st.sampled_from(known[id])) for id in draw(st.sets(st.sampled_from([*known])))
    }
    return Place(data, facts, change + 60 * draw(st.integers(-3 * 1440, 3 * 1440)))


@given(places(), st.integers(0, 2000))
def test_open_time_is_the_minutes_at_which_the_calendar_says_so(place: Place, minutes: int) -> None:
    start = place.instant
    end = start + 60 * minutes
    expected = sum(60 for minute in range(start, end, 60) if place.is_open(minute))
    assert place.clock.open_between(start, end) == expected


@given(places())
def test_the_next_opening_is_the_first_open_minute(place: Place) -> None:
    minutes = range(place.instant, place.instant + 2 * DAY, 60)
    expected = next((minute for minute in minutes if place.is_open(minute)), None)
    found = place.clock.next_open(place.instant)
    assert found == expected or (expected is None and (found is None or found >= minutes.stop))


@given(places(), st.integers(1, 40), st.integers(-3 * DAY, 3 * DAY))
def test_the_tables_say_what_the_clock_says(place: Place, amount: int, apart: int) -> None:
    clock, start = place.clock, place.instant
    first, last = start - 30 * DAY, start + 30 * DAY
    tables = Tables(place.shape, *ClockRows(place.shape, clock, 2).between(first, last))
    opened = tables.opened_by(2, start + apart) - tables.opened_by(2, start)
    assert opened == clock.open_between(start, start + apart)
    assert tables.next_open(2, start) == clock.next_open(start)
    length = read_duration(f"{amount} business hours")
    assert length is not None
    expected = clock.after(start, length)
    if expected is not None and expected < last:
        assert tables.after(2, start, amount * 3600) == expected
