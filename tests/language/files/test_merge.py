"""`extends` merges section by section, id by id, field by field, and the nearer file wins."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from engine.language.load import LoadResult, load

BASE = """
playbook: base
title: Vocabulary
owner: ops@example.com
calendar: {timezone: Europe/Amsterdam, hours: "08:00-18:00"}
facts:
  stage: {type: choice, choices: [demo, proposal], description: Where the deal stands}
  amount: {type: number, unit: EUR, default: 0}
signals:
  large: {when: {amount: {at_least: 1000}}, because: It is large}
causes:
  busy:
    evidence:
      large: {when: {signals.large: true}, weight: 0.4}
      small: {when: {amount: {less_than: 10}}, against: 0.5}
actions:
  call: {kind: outreach, channel: phone, when: {dark: true}, for: {busy: 0.5}, score: 0.6}
"""


class Folder:
    """A folder of playbooks; ``read`` loads one of them."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, name: str, text: str) -> Folder:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text).lstrip(), encoding="utf-8")
        return self

    def read(self, name: str) -> LoadResult:
        return load(self.path / name, name)

    def codes(self, name: str) -> list[tuple[str, int, str]]:
        return [(p.span.file, p.span.line, p.code) for p in self.read(name).problems]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path).write("base.yaml", BASE)


def test_a_nearer_field_wins_and_the_others_stay(folder: Folder) -> None:
    folder.write(
        "near.yaml",
        """
        playbook: near
        extends: [base.yaml]
        facts: {amount: {unit: USD}}
        calendar: {hours: "09:00-17:00"}
        """,
    )
    playbook = folder.read("near.yaml").playbook
    assert playbook is not None
    assert (playbook.facts["amount"].unit, playbook.facts["amount"].default) == ("USD", 0.0)
    assert (playbook.calendar.timezone, playbook.calendar.opens) == ("Europe/Amsterdam", 540)
    assert playbook.owner == "ops@example.com"
    assert playbook.title is None, "a title speaks of one file"


def test_evidence_and_for_merge_by_id(folder: Folder) -> None:
    folder.write(
        "near.yaml",
        """
        playbook: near
        extends: base.yaml
        causes: {busy: {evidence: {large: {weight: 0.7}, small: off}}, gone: {evidence: {}}}
        actions: {call: {for: {busy: 0.9}}}
        """,
    )
    reading = folder.read("near.yaml")
    assert [p.code for p in reading.problems] == ["empty"], reading.problems
    folder.write(
        "near.yaml",
        """
        playbook: near
        extends: base.yaml
        causes: {busy: {evidence: {large: {weight: 0.7}, small: off}}}
        actions: {call: {for: {busy: 0.9}}}
        """,
    )
    playbook = folder.read("near.yaml").playbook
    assert playbook is not None
    assert [(e.id, e.weight) for e in playbook.causes["busy"].evidence] == [("large", 0.7)]
    assert playbook.actions["call"].fits == {"busy": 0.9}
    assert playbook.actions["call"].score == 0.6


def test_a_condition_is_replaced_whole(folder: Folder) -> None:
    folder.write(
        "near.yaml",
        """
        playbook: near
        extends: [base.yaml]
        signals: {large: {when: {stage: demo}}}
        """,
    )
    playbook = folder.read("near.yaml").playbook
    assert playbook is not None
    subjects = [str(playbook.signals["large"].when.subject)]  # type: ignore[union-attr]  # it is a comparison
    assert subjects == ["stage"]
    assert playbook.signals["large"].because == "It is large"


def test_off_removes_a_fact_and_a_use_of_it_is_an_error(folder: Folder) -> None:
    folder.write(
        "near.yaml",
        """
        playbook: near
        extends: [base.yaml]
        facts:
          amount: off
        """,
    )
    reading = folder.read("near.yaml")
    assert reading.playbook is None
    assert {(one.span.file, one.code) for one in reading.problems} == {
        ("base.yaml", "unknown-fact")
    }
    assert ("facts", "amount") in reading.removed


