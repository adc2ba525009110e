"""`extends` merges section by section, id by id, field by field, and the nearer file wins."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from engine.language.load import LoadResult, load
from engine.language.problem import Problem
from engine.language.yaml import events
from engine.language.yaml.document import Document
from tests.support.work import calls_in

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
    assert (playbook.calendar.timezone, playbook.calendar.hours) == (
        "Europe/Amsterdam",
        ((540, 1020),),
    )
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


INCOMPLETE = """
facts:
  stage: {default: demo}
  amount: {ask: How much?}
  sent: {description: Whether it was sent}
tables: {touches: {minutes: {unit: min}}}
dark: {quiet: {because: It is}}
signals: {large: {when: {amount: {at_least: 10}, unheard_of: true}}}
causes: {busy: {evidence: {large: {weight: 0.5}}}}
actions:
  call: {because: It helps}
  write: {for: {busy: 0.5}}
guards: {never: {because: They asked}}
cadence: {count: touches_of_theirs}
"""


@pytest.mark.parametrize(
    ("base", "extends", "codes"),
    [
        ("playbook: base\ntitle: a: b\n", "base", [("base.yaml", 2, "yaml-syntax")]),
        ("- playbook: base\n  x: *y\n", "base", [("base.yaml", 2, "yaml-anchor")]),
        (BASE, "bsae", [("near.yaml", 2, "missing-extends")]),
        ("playbook: base\nfacts: 3\n", "base", [("base.yaml", 2, "wrong-type")]),
        ("playbook: base\nfacst: {x: {type: text}}\n", "base", [("base.yaml", 2, "unknown-key")]),
    ],
)
def test_where_a_file_is_missing_nothing_is_said_of_what_it_may_declare(
    folder: Folder, base: str, extends: str, codes: list[tuple[str, int, str]]
) -> None:
    folder.write("base.yaml", base)
    folder.write("near.yaml", f"playbook: near\nextends: [{extends}]\n{INCOMPLETE}")
    assert folder.codes("near.yaml") == codes


def test_where_a_file_is_missing_the_shape_of_the_others_is_still_checked(folder: Folder) -> None:
    folder.write("base.yaml", "playbook: [base\n")
    folder.write("near.yaml", "playbook: near\nextends: [base]\nfacts: {stage: {typ: text}}\n")
    assert folder.codes("near.yaml") == [
        ("base.yaml", 1, "yaml-syntax"),
        ("near.yaml", 3, "unknown-key"),
    ]


def test_entries_without_what_they_need_are_not_read_in_a_loop_of_files(folder: Folder) -> None:
    folder.write("one.yaml", "playbook: one\nextends: [two]\n")
    folder.write("two.yaml", f"playbook: two\nextends: [one]\n{INCOMPLETE}")
    assert ("one.yaml", 2, "extends-loop") in folder.codes("two.yaml")


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


def chained(folder: Folder, files: int, id: str = "p") -> None:
    """Write ``files`` playbooks, each of which extends the next."""
    for number in range(files):
        after = f"extends: p{number + 1}.yaml\n" if number < files - 1 else ""
        folder.write(f"p{number}.yaml", f"playbook: {id}\n{after}")


def test_a_playbook_may_be_made_of_fifty_files(folder: Folder) -> None:
    chained(folder, 50)
    reading = folder.read("p0.yaml")
    assert reading.problems == ()
    assert (reading.files[0], reading.files[-1], len(reading.files)) == ("p49.yaml", "p0.yaml", 50)


def test_a_playbook_of_more_files_is_refused_where_it_becomes_too_long(folder: Folder) -> None:
    chained(folder, 2000)
    reading, calls = calls_in(lambda: folder.read("p0.yaml"))
    (problem,) = reading.problems
    assert (problem.code, problem.span.file, problem.span.line) == ("too-many-files", "p49.yaml", 2)
    assert problem.message == "this playbook is made of more than 50 files"
    assert calls < 200_000


@pytest.mark.parametrize("file", ["gone{}.yaml", "b{}.yaml"])
def test_a_long_list_of_files_that_are_not_there_costs_no_more_than_its_length(
    folder: Folder, file: str
) -> None:
    for number in range(200):
        folder.write(f"a{number}.yaml", "playbook: a\n")
    names = ", ".join(file.format(number) for number in range(20_000))
    folder.write("near.yaml", f"playbook: near\nextends: [{names}]\n")
    reading, calls = calls_in(lambda: folder.read("near.yaml"))
    codes = [problem.code for problem in reading.problems]
    assert sorted(codes) == ["missing-extends"] * 100 + ["too-many-problems"]
    assert calls < 1_500_000


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


def test_a_file_that_is_extended_very_often_is_searched_once(folder: Folder) -> None:
    folder.write("near.yaml", f"playbook: near\nextends: [{'base, ' * 20_000}]\n")
    reading, calls = calls_in(lambda: folder.read("near.yaml"))
    assert {problem.code for problem in reading.problems} == {"repeated-value", "too-many-problems"}
    assert calls < 3_000_000


def test_files_that_many_extend_are_parsed_once(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed = []

    def data_in(text: str, name: str) -> tuple[Document | None, list[Problem]]:
        parsed.append(name)
        return events.data_in(text, name)

    monkeypatch.setattr("engine.language.yaml.reader.data_in", data_in)
    chained(folder, 30, "parsed-only-here")
    for number in range(30):
        folder.read(f"p{number}.yaml")
    assert sorted(parsed) == sorted(f"p{number}.yaml" for number in range(30))


REGIONS = """
playbook: regions
extends: [base.yaml]
facts: {country: {type: text}}
calendar:
  friday: "08:00-14:00"
  half_days: {2026-12-24: "08:00-12:00"}
  regions:
    spain: {for: {country: ES}, holidays: [ES-MD], friday: "08:00-15:00"}
    note: {for: {country: [FR, MC]}, holidays: [FR]}
