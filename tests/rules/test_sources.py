"""The page on the sources shows what is printed, and tells the situations that are tested."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from docs.console import CHECKOUT, Block, Command, new_folder, outcomes, steps

PAGE = (CHECKOUT / "docs" / "sources.md").read_text(encoding="utf-8")
TESTS = yaml.safe_load((CHECKOUT / "rules" / "situations.test.yaml").read_text(encoding="utf-8"))
CASES: dict[str, dict[str, Any]] = TESTS["cases"]


@pytest.fixture(autouse=True)
def no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELIGHT_CACHE", "off")


@pytest.mark.slow
def test_every_command_prints_what_the_page_shows() -> None:
    with new_folder():
        found = list(outcomes(PAGE))
    differing = {o.command.text: o.printed for o in found if not o.agrees}
    assert not differing
    assert sum(outcome.printed is not None for outcome in found) == len(CASES)


def told() -> Iterator[dict[str, Any]]:
    """The prospect of each situation on the page, as a case has it, with the instant asked for."""
    book: Block | None = None
    for step in steps(PAGE.splitlines()):
        if not isinstance(step, Command):
            book = step[1]
            continue
        assert book is not None
        (prospect,) = yaml.safe_load(book.text)["prospects"]
        assert f"{prospect['id']}.yaml" in step.words
        as_of = step.words[step.words.index("--as-of") + 1]
        yield prospect | {"id": None, "now": yaml.safe_load(as_of)}


def as_told(case: dict[str, Any]) -> dict[str, Any]:
    rows = {table: case[table] for table in ("touches", "events") if table in case}
    told: dict[str, Any] = case["prospect"] | rows
    return told | {"id": None, "now": case.get("now", TESTS["now"])}


def test_the_situations_are_the_cases_that_are_tested() -> None:
    of_page, of_tests = list(told()), [as_told(case) for case in CASES.values()]
    assert [each for each in of_page if each not in of_tests] == []
    assert [each for each in of_tests if each not in of_page] == []


def test_the_first_step_of_each_situation_is_the_one_that_is_expected() -> None:
    line = r"^First step: (?:.*\(`(\w+)`\)|none that contacts them)\.$"
    named = re.findall(line, PAGE, re.MULTILINE)
    assert len(named) == len(CASES)
    cases = [(as_told(case), case["expect"].get("next", "")) for case in CASES.values()]
    for each, first in zip(told(), named, strict=True):
        assert [step for case, step in cases if case == each] == [first]
