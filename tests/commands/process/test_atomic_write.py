from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from engine.commands.process.atomic_write import check_target, ended_by_signals, staged_file
from engine.commands.process.write import Unwritable


def test_the_file_takes_its_place_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "it.csv"
    target.write_text("old", encoding="utf-8")
    with staged_file(target) as shop:
        shop.made.write_text("new", encoding="utf-8")
        assert target.read_text(encoding="utf-8") == "old"
        assert shop.folder.stat().st_mode & 0o777 == 0o700
        shop.deliver()
    assert [(path.name, path.read_text("utf-8")) for path in tmp_path.iterdir()] == [
        ("it.csv", "new")
    ]


def failing(target: Path) -> None:
    with staged_file(target) as shop:
        shop.made.write_text("new", encoding="utf-8")
        raise ZeroDivisionError


def test_work_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "it.csv"
    target.write_text("old", encoding="utf-8")
    with pytest.raises(ZeroDivisionError):
        failing(target)
    assert [(path.name, path.read_text("utf-8")) for path in tmp_path.iterdir()] == [
        ("it.csv", "old")
    ]


def test_sigterm_ends_the_work_as_ctrl_c_does(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), staged_file(tmp_path / "it.csv"):
        signal.raise_signal(signal.SIGTERM)
    assert list(tmp_path.iterdir()) == []
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_signal_while_duckdb_works_for_the_main_thread_is_an_interruption() -> None:
    with pytest.raises(KeyboardInterrupt), ended_by_signals():
        raise RuntimeError("Query interrupted")


def test_other_errors_stay_what_they_are() -> None:
    with pytest.raises(RuntimeError, match="something else"), ended_by_signals():
        raise RuntimeError("something else")


def test_a_pipe_is_written_to_as_it_is(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    found: list[str] = []
    reader = threading.Thread(target=lambda: found.append(pipe.read_text("utf-8")), daemon=True)
    reader.start()
    with staged_file(pipe) as shop:
        shop.made.write_text("all of it", encoding="utf-8")
        shop.deliver()
    reader.join(10)
    assert found == ["all of it"]
    assert pipe.is_fifo()


def test_what_can_be_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unwritable, match="is a folder"):
        check_target(tmp_path)
    with pytest.raises(Unwritable, match="there is no folder"):
        check_target(tmp_path / "nowhere" / "it.csv")
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(Unwritable):
        check_target(loop)
