from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.commands.process.write import Unwritable, write_result


def test_a_file_is_replaced_and_keeps_who_may_read_it(tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    target.write_text("before")
    target.chmod(0o640)
    write_result("after", target)
    assert target.read_text() == "after"
    assert target.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [target]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "out.txt", tmp_path / "link.txt"
    target.write_text("before")
    link.symlink_to(target)
    write_result("after", link)
    assert link.is_symlink()
    assert target.read_text() == "after"


def test_a_new_file_is_as_the_umask_says(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_result("text", tmp_path / "out.txt")
    finally:
        os.umask(before)
    assert (tmp_path / "out.txt").stat().st_mode & 0o777 == 0o640


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


def test_a_pipe_is_written_to_as_it_is() -> None:
    write_result("text", Path(os.devnull))
    assert not Path(os.devnull).is_file()


def test_a_link_that_leads_to_itself_cannot_be_written(tmp_path: Path) -> None:
    link = tmp_path / "link.txt"
    link.symlink_to(link)
    with pytest.raises(Unwritable, match=r"link\.txt` cannot be written: "):
        write_result("text", link)


def test_a_part_that_somebody_else_writes_is_left_to_them(tmp_path: Path) -> None:
    theirs = tmp_path / f".out.txt.{os.getpid()}.part"
    theirs.write_text("theirs")
    with pytest.raises(Unwritable, match="cannot be written: file exists"):
        write_result("ours", tmp_path / "out.txt")
    assert theirs.read_text() == "theirs"
    assert list(tmp_path.iterdir()) == [theirs]


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
