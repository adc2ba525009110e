"""Which names of the IANA list are no places, and which place is meant."""

from __future__ import annotations

import pytest

from engine.language.hours.zone_places import names_place, place_help
from engine.language.instants import known_zones, place_zones, zone_known


@pytest.mark.parametrize(
    ("zone", "meant"),
    [
        ("EST", "America/New_York"),
        ("EST5EDT", "America/New_York"),
        ("CST6CDT", "America/Chicago"),
        ("MST", "America/Denver"),
        ("MST", "America/Phoenix"),
        ("PST8PDT", "America/Los_Angeles"),
        ("HST", "Pacific/Honolulu"),
        ("CET", "Europe/Berlin"),
        ("EET", "Europe/Athens"),
        ("GMT", "Europe/London"),
        ("Etc/GMT0", "Europe/London"),
        ("Etc/GMT+5", "America/New_York"),
    ],
)
def test_an_abbreviation_is_no_place_and_one_is_meant(zone: str, meant: str) -> None:
    assert zone_known(zone)
    assert not names_place(zone)
    assert f"`{meant}`" in place_help(zone)


@pytest.mark.parametrize(
    "zone", ["UTC", "Etc/UTC", "Zulu", "America/New_York", "US/Eastern", "Japan", "GB", "NZ-CHAT"]
)
def test_places_and_utc_are_fine(zone: str) -> None:
    assert names_place(zone)


def test_every_zone_that_is_suggested_is_a_place() -> None:
    assert all(map(names_place, place_zones()))
    for zone in known_zones():
        if not names_place(zone):
            meant = place_help(zone).split("`")[1]
            assert zone_known(meant)
            assert names_place(meant)