def test_off_of_what_is_not_there_is_an_error_with_a_suggestion(folder: Folder) -> None:
    folder.write(
        "near.yaml",
        """
        playbook: near
        extends: [base.yaml]
        signals:
          lrge: off
        """,
    )
    (problem,) = folder.read("near.yaml").problems
    assert (problem.code, problem.span.line, problem.help) == (
        "off-of-nothing",
        4,
        "did you mean `large`?",
    )


def test_each_field_knows_its_own_file(folder: Folder) -> None:
    folder.write(
        "near.yaml", "playbook: near\nextends: [base.yaml]\nfacts: {amount: {unit: USD}}\n"
    )
    document = folder.read("near.yaml").document
    assert document is not None
    assert document.spans["facts", "amount", "unit"].file == "near.yaml"
    assert document.spans["facts", "amount", "default"].file == "base.yaml"


def test_a_file_reached_twice_is_laid_once_before_those_that_extend_it(folder: Folder) -> None:
    folder.write("left.yaml", "playbook: left\nextends: base.yaml\nfacts: {amount: {unit: USD}}\n")
    folder.write("right.yaml", "playbook: right\nextends: base.yaml\n")
    folder.write("near.yaml", "playbook: near\nextends: [left.yaml, right.yaml]\n")
    reading = folder.read("near.yaml")
    assert reading.playbook is not None
    assert reading.playbook.facts["amount"].unit == "USD"
    assert reading.files == ("base.yaml", "left.yaml", "right.yaml", "near.yaml")


def test_of_several_files_a_later_one_is_nearer(folder: Folder) -> None:
    folder.write("one.yaml", "playbook: one\nextends: base.yaml\nfacts: {amount: {unit: A}}\n")
    folder.write("two.yaml", "playbook: two\nextends: base.yaml\nfacts: {amount: {unit: B}}\n")
    folder.write("near.yaml", "playbook: near\nextends: [one.yaml, two.yaml]\n")
    playbook = folder.read("near.yaml").playbook
    assert playbook is not None
    assert playbook.facts["amount"].unit == "B"


def test_a_loop_of_files_is_reported_as_the_way_round(folder: Folder) -> None:
    folder.write("one.yaml", "playbook: one\nextends: [two.yaml]\n")
    folder.write("two.yaml", "playbook: two\nextends: [one.yaml]\n")
    (problem,) = folder.read("one.yaml").problems
    assert problem.code == "extends-loop"
    assert (problem.span.file, problem.span.line) == ("two.yaml", 2)
    assert problem.message.endswith("`one.yaml` → `two.yaml` → `one.yaml`")


@pytest.mark.parametrize(
    ("written", "help"),
    [
        ("bsae.yaml", "did you mean `base.yaml`?"),
        ("/etc/passwd", "write the path relative to this file"),
    ],
)
def test_a_missing_file_is_reported_where_it_is_asked_for(
    folder: Folder, written: str, help: str
) -> None:
    folder.write("near.yaml", f"playbook: near\nextends: [{written}]\n")
    problems = [p for p in folder.read("near.yaml").problems if p.code == "missing-extends"]
    assert [(p.span.line, p.span.column, p.help) for p in problems] == [(2, 11, help)]


def test_a_field_missing_after_merging_is_reported_at_the_entry(folder: Folder) -> None:
    folder.write(
        "near.yaml",
        """
        playbook: near
        extends: [base.yaml]
        dark:
          quiet: {when: {stage: demo}}
        """,
    )
    assert folder.codes("near.yaml") == [("near.yaml", 4, "missing-key")]


def test_a_playbook_without_the_standard_facts_gets_them(folder: Folder) -> None:
    playbook = folder.read("base.yaml").playbook
    assert playbook is not None
    standard = {"silent_since", "last_reply_at", "last_outbound_at", "touches_unanswered"}
    assert standard <= set(playbook.facts)


