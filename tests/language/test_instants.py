from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.language.instants import (
    EARLIEST,
    LATEST,
    iso,
    known_zones,
    place_zones,
    read_instant,
    zone_known,
)

NEW_YORK = "America/New_York"


def read(text: str, zone: str = "UTC") -> str | None:
    found = read_instant(text, zone)
    return None if found is None else iso(found[0])


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-05T15:00:00Z",
        "2026-03-05t15:00:00z",
        "2026-03-05 15:00Z",
        "2026-03-05 15:00:00 UTC",
        "2026-03-05T16:00:00+01:00",
        "2026-03-05T16:00:00+0100",
        "2026-03-05T10:00:00-05",
        "2026-03-05 20:30:00 +05:30",
        "2026-03-05T15:00:00.999999999Z",
        "2026-03-05T15:00:00,5Z",
    ],
)
def test_one_instant_is_written_in_many_ways(text: str) -> None:
    assert read_instant(text, NEW_YORK) == (1_772_722_800, True)


def test_without_a_zone_the_given_one_is_taken() -> None:
    assert read_instant("2026-03-05T10:00", NEW_YORK) == (1_772_722_800, False)
    assert read("2026-07-05 11:00:00", NEW_YORK) == "2026-07-05T15:00:00Z"


def test_a_date_alone_is_midnight_there() -> None:
    assert read("2026-03-05", NEW_YORK) == "2026-03-05T05:00:00Z"
    assert read("2026-03-05", "Pacific/Kiritimati") == "2026-03-04T10:00:00Z"
    # In São Paulo the clocks skipped this midnight: the day began at one o'clock, 03:00 UTC.
    assert read("2017-10-15", "America/Sao_Paulo") == "2017-10-15T03:00:00Z"


def test_of_a_repeated_local_time_the_first_is_meant() -> None:
    assert read("2026-11-01T01:30", NEW_YORK) == "2026-11-01T05:30:00Z"


def test_a_skipped_local_time_is_read_as_if_the_clock_had_not_been_changed() -> None:
    assert read("2026-03-08T02:30", NEW_YORK) == "2026-03-08T07:30:00Z"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026-03",
        "20260305",
        "2026-3-5",
        "2026-02-30",
        "2026-13-01",
        "0000-01-01",
        "2026-W10-4",
        "2026-064",
        "2026-03-05T",
        "2026-03-05T15",
        "2026-03-05T24:00:00Z",
        "2026-03-05T23:59:60Z",
        "2026-03-05T15:60Z",
        "2026-03-05T15:00:00.Z",
        "2026-03-05T15:00:00+24:00",
        "2026-03-05T15:00:00+01:60",
        "2026-03-05T15:00:00 EST",
        "2026-03-05  15:00",
        " 2026-03-05",
        "2026-03-05\n",
        "\uff12026-03-05",
        "03/05/2026",
        "+2026-03-05",
        "now",
    ],
)
def test_anything_else_is_no_instant(text: str) -> None:
    assert read_instant(text, "UTC") is None


def test_the_first_and_last_instant_are_those_of_the_years_1_and_9999_in_utc() -> None:
    assert read("0001-01-01T00:00:00Z") == "0001-01-01T00:00:00Z" == iso(EARLIEST)
    assert read("9999-12-31T23:59:59Z") == "9999-12-31T23:59:59Z" == iso(LATEST)
    assert read("0001-01-01T00:00:00+01:00") is None
    assert read("9999-12-31T23:59:59-01:00") is None
    assert read("0001-01-01", "Asia/Tokyo") is None
    assert read("9999-12-31T20:00", NEW_YORK) is None


@given(st.integers(EARLIEST, LATEST))
def test_what_is_printed_is_read_again(seconds: int) -> None:
    assert read_instant(iso(seconds), NEW_YORK) == (seconds, True)


@given(
    st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31)),  # noqa: DTZ001 - zones are drawn beside it
    st.integers(-23 * 60, 23 * 60),
)
def test_offsets_mean_what_the_standard_library_says(local: datetime, minutes: int) -> None:
    moment = local.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    whole = moment.astimezone(UTC).replace(microsecond=0)
    assert read(moment.isoformat()) == whole.isoformat().replace("+00:00", "Z")


@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    found = read_instant(text, "Europe/Berlin")
    assert found is None or EARLIEST <= found[0] <= LATEST


def test_zones_are_known_by_their_full_names() -> None:
    assert zone_known("UTC")
    assert zone_known(NEW_YORK)
    assert not zone_known("New_York")
    assert not zone_known("/etc/localtime")
    assert list(known_zones()) == sorted(known_zones())


def test_zones_are_suggested_by_the_place_they_are_named_by() -> None:
    assert "Europe/Amsterdam" in place_zones()
    assert not {"EST", "EST5EDT", "Etc/GMT+5", "UTC"} & set(place_zones())
