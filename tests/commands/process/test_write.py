from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.commands.process.write import check_target, write_result
from engine.language.files.atomic_write import Unwritable
from tests.support.small_playbook import relight, small_folder


def test_where_writing_fails_the_old_file_stays_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out.txt"
    target.write_text("before")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(Unwritable, match="cannot be written: no space left on device"):
        write_result("after", target)
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


def test_a_device_is_written_to_as_it_is() -> None:
    write_result("text", Path(os.devnull))
    assert not Path(os.devnull).is_file()


def test_a_result_is_not_mixed_with_what_somebody_else_writes(tmp_path: Path) -> None:
    theirs = tmp_path / f".out.txt.{os.getpid()}.part"
    theirs.write_text("theirs")
    write_result("ours", tmp_path / "out.txt")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        theirs.name: "theirs",
        "out.txt": "ours",
    }


def test_a_target_that_can_be_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unwritable, match="is a folder"):
        check_target(tmp_path)
    with pytest.raises(Unwritable, match="there is no folder"):
        check_target(tmp_path / "nowhere" / "it.csv")
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(Unwritable):
        check_target(loop)


@pytest.mark.parametrize("plain_utf8", [True, False])
def test_standard_output_that_is_full_or_closed_is_said(
    monkeypatch: pytest.MonkeyPatch, plain_utf8: bool
) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr("sys.stdout", full)
        with pytest.raises(Unwritable, match=r"^standard output cannot be written: no space left"):
            write_result("text", None, plain_utf8)
    for closed in (full, None):
        monkeypatch.setattr("sys.stdout", closed)
        with pytest.raises(Unwritable, match=r"^standard output cannot be written: it is closed$"):
            write_result("text", None, plain_utf8)


@pytest.mark.parametrize(
    "arguments",
    [
        "next -f csv -o book/prospects.csv",
        "next -f json -o book/touches.csv",
        "why acme -o link.csv",
        "doc -o relight.yaml",
        "doc -p upper.yaml -o relight.yaml",
        "show --effective -o relight.yaml",
        "sql -o relight.yaml",
        "check -o relight.yaml",
        "check relight.yaml -o ./relight.yaml",
        "test -o relight.test.yaml",
        "test relight.test.yaml -o relight.yaml",
        "draft acme write --anyway -o write.md.j2",
        "score -o relight.yaml -f csv",
    ],
)
def test_no_result_replaces_what_the_command_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: str
) -> None:
    monkeypatch.chdir(small_folder(tmp_path))
    Path("upper.yaml").write_text("playbook: upper\nextends: [relight]\n", encoding="utf-8")
    Path("relight.test.yaml").write_text(
        "playbook: relight.yaml\nnow: 2026-03-04T15:00:00Z\n"
        "cases: {one: {expect: {state: untouched}}}\n",
        encoding="utf-8",
    )
    Path("link.csv").symlink_to("book/prospects.csv")
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    result = relight(*arguments.split())
    assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before
    assert result.exit_code == 2
    assert result.stderr.endswith(": name another file\n")
