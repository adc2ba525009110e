"""`relight check`: every problem, its place, and an exit code a pipeline can rely on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.assurance.lint.run_checks import load_checked
from engine.language.load import LoadResult
from tests.support.small_playbook import PLAYBOOK, relight, small_folder, write

MISSPELT = """\
playbook: misspelt
facts:
  stage: {type: choice, choices: [demo]}
signals:
  quiet: {title: Quiet, when: {stag: demo}}
"""
SOUND = """\
playbook: sound
facts:
  stage: {type: choice, choices: [demo]}
dark:
  soon: {when: {stage: demo}, silent_for: 1 day}
"""
WARNED = SOUND.replace("dark:", "  unread: {type: boolean}\ndark:")
TEST_FILE = """\
playbook: relight.yaml
now: 2026-03-04T15:00:00Z
cases:
  one:
    prospect: {stagee: demo}
    expect: {state: untouched}
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_sound_playbook_is_fine(tmp_path: Path) -> None:
    write(tmp_path, sound_DOT_yaml=SOUND)
    result = relight("check", "sound.yaml")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "checked 1 file: no problems\n"


def test_an_error_is_shown_with_its_line_and_fails(tmp_path: Path) -> None:
    write(tmp_path, rules__a_DOT_yaml=MISSPELT)
    result = relight("check", "rules/a.yaml")
    assert result.exit_code == 1
    assert result.stdout == (
        "rules/a.yaml:5:32: error[unknown-fact]: unknown fact `stag`\n"
        "  5 |   quiet: {title: Quiet, when: {stag: demo}}\n"
        "    |                                ^^^^\n"
        "  help: did you mean `stage`?\n"
    )
    assert result.stderr == "checked 1 file: 1 error\n"


def test_json_is_the_contract_s(tmp_path: Path) -> None:
    write(tmp_path, rules__a_DOT_yaml=MISSPELT)
    result = relight("check", "rules", "-f", "json")
    assert result.exit_code == 1
    assert result.stderr == ""
    assert json.loads(result.stdout) == {
        "version": 1,
        "files": 1,
        "problems": [
            {
                "file": "rules/a.yaml",
                "line": 5,
                "column": 32,
                "end_line": 5,
                "end_column": 36,
                "severity": "error",
                "code": "unknown-fact",
                "message": "unknown fact `stag`",
                "help": "did you mean `stage`?",
            }
        ],
    }


def test_warnings_fail_only_when_strict(tmp_path: Path) -> None:
    write(tmp_path, a_DOT_yaml=WARNED)
    assert relight("check", "a.yaml").exit_code == 0
    result = relight("check", "--strict", "a.yaml")
    assert result.exit_code == 1
    assert "warning[unused-fact]" in result.stdout
    assert result.stderr == "checked 1 file: 1 warning\n"


def test_all_files_are_reported_in_one_run_and_in_order(tmp_path: Path) -> None:
    write(tmp_path, z_DOT_yaml=MISSPELT, a_DOT_yaml="playbook: [\n", m__b_DOT_yml="playbook: 3\n")
    problems = json.loads(relight("check", ".", "-f", "json").stdout)["problems"]
    assert [one["file"] for one in problems] == ["a.yaml", "m/b.yml", "z.yaml"]


def test_a_parent_that_two_files_extend_is_reported_once(tmp_path: Path) -> None:
    child = "playbook: child\nextends: [parent.yaml]\n"
    write(
        tmp_path,
        rules__parent_DOT_yaml=MISSPELT,
        rules__one_DOT_yaml=child,
        rules__two_DOT_yaml=child.replace("child", "other"),
    )
    answer = json.loads(relight("check", "./rules/", "-f", "json").stdout)
    assert answer["files"] == 3
    assert [one["file"] for one in answer["problems"]] == ["rules/parent.yaml"]


def test_two_playbooks_of_one_name_are_told_at_both_places(tmp_path: Path) -> None:
    write(tmp_path, rules__a_DOT_yaml=SOUND, rules__b_DOT_yaml=SOUND)
    (problem,) = json.loads(relight("check", "rules", "-f", "json").stdout)["problems"]
    assert (problem["code"], problem["severity"]) == ("repeated-playbook", "warning")
    assert (problem["file"], problem["line"]) == ("rules/b.yaml", 1)
    text = relight("check", "--strict", "rules")
    assert text.exit_code == 1
    assert "also: rules/a.yaml:1:11" in text.stdout
    # What one of them extends is no playbook of its own here, nor is the same file twice.
    write(tmp_path, rules__b_DOT_yaml="playbook: b\nextends: [a.yaml]\n")
    assert relight("check", "--strict", "rules", "rules/a.yaml").exit_code == 0