def test_an_own_standard_fact_is_not_merged_with_the_shipped_one(folder: Folder) -> None:
    folder.write("own.yaml", "playbook: own\nfacts: {silent_since: {type: time}}\n")
    playbook = folder.read("own.yaml").playbook
    assert playbook is not None
    assert playbook.facts["silent_since"].given


def test_an_unknown_cause_under_for_is_pointed_at_where_it_is_named(folder: Folder) -> None:
    folder.write(
        "near.yaml",
        """
        playbook: near
        extends: [base.yaml]
        actions:
          call: {for: {busyy: 0.9}}
        """,
    )
    problems = [p for p in folder.read("near.yaml").problems if p.code == "unknown-cause"]
    assert [(p.span.line, p.span.column, p.help) for p in problems] == [
        (4, 16, "did you mean `busy`?")
    ]


@pytest.mark.slow
def test_a_chain_of_files_may_be_longer_than_calls_can_be_deep(folder: Folder) -> None:
    for number in range(1200):
        folder.write(f"p{number}.yaml", f"playbook: p\nextends: p{number + 1}.yaml\n")
    folder.write("p1200.yaml", "playbook: p\nextends: base.yaml\n")
    reading = folder.read("p0.yaml")
    assert reading.problems == ()
    assert (reading.files[0], reading.files[-1], len(reading.files)) == (
        "base.yaml",
        "p0.yaml",
        1202,
    )


def test_a_name_leads_to_the_file_that_was_read_though_the_way_has_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(tmp_path)
    folder.write("shared/rules/near.yaml", "playbook: near\nextends: ../base.yaml\n")
    folder.write("shared/base.yaml", "playbook: base\nfacts: {amount: {type: money}}\n")
    folder.write("team/base.yaml", "playbook: decoy\n")
    (tmp_path / "team" / "rules").symlink_to(tmp_path / "shared" / "rules")
    monkeypatch.chdir(tmp_path / "team")
    reading = load(Path("rules/near.yaml"), "rules/near.yaml")
    (problem,) = reading.problems
    assert Path(problem.span.file).samefile(tmp_path / "shared" / "base.yaml")
    assert reading.files == ("rules/../base.yaml", "rules/near.yaml")


def test_a_name_is_short_where_that_is_the_same_file(folder: Folder) -> None:
    folder.write("rules/near.yaml", "playbook: near\nextends: ../base.yaml\n")
    assert folder.read("rules/near.yaml").files == ("base.yaml", "rules/near.yaml")


@pytest.mark.parametrize("git", ["folder", "file"])
def test_what_is_extended_lies_in_the_same_repository(folder: Folder, git: str) -> None:
    if git == "folder":
        (folder.path / "ours" / ".git").mkdir(parents=True)
    else:
        folder.write("ours/.git", "gitdir: ../elsewhere\n")
    folder.write("ours/base.yaml", "playbook: base\n")
    folder.write("ours/rules/near.yaml", "playbook: near\nextends: ../base.yaml\n")
    folder.write("ours/rules/far.yaml", "playbook: far\nextends: ../../base.yaml\n")
    folder.write("ours/rules/linked.yaml", "playbook: linked\nextends: link.yaml\n")
    (folder.path / "ours" / "rules" / "link.yaml").symlink_to(folder.path / "base.yaml")
    assert folder.read("ours/rules/near.yaml").problems == ()
    for name in ("far", "linked"):
        (problem,) = folder.read(f"ours/rules/{name}.yaml").problems
        assert (problem.code, problem.span.line) == ("missing-extends", 2)
        assert problem.message.endswith("is outside the git repository of this file")


def test_without_a_repository_a_base_may_lie_anywhere(folder: Folder) -> None:
    folder.write("ours/rules/near.yaml", "playbook: near\nextends: ../../base.yaml\n")
    assert folder.read("ours/rules/near.yaml").problems == ()
