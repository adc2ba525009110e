"""What counts as covered: each rule and each test of its condition, both ways."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import pytest

from engine.assurance.testing.coverage import Coverage, CoverageItem
from engine.assurance.testing.run_cases import run_file

PLAYBOOK = """\
playbook: mine
facts:
  amount: {type: number}
  vip: {type: boolean}
  calls: {measure: {count: touches, where: {channel: phone, automatic: false}}}
  big: {when: {amount: {at_least: 100}, vip: true}}
dark:
  early: {when: {big: true}, silent_for: 3 days}
signals:
  busy_line: {when: {calls: {at_least: 2}}, prevent: [ring]}
causes:
  lazy:
    when: {any: [{dark: true}, {vip: true}]}
    evidence:
      calls: {when: {calls: {at_least: 1}}, weight: 0.5}
actions:
  ring: {kind: outreach, channel: phone, when: {not: {vip: false}}, for: {lazy: 1}}
guards:
  five_calls: {blocks: {channel: phone}, while: {calls: {at_least: 5}}}
"""
HEAD = "playbook: mine.yaml\nnow: 2026-03-04T15:00:00Z\ncases:\n"
EXPECT = "expect: {causes: {lazy: {less_than: 1}}}"
CALL = "{at: 4 days ago, direction: outbound, channel: phone}"
CALLS = ", ".join(
    f"{{at: {n} hours ago, direction: outbound, channel: phone}}" for n in range(96, 101)
)
MAIL = "{at: 4 days ago, direction: outbound, channel: email, automatic: true}"

ITEMS = [
    ("facts.calls", "channel"),
    ("facts.calls", "automatic"),
    ("facts.big", None),
    ("facts.big", "amount"),
    ("facts.big", "vip"),
    ("dark.early", None),
    ("dark.early", "big"),
    ("signals.busy_line", None),
    ("signals.busy_line", "calls"),
    ("causes.lazy", "dark"),
    ("causes.lazy", "vip"),
    ("causes.lazy.evidence.calls", None),
    ("causes.lazy.evidence.calls", "calls"),
    ("actions.ring", None),
    ("actions.ring", "vip"),
    ("guards.five_calls", None),
    ("guards.five_calls", "calls"),
]
"""Everything there is to cover, in language order: 17 items, two ways each."""


class Cover(Protocol):
    def __call__(self, *cases: str) -> Coverage: ...


@pytest.fixture
def cover(tmp_path: Path) -> Cover:
    """The coverage of the playbook by cases, each written as a flow map without `expect`."""

    def cover(*cases: str) -> Coverage:
        (tmp_path / "mine.yaml").write_text(PLAYBOOK, encoding="utf-8")
        lines = [
            f"  case_{number}: {{{case}{', ' if case else ''}{EXPECT}}}"
            for number, case in enumerate(cases)
        ]
        path = tmp_path / "mine.test.yaml"
        path.write_text(HEAD + "\n".join(lines), encoding="utf-8")
        result = run_file(path, engine="meaning", coverage=True)
        assert result.passed, result.problems
        assert result.coverage is not None
        return result.coverage

    return cover


def item(coverage: Coverage, rule: str, subject: str | None = None) -> tuple[int, int]:
    """In how many cases it fired or was true, and in how many it was judged and was not."""
    (found,) = [one for one in coverage.items if (one.rule, one.subject) == (rule, subject)]
    return found.yes, found.no


def test_everything_is_there_in_language_order(cover: Cover) -> None:
    coverage = cover("prospect: {}")
    assert [(one.rule, one.subject) for one in coverage.items] == ITEMS
    assert coverage.total == 34


def test_what_is_unknown_counts_as_not_true(cover: Cover) -> None:
    coverage = cover("prospect: {}")
    assert item(coverage, "facts.big") == (0, 1)
    assert item(coverage, "facts.big", "amount") == (0, 1)
    assert item(coverage, "actions.ring", "vip") == (0, 1)


def test_evidence_is_judged_where_its_cause_is_considered(cover: Cover) -> None:
    coverage = cover("prospect: {}", "prospect: {vip: true}", "prospect: {vip: true, calls: 1}")
    assert item(coverage, "causes.lazy", "vip") == (2, 1)
    assert item(coverage, "causes.lazy.evidence.calls") == (1, 1)
    assert item(coverage, "causes.lazy.evidence.calls", "calls") == (1, 1)


def test_an_action_fires_where_it_is_eligible(cover: Cover) -> None:
    """Its condition holds in the first and second case, its cause is diagnosed in the second."""
    coverage = cover("prospect: {vip: true}", "prospect: {vip: true, calls: 1}", "prospect: {}")
    assert item(coverage, "actions.ring") == (1, 2)
    # The test is `vip: false`, under `not`: true for nobody here.
    assert item(coverage, "actions.ring", "vip") == (0, 3)


def test_an_action_that_is_held_back_has_fired_and_so_has_the_guard(cover: Cover) -> None:
    coverage = cover("prospect: {vip: true, calls: 5}")
    assert item(coverage, "actions.ring") == (1, 0)
    assert item(coverage, "guards.five_calls") == (1, 0)


def test_a_derived_fact_that_is_set_by_hand_is_not_judged(cover: Cover) -> None:
    coverage = cover("prospect: {big: true}", "prospect: {amount: 100, vip: true}")
    assert item(coverage, "facts.big") == (1, 0)
    assert item(coverage, "dark.early", "big") == (2, 0)


def test_a_where_is_judged_of_rows_both_ways_in_one_case(cover: Cover) -> None:
    coverage = cover(f"touches: [{CALL}, {MAIL}, {MAIL}]")
    assert item(coverage, "facts.calls", "channel") == (1, 1)
    assert item(coverage, "facts.calls", "automatic") == (1, 1)


@pytest.mark.parametrize(
    "case",
    [
        "prospect: {}",
        f"touches: [{CALL.replace('4 days ago', '2026-03-04T15:00:01Z')}]",
        f"prospect: {{calls: 1}}, touches: [{CALL}]",
    ],
    ids=["no rows", "rows ahead of now", "set by hand"],
)
def test_a_where_is_not_judged_without_rows(cover: Cover, case: str) -> None:
    assert item(cover(case), "facts.calls", "channel") == (0, 0)


def test_a_threshold_fires_where_it_has_passed(cover: Cover) -> None:
    big = "prospect: {amount: 100, vip: true}"
    coverage = cover(f"{big}, touches: [{CALL}]", big)
    assert item(coverage, "dark.early") == (1, 1)
    assert item(coverage, "dark.early", "big") == (2, 0)


def test_the_share_is_of_both_ways_of_everything(cover: Cover) -> None:
    """Of 17 items: no rows, so two not at all; the cause is not considered, so two more not; all
    others one way.
    """
    coverage = cover("prospect: {}", "prospect: {}")
    assert coverage.covered == 13
    assert coverage.percent == pytest.approx(100 * 13 / 34)
    assert len(coverage.missing()) == 17


def test_cases_can_cover_everything(cover: Cover) -> None:
    coverage = cover(
        f"prospect: {{amount: 100, vip: true}}, touches: [{CALLS}]",
        f"prospect: {{amount: 99, vip: true}}, touches: [{MAIL}]",
        "prospect: {vip: false}",
    )
    assert coverage.missing() == ()
    assert coverage.percent == 100


def test_the_files_of_one_playbook_add_up(cover: Cover) -> None:
    one, two = cover("prospect: {vip: true}"), cover("prospect: {}", "prospect: {vip: false}")
    both = one.merged(two)
    assert item(both, "causes.lazy", "vip") == (1, 2)
    assert both.total == one.total
    assert both == two.merged(one)


def test_nothing_to_cover_is_covered() -> None:
    assert Coverage(()).percent == 100


def test_tests_know_where_they_are_written(cover: Cover) -> None:
    coverage = cover("prospect: {}")
    lines = {(one.rule, one.subject): one.span.line for one in coverage.items}
    assert lines["facts.big", None] == 6
    assert lines["causes.lazy", "dark"] == 13
    assert lines["guards.five_calls", "calls"] == 19


def test_what_others_declare_and_nobody_reads_is_not_asked_for(tmp_path: Path) -> None:
    (tmp_path / "words.yaml").write_text(
        "playbook: words\nfacts:\n  a: {type: boolean}\n"
        "  read: {when: {a: true}}\n  unread: {when: {a: false}}\n",
        encoding="utf-8",
    )
    (tmp_path / "mine.yaml").write_text(
        "playbook: mine\nextends: [words.yaml]\n"
        "actions: {talk: {kind: internal, when: {read: true}}}\n",
        encoding="utf-8",
    )
    path = tmp_path / "mine.test.yaml"
    path.write_text(
        "playbook: mine.yaml\nnow: 2026-03-04\n"
        "cases: {one: {prospect: {a: true}, expect: {next: talk}}}\n",
        encoding="utf-8",
    )
    coverage = run_file(path, coverage=True).coverage
    assert coverage is not None
    assert {one.rule for one in coverage.items} == {"facts.read", "actions.talk"}


def counted(folder: Path, playbook: str) -> set[tuple[str, str | None]]:
    """What there is to cover in ``playbook``, which extends the shipped gone-dark."""
    (folder / "mine.yaml").write_text(f"extends: gone-dark\n{playbook}", encoding="utf-8")
    path = folder / "mine.test.yaml"
    case = "{one: {prospect: {opted_out: true}, expect: {signals: {no_next_step: false}}}}"
    path.write_text(f"playbook: mine.yaml\nnow: 2026-03-04\ncases: {case}\n", encoding="utf-8")
    result = run_file(path, engine="meaning", coverage=True)
    assert result.passed, result.problems
    assert result.coverage is not None
    return {(one.rule, one.subject) for one in result.coverage.items}


@pytest.mark.slow
def test_what_a_shipped_playbook_says_is_not_its_extenders_to_cover(tmp_path: Path) -> None:
    assert counted(tmp_path, "playbook: mine\n") == set()
    own = "signals: {left_alone: {when: {opted_out: true}, prevent: [personal_follow_up]}}"
    assert counted(tmp_path, f"playbook: mine\n{own}\n") == {
        ("signals.left_alone", None),
        ("signals.left_alone", "opted_out"),
    }


def test_a_shipped_rule_that_was_changed_counts_but_not_its_tests_left_as_they_were(
    tmp_path: Path,
) -> None:
    changed = "playbook: mine\nactions: {personal_follow_up: {score: 0.1}}\n"
    assert counted(tmp_path, changed) == {("actions.personal_follow_up", None)}


def test_the_cases_of_a_shipped_playbook_are_to_cover_what_its_own_file_says(
    tmp_path: Path,
) -> None:
    path = tmp_path / "some.test.yaml"
    path.write_text(
        "playbook: gone-dark\nnow: 2026-03-04\n"
        "cases: {one: {prospect: {opted_out: true}, expect: {signals: {no_next_step: false}}}}\n",
        encoding="utf-8",
    )
    coverage = run_file(path, coverage=True).coverage
    assert coverage is not None
    files = {Path(one.span.file).name for one in coverage.items}
    assert files == {"gone-dark.yaml"}
    assert coverage.total > 400


def test_it_is_not_counted_unless_asked_for(tmp_path: Path) -> None:
    path = Path(__file__).parents[2] / "good" / "small.test.yaml"
    assert run_file(path).coverage is None
    counted = run_file(path, coverage=True).coverage
    assert counted is not None
    assert all(isinstance(one, CoverageItem) for one in counted.items)


RULE = "dark: {late: {when: {account: x}, silent_for: 1 day}}\n"


@pytest.mark.parametrize(
    ("beside", "counts"),
    [
        ({"base.test.yaml": "base.yaml"}, False),
        ({"base.test.yml": "base.yaml"}, False),
        ({}, True),
        ({"base.test.yaml": "team.yaml"}, True),
        ({"base.test.yaml": "nowhere.yaml"}, True),
        ({"other.test.yaml": "base.yaml"}, True),
    ],
)
def test_what_is_extended_counts_unless_it_has_a_test_of_its_own_beside_it(
    tmp_path: Path, beside: dict[str, str], counts: bool
) -> None:
    case = "now: 2026-03-04\ncases: {one: {expect: {state: untouched}}}\n"
    (tmp_path / "base.yaml").write_text(f"playbook: base\n{RULE}", encoding="utf-8")
    (tmp_path / "team.yaml").write_text("playbook: team\nextends: [base.yaml]\n", encoding="utf-8")
    for name, playbook in {**beside, "team.test.yaml": "team.yaml"}.items():
        (tmp_path / name).write_text(f"playbook: {playbook}\n{case}", encoding="utf-8")
    coverage = run_file(tmp_path / "team.test.yaml", engine="meaning", coverage=True).coverage
    assert coverage is not None
    assert bool(coverage.items) == counts
