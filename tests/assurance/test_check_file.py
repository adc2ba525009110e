"""What is wrong with a file as a whole: that it is not there, cannot be read, is too much."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.assurance.check_file import check_file
from engine.assurance.lint.run_checks import load_checked
from engine.assurance.testing.run_cases import run_file
from engine.language.files.locate import kind_by
from engine.language.problem import Span
from engine.language.yaml.reader import read_text
from tests.support.expected_problems import assert_well_worded, described


def only_code(path: Path) -> str:
    problems = check_file(path, "given/name.yaml")
    assert len({problem.code for problem in problems}) == 1, described(problems)
    for problem in problems:
        assert_well_worded(problem)
        assert problem.span.file == "given/name.yaml"
    return problems[0].code


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert only_code(tmp_path / "mine.yaml") == "no-such-file"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert only_code(tmp_path) == "unreadable-file"


def test_a_file_of_more_than_a_mebibyte(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("playbook: mine\n" + "# nothing\n" * 105_000, encoding="utf-8")
    assert only_code(path) == "too-large"


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_bytes("playbook: mine\ntitle: Zusagen für später\n".encode("latin-1"))
    problems = check_file(path, "mine.yaml")
    assert [(problem.code, problem.span.line) for problem in problems] == [("not-utf8", 2)]


def test_a_file_in_which_hardly_anything_is_right(tmp_path: Path) -> None:
    path = tmp_path / "package.yaml"
    lines = [f"key_{number}: 1" for number in range(200)]
    path.write_text("playbook: mine\nactions: {talk: 3}\n" + "\n".join(lines), encoding="utf-8")
    problems = check_file(path)
    assert "too-many-problems" in {problem.code for problem in problems}
    assert load_checked(path).playbook is None


def test_a_test_file_in_which_hardly_anything_is_right(tmp_path: Path) -> None:
    path = tmp_path / "mine.test.yaml"
    lines = [f"  case_{number}: {{xpect: 1}}" for number in range(200)]
    head = "playbook: gone-dark\nnow: 2026-03-04T15:00:00Z\ncases:\n"
    path.write_text(head + "\n".join(lines), encoding="utf-8")
    result = run_file(path)
    assert not result.passed
    assert not result.cases
    assert "too-many-problems" in {problem.code for problem in result.problems}


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("mine.yaml", "playbook: mine", "playbook"),
        ("mine.yaml", "dark: {}", "playbook"),
        ("mine.yaml", "3", "playbook"),
        ("mine.test.yaml", "playbook: mine", "test"),
        ("cases.yaml", "playbook: mine\ncases: {}", "test"),
        ("book.yaml", "prospects: []", "book"),
        ("mine.yaml", "playbook: mine\nprospects: []", "playbook"),
    ],
)
def test_the_kind_of_a_file_is_told_by_its_name_or_its_keys(
    name: str, text: str, kind: str
) -> None:
    document, _ = read_text(text, name)
    assert document is not None
    assert kind_by(name, document.data if isinstance(document.data, dict) else ()) == kind


def test_a_book_is_checked_for_its_shape(tmp_path: Path) -> None:
    path = tmp_path / "book.yaml"
    path.write_text("prospects:\n  - {id: p-001}\n  - {name: Ada Park}\n", encoding="utf-8")
    problems = check_file(path, "book.yaml")
    assert [(problem.code, problem.span.line) for problem in problems] == [("missing-key", 3)]


def test_a_loop_is_found_beside_another_error(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "playbook: mine\n"
        "facts:\n"
        "  hot: {when: {cold: {known: false}}}\n"
        "  cold: {when: {hot: true}}\n"
        "  mild: {when: {wrm: true}}\n",
        encoding="utf-8",
    )
    problems = check_file(path, "mine.yaml")
    assert [(problem.code, problem.span.line) for problem in problems] == [
        ("loop", 3),
        ("unknown-fact", 5),
    ]


def test_what_needs_the_whole_playbook_waits_until_it_can_be_read(tmp_path: Path) -> None:
    """The one action that reads `amount` is broken, so nothing is said of unused facts."""
    path = tmp_path / "mine.yaml"
    path.write_text(
        "playbook: mine\n"
        "facts: {amount: {type: number}}\n"
        "actions: {talk: {kind: intrnal, when: {amount: 3}}}\n",
        encoding="utf-8",
    )
    assert {problem.code for problem in check_file(path)} == {"not-allowed-value"}


def test_a_loop_is_told_with_the_way_round(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "playbook: mine\nfacts:\n  a: {when: {b: true}}\n  b: {when: {c: true}}\n"
        "  c: {when: {a: true}}\n",
        encoding="utf-8",
    )
    (problem,) = check_file(path, "mine.yaml")
    ring = ["`facts.a`", "`facts.b`", "`facts.c`"]
    assert all(name in problem.message for name in ring)
    assert problem.span == Span("mine.yaml", 3, 3, 3, 4)


def test_what_turned_a_rule_off_is_the_second_place(tmp_path: Path) -> None:
    (tmp_path / "theirs.yaml").write_text(
        "playbook: theirs\nfacts: {a: {type: boolean}}\n"
        "dark: {early: {when: {a: true}, silent_for: 3 days}}\n",
        encoding="utf-8",
    )
    mine = tmp_path / "mine.yaml"
    mine.write_text("playbook: mine\nextends: [theirs.yaml]\nfacts: {a: off}\n", encoding="utf-8")
    (problem,) = check_file(mine)
    assert problem.code == "off-in-use"
    assert (Path(problem.span.file).name, problem.span.line) == ("theirs.yaml", 3)
    assert problem.also is not None
    assert (Path(problem.also.file).name, problem.also.line) == ("mine.yaml", 3)
    assert "mine.yaml:3" in problem.message


LONG = "x" * 5000


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        (
            "mine.yaml",
            f"playbook: mine\nactions: {{w: {{kind: internal, when: {{}}, template: {LONG}}}}}\n",
            "missing-template",
        ),
        ("mine.yaml", f"playbook: mine\nextends: [{LONG}]\n", "missing-extends"),
        (
            "mine.test.yaml",
            f"playbook: {LONG}\nnow: 2026-03-04\ncases: {{one: {{expect: {{state: dark}}}}}}\n",
            "missing-playbook",
        ),
    ],
    ids=["template", "extends", "playbook"],
)
def test_a_name_longer_than_names_can_be_is_that_of_no_file(
    tmp_path: Path, name: str, text: str, code: str
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    problems = check_file(path)
    assert [problem.code for problem in problems] == [code]
    assert len(problems[0].message) < 200


def test_a_template_that_may_not_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever runs the tests may read everything, so reading is made to fail."""
    path = tmp_path / "mine.yaml"
    path.write_text(
        "playbook: mine\nactions: {write: {kind: outreach, channel: email, when: {dark: true}, "
        "template: hello.md}}\n",
        encoding="utf-8",
    )
    (tmp_path / "hello.md").write_text("Hello", encoding="utf-8")
    read = Path.read_text

    def refuse(self: Path, encoding: str | None = None, errors: str | None = None) -> str:
        if self.name == "hello.md":
            raise PermissionError(13, "Permission denied")
        return read(self, encoding, errors)

    monkeypatch.setattr(Path, "read_text", refuse)
    (problem,) = check_file(path)
    assert (problem.code, problem.span.line) == ("bad-template", 2)
    assert "permission denied" in problem.message


