from __future__ import annotations

import random
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.book.calendar.business_clock import Clock
from engine.book.calendar.calendar import Calendars, known_holiday_codes
from engine.language.durations import Duration, read_duration
from engine.language.hours.calendar_tree import WEEKDAYS, Calendar
from engine.language.instants import EARLIEST, LATEST, iso, known_zones, read_instant, zone_known

DAY = 86_400
EVERY_DAY = WEEKDAYS

# Days on or about which the clocks of a zone were changed, or a whole date was left out.
CHANGES = {
    "America/New_York": ("2026-03-08", "2026-11-01"),
    "Europe/London": ("2026-03-29", "2026-10-25"),
    "Australia/Lord_Howe": ("2026-04-05", "2026-10-04"),
    "Africa/Casablanca": ("2026-02-15", "2026-03-22"),
    "America/Sao_Paulo": ("2017-10-15", "2018-02-18"),
    "America/St_Johns": ("2011-03-13", "2026-11-01"),
    "Asia/Kathmandu": ("1986-01-01", "2026-06-01"),
    "Asia/Kolkata": ("2026-06-01",),
    "Pacific/Apia": ("2011-12-30",),
    "Pacific/Kiritimati": ("1995-01-01",),
    "UTC": ("2026-06-01",),
}

CALENDARS = (
    Calendar(),
    Calendar(hours=((0, 1440),), weekdays=EVERY_DAY),
    Calendar(hours=((90, 23 * 60),), weekdays=EVERY_DAY),
    Calendar(hours=((30, 75),), weekdays=EVERY_DAY),
    Calendar(hours=((22 * 60, 1440),), weekdays=("fri", "sat", "sun")),
    Calendar(hours=((9 * 60, 17 * 60),), closed=(("2026-10-25", "2026-11-03"),)),
)


def at(text: str, zone: str = "UTC") -> int:
    found = read_instant(text, zone)
    assert found is not None
    return found[0]


def duration(text: str) -> Duration:
    found = read_duration(text)
    assert found is not None
    return found


@cache
def clock_of(calendar: Calendar, zone: str) -> Clock:
    return Calendars(calendar).clock(zone)


def naively_open(calendar: Calendar, zone: str, instant: int) -> bool:
    local = datetime.fromtimestamp(instant, ZoneInfo(zone))
    day = local.date().isoformat()
    return (
        WEEKDAYS[local.weekday()] in calendar.weekdays
        and any(
            opens <= local.hour * 60 + local.minute < closes for opens, closes in calendar.hours
        )
        and not any(first <= day <= last for first, last in calendar.closed)
    )


@st.composite
def instants_about_a_change(draw: st.DrawFn) -> tuple[str, int]:
    zone = draw(st.sampled_from(sorted(CHANGES)))
    day = draw(st.sampled_from(CHANGES[zone]))
    minutes = draw(st.integers(-2 * 1440, 2 * 1440))
    return zone, at(day) + minutes * 60


@given(instants_about_a_change(), st.integers(0, 1000), st.sampled_from(CALENDARS))
def test_open_time_is_the_minutes_at_which_the_wall_clock_shows_opening_hours(
    place: tuple[str, int], minutes: int, calendar: Calendar
) -> None:
    zone, start = place
    clock = clock_of(calendar, zone)
    expected = sum(
        60 for minute in range(minutes) if naively_open(calendar, zone, start + minute * 60)
    )
    assert clock.open_between(start, start + minutes * 60) == expected
    assert clock.open_between(start + minutes * 60, start) == -expected


@given(instants_about_a_change(), st.integers(-500_000, 500_000), st.integers(-500_000, 500_000))
def test_open_time_adds_up(place: tuple[str, int], first: int, second: int) -> None:
    zone, start = place
    clock = clock_of(CALENDARS[2], zone)
    middle, end = start + first, start + first + second
    both = clock.open_between(start, middle) + clock.open_between(middle, end)
    assert clock.open_between(start, end) == both


business = st.builds(
    lambda amount, unit: duration(f"{amount} business {unit}"),
    st.integers(1, 30),
    st.sampled_from(["hours", "days"]),
)


@given(instants_about_a_change(), business, st.sampled_from(CALENDARS))
def test_a_duration_after_is_the_earliest_instant_by_which_it_has_passed(
    place: tuple[str, int], length: Duration, calendar: Calendar
) -> None:
    zone, start = place
    clock = clock_of(calendar, zone)
    end = clock.after(start, length)
    assert end is not None
    assert clock.open_between(start, end) == length.seconds(clock.business_day)
    assert clock.open_between(start, end - 1) < length.seconds(clock.business_day)


