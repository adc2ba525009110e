"""Which calendars are told of, beyond what the files in tests/bad and tests/good show."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.assurance.lint.run_checks import load_checked

CODE = "holidays-of-parts"


def codes(folder: Path, calendar: str) -> list[str]:
    path = folder / "p.yaml"
    path.write_text(f"playbook: p\ncalendar: {calendar}\n", encoding="utf-8")
    return [problem.code for problem in load_checked(path).problems]


@pytest.mark.parametrize("code", ["GB", "UK", "ES", "AU", "CA", "CH", "DE"])
def test_a_country_all_of_whose_parts_have_more_holidays_is_told(tmp_path: Path, code: str) -> None:
    assert codes(tmp_path, f"{{holidays: [{code}]}}") == [CODE]


@pytest.mark.parametrize("code", ["US", "NL", "FR", "IT", "SE", "GB-ENG", "DE-BY", "US-TX"])
def test_other_countries_and_parts_are_fine(tmp_path: Path, code: str) -> None:
    assert codes(tmp_path, f"{{holidays: [{code}]}}") == []


def test_a_country_beside_one_of_its_parts_is_fine(tmp_path: Path) -> None:
    assert codes(tmp_path, "{holidays: [DE, DE-BY]}") == []


def test_what_an_extended_file_says_is_told_there(tmp_path: Path) -> None:
    text = 'playbook: base\ncalendar: {holidays: [DE], timezone: EST, saturday: "09:00-12:00"}\n'
    (tmp_path / "base.yaml").write_text(text, encoding="utf-8")
    path = tmp_path / "p.yaml"
    path.write_text("playbook: p\nextends: [base.yaml]\n", encoding="utf-8")
    assert load_checked(path).problems == ()
    assert len(load_checked(tmp_path / "base.yaml").problems) == 3


@pytest.mark.parametrize(
    "calendar",
    [
        "{holidays: US, regions: [a]}",
        "{holidays: [[US]], timezone: [EST], half_days: 3, regions: {a: {for: 1}}}",
        "{regions: {a: {for: {timezone: [UTC]}, holidays: US, hours: 3, half_days: {x: y}}}}",
        "[hours]",
        "calendar",
    ],
)
def test_a_calendar_that_cannot_be_read_is_told_and_nothing_breaks(
    tmp_path: Path, calendar: str
) -> None:
    assert codes(tmp_path, calendar)


def test_half_days_of_years_without_holidays_are_taken_for_open(tmp_path: Path) -> None:
    calendar = '{holidays: [US], half_days: {9999-12-24: "09:00-12:00", 0001-12-24: "09:00-12:00"}}'
    assert codes(tmp_path, calendar) == []