def test_a_playbook_s_own_errors_come_before_the_tests_that_cannot_use_it(tmp_path: Path) -> None:
    write(tmp_path, p_DOT_yaml=MISSPELT, p_DOT_test_DOT_yaml=TEST_FILE.replace("relight", "p"))
    said = relight("check", ".").stdout
    assert 0 < said.index("unknown-fact") < said.index("broken-playbook")


def test_what_an_off_leaves_without_effect_is_a_note_and_no_problem(tmp_path: Path) -> None:
    theirs = (
        "playbook: theirs\nfacts: {late: {type: boolean}}\ndark: {early: {silent_for: 3 days}}\n"
        "causes:\n  busy: {evidence: {late: {when: {late: true}, weight: 0.5}}}\n"
        "  gone: {evidence: {late: {when: {late: true}, weight: 0.4}}}\n"
        "  new: {evidence: {late: {when: {late: true}, weight: 0.4}}}\n"
        "actions:\n  wait: {kind: internal, when: {dark: true}, for: {busy: 1}}\n"
        "  ask: {kind: internal, when: {dark: true}, for: {gone: 1}}\n"
        "  greet: {kind: internal, when: {dark: true}, for: {new: 1}}\n"
    )
    ours = "playbook: ours\nextends: [theirs.yaml]\ncauses:\n  busy: off\nactions:\n  ask: off\n"
    write(tmp_path, theirs_DOT_yaml=theirs, ours_DOT_yaml=ours)
    result = relight("check", "--strict", "ours.yaml")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == (
        "ours.yaml:4:3: note: `causes.busy` is off, so these never fire: `actions.wait`\n"
        "theirs.yaml:6:3: note: no action addresses the cause `gone`\n"
        "checked 1 file: no problems\n"
    )
    assert relight("check", "-q", "ours.yaml").stderr == ""
    assert json.loads(relight("check", "ours.yaml", "-f", "json").stdout)["problems"] == []


def test_a_test_file_is_checked_as_one(tmp_path: Path) -> None:
    small_folder(tmp_path)
    write(tmp_path, relight_DOT_test_DOT_yaml=TEST_FILE)
    result = relight("check", "relight.test.yaml")
    assert result.exit_code == 1
    assert "relight.test.yaml:5:16: error[unknown-fact]: unknown fact `stagee`" in result.stdout


def test_books_in_a_folder_are_left_out_but_checked_when_named(tmp_path: Path) -> None:
    write(tmp_path, a_DOT_yaml=WARNED, b_DOT_yaml="prospects: [{id: acme}]\n")
    assert json.loads(relight("check", ".", "-f", "json").stdout)["files"] == 1
    assert relight("check", "b.yaml").exit_code == 0
    write(tmp_path, b_DOT_yaml="prospects: 3\n")
    assert relight("check", "b.yaml").exit_code == 1


def test_a_yaml_file_of_no_known_kind_is_no_playbook(tmp_path: Path) -> None:
    write(tmp_path, a_DOT_yaml="playbok: small\n")
    result = relight("check", ".")
    assert result.exit_code == 1
    assert "playbok" in result.stdout


def test_rules_is_searched_where_nothing_is_named_else_this_folder(tmp_path: Path) -> None:
    write(tmp_path, a_DOT_yaml=MISSPELT)
    assert relight("check").exit_code == 1
    write(tmp_path, rules__b_DOT_yaml=WARNED)
    assert relight("check").stderr == "checked 1 file: 1 warning\n"


def test_hidden_files_and_folders_are_left_out(tmp_path: Path) -> None:
    write(
        tmp_path,
        a_DOT_yaml=WARNED,
        _DOT_hooks_DOT_yaml=MISSPELT,
        _DOT_github__b_DOT_yaml=MISSPELT,
    )
    assert json.loads(relight("check", ".", "-f", "json").stdout)["files"] == 1


@pytest.mark.parametrize("paths", [["."], ["."] * 2, ["empty"]])
def test_finding_nothing_is_wrong_usage(tmp_path: Path, paths: list[str]) -> None:
    write(tmp_path, notes_DOT_txt="nothing", empty__more_DOT_txt="nothing")
    result = relight("check", *paths)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"error: no *.yaml or *.yml file in the folder `{paths[0]}`\n"


def test_one_empty_folder_among_others_is_wrong_usage_too(tmp_path: Path) -> None:
    write(tmp_path, rules__a_DOT_yaml=WARNED, empty__more_DOT_txt="nothing")
    assert relight("check", "rules", "empty").exit_code == 2


