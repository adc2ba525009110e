"""Answers kept on disk are found by what they follow from, and only from one's own folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.language.kept import keep, key_of, recall


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    own = tmp_path / "kept"
    own.mkdir(mode=0o700)
    monkeypatch.setenv("RELIGHT_CACHE", str(own))
    return own


def test_an_answer_is_found_again_under_its_key_only(folder: Path) -> None:
    keep(key_of("a", "bc"), "answer")
    assert recall(key_of("a", "bc")) == "answer"
    assert recall(key_of("ab", "c")) is None


def test_an_answer_that_was_tampered_with_is_none(folder: Path) -> None:
    key = key_of("a")
    keep(key, "answer")
    (folder / key).write_text("x\nother", encoding="utf-8")
    assert recall(key) is None


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_a_folder_others_can_write_to_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    monkeypatch.setenv("RELIGHT_CACHE", str(shared))
    keep(key_of("a"), "answer")
    assert recall(key_of("a")) is None
    assert list(shared.iterdir()) == []


def test_nothing_is_kept_where_that_is_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELIGHT_CACHE", "off")
    keep(key_of("a"), "answer")
    assert recall(key_of("a")) is None


def test_files_of_others_are_left_alone_when_old_answers_go(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.language.kept.MOST", 2)
    (folder / "letter.txt").write_text("mine", encoding="utf-8")
    for number in range(5):
        keep(key_of(str(number)), "answer")
    names = {file.name for file in folder.iterdir()}
    assert "letter.txt" in names
    assert len(names) == 3
    assert recall(key_of("4")) == "answer"
