from __future__ import annotations

import pytest

from engine.language.instants import read_instant
from engine.reports.terminal.times import due_words, length_short


def at(text: str) -> int:
    found = read_instant(text, "UTC")
    assert found is not None
    return found[0]


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