@pytest.mark.parametrize("format", ["text", "json"])
def test_a_file_that_is_not_there_cannot_be_read(tmp_path: Path, format: str) -> None:
    small_folder(tmp_path)
    result = relight("check", "relight.yaml", "nowhere.yaml", "-f", format)
    assert result.exit_code == 3
    assert "there is no file `nowhere.yaml`" in result.stdout


def test_a_folder_called_like_a_playbook_does_not_stop_the_others(tmp_path: Path) -> None:
    write(tmp_path, odd_DOT_yaml__a_DOT_yaml=WARNED)
    assert json.loads(relight("check", ".", "-f", "json").stdout)["files"] == 1


def test_a_file_named_twice_is_checked_once(tmp_path: Path) -> None:
    write(tmp_path, a_DOT_yaml=MISSPELT)
    answer = json.loads(relight("check", "a.yaml", "./a.yaml", ".", "-f", "json").stdout)
    assert (answer["files"], len(answer["problems"])) == (1, 1)


def test_json_can_go_to_a_file(tmp_path: Path) -> None:
    write(tmp_path, a_DOT_yaml=MISSPELT)
    result = relight("check", "a.yaml", "-f", "json", "-o", "found.json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert json.loads((tmp_path / "found.json").read_text())["files"] == 1


def test_quiet_leaves_the_problems_and_drops_the_rest(tmp_path: Path) -> None:
    write(tmp_path, a_DOT_yaml=MISSPELT)
    result = relight("check", "-q", "a.yaml")
    assert result.stderr == ""
    assert "unknown-fact" in result.stdout


def test_what_an_author_wrote_cannot_paint_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "\x1b[31m.yaml").write_text(PLAYBOOK.replace("demo,", '"\\e[2J",'))
    assert "\x1b" not in relight("check", ".").output


def test_a_fault_in_one_file_hides_no_problem_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load_one(path: Path, name: str) -> LoadResult:
        if name == "b.yaml":
            raise RuntimeError("broken")
        return load_checked(path, name)

    monkeypatch.setattr("engine.assurance.check_file.load_checked", load_one)
    write(tmp_path, a_DOT_yaml=MISSPELT, b_DOT_yaml=SOUND, c_DOT_yaml=MISSPELT)
    result = relight("check", ".")
    assert result.exit_code == 70
    assert [line for line in result.stdout.splitlines() if "unknown-fact" in line] == [
        "a.yaml:5:32: error[unknown-fact]: unknown fact `stag`",
        "c.yaml:5:32: error[unknown-fact]: unknown fact `stag`",
    ]
    assert "error: unexpected fault" in result.stderr
    assert "RuntimeError: broken" in result.stderr
    assert "`b.yaml`" in result.stderr


