"""Comments that ask for a problem to be ignored, and what is wrong with them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from engine.assurance.check_file import check_files
from engine.language.files.locate import InputFile
from tests.support.small_playbook import relight
from tests.support.work import calls_in

PLAYBOOK = """\
playbook: example
facts:
  vip: {type: boolean}
dark:
  early:
    when: {vip: {is_not: true}}COMMENT
    silent_for: 3 days
"""
TODAY = date(2026, 12, 1)
BLANK = ("blank-is-not-false", 6)


def checked(folder: Path, text: str, **others: str) -> tuple[list[tuple[str, int]], int]:
    """The code and line of each problem, and how many are ignored."""
    files = {"playbook.yaml": text, **{f"{name}.yaml": other for name, other in others.items()}}
    inputs = []
    for name, content in files.items():
        path = folder / name
        path.write_text(content, encoding="utf-8")
        inputs.append(InputFile(path, str(path), explicit=True))
    found = check_files(inputs[:1], today=TODAY)
    return [(each.code, each.span.line) for each in found.problems], found.ignored


def commented(comment: str) -> str:
    return PLAYBOOK.replace("COMMENT", f" {comment}" if comment else "")


def test_without_a_comment_it_is_a_problem(tmp_path: Path) -> None:
    assert checked(tmp_path, commented("")) == ([BLANK], 0)


@pytest.mark.parametrize(
    "comment",
    [
        "# relight: ignore[blank-is-not-false] because every VIP is marked",
        "# relight: ignore[blank-is-not-false] until 2026-12-01 because soon they are",
        "# relight: ignore[blank-is-not-false] until 2027-01-31 because soon they are",
        "#relight:ignore[ blank-is-not-false ]  because  so",
        "# Relight: Ignore[blank-is-not-false] Because so",
        "## relight: ignore[blank-is-not-false] because so",
        "# VIPs  # relight: ignore[blank-is-not-false] because so",
        "# relight: ignore[blank-is-not-false] because of # 1",
    ],
)
def test_a_comment_with_a_reason_ignores_it(tmp_path: Path, comment: str) -> None:
    assert checked(tmp_path, commented(comment)) == ([], 1)


def test_a_comment_alone_on_its_line_is_about_the_next(tmp_path: Path) -> None:
    comment = "    # relight: ignore[blank-is-not-false] because so\n"
    text = commented("").replace("    when:", f"{comment}\n    # and so on\n    when:")
    assert checked(tmp_path, text) == ([], 1)


def test_several_alone_and_one_after_another_comment_are_about_the_next(tmp_path: Path) -> None:
    comments = (
        "    # relight: ignore[blank-is-not-false] because so\n"
        "    # so it is # relight: ignore[zero-weight] because so\n"
    )
    text = commented("").replace("    when:", f"{comments}    when:")
    assert checked(tmp_path, text) == ([("idle-ignore", 7)], 1)


@pytest.mark.parametrize(
    "text",
    [
        "facts:\n" + "  # relight: ignore[unused-fact] because so\n" * 4000 + "  a: {type: text}\n",
        "facts:\n"
        + "".join(
            f"  # relight: ignore[nonsense] because so\n  f{at}: {{type: text}}\n"
            for at in range(2000)
        ),
        "facts: {a: {type: choice, choices: ["
        + ", ".join(f'"c{at} # relight: x"' for at in range(4000))
        + "]}}\n",
        "facts: {"
        + ", ".join(f"f{at}: {{type: text}}" for at in range(2000))
        + "} # relight: ignore[unused-fact] because so\n"
        + "# relight: ignore[unused-fact] because so\n" * 2000,
    ],
    ids=["alone", "of-unknown-codes", "in-texts", "about-one-line"],
)
def test_what_many_cost_grows_with_their_number(tmp_path: Path, text: str) -> None:
    path = tmp_path / "playbook.yaml"
    path.write_text(f"playbook: many\n{text}", encoding="utf-8")
    _, calls = calls_in(lambda: check_files([InputFile(path, str(path), explicit=True)]))
    assert calls < 3_000_000


def test_it_is_about_one_line_only(tmp_path: Path) -> None:
    comment = "# relight: ignore[blank-is-not-false] because so"
    text = commented("").replace("3 days", f"3 days {comment}")
    assert checked(tmp_path, text) == ([BLANK, ("idle-ignore", 7)], 0)
    text = text.replace("\n", "\r\n")
    assert checked(tmp_path, text) == ([BLANK, ("idle-ignore", 7)], 0)


def test_a_condition_of_several_lines_may_have_it_at_its_end(tmp_path: Path) -> None:
    comment = "# relight: ignore[basis-without-source] because the book is out of print"
    text = commented("").replace("{is_not: true}", "false") + "    basis:\n      source "
    assert checked(tmp_path, f"{text}\n") == ([("basis-without-source", 9)], 0)
    assert checked(tmp_path, f"{text}{comment}\n") == ([], 1)


@pytest.mark.parametrize(
    ("comment", "code"),
    [
        ("# relight: ignore[blank-is-not-false]", "bad-ignore"),
        ("# relight: ignore[blank-is-not-false] because", "bad-ignore"),
        ("# relight: ignore[blank-is-not-false] until 2027-01-31", "bad-ignore"),
        ("# relight: ignore[blank-is-not-false] every VIP is marked", "bad-ignore"),
    ],
)
def test_one_without_a_reason_is_the_problem_instead(
    tmp_path: Path, comment: str, code: str
) -> None:
    assert checked(tmp_path, commented(comment)) == ([(code, 6)], 1)


@pytest.mark.parametrize(
    "comment",
    [
        "# relight: ignore",
        "# relight: ignore blank-is-not-false because so",
        "# relight: ignore[] because so",
        "# relight: ignore[blank is not false] because so",
        "# relight: ignore[blank-is-not-false,] because so",
        "# relight: ignore[blank-is-not-false] until soon because so",
        "# relight: ignore[blank-is-not-false] until 2027-02-30 because so",
        "# relight: ignore[blank-is-not-false] until 20270131 because so",
        "# relight: ignored[blank-is-not-false] because so",
        "# relight:",
    ],
)
def test_one_that_cannot_be_read_ignores_nothing(tmp_path: Path, comment: str) -> None:
    assert checked(tmp_path, commented(comment)) == ([BLANK, ("bad-ignore", 6)], 0)


def test_past_its_date_it_ignores_nothing_and_says_so(tmp_path: Path) -> None:
    comment = "# relight: ignore[blank-is-not-false] until 2026-11-30 because so"
    assert checked(tmp_path, commented(comment)) == ([BLANK, ("idle-ignore", 6)], 0)


@pytest.mark.parametrize("code", ["zero-weight", "blank-is-not-fals", "nonsense"])
def test_one_of_another_code_is_idle(tmp_path: Path, code: str) -> None:
    comment = f"# relight: ignore[{code}] because so"
    assert checked(tmp_path, commented(comment)) == ([BLANK, ("idle-ignore", 6)], 0)
    both = f"# relight: ignore[blank-is-not-false, {code}] because so"
    assert checked(tmp_path, commented(both)) == ([("idle-ignore", 6)], 1)


def test_an_error_is_never_ignored(tmp_path: Path) -> None:
    comment = "# relight: ignore[bad-duration] because so"
    text = commented("").replace("3 days", f"3 moons {comment}").replace("is_not: true", "is: true")
    assert checked(tmp_path, text) == ([("bad-duration", 7), ("idle-ignore", 7)], 0)


def test_beside_an_error_nobody_knows_what_is_idle(tmp_path: Path) -> None:
    """Of a broken playbook not everything is checked."""
    unused = "  spare: {type: boolean} # relight: ignore[unused-fact] because it is new\n"
    text = commented("").replace("dark:", f"{unused}dark:").replace("is_not: true", "is: true")
    assert checked(tmp_path, text) == ([], 1)
    assert checked(tmp_path, text.replace("3 days", "3 moons")) == ([("bad-duration", 8)], 0)


@pytest.mark.parametrize(
    "text",
    [
        '    because: "so # relight: ignore[x] because so"\n',
        "    because: so#relight:ignore[x] because so\n",
        "    because: |\n      # relight: ignore[x] because so\n",
        "    because: >-\n      so\n      # relight: ignore[x] because so\n",
        "    because: 'so\n      # relight: ignore[x] because so'\n",
    ],
)
def test_a_text_is_no_comment(tmp_path: Path, text: str) -> None:
    assert checked(tmp_path, commented("").replace("is_not: true", "is: true") + text) == ([], 0)


def test_a_comment_after_such_a_text_is_one(tmp_path: Path) -> None:
    fact = 'vip: {type: boolean, description: "a # relight: ignore[x]"}'
    spare = 'new: {type: text, description: "a # relight: ignore[x]"}'
    comment = "# relight: ignore[unused-fact] because it is new"
    text = commented("").replace("vip: {type: boolean}", f"{fact}\n  {spare} {comment}")
    assert checked(tmp_path, text.replace("is_not: true", "is: true")) == ([], 1)


def test_a_comment_in_a_file_that_is_extended_counts(tmp_path: Path) -> None:
    far = commented("# relight: ignore[blank-is-not-false] because so")
    near = "playbook: near\nextends: [far.yaml]\n"
    assert checked(tmp_path, near, far=far) == ([], 1)
    assert checked(tmp_path, near, far=commented(""))[1] == 0


def test_a_test_file_may_have_it_too(tmp_path: Path) -> None:
    case = """\
