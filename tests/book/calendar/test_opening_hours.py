"""Opening hours that differ from day to day and region to region, counted minute by minute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
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
from tests.support.examples import examples
from tests.support.world_strategies import block

ZONES = sorted(CHANGES)
FACTS: Mapping[str, list[Any]] = {"country": ["US", "NL"], "key": [True, False]}
SLOW_DRAWS = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@dataclass(frozen=True)
class Place:
    """A calendar as it is written, what is known of a prospect, an instant about its dates."""

    written: Mapping[str, Any]
    facts: Mapping[str, Any]
    instant: int

    @cached_property
    def region(self) -> str | None:
        return region_as_written(self.written, self.facts)

    @cached_property
    def data(self) -> Mapping[str, Any]:
        """The calendar of the prospect."""
        return calendar_as_written(self.written, self.region)

    @cached_property
    def calendars(self) -> Calendars:
        return _read(self.written)

    @cached_property
    def clock(self) -> Clock:
        found = self.calendars.clock_of(self.facts)
        assert found.hours.region == (self.region or MAIN_REGION)
        assert found.zone == self.facts.get("timezone", self.data["timezone"])
        return found

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


@settings(SLOW_DRAWS, max_examples=examples(0.7))
@given(places(), st.integers(0, 1500))
def test_open_time_is_the_minutes_at_which_the_calendar_says_so(place: Place, minutes: int) -> None:
    start = place.instant
    end = start + 60 * minutes
    expected = sum(60 for minute in range(start, end, 60) if place.is_open(minute))
    assert place.clock.open_between(start, end) == expected


@settings(SLOW_DRAWS, max_examples=examples(0.5))
@given(places())
def test_the_next_opening_is_the_first_open_minute(place: Place) -> None:
    minutes = range(place.instant, place.instant + DAY, 60)
    expected = next((minute for minute in minutes if place.is_open(minute)), None)
    found = place.clock.next_open(place.instant)
    assert found == expected or (expected is None and (found is None or found >= minutes.stop))


@settings(SLOW_DRAWS, max_examples=examples(0.5))
@given(places(), st.integers(1, 40), st.integers(-3 * DAY, 3 * DAY))
def test_the_tables_say_what_the_clock_says(place: Place, amount: int, apart: int) -> None:
    clock, start = place.clock, place.instant
    first, last = start - 30 * DAY, start + 30 * DAY
    shape = shape_of(place.calendars.calendar)
    tables = Tables(shape, *ClockRows(shape, clock, 2).between(first, last))
    opened = tables.opened_by(2, start + apart) - tables.opened_by(2, start)
    assert opened == clock.open_between(start, start + apart)
    assert tables.next_open(2, start) == clock.next_open(start)
    length = read_duration(f"{amount} business hours")
    assert length is not None
    expected = clock.after(start, length)
    if expected is not None and expected < last:
        assert tables.after(2, start, amount * 3600) == expected
