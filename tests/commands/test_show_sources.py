"""`relight show --sources`: what the sources say, and which rules carry it out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.small_playbook import PLAYBOOK, relight, small_folder, write

TRACED = """\
version: 1
ideas:
  a_day_is_enough:
    claim: A proposal is read within a day.
    sources: [letter]
    rules: [relight#dark.after_proposal, relight#causes.busy.short]
  a_note_helps:
    claim: A short note helps [bold]more[/bold] than a long one.
    sources: [letter]
    rules: [relight#actions.write]
  how_it_was_found:
    claim: Two thousand firms were asked.
    sources: [letter]
    text_only: It says how, not what to do.
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small_folder(tmp_path))
    write(tmp_path, traceability_DOT_yaml=TRACED)


def test_every_idea_is_shown_with_its_sources_and_rules() -> None:
    result = relight("show", "--sources")
    assert result.exit_code == 0
    assert result.stdout == (
        "a_day_is_enough\n"
        "  A proposal is read within a day.\n"
        "  from A letter on silence\n"
        "  by   relight#dark.after_proposal  after proposal\n"
        "  by   relight#causes.busy.short  It has been days\n"
        "\n"
        "a_note_helps\n"
        "  A short note helps [bold]more[/bold] than a long one.\n"
        "  from A letter on silence\n"
        "  by   relight#actions.write  Write to them\n"
        "\n"
        "how_it_was_found\n"
        "  Two thousand firms were asked.\n"
        "  from A letter on silence\n"
        "  text only: It says how, not what to do.\n"
    )
    assert result.stderr == "3 ideas, 1 without rules\n"


@pytest.mark.parametrize(
    ("id", "ideas"),
    [
        ("a_note_helps", ["a_note_helps"]),
        ("how_it_was_found", ["how_it_was_found"]),
        ("write", ["a_note_helps"]),
        ("actions.write", ["a_note_helps"]),
        ("relight#actions.write", ["a_note_helps"]),
        ("causes.busy", ["a_day_is_enough"]),
        ("busy", ["a_day_is_enough"]),
        ("busy.short", ["a_day_is_enough"]),
    ],
)
def test_an_id_narrows_to_an_idea_or_to_what_a_rule_carries_out(id: str, ideas: list[str]) -> None:
    found = json.loads(relight("show", "--sources", id, "-f", "json").stdout)
    assert [idea["id"] for idea in found["ideas"]] == ideas


def test_json_has_titles_and_links() -> None:
    found = json.loads(relight("show", "--sources", "a_note_helps", "-f", "json").stdout)
    assert found == {
        "version": 1,
        "ideas": [
            {
                "id": "a_note_helps",
                "claim": "A short note helps [bold]more[/bold] than a long one.",
                "sources": [
                    {
                        "id": "letter",
                        "title": "A letter on silence",
                        "url": "https://example.com/letter",
                    }
                ],
                "rules": [
                    {"playbook": "relight", "rule": "actions.write", "title": "Write to them"}
                ],
                "text_only": None,
            }
        ],
    }


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["call"], 2, "`call` does not carry out any idea of the sources"),
        (["a_note_help"], 2, "did you mean `a_note_helps`?"),
        (["actions.wrte"], 2, "did you mean `actions.write`?"),
        (["--effective"], 2, "--effective and --sources cannot be used together"),
    ],
)
def test_what_cannot_be_shown_is_told(arguments: list[str], code: int, said: str) -> None:
    result = relight("show", "--sources", *arguments)
    assert result.exit_code == code
    assert said in result.stderr
    assert result.stdout == ""


def test_a_playbook_without_such_a_file_has_nothing_to_show(tmp_path: Path) -> None:
    (tmp_path / "traceability.yaml").unlink()
    result = relight("show", "--sources")
    assert result.exit_code == 3
    assert "there is no `traceability.yaml` next to `relight.yaml`" in result.stderr


def test_a_rule_that_does_not_exist_is_an_error_with_its_place(tmp_path: Path) -> None:
    write(tmp_path, traceability_DOT_yaml=TRACED.replace("actions.write", "actions.wrte"))
    for command in (["show", "--sources"], ["check", "traceability.yaml"]):
        result = relight(*command)
        assert result.exit_code == 1
        assert "traceability.yaml:10:13: error[unknown-rule]: unknown rule" in result.output
        assert "did you mean `actions.write`?" in result.output


def test_check_looks_at_it_with_all_else_in_a_folder(tmp_path: Path) -> None:
    write(tmp_path, rules__a_DOT_yaml=PLAYBOOK.replace("template: write.md.j2", "due: now"))
    write(tmp_path, rules__traceability_DOT_yaml=TRACED.replace("relight#", "a#"))
    assert relight("check", "rules").exit_code == 0
    write(tmp_path, rules__traceability_DOT_yaml=TRACED.replace("relight#", "b#"))
    assert "error[missing-playbook]" in relight("check", "rules").output


def traced(tmp_path: Path, text: str) -> str:
    write(tmp_path, traceability_DOT_yaml=text)
    return relight("check", "traceability.yaml").output


def idea(rule: str, source: str = "letter") -> str:
    return (
        "version: 1\nideas:\n  one:\n    claim: A note helps.\n"
        f'    sources: [{source}]\n    rules: ["{rule}"]\n'
    )


def test_a_file_that_is_no_playbook_is_none_to_name_a_rule_of(tmp_path: Path) -> None:
    assert "error[missing-playbook]" in traced(tmp_path, idea("traceability#dark.after_proposal"))


def test_the_rules_of_a_playbook_are_listed_where_it_was_found(tmp_path: Path) -> None:
    (tmp_path / "team").mkdir()
    write(tmp_path / "team", own_DOT_yaml=PLAYBOOK, traceability_DOT_yaml=idea("own#dark.zzz"))
    told = relight("check", "team/traceability.yaml").output
    assert "`relight show -p team/own.yaml` lists its rules" in told


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ("", "begin it with `version: 1`"),
        ("- one\n", "begin with a key, such as `version:`"),
        (idea("relight#actions.write", "zzz"), "name a source that a playbook named in this file"),
    ],
)
def test_what_is_wrong_with_the_file_is_put_right_in_its_own_terms(
    tmp_path: Path, text: str, help: str
) -> None:
    told = " ".join(traced(tmp_path, text).split())
    assert help in told
    assert "playbook: my-playbook" not in told