def test_many_unknown_names_in_a_template_of_many_braces(tmp_path: Path) -> None:
    """So many that to search the text for each name, from each brace, would take half an hour."""
    names = "".join(f"{{{{ a{number} }}}}" for number in range(1000))
    template = "{#" + "{" * 9000 + "#}\n" + names
    (tmp_path / "message.md").write_text(template, encoding="utf-8")
    path = tmp_path / "mine.yaml"
    path.write_text(
        "playbook: mine\nactions:\n"
        "  write: {kind: outreach, channel: email, when: {dark: true}, template: message.md}\n",
        encoding="utf-8",
    )
    found = [each for each in check_file(path) if each.code == "template-unknown-fact"]
    assert len(found) == 1000
    assert found[0].message == "`a0` is not a fact"
    assert (found[0].span.file, found[0].span.line, found[0].span.column) == (
        str(tmp_path / "message.md"),
        2,
        4,
    )


HEAD = """\
playbook: mine
facts:
  stage: {type: choice, choices: [demo, proposal]}
  amount: {type: number}
  big: {when: {amount: {at_least: 50}}}
sources:
  letter: {title: A letter}
diagnosis: {at_least: 0.5}
"""
SMALL_BIG = "{big: true, amount: {less_than: 10}}"
WEAK = "{evidence: {e: {when: {big: true}, weight: 0.1}}}"
FAX = "{blocks: {channel: sms}, while: {big: true}}"
LATE = "{when: {stage: demo}, silent_for: 1 day}"
TALK = "actions: {talk: {kind: internal, when: {dark: true}}}\n"


