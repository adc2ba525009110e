from __future__ import annotations

import pytest

from engine.advice.comparison_words import local_time
from engine.language.instants import read_instant
from engine.reports.terminal.times import Due, due_cells, due_words, length_short
from tests.support.machine_zone import machine_in


def at(text: str) -> int:
    found = read_instant(text, "UTC")
    assert found is not None
    return found[0]


def at_year(text: str) -> int:
    return int(text[:4])


# Now is Wednesday, 18:00 in Amsterdam and 12:00 in New York.
NOW = at("2026-03-04T17:00:00Z")


@pytest.mark.parametrize(
    ("due", "zone", "words"),
    [
        ("2026-03-04T17:00:00Z", "UTC", "now"),
        ("2026-03-01T17:00:00Z", "UTC", "now"),
        ("2026-03-04T17:00:01Z", "UTC", "today 17:00"),
        ("2026-03-04T23:30:00Z", "America/New_York", "today 18:30"),
        ("2026-03-04T23:30:00Z", "Europe/Amsterdam", "tomorrow 00:30"),
        ("2026-03-06T09:00:00Z", "UTC", "Fri 6 Mar 09:00"),
        ("2026-12-31T23:30:00Z", "UTC", "Thu 31 Dec 23:30"),
        ("2026-12-31T23:30:00Z", "Europe/Amsterdam", "1 Jan 2027"),
    ],
)
def test_due_instants_are_told_as_the_prospect_s_clock_shows_them(
    due: str, zone: str, words: str
) -> None:
    assert due_words(at(due), NOW, zone) == words


def test_a_step_without_a_date_says_so() -> None:
    assert due_words(None, NOW, "UTC") == "no date"


TOMORROW = at("2026-03-05T15:00:00Z")


def dues(*zones: str | None, due: int | None = TOMORROW) -> list[Due | None]:
    return [Due(due, NOW, zone) for zone in zones]


def test_the_zone_of_all_times_is_named_once() -> None:
    found = due_cells([*dues("America/New_York", "America/Toronto"), Due(NOW, NOW, "UTC"), None])
    assert found == (["tomorrow 10:00", "tomorrow 10:00", "now", ""], "EST")


def test_times_of_several_zones_name_their_own() -> None:
    column = [*dues("America/New_York", "America/Sao_Paulo"), Due(None, NOW, "UTC")]
    shown = ["tomorrow 10:00 EST", "tomorrow 12:00 UTC-03", "no date"]
    assert due_cells(column) == (shown, None)


def test_of_a_date_or_of_now_there_is_no_zone_to_name() -> None:
    assert due_cells(dues("UTC", "Asia/Tokyo", due=NOW)) == (["now", "now"], None)
    assert due_cells(dues("UTC", due=at("2027-03-05T15:00:00Z"))) == (["5 Mar 2027"], None)


def test_a_zone_that_changes_to_summer_time_is_named_twice() -> None:
    summer = at("2026-06-01T15:00:00Z")
    column = [*dues("America/New_York"), *dues("America/New_York", due=summer)]
    assert due_cells(column) == (["tomorrow 10:00 EST", "Mon 1 Jun 11:00 EDT"], None)


@pytest.mark.parametrize(
    ("machine", "words", "zone"),
    [
        ("Europe/Amsterdam", "tomorrow 16:00", "CET"),
        ("Asia/Kolkata", "tomorrow 20:30", "IST"),
        ("Pacific/Kiritimati", "tomorrow 05:00", "UTC+14"),
        ("no such place", "tomorrow 15:00", None),
    ],
)
def test_without_a_zone_it_is_the_machine_s(
    machine: str, words: str, zone: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with machine_in(machine, monkeypatch):
        cells, named = due_cells(dues(None))
        assert cells == [words]
        assert zone is None or named == zone


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_the_machine_s_clock_has_no_end(instant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for machine in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        with machine_in(machine, monkeypatch):
            assert abs(local_time(at(instant), None).year - at_year(instant)) <= 1


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (47 * 3600, "47 h"),
        (48 * 3600, "2 d"),
        (86400 * 400, "400 d"),
    ],
)
def test_a_length_is_told_in_its_telling_unit(seconds: int, words: str) -> None:
    assert length_short(seconds) == words
