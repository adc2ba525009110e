from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from engine.language.files.atomic_write import Unwritable, atomic_write

ROOT = Path(__file__).parents[3]


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "it.csv"
    path.write_text("old", encoding="utf-8")
    return path


def files_beside(path: Path) -> dict[str, str]:
    return {each.name: each.read_text("utf-8") for each in path.parent.iterdir()}


def test_the_file_takes_its_place_when_it_is_whole(target: Path) -> None:
    with atomic_write(target) as made:
        made.write_text("new", encoding="utf-8")
        (made.parent / "scratch").write_text("x", encoding="utf-8")
        assert target.read_text("utf-8") == "old"
        assert made.parent.stat().st_mode & 0o777 == 0o700
        assert made.parent.parent == target.parent
        assert made.suffix == ".csv"
    assert files_beside(target) == {"it.csv": "new"}


def write_and_fail(target: Path, error: Exception) -> None:
    with atomic_write(target) as made:
        made.write_text("ne", encoding="utf-8")
        raise error


def test_work_that_fails_leaves_the_old_file_and_nothing_else(target: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        write_and_fail(target, ZeroDivisionError())
    assert files_beside(target) == {"it.csv": "old"}


def test_work_that_makes_no_file_leaves_the_old_one(target: Path) -> None:
    with atomic_write(target):
        pass
    assert files_beside(target) == {"it.csv": "old"}


def test_a_full_disk_is_told_in_one_sentence_and_leaves_the_old_file(target: Path) -> None:
    with pytest.raises(Unwritable, match=r"^`.*it\.csv` cannot be written: no space left"):
        write_and_fail(target, OSError(28, "No space left on device"))
    assert files_beside(target) == {"it.csv": "old"}


def test_the_mode_is_kept_and_a_new_file_is_as_the_umask_says(target: Path) -> None:
    target.chmod(0o604)
    new = target.with_name("new.csv")
    before = os.umask(0o027)
    try:
        for path in (target, new):
            with atomic_write(path) as made:
                made.write_text("new", encoding="utf-8")
    finally:
        os.umask(before)
    assert [path.stat().st_mode & 0o777 for path in (target, new)] == [0o604, 0o640]


@pytest.mark.parametrize("there", [True, False], ids=["to a file", "to nothing"])
def test_a_link_is_followed_and_stays_a_link(target: Path, there: bool) -> None:
    if not there:
        target.unlink()
    link = target.with_name("link.csv")
    link.symlink_to(target)
    with atomic_write(link) as made:
        made.write_text("new", encoding="utf-8")
    assert link.is_symlink()
    assert target.read_text("utf-8") == "new"


def test_a_loop_of_links_a_folder_and_a_missing_folder_are_unwritable(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    for path in (loop, tmp_path, tmp_path / "nowhere" / "it.csv"):
        with pytest.raises(Unwritable, match="cannot be written"), atomic_write(path) as made:
            made.write_text("new", encoding="utf-8")
    assert list(tmp_path.iterdir()) == [loop]


def test_a_pipe_is_written_to_as_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    found: list[str] = []
    reader = threading.Thread(target=lambda: found.append(pipe.read_text("utf-8")), daemon=True)
    reader.start()
    with atomic_write(pipe) as made:
        made.write_text("all of it", encoding="utf-8")
    reader.join(10)
    assert found == ["all of it"]
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "log"])
def test_what_the_program_has_open_is_written_to_as_it_is(tmp_path: Path, name: str) -> None:
    log = tmp_path / "log"
    script = (
        "import sys\nfrom pathlib import Path\n"
        "from engine.language.files.atomic_write import atomic_write\n"
        "print('one')\nwith atomic_write(Path(sys.argv[1])) as made: made.write_text('two\\n')\n"
        "print('three')\n"
    )
    with log.open("w") as out:
        out.write("before\n")
        out.flush()
        command = [sys.executable, "-c", script, str(log) if name == "log" else name]
        subprocess.run(command, check=True, stdout=out, cwd=ROOT)
        out.write("after\n")
    assert log.read_text("utf-8").split() == ["before", "one", "two", "three", "after"]
    assert list(tmp_path.iterdir()) == [log]


@pytest.mark.parametrize("name", ["x" * 251 + ".csv", "\u00e9" * 125 + ".csv", "x." + "y" * 253])
def test_a_name_may_be_as_long_as_the_system_allows(tmp_path: Path, name: str) -> None:
    with atomic_write(tmp_path / name) as made:
        made.write_text("new", encoding="utf-8")
    assert files_beside(tmp_path / name) == {name: "new"}


def test_a_signal_while_the_folder_is_removed_leaves_nothing(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def remove(folder: str, **options: bool) -> None:
        monkeypatch.undo()
        raise KeyboardInterrupt

    monkeypatch.setattr("shutil.rmtree", remove)
    with pytest.raises(KeyboardInterrupt), atomic_write(target) as made:
        made.write_text("new", encoding="utf-8")
    assert files_beside(target) == {"it.csv": "new"}


def test_another_thread_may_write(target: Path) -> None:
    def write() -> None:
        with atomic_write(target) as made:
            made.write_text("new", encoding="utf-8")

    thread = threading.Thread(target=write)
    thread.start()
    thread.join(10)
    assert files_beside(target) == {"it.csv": "new"}