@pytest.fixture
def secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file outside of the git repository that is the current folder."""
    path = tmp_path / "secret.json"
    path.write_text('{"auths": {"token": "c2VjcmV0"}}\nplaybook: x\n', encoding="utf-8")
    here = tmp_path / "repository"
    (here / "rules").mkdir(parents=True)
    (here / ".git").mkdir()
    (here / "rules" / "sound.yaml").write_text(SOUND, encoding="utf-8")
    monkeypatch.chdir(here)
    return path


@pytest.mark.parametrize("name", ["zz.yaml", "zz.test.yaml", "traceability.yaml"])
@pytest.mark.parametrize("asked", ["rules", "rules/{}"])
def test_a_link_out_of_the_repository_is_not_read(secret: Path, name: str, asked: str) -> None:
    Path("rules", name).symlink_to(secret)
    for command in ("check", "test"):
        result = relight(command, asked.format(name), *["rules/sound.yaml"] * ("{" in asked))
        assert result.exit_code in ((1, 3) if command == "check" else (1, 2, 3))
        assert "c2VjcmV0" not in result.output
    result = relight("check", "rules", "--format", "json")
    (problem,) = json.loads(result.stdout)["problems"]
    assert (problem["file"], problem["code"]) == (f"rules/{name}", "unreadable-file")
    assert problem["message"] == f"`rules/{name}` is a link that leads out of the git repository"


def test_a_playbook_that_is_a_link_out_of_the_repository_is_not_read(secret: Path) -> None:
    Path("rules", "zz.yaml").symlink_to(secret)
    result = relight("show", "-p", "rules/zz.yaml")
    assert result.exit_code == 3
    assert "leads out of the git repository" in result.stderr
    assert "c2VjcmV0" not in result.output


def test_a_result_is_not_written_through_a_link_out_of_the_repository(secret: Path) -> None:
    before = secret.read_text(encoding="utf-8")
    Path("page.md").symlink_to(secret)
    result = relight("doc", "-p", "rules/sound.yaml", "-o", "page.md")
    assert result.exit_code == 2
    assert result.stderr == "error: `page.md` is a link that leads out of the git repository\n"
    assert secret.read_text(encoding="utf-8") == before


def test_a_link_within_the_repository_is_followed(secret: Path) -> None:
    Path("rules", "zz.yaml").symlink_to("sound.yaml")
    Path("there.md").write_text("old", encoding="utf-8")
    Path("page.md").symlink_to("there.md")
    assert relight("check", "rules/zz.yaml").exit_code == 0
    assert relight("doc", "-p", "rules/zz.yaml", "-o", "page.md").exit_code == 0
    assert Path("page.md").is_symlink()
    assert Path("there.md").read_text(encoding="utf-8").startswith("# ")


BOOK = {
    "book__prospects_DOT_csv": "id,Stage,amount,Mood\nacme,proposal,10,good\nbirch,Demo,n/a,\n",
    "book__touches_DOT_csv": (
        "prospect_id,at,direction,channel\n"
        "acme,2026-03-01T09:00:00Z,out,email\n"
        "birch,2026-03-02T09:00:00Z,inbound,email\n"
    ),
}


def test_a_book_is_profiled(tmp_path: Path) -> None:
    write(tmp_path, **BOOK)
    result = relight("check", "book", "-p", "gone-dark", "--as-of", "2026-03-04T15:00:00Z")
    assert result.exit_code == 1  # `n/a` is no amount
    lines = result.stdout.splitlines()
    assert lines[0] == "prospects.csv  2 rows"
    assert [line.split() for line in lines[1:4]] == [
        ["column", "in", "the", "file", "type", "filled", "unreadable"],
        ["stage", "Stage", "choice", "100%"],
        ["amount", "number", "100%", "1", "(50%)"],
    ]
    assert "  not read: `Mood`" in lines
    assert "  direction: reads `out` as outbound" in lines
    assert "Not in the book: contacts, events" in lines
    assert result.stderr == "checked the book: 1 problem in 1 column\n"


def test_a_book_is_profiled_as_json(tmp_path: Path) -> None:
    write(tmp_path, **BOOK)
    result = relight("check", "book", "-p", "gone-dark", "-f", "json", "--as-of", "2026-03-04")
    found = json.loads(result.stdout)
    assert (found["version"], found["files"], found["problems"]) == (1, 1, [])
    profile = found["profile"]
    assert [table["table"] for table in profile["tables"]] == ["prospects", "touches"]
    assert profile["tables"][0]["columns"][1]["words"][0]["rows"] == 1
    assert profile["problems"][-1]["column"] == "amount"
    assert "proposal_sent_at" in profile["facts_without_column"]


def test_a_book_that_is_mostly_unreadable_is_profiled_and_refused(tmp_path: Path) -> None:
    touches = "prospect_id,at,direction,channel\nacme,soon,out,email\nbirch,later,out,email\n"
    write(tmp_path, **BOOK | {"book__touches_DOT_csv": touches})
    result = relight("check", "book", "-p", "gone-dark")
    assert result.exit_code == 3
    assert result.stdout.startswith("prospects.csv  2 rows")
    assert "2 of 2 rows of `touches.csv` cannot be read" in result.stderr
    assert "unless `--lenient` is given" in result.stderr


@pytest.mark.parametrize("arguments", [("book", "a.yaml"), ("a.yaml", "book")])
def test_a_book_is_checked_by_itself(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    write(tmp_path, a_DOT_yaml=SOUND, **BOOK)
    result = relight("check", *arguments)
    assert result.exit_code == 2
    assert "check a book by itself: `relight check book`" in result.stderr


def test_a_playbook_is_not_named_twice(tmp_path: Path) -> None:
    write(tmp_path, a_DOT_yaml=SOUND)
    result = relight("check", "a.yaml", "-p", "gone-dark")
    assert result.exit_code == 2
    assert "are for a book" in result.stderr


def test_a_book_in_yaml_is_checked_as_text_and_profiled(tmp_path: Path) -> None:
    write(tmp_path, book_DOT_yaml="prospects: [{id: acme, stage: proposal}]\n")
    result = relight("check", "book.yaml", "-p", "gone-dark")
    assert result.exit_code == 0, result.output
    assert "stage" in result.stdout
    write(tmp_path, book_DOT_yaml="prospects: [{id: [acme]}]\n")
    result = relight("check", "book.yaml", "-p", "gone-dark")
    assert result.exit_code == 1
    assert "book.yaml:1:" in result.stdout