playbook: playbook.yaml
now: 2026-03-04T15:00:00Z
cases:
  their_answer_ends_the_silence:
    prospect: {silent_since: 10 days ago}
    touches: [{at: 1 day ago, direction: inbound}]COMMENT
    expect: {state: dark}
"""
    (tmp_path / "playbook.yaml").write_text(commented("").replace("is_not", "is"))
    path = tmp_path / "playbook.test.yaml"
    for comment, expected in (("", 0), (" # relight: ignore[row-not-counted] because so", 1)):
        path.write_text(case.replace("COMMENT", comment), encoding="utf-8")
        found = check_files([InputFile(path, str(path), explicit=True)], today=TODAY)
        assert [each.code for each in found.problems] == ["row-not-counted"] * (1 - expected)
        assert found.ignored == expected


def test_the_summary_counts_what_is_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = commented("# relight: ignore[blank-is-not-false] because every VIP is marked")
    Path("playbook.yaml").write_text(text, encoding="utf-8")
    found = relight("check", "--strict", "playbook.yaml")
    assert found.exit_code == 0
    assert found.stderr == "checked 1 file: no problems, 1 ignored\n"
    assert json.loads(relight("check", "-f", "json", "playbook.yaml").stdout)["problems"] == []
    Path("playbook.yaml").write_text(text.replace(" because every VIP is marked", ""))
    assert relight("check", "--strict", "playbook.yaml").exit_code == 1


def test_each_says_what_to_do(tmp_path: Path) -> None:
    def helps(comment: str) -> list[str | None]:
        path = tmp_path / "playbook.yaml"
        path.write_text(commented(comment), encoding="utf-8")
        found = check_files([InputFile(path, str(path), explicit=True)], today=TODAY).problems
        return [each.help for each in found if each.code != BLANK[0]]

    assert helps("# relight: ignore[blank-is-not-fals] because so") == [
        "did you mean `blank-is-not-false`?"
    ]
    assert helps("# relight: ignore[zero-weight] because so") == ["remove the comment"]