@given(instants_about_a_change(), business, st.sampled_from(CALENDARS))
def test_a_duration_ago_is_the_latest_instant_that_lies_so_far_back(
    place: tuple[str, int], length: Duration, calendar: Calendar
) -> None:
    zone, end = place
    clock = clock_of(calendar, zone)
    start = clock.before(end, length)
    assert start is not None
    assert clock.open_between(start, end) == length.seconds(clock.business_day)
    assert clock.open_between(start + 1, end) < length.seconds(clock.business_day)


@given(instants_about_a_change(), st.sampled_from(CALENDARS))
def test_the_next_opening_is_open_and_nothing_is_open_before_it(
    place: tuple[str, int], calendar: Calendar
) -> None:
    zone, start = place
    clock = clock_of(calendar, zone)
    opening = clock.next_open(start)
    assert opening is not None
    assert opening >= start
    assert naively_open(calendar, zone, opening)
    assert clock.open_between(start, opening) == 0


def test_the_closing_minute_is_outside_the_opening_hours() -> None:
    clock = Calendars(Calendar()).clock("UTC")
    assert clock.next_open(at("2026-03-04T09:00Z")) == at("2026-03-04T09:00Z")
    assert clock.next_open(at("2026-03-04T16:59:59Z")) == at("2026-03-04T16:59:59Z")
    assert clock.next_open(at("2026-03-04T17:00Z")) == at("2026-03-05T09:00Z")
    assert clock.next_open(at("2026-03-06T17:00Z")) == at("2026-03-09T09:00Z")


def test_two_business_days_before_a_wednesday_morning_is_monday_morning() -> None:
    clock = Calendars(Calendar()).clock("America/Chicago")
    assert clock.before(at("2026-03-04T15:00Z"), duration("2 business days")) == at(
        "2026-03-02T09:00", "America/Chicago"
    )


def test_a_business_day_after_a_friday_afternoon_has_passed_on_monday_afternoon() -> None:
    clock = Calendars(Calendar()).clock("Europe/Berlin")
    friday = at("2026-03-27T16:00", "Europe/Berlin")
    # The clocks go forward on the Sunday between: 71 elapsed hours, eight open ones.
    assert clock.after(friday, duration("1 business day")) == friday + 71 * 3600


def test_elapsed_durations_take_no_notice_of_opening_hours() -> None:
    clock = Calendars(Calendar()).clock("America/New_York")
    saturday = at("2026-03-07T12:00Z")
    assert clock.after(saturday, duration("2 days")) == saturday + 2 * DAY
    assert clock.before(saturday, duration("90 minutes")) == saturday - 5400
    assert clock.elapsed(saturday, saturday + DAY, business=False) == DAY
    assert clock.elapsed(saturday, saturday + DAY, business=True) == 0


def test_no_duration_leads_nowhere() -> None:
    clock = Calendars(Calendar()).clock("UTC")
    saturday = at("2026-03-07T12:00Z")
    assert clock.after(saturday, duration("0 business days")) == saturday
    assert clock.before(saturday, duration("0 business days")) == saturday


def test_one_business_day_is_as_long_as_the_opening_hours() -> None:
    assert Calendars(Calendar(hours=((480, 1110),))).clock("UTC").business_day == 10.5 * 3600


def test_holidays_and_closed_dates_are_local_dates() -> None:
    calendar = Calendar(holidays=("US",), closed=(("2026-12-24", "2027-01-01"),))
    clock = Calendars(calendar).clock("America/New_York")
    # Thanksgiving 2026 is Thursday 26 November.
    assert clock.next_open(at("2026-11-26T12:00", "America/New_York")) == at(
        "2026-11-27T09:00", "America/New_York"
    )
    assert clock.next_open(at("2026-12-23T18:00", "America/New_York")) == at(
        "2027-01-04T09:00", "America/New_York"
    )


def test_a_holiday_of_the_next_year_that_is_kept_on_its_eve_is_closed() -> None:
    clock = Calendars(Calendar(holidays=("US",))).clock("UTC")
    # 1 January 2028 is a Saturday; offices close on Friday 31 December 2027.
    assert clock.next_open(at("2027-12-31T10:00Z")) == at("2028-01-03T09:00Z")


def test_holidays_of_a_part_of_a_country_count_only_there() -> None:
    corpus_christi = at("2026-06-04T10:00Z")
    bavaria = Calendars(Calendar(holidays=("DE-BY",))).clock("UTC")
    germany = Calendars(Calendar(holidays=("DE",))).clock("UTC")
    assert bavaria.next_open(corpus_christi) == at("2026-06-05T09:00Z")
    assert germany.next_open(corpus_christi) == corpus_christi