def codes_of(path: Path, text: str) -> list[tuple[str, int]]:
    path.write_text(HEAD + text, encoding="utf-8")
    return [(problem.code, problem.span.line) for problem in check_file(path, "mine.yaml")]


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        # An error elsewhere, in another entry, leaves what is right of the rest.
        ("  late: {when: {stge: demo}, silent_for: 1 day}\n", ("unknown-fact", 10)),
        ("  late: {when: {stage: dmo}, silent_for: 1 day}\n", ("not-a-choice", 10)),
        ("  late: {when: {stage: demo}, silent_for: 1 dy}\n", ("bad-duration", 10)),
        ("  late: {when: {stage: demo}, silentfor: 1 day}\n", ("unknown-key", 10)),
    ],
)
def test_a_condition_that_never_holds_is_told_beside_another_error(
    tmp_path: Path, rules: str, found: tuple[str, int]
) -> None:
    text = f"dark:\n{rules}signals:\n  odd: {{when: {SMALL_BIG}, prevent: [talk]}}\n"
    text += "actions: {talk: {kind: internal, when: {dark: true}}}\n"
    assert codes_of(tmp_path / "mine.yaml", text) == [found, ("never-holds", 12)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # The part with the error might be the one that makes it possible.
        (
            "signals: {odd: {when: {any: [{stge: demo}, {amount: {at_least: 3}, big: 3}]}}}\n",
            ["unknown-fact", "type-mismatch"],
        ),
        # So might what it reads: a derived fact with an error, or a fact that is not valid.
        ("  odd: {when: {bigg: true}}\nsignals: {a: {when: {odd: true, big: false}}}\n", []),
    ],
)
def test_a_condition_with_an_error_is_not_told_to_be_impossible(
    tmp_path: Path, text: str, found: list[str]
) -> None:
    codes = [code for code, _ in codes_of(tmp_path / "mine.yaml", text)]
    assert "never-holds" not in codes
    assert not found or codes == found


def test_what_reads_a_fact_with_an_error_is_not_told_to_be_impossible(tmp_path: Path) -> None:
    """`size` cannot be read, so that its part of `any` is gone, and only the impossible is left."""
    path = tmp_path / "mine.yaml"
    path.write_text(
        "playbook: mine\nfacts:\n  size: {type: nmber}\n  amount: {type: number}\n"
        "  odd: {when: {any: [{size: {at_least: 3}}, {all: [{amount: 1}, {amount: 2}]}]}}\n"
        "signals: {s: {when: {odd: true}, prevent: [talk]}}\n"
        "actions: {talk: {kind: internal, when: {signals.s: true}}}\n",
        encoding="utf-8",
    )
    assert [problem.code for problem in check_file(path)] == ["not-allowed-value"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("cadence: {steps: [5 days, 2 days]}\n", "cadence-order"),
        ("dark: {d: {silent_for: 1 day, basis: source}}\n", "basis-without-source"),
        (
            f"causes: {{weak: {WEAK}}}\n{TALK.replace('}}', '}, for: {weak: 1}}')}",
            "cause-out-of-reach",
        ),
        (f"guards: {{g: {FAX}}}\n{TALK}", "guard-blocks-nothing"),
        ("dark: {d: {when: {stage: demo}, silent_for: 1 day}}\n", "stage-without-threshold"),
    ],
)
def test_other_checks_go_on_beside_an_error_elsewhere(tmp_path: Path, text: str, code: str) -> None:
    signal = "signals: {odd: {when: {stage: dmo}, prevent: [nothing]}}\n"
    assert code in {found for found, _ in codes_of(tmp_path / "mine.yaml", text + signal)}


@pytest.mark.parametrize(
    "text",
    [
        "cadence: {steps: [5 days, 2 dys]}\n",
        "dark: {d: {silent_for: 1 day, basis: source, source: lettr}}\n",
        "causes: {c: {evidence: {e: {when: {big: true}, weight: 40%}}}}\n",
        "causes: {c: {evidence: {e: {when: {big: true}, weight: 40}}}}\n",
        "causes: {c: {evidence: {e: {when: {big: true}, weight: -0.4}}}}\n",
        "causes: {c: {evidence: {e: {when: {bg: true}, weight: 0.4}}}}\n",
        f"guards: {{g: {FAX}}}\n{TALK.replace('internal', 'outreach, chanel: sms')}",
        f"dark: {{d: {LATE}, e: {LATE.replace('stage: demo', 'stge: proposal')}}}\n",
        f"signals: {{odd: {{when: {{big: true}}}}}}\n{TALK.replace('dark', 'signals.od')}",
    ],
)
def test_no_problem_follows_from_another(tmp_path: Path, text: str) -> None:
    found = codes_of(tmp_path / "mine.yaml", text)
    assert len(found) == 1, found
