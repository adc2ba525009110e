"""An adviser judges a prospect by its own clock."""

from __future__ import annotations

from pathlib import Path

import pytest

import engine.advice.advisor
from engine.advice.advisor import Advisor
from engine.book.prospect import Prospect
from engine.language.load import load

PLAYBOOK = """
playbook: zones
calendar: {timezone: Europe/Amsterdam}
facts: {timezone: {type: text, default: Asia/Tokyo}}
"""


@pytest.fixture
def advisor(tmp_path: Path) -> Advisor:
    path = tmp_path / "zones.yaml"
    path.write_text(PLAYBOOK, encoding="utf-8")
    playbook = load(path).playbook
    assert playbook is not None
    return Advisor(playbook, "meaning")


def zone(advisor: Advisor, prospect: Prospect) -> str:
    told = advisor.recommend(prospect, 0).zone
    assert told == advisor.context(prospect, 0).clock.zone
    return told


def test_a_known_zone_is_the_prospects_own(advisor: Advisor) -> None:
    assert zone(advisor, Prospect("1", {"timezone": "America/Lima"})) == "America/Lima"


def test_a_zone_nobody_filled_in_is_the_default(advisor: Advisor) -> None:
    assert zone(advisor, Prospect("1", {})) == "Asia/Tokyo"


def test_a_zone_that_could_not_be_read_is_the_calendars(advisor: Advisor) -> None:
    unreadable = Prospect("1", {}, unreadable=frozenset({"timezone"}))
    assert zone(advisor, unreadable) == "Europe/Amsterdam"


def test_what_was_known_and_fired_is_handed_over_with_what_follows(advisor: Advisor) -> None:
    prospect = Prospect("1", {"timezone": "America/Lima"})
    judged = advisor.evaluate(prospect, 0)
    assert judged.recommendation == advisor.recommend(prospect, 0)
    assert judged.context.facts == {"timezone": "America/Lima", "touches_unanswered": 0.0}
    assert judged.firings == advisor.firings(judged.context)


def test_compiled_measures_are_built_instead_of_the_others_not_after_them(
    advisor: Advisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("these measures would be thrown away")

    monkeypatch.setattr(engine.advice.advisor, "Measures", fail)
    prospect = Prospect("1", {"timezone": "America/Lima"})
    compiled = Advisor(advisor.playbook, "compiled")
    assert compiled.context(prospect, 0).facts == advisor.context(prospect, 0).facts