def test_a_date_that_a_zone_left_out_is_no_business_day() -> None:
    clock = Calendars(Calendar()).clock("Pacific/Apia")
    thursday = at("2011-12-29T17:00", "Pacific/Apia")
    # There was no Friday 30 December 2011 in Samoa.
    assert clock.next_open(thursday) == at("2012-01-02T09:00", "Pacific/Apia")


def test_a_night_with_a_change_is_as_long_as_it_was() -> None:
    clock = Calendars(Calendar(hours=((0, 1440),), weekdays=EVERY_DAY)).clock("America/New_York")
    march = at("2026-03-08", "America/New_York")
    november = at("2026-11-01", "America/New_York")
    assert clock.open_between(march, at("2026-03-09", "America/New_York")) == 23 * 3600
    assert clock.open_between(november, at("2026-11-02", "America/New_York")) == 25 * 3600


def test_no_answer_depends_on_what_was_asked_before() -> None:
    questions = [(at(f"{1975 + 9 * n}-05-0{1 + n % 8}T11:00Z"), n) for n in range(12)]
    start = at("2020-02-02T00:00Z")
    fresh = [
        Calendars(Calendar()).clock("Europe/Paris").open_between(start, q) for q, _ in questions
    ]
    random.Random(7).shuffle(order := list(range(12)))
    clock = Calendars(Calendar()).clock("Europe/Paris")
    for index in order:
        assert clock.open_between(start, questions[index][0]) == fresh[index]


def test_nothing_is_open_outside_the_years_1970_to_2100() -> None:
    clock = Calendars(Calendar(hours=((0, 1440),), weekdays=EVERY_DAY)).clock("UTC")
    known = at("2101-01-01T00:00Z")
    assert clock.open_between(EARLIEST, LATEST) == known
    assert clock.open_between(EARLIEST, 0) == 0
    assert clock.open_between(known, LATEST) == 0
    assert clock.next_open(EARLIEST) == 0
    assert clock.next_open(known) is None
    assert clock.after(known - 3600, duration("1 business hour")) == known
    assert clock.after(known - 3599, duration("1 business hour")) is None
    assert clock.before(3600, duration("1 business hour")) == 0
    assert clock.before(3599, duration("1 business hour")) is None


def test_no_answer_lies_outside_the_years_1_to_9999() -> None:
    clock = Calendars(Calendar()).clock("UTC")
    assert clock.after(LATEST, duration("1 minute")) is None
    assert clock.before(EARLIEST, duration("1 minute")) is None


def test_a_calendar_that_never_opens_has_no_next_opening() -> None:
    calendar = Calendar(closed=(("0001-01-01", "9999-12-31"),))
    clock = Calendars(calendar).clock("UTC")
    wednesday = at("2026-03-04T10:00Z")
    assert clock.next_open(wednesday) is None
    assert clock.after(wednesday, duration("1 business hour")) is None
    assert clock.before(wednesday, duration("1 business hour")) is None
    assert clock.open_between(EARLIEST, LATEST) == 0


def test_a_utc_day_in_sydney_holds_the_ends_of_two_local_days() -> None:
    clock = Calendars(Calendar()).clock("Australia/Sydney")
    windows = clock.windows(at("2026-01-07T00:00Z"), at("2026-01-08T00:00Z"))
    assert [(iso(opens), iso(ends)) for opens, ends in windows] == [
        ("2026-01-07T00:00:00Z", "2026-01-07T06:00:00Z"),
        ("2026-01-07T22:00:00Z", "2026-01-08T00:00:00Z"),
    ]


def test_zones_and_holiday_codes_are_known_as_they_are_spelt() -> None:
    assert zone_known("America/Argentina/Buenos_Aires")
    assert not zone_known("america/new_york")
    assert not zone_known("America")
    assert not zone_known("../../etc/passwd")
    assert not zone_known("")
    assert not zone_known("localtime")
    assert "Europe/Berlin" in known_zones()
    assert "US" in known_holiday_codes()
    assert "DE-BY" in known_holiday_codes()
    assert "us" not in known_holiday_codes()
    assert "DE-XX" not in known_holiday_codes()
    assert "HolidayBase" not in known_holiday_codes()
    assert "GB-SCT" in known_holiday_codes()


@pytest.mark.slow
def test_every_country_whose_holidays_are_known_has_a_calendar() -> None:
    for code in known_holiday_codes():
        if "-" not in code:
            clock = Calendars(Calendar(holidays=(code,))).clock("UTC")
            assert clock.next_open(at("2026-03-04T10:00Z")) is not None, code


def test_all_there_is_may_be_asked_for_before_anything_else() -> None:
    forward = Calendars(Calendar()).clock("UTC").open_between(EARLIEST, LATEST)
    backward = Calendars(Calendar()).clock("UTC").open_between(LATEST, EARLIEST)
    assert forward == -backward
    assert forward > 130 * 250 * 8 * 3600