"""


def test_regions_merge_by_id_and_by_key(folder: Folder) -> None:
    folder.write("regions.yaml", REGIONS).write(
        "near.yaml",
        """
        playbook: near
        extends: [regions.yaml]
        calendar:
          half_days: {2026-12-31: "08:00-12:00"}
          regions:
            spain: {hours: "09:00-19:00", friday: off}
            note: off
            italy: {for: {country: IT}, holidays: [IT]}
        """,
    )
    found = folder.read("near.yaml")
    assert found.problems == ()
    assert found.playbook is not None
    calendar = found.playbook.calendar
    assert calendar.half_days == (("2026-12-31", ((480, 720),)),), "a map that is not of entries"
    assert [region.id for region in calendar.regions] == ["spain", "italy"]
    spain = calendar.regions[0].calendar
    assert (spain.holidays, spain.hours) == (("ES-MD",), ((540, 1140),))
    assert dict(spain.own_hours) == {"fri": ((480, 840),)}, "that of the main calendar again"
    assert calendar.regions[0].fits[0].values == ("ES",)


def test_what_a_region_is_for_is_replaced_as_a_whole(folder: Folder) -> None:
    folder.write("regions.yaml", REGIONS).write(
        "near.yaml",
        """
        playbook: near
        extends: [regions.yaml]
        calendar: {regions: {spain: {for: {timezone: [Europe/Madrid]}}}}
        """,
    )
    playbook = folder.read("near.yaml").playbook
    assert playbook is not None
    spain, note = playbook.calendar.regions
    assert [test.subject.id for test in spain.fits] == ["timezone"]
    assert note.id == "note"


def test_all_regions_may_be_turned_off(folder: Folder) -> None:
    folder.write("regions.yaml", REGIONS).write(
        "near.yaml", "playbook: near\nextends: [regions.yaml]\ncalendar: {regions: off}\n"
    )
    playbook = folder.read("near.yaml").playbook
    assert playbook is not None
    assert playbook.calendar.regions == ()
    assert playbook.calendar.half_days != ()


def test_a_region_needs_what_it_is_for_only_after_merging(folder: Folder) -> None:
    folder.write("regions.yaml", REGIONS).write(
        "near.yaml",
        """
        playbook: near
        extends: [regions.yaml]
        calendar: {regions: {spain: {for: off}, italy: {holidays: [IT]}, x: off}}
        """,
    )
    assert folder.codes("near.yaml") == [
        ("near.yaml", 3, "missing-key"),
        ("near.yaml", 3, "missing-key"),
        ("near.yaml", 3, "off-of-nothing"),
    ]
