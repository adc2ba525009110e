"""`relight show` and `relight explain`: what a playbook says, and where it says it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.assurance.lint.code_pages import codes
from engine.language.load import load
from engine.language.package_data import shipped
from tests.support.small_playbook import PLAYBOOK, relight, small_folder, write

CHILD = """\
playbook: child
extends: [relight.yaml]
dark:
  after_proposal: {silent_for: 4 business hours}
signals:
  no_amount: off
causes:
  busy:
    evidence: {big: {against: 0.9}}
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small_folder(tmp_path))
    write(tmp_path, child_DOT_yaml=CHILD)


def line_of(text: str, start: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if line.startswith(start))


def test_the_whole_playbook_is_listed_by_section() -> None:
    result = relight("show")
    assert result.exit_code == 0
    assert result.stdout.startswith("small  A small playbook\nfrom relight.yaml\n")
    assert (
        "When silence counts (dark: 1)\n  after_proposal  1 business day  A proposal"
        in result.stdout
    )
    assert "  call    phone 0.40     Call them\n" in result.stdout


def test_one_section_is_listed_whole() -> None:
    assert "  big_deal " in relight("show", "facts").stdout
    found = json.loads(relight("show", "guards", "-f", "json").stdout)
    assert list(found["entries"]) == ["left_alone", "unclear_touches"]


@pytest.mark.parametrize("id", ["big_deal", "facts.big_deal"])
def test_a_rule_is_shown_with_its_place_and_its_ties(id: str) -> None:
    line = line_of(PLAYBOOK, "  big_deal:")
    assert relight("show", id).stdout == (
        "facts.big_deal\n"
        f"relight.yaml:{line}\n"
        "\n"
        "  when: {amount: {at_least: 10000}}\n"
        "\n"
        "reads\n"
        "  facts.amount  given\n"
        "\n"
        "is read by\n"
        "  causes.busy\n"
        "  actions.review\n"
    )


def test_a_rule_names_its_source_and_a_source_its_rules() -> None:
    assert (
        "source\n  A letter on silence (https://example.com/letter)\n"
        in relight("show", "after_proposal").stdout
    )
    assert (
        "is cited by\n  dark.after_proposal\n  actions.review\n" in relight("show", "letter").stdout
    )


def test_an_action_names_the_guards_that_may_hold_it_back() -> None:
    assert "may be held back by\n  left_alone\n" in relight("show", "call").stdout
    assert "may hold back\n  write\n  call\n" in relight("show", "left_alone").stdout


def test_a_field_from_another_file_says_so() -> None:
    text = relight("show", "after_proposal", "-p", "child.yaml").stdout
    line = line_of(PLAYBOOK, "    when: {stage: proposal}")
    assert "after_proposal\nchild.yaml:4\n" in text
    assert "  silent_for: 4 business hours\n" in text
    assert f"  when: {{stage: proposal}}  # relight.yaml:{line}\n" in text


def test_a_rule_as_json() -> None:
    found = json.loads(relight("show", "after_proposal", "-p", "child.yaml", "-f", "json").stdout)
    assert (found["id"], found["file"], found["line"]) == ("dark.after_proposal", "child.yaml", 4)
    assert found["says"]["silent_for"] == "4 business hours"
    assert found["fields"]["because"]["file"] == "relight.yaml"
    assert set(found["reads"]) == {
        "facts.stage",
        "facts.silent_since",
        "facts.closed",
        "facts.unclear",
    }
    assert found["read_by"] == ["dark"]


def test_an_id_that_is_not_there_is_wrong_usage() -> None:
    result = relight("show", "big_del")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "error: nothing in this playbook is called `big_del`: did you mean `big_deal`?\n"
    )


def test_an_id_that_two_sections_have_must_be_said_in_full(tmp_path: Path) -> None:
    write(tmp_path, relight_DOT_yaml=PLAYBOOK.replace("no_amount", "busy"))
    result = relight("show", "busy")
    assert result.exit_code == 2
    assert result.stderr == "error: `busy` could be `signals.busy` or `causes.busy`\n"
    assert relight("show", "causes.busy").exit_code == 0


