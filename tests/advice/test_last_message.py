from __future__ import annotations

from pathlib import Path

import pytest

from engine.advice.last_message import LastMessage, last_message
from engine.book.prospect import Prospect, Row
from engine.language.model import Playbook
from engine.language.value_rules import LocalDate
from tests.support.small_books import small_playbook
from tests.support.small_playbook import PLAYBOOK

NOON = 1_772_625_600  # Wednesday 4 March 2026, 12:00 UTC, day 20,516 since 1970
DAY = 86_400


@pytest.fixture
def playbook(tmp_path: Path) -> Playbook:
    return small_playbook(tmp_path, PLAYBOOK)


def found_in(playbook: Playbook, *rows: Row) -> LastMessage | None:
    first = last_message(playbook, Prospect("p", {}, {"touches": rows}), NOON, "UTC")
    turned = last_message(playbook, Prospect("p", {}, {"touches": rows[::-1]}), NOON, "UTC")
    assert first == turned, "rows have no order"
    return first


def touch(at: int, direction: str | None = "outbound", **more: str | bool) -> Row:
    told = {} if direction is None else {"direction": direction}
    return {"at": at, "channel": "email", **told, **more}


def test_without_touches_there_is_none(playbook: Playbook) -> None:
    assert last_message(playbook, Prospect("p", {}), NOON, "UTC") is None
    assert found_in(playbook, touch(NOON + 1)) is None


def test_the_last_one_up_to_now_counts(playbook: Playbook) -> None:
    found = found_in(playbook, touch(NOON - 5), touch(NOON, "inbound"), touch(NOON + 1))
    assert found == LastMessage(NOON, dated=False, by="they", channel="email", subject=None)


@pytest.mark.parametrize(
    "unheard",
    [
        {"direction": "inbound", "automatic": True},
        {"direction": "inbound", "outcome": "out_of_office"},
        {"direction": "outbound", "outcome": "bounced"},
        {"direction": "outbound", "delivered": False},
    ],
)
def test_what_reached_nobody_and_what_a_machine_answered_does_not_count(
    playbook: Playbook, unheard: dict[str, str | bool]
) -> None:
    found = found_in(playbook, touch(NOON - 5), {"at": NOON, "channel": "email", **unheard})
    assert found is not None
    assert (found.at, found.by) == (NOON - 5, "we")


def test_an_automatic_message_of_ours_counts_as_it_reached_them(playbook: Playbook) -> None:
    found = found_in(playbook, touch(NOON - 5, "inbound"), touch(NOON, automatic=True))
    assert found is not None
    assert found.by == "we"


def test_a_call_that_was_taken_is_a_talk(playbook: Playbook) -> None:
    found = found_in(playbook, touch(NOON, outcome="connected"))
    assert found is not None
    assert found.by == "both"


def test_of_one_instant_the_one_that_counts_for_the_state_is_last(playbook: Playbook) -> None:
    for directions, by in (
        (("outbound", "inbound"), "they"),
        (("both", "inbound"), "both"),
        ((None, "outbound"), "we"),
        ((None,), None),
    ):
        found = found_in(playbook, *(touch(NOON, each) for each in directions))
        assert found is not None
        assert found.by == by


def test_a_date_alone_is_known_to_be_one(playbook: Playbook) -> None:
    day = NOON // DAY - 1
    found = found_in(playbook, touch(LocalDate(day * DAY, day)))
    assert found is not None
    assert (found.dated, found.at) == (True, (day + 1) * DAY - 1)
