"""The help says what to write: one problem for one mistake, and what it proposes is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.assurance.check_file import check_file
from engine.language.problem import Problem
from tests.support.expected_problems import assert_well_worded, described

HEAD = """\
playbook: mine
facts:
  stage: {type: choice, choices: [discovery, demo, proposal]}
  amount: {type: number}
  openings: {type: number}
  offer_expires_at: {type: time}
  vip: {type: boolean}
dark:
  late: {when: {vip: true, offer_expires_at: {known: true}}, silent_for: 1 day}
  later: {when: {amount: 3, openings: 3}, silent_for: 1 day}
"""


def errors(folder: Path, text: str) -> list[Problem]:
    path = folder / "mine.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    found = [problem for problem in check_file(path) if problem.severity == "error"]
    for problem in found:
        assert_well_worded(problem)
    return found


def when(condition: str) -> str:
    return f"actions:\n  a:\n    kind: internal\n    when: {condition}\n"


def act(fields: str) -> str:
    return f"actions:\n  a:\n    when: {{vip: true}}\n    {fields}\n"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (when("{stage: discovery or proposal}"), when("{stage: [discovery, proposal]}")),
        (when("{stage: discovery, proposal}"), when("{stage: [discovery, proposal]}")),
        (when("{stage: not discovery}"), when("{stage: {is_not: discovery}}")),
        (when("{stage: !discovery}"), when("{stage: {is_not: discovery}}")),
        (when("{amount: {less_than: 5,000}}"), when("{amount: {less_than: 5000}}")),
        (when("{amount: {less_than: $5,000}}"), when("{amount: {less_than: 5000}}")),
        (when("{amount: {less_than: 5k}}"), when("{amount: {less_than: 5000}}")),
        (when('{amount: {less_than: "12.500,50"}}'), when("{amount: {less_than: 12500.50}}")),
        (when('{amount: {less_than: "1,5"}}'), when("{amount: {less_than: 1.5}}")),
        (when("{amount: {between: 10 and 50}}"), when("{amount: {between: [10, 50]}}")),
        (when("{amount: {between: 10-50}}"), when("{amount: {between: [10, 50]}}")),
        ("cadence:\n  steps: 0 days, 5 days\n", "cadence:\n  steps: [0 days, 5 days]\n"),
        ("calendar:\n  weekdays: mon-wed\n", "calendar:\n  weekdays: [mon, tue, wed]\n"),
        (
            "calendar:\n  weekdays: Monday, Friday\n",
            "calendar:\n  weekdays: [mon, fri]\n",
        ),
        (
            "actions:\n  a: {kind: internal, because: Value, in dollars, when: {vip: true}}\n",
            'actions:\n  a: {kind: internal, because: "Value, in dollars", when: {vip: true}}\n',
        ),
        (
            "actions:\n  a: {kind: internal, because: \u201cBig, new\u201d, when: {vip: true}}\n",
            'actions:\n  a: {kind: internal, because: "Big, new", when: {vip: true}}\n',
        ),
        (
            "causes: {c: {evidence: {e: {when: {vip: true}, weight: 0,4}}}}\n",
            "causes: {c: {evidence: {e: {when: {vip: true}, weight: 0.4}}}}\n",
        ),
        (
            "causes: {c: {evidence: {e: {when: {vip: true}, weight: 40%}}}}\n",
            "causes: {c: {evidence: {e: {when: {vip: true}, weight: 0.4}}}}\n",
        ),
    ],
)
def test_what_is_proposed_is_there_in_the_help_and_right(
    tmp_path: Path, wrong: str, right: str
) -> None:
    (problem,) = errors(tmp_path, wrong)
    assert problem.help is not None
    proposed = problem.help.partition("`")[2].rpartition("`")[0]
    assert proposed.rpartition(": ")[2].strip("{}") in right, problem.help
    assert not errors(tmp_path, right), described(errors(tmp_path, right))


@pytest.mark.parametrize(
    ("text", "code", "help"),
    [
        (act("kind: outbound\n    channel: email"), "not-allowed-value", "mean `outreach`?"),
        (act("kind: call\n    channel: phone"), "not-allowed-value", "mean `outreach`?"),
        (when("{or: [{vip: true}, {stage: demo}]}"), "unknown-key", "write `any: [...]`"),
        (when("{and: [{vip: true}, {stage: demo}]}"), "unknown-key", "write `all: [...]`"),
        (when("{amount: {greater_than: 5}}"), "unknown-key", "it is called `more_than` here"),
        (when("{amount: {lower_than: 5}}"), "unknown-key", "it is called `less_than` here"),
        (when("{amount: {more_than: openings}}"), "type-mismatch", "two facts cannot be compared"),
        (when('{amount: {less_than: "5,000"}}'), "type-mismatch", "write `5000`, or `5.000` if"),
        (
            act("kind: internal\n    due: tomorrow"),
            "bad-duration",
            "write `now`, `cadence`, or how long from now",
        ),
        (
            act("kind: internal\n    due: 1 day before offer_expires_at"),
            "bad-duration",
            "write `now`, `cadence`, or how long from now",
        ),
        (act("kind: internal\n    due: nwo"), "bad-duration", "did you mean `now`?"),
        (
            act("kind: internal\n\u00a0\u00a0\u00a0\u00a0title: x"),
            "unknown-key",
            "indent with plain spaces",
        ),
        (
            act("kind: internal\n<<<<<<< HEAD\n    score: 1\n=======\n    score: 0\n>>>>>>> x"),
            "yaml-syntax",
            "keep one of the two versions",
        ),
        (
            act("kind: internal\n    because: \u201cthe reason: one\u201d"),
            "yaml-syntax",
            "write straight quotes",
        ),
        (
            f"signals: {{big: {{when: {{vip: true}}}}}}\n{when('{big: true}')}",
            "unknown-fact",
            "`signals.big`",
        ),
        (
            "causes: {c: {evidence: {e: {when: {vip: true}, weight: 0.4}}}}\n"
            + when("{c: {at_least: 0.3}}"),
            "unknown-fact",
            "`causes.c`",
        ),
        ("signals: {big: {disabled: true, when: {vip: true}}}\n", "unknown-key", "`big: off`"),
        ("signals: {big: Off}\n", "wrong-type", "to turn it off, write `big: off`"),
        ("signals: {big: false}\n", "wrong-type", "to turn it off, write `big: off`"),
        ("signals: {big: null}\n", "empty", "to turn it off, write `big: off`"),
        ('signals: {big: ""}\n', "wrong-type", "to turn it off, write `big: off`"),
    ],
)
def test_one_mistake_gives_one_problem_whose_help_leads_on(
    tmp_path: Path, text: str, code: str, help: str
) -> None:
    (problem,) = errors(tmp_path, text)
    assert problem.code == code
    assert help in str(problem.help)


def test_facts_that_are_indented_into_another_section_are_one_mistake(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "playbook: mine\ncalendar:\n  timezone: UTC\n  facts:\n    seats: {type: number}\n"
        "dark:\n  d: {when: {seats: 3}, silent_for: 1 day}\n"
        "  e: {when: {seat: 3}, silent_for: 1 day}\n",
        encoding="utf-8",
    )
    found = [(problem.code, problem.span.line) for problem in check_file(path)]
    assert found == [("unknown-key", 4), ("unknown-fact", 8)]


def test_an_entry_called_like_a_section_hides_nothing(tmp_path: Path) -> None:
    text = "signals: {facts: {when: {vip: true}, title: x}, other: {when: {title: true}}}\n"
    assert [problem.code for problem in errors(tmp_path, text)] == ["unknown-fact"]


def test_a_now_that_cannot_be_read_is_one_mistake(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(HEAD, encoding="utf-8")
    path = tmp_path / "mine.test.yaml"
    case = "touches: [{at: 3 business days ago, direction: outbound}], prospect: {vpi: true}"
    path.write_text(
        "playbook: mine.yaml\nnow: 2026-03-04 10:00\ncases:\n"
        f"  one: {{{case}, expect: {{state: waiting}}}}\n",
        encoding="utf-8",
    )
    assert [problem.code for problem in check_file(path)] == ["bad-instant", "unknown-fact"]