def test_the_effective_playbook_has_the_place_of_every_field() -> None:
    text = relight("show", "--effective", "-p", "child.yaml").stdout
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "silent_for: 4 business hours # child.yaml:4" in lines
    line = line_of(PLAYBOOK, "    because: A proposal")
    assert f"because: A proposal is read within a day # relight.yaml:{line}" in lines
    assert "against: 0.9 # child.yaml:9" in lines
    assert "# signals.no_amount # child.yaml:6" in lines
    assert all(" # " in one for one in lines if not one.startswith("#"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("big_deal",), "--effective prints the whole playbook: leave out `big_deal`"),
        (("-f", "json"), "--effective prints YAML: `--format json` without it is merged as well"),
    ],
    ids=["id", "json"],
)
def test_an_option_that_would_be_dropped_is_wrong_usage(
    arguments: tuple[str, ...], said: str
) -> None:
    result = relight("show", "--effective", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"error: {said}\n"


@pytest.mark.parametrize("name", ["relight.yaml", "child.yaml", "gone-dark"])
def test_the_effective_playbook_is_the_same_playbook(tmp_path: Path, name: str) -> None:
    original = tmp_path / name if "." in name else shipped("rules", f"{name}.yaml")
    text = relight("show", "--effective", "-p", name).stdout
    (tmp_path / "merged.yaml").write_text(text, encoding="utf-8")
    merged = load(tmp_path / "merged.yaml")
    assert [problem for problem in merged.problems if problem.severity == "error"] == []
    assert merged.playbook == load(original).playbook


def test_a_calendar_is_the_same_once_it_is_merged(tmp_path: Path) -> None:
    """Keys that are dates, windows of hours, and regions of two files."""
    calendar = (
        'calendar: {hours: "09:00-12:00, 13:00-17:00", half_days: {2026-12-24: "09:00-12:00"}, '
        "open: [2026-10-12], regions: {demos: {for: {stage: demo}, holidays: [US]}}}\n"
    )
    more = (
        "calendar: {regions: {demos: {friday: '22:00-06:00'}, large: {for: {amount: [1, 2.5]}}}}\n"
    )
    child = "playbook: child\nextends: [relight.yaml]\n"
    write(tmp_path, relight_DOT_yaml=PLAYBOOK + calendar, child_DOT_yaml=child + more)
    text = relight("show", "--effective", "-p", "child.yaml").stdout
    (tmp_path / "merged.yaml").write_text(text, encoding="utf-8")
    merged = load(tmp_path / "merged.yaml").playbook
    assert merged is not None
    assert [region.id for region in merged.calendar.regions] == ["demos", "large"]
    original = load(tmp_path / "child.yaml").playbook
    assert original is not None
    assert merged.calendar == original.calendar


def test_a_playbook_with_errors_shows_them_instead(tmp_path: Path) -> None:
    write(tmp_path, relight_DOT_yaml=PLAYBOOK.replace("{stage: proposal}", "{stag: proposal}"))
    for command in (
        ["show"],
        ["show", "--effective"],
        ["next"],
        ["why", "acme"],
        ["draft", "acme"],
    ):
        result = relight(*command)
        assert (result.exit_code, result.stdout) == (1, "")
        assert "error[unknown-fact]: unknown fact `stag`" in result.stderr
        assert "did you mean `stage`?" in result.stderr


@pytest.mark.parametrize("code", ["unknown-fact", "error[unknown-fact]"])
def test_a_code_is_explained(code: str) -> None:
    result = relight("explain", code)
    assert result.exit_code == 0
    assert result.stdout.startswith("# unknown-fact\n")


def test_every_code_is_listed_with_a_line() -> None:
    lines = relight("explain").stdout.splitlines()
    assert [line.split()[0] for line in lines[1:]] == list(codes())
    assert all(len(line.split()) > 2 for line in lines)


def test_a_code_that_is_none_is_wrong_usage() -> None:
    result = relight("explain", "unknown-fat")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "error: no problem has the code `unknown-fat`: did you mean `unknown-fact`?\n"
    )
