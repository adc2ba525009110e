"""`relight init`: a folder in which everything works at once, and nothing is ever overwritten."""

from __future__ import annotations

import errno
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.language.load import load
from tests.support.small_playbook import NOW, relight

ROOT = Path(__file__).parents[2]
EXPECTED = {
    ".github/workflows/relight.yml",
    ".gitignore",
    ".pre-commit-config.yaml",
    ".relight/book.schema.json",
    ".relight/playbook.schema.json",
    ".relight/test.schema.json",
    ".vscode/extensions.json",
    ".vscode/settings.json",
    "README.md",
    "book/prospects.csv",
    "book/touches.csv",
    "rules/playbook.test.yaml",
    "rules/playbook.yaml",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert relight("init", "ours").exit_code == 0
    monkeypatch.chdir(tmp_path / "ours")
    return tmp_path / "ours"


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_it_writes_what_authors_editors_and_ci_need(folder: Path) -> None:
    assert files(folder) == EXPECTED


def test_it_says_what_it_wrote_and_what_to_do_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = relight("init", "ours").stdout
    assert all(name in said for name in EXPECTED)
    assert "cd ours\n" in said
    assert "relight check\n" in said


def test_the_name_of_the_folder_cannot_paint_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = relight("init", "o\x1b[31mu\nrs").stdout
    assert "files in o\\x1b[31mu\\nrs:\n" in said
    assert "cd o\\x1b[31mu\\nrs\n" in said


def test_the_folder_at_hand_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert relight("init").exit_code == 0
    assert files(tmp_path) == EXPECTED


def test_check_finds_nothing_not_even_warnings(folder: Path) -> None:
    result = relight("check", "--strict")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "checked 2 files: no problems\n"


def test_its_cases_pass(folder: Path) -> None:
    assert relight("test").exit_code == 0


@pytest.mark.slow
def test_its_book_gives_steps_reasons_and_a_message(folder: Path) -> None:
    answer = json.loads(relight("next", "--as-of", NOW, "--all", "-f", "json").stdout)
    assert answer["playbook"] == "our-team"
    assert answer["problems"] == []
    states = {one["id"]: one["state"] for one in answer["prospects"]}
    assert states == {"acme": "dark", "birch": "dark", "cedar": "dark", "dune": "our_turn"}
    steps = {one["id"]: one["next_steps"][0]["action"] for one in answer["prospects"]}
    assert steps["cedar"] == "talk_about_renewal"
    for id in states:
        assert relight("why", id, "--as-of", NOW).exit_code == 0
    assert relight("draft", "acme", "--as-of", NOW).exit_code == 0


@pytest.mark.slow
def test_its_playbook_merged_is_the_same_playbook(folder: Path) -> None:
    merged = folder / "merged.yaml"
    merged.write_text(relight("show", "--effective").stdout, encoding="utf-8")
    assert load(merged).playbook == load(folder / "rules" / "playbook.yaml").playbook


def test_its_tool_files_can_be_read(folder: Path) -> None:
    for name in ("settings.json", "extensions.json"):
        assert json.loads((folder / ".vscode" / name).read_text(encoding="utf-8"))
    schemas = json.loads((folder / ".vscode" / "settings.json").read_text())["yaml.schemas"]
    assert all((folder / name).is_file() for name in schemas)
    for name in (".pre-commit-config.yaml", ".github/workflows/relight.yml"):
        assert yaml.safe_load((folder / name).read_text(encoding="utf-8"))


def test_hooks_and_workflow_run_the_same_commands_whatever_has_changed(folder: Path) -> None:
    hooks = yaml.safe_load((folder / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    steps = yaml.safe_load((folder / ".github" / "workflows" / "relight.yml").read_text())
    own = [hook["entry"] for hook in hooks["repos"][0]["hooks"]]
    run = [step["run"] for step in steps["jobs"]["playbook"]["steps"] if "run" in step]
    assert own == [line for line in run if line.startswith("relight ")]
    assert own == ["relight check --strict rules", "relight test rules"]
    shared = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert [" ".join([hook["entry"], *hook["args"]]) for hook in shared] == own
    for hook in [*hooks["repos"][0]["hooks"], *shared]:
        # A filter by names or types would skip a template, and a file that is deleted.
        assert (hook["always_run"], hook["pass_filenames"]) == (True, False)
        assert not {"types", "types_or", "files", "exclude"} & set(hook)


def test_the_book_stays_out_of_git(folder: Path) -> None:
    assert "book/" in (folder / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_what_is_there_is_kept_and_the_rest_is_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "README.md").write_text("mine")
    (tmp_path / ".gitignore").write_text("*.pyc\n")
    (tmp_path / "notes.txt").write_text("mine")
    result = relight("init")
    assert result.exit_code == 0
    assert files(tmp_path) == EXPECTED | {"notes.txt"}
    assert (tmp_path / "README.md").read_text() == "mine"
    assert (tmp_path / ".gitignore").read_text() == "*.pyc\n"
    lines = result.stdout.splitlines()
    assert lines[0] == f"made {len(EXPECTED) - 2} files in .:"
    kept = lines.index("left as it was:")
    assert lines[kept + 1 : kept + 3] == ["  README.md", "  .gitignore"]
    assert "add `book/` to .gitignore" in result.stdout
    assert relight("check", "--strict").exit_code == relight("test").exit_code == 0


@pytest.mark.parametrize("line", ["book/", "/book", "book/*", "  book/  "])
def test_a_book_that_is_left_out_already_needs_no_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".gitignore").write_text(f"x\n{line}\n")
    assert "to .gitignore" not in relight("init").stdout


def test_nothing_is_added_to_rules_and_a_book_of_the_author_s_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("rules/ours.yaml", "book/prospects.csv"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("mine")
    (tmp_path / ".vscode").mkdir()
    assert relight("init").exit_code == 0
    own = {name for name in EXPECTED if not name.startswith(("rules/", "book/"))}
    assert files(tmp_path) == own | {"rules/ours.yaml", "book/prospects.csv"}


def test_where_nothing_is_left_to_add_nothing_is_done(folder: Path) -> None:
    (folder / "rules" / "playbook.yaml").write_text("mine")
    result = relight("init", ".")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "`rules/playbook.yaml`" in result.stderr
    assert (folder / "rules" / "playbook.yaml").read_text() == "mine"
    (folder / "README.md").unlink()
    assert relight("init", ".").stdout.startswith("made 1 file in .:\n  README.md\n")
    assert (folder / "rules" / "playbook.yaml").read_text() == "mine"


def test_a_file_in_the_way_of_a_folder_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules").write_text("mine")
    result = relight("init")
    assert result.exit_code == 2
    assert "`rules`" in result.stderr
    assert files(tmp_path) == {"rules"}


def test_a_place_where_nothing_can_be_written_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    assert relight("init", tmp_path / "file").exit_code == 2
    result = relight("init", tmp_path / ("long" * 100))
    assert result.exit_code == 2
    assert "cannot be written: file name too long" in result.stderr


def test_where_not_all_can_be_written_nothing_is_left_and_the_next_run_goes_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, *options: Any, **more: Any) -> Any:
        if (path.name, *options) == ("touches.csv", "xb"):
            raise OSError(errno.ENOSPC, "No space left on device")
        return opened(path, *options, **more)

    opened = Path.open
    monkeypatch.chdir(tmp_path)
    Path("notes").mkdir()
    Path("notes", "kept.txt").write_text("mine", encoding="utf-8")
    for folder in ("new/folder", "."):
        with monkeypatch.context() as patched:
            patched.setattr(Path, "open", full)
            result = relight("init", folder)
        assert result.exit_code == 2
        assert result.stderr == f"error: `{folder}` cannot be written: no space left on device\n"
        assert files(tmp_path) == {"notes/kept.txt"}
        assert [path.name for path in tmp_path.iterdir()] == ["notes"]
        assert relight("init", "whole").exit_code == 0
        shutil.rmtree("whole")
