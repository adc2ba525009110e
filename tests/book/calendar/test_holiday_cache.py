"""Lists of holidays are kept on disk in a folder of one's own; nothing depends on it."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from engine.book.calendar.holiday_cache import cached

DAYS = [date(2026, 1, 1), date(2026, 12, 25)]


def never() -> list[date]:
    pytest.fail("the list is kept")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    own = tmp_path / "kept"
    own.mkdir(mode=0o700)
    monkeypatch.setenv("RELIGHT_CACHE", str(own))
    return own


def test_a_list_is_found_again_under_its_name_only(folder: Path) -> None:
    assert cached("US-2020", lambda: DAYS, date.fromisoformat) == DAYS
    assert cached("US-2020", never, date.fromisoformat) == DAYS
    assert cached("US-2030", lambda: DAYS[1:], date.fromisoformat) == DAYS[1:]


def test_another_version_of_the_library_has_lists_of_its_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached("US-2020", lambda: DAYS, date.fromisoformat)
    (file,) = folder.iterdir()
    assert file.name.startswith("holidays-")
    monkeypatch.setattr("engine.book.calendar.holiday_cache._version", lambda: "holidays-0.1")
    assert cached("US-2020", lambda: DAYS[:1], date.fromisoformat) == DAYS[:1]


def test_a_library_whose_version_is_not_known_is_asked_each_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.book.calendar.holiday_cache._version", lambda: None)
    assert cached("US-2020", lambda: DAYS, date.fromisoformat) == DAYS
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [b"", b'["2026-01-01"', b'["2026-13-45"]', b"[1]", b"null", b"3", b'{"a": 1}', b"\xff\xfe"],
)
def test_a_damaged_file_is_written_anew(folder: Path, content: bytes) -> None:
    cached("US-2020", lambda: DAYS, date.fromisoformat)
    (file,) = folder.iterdir()
    file.write_bytes(content)
    assert cached("US-2020", lambda: DAYS, date.fromisoformat) == DAYS
    assert cached("US-2020", never, date.fromisoformat) == DAYS


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_a_folder_others_can_write_to_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    monkeypatch.setenv("RELIGHT_CACHE", str(shared))
    assert cached("US-2020", lambda: DAYS, date.fromisoformat) == DAYS
    assert list(shared.iterdir()) == []


def test_a_folder_that_cannot_be_written_to_is_done_without(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("tempfile.mkdtemp", read_only)
    assert cached("US-2020", lambda: DAYS, date.fromisoformat) == DAYS
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("place", ["off", "/dev/null/cache"])
def test_there_may_be_no_folder_at_all(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELIGHT_CACHE", place)
    assert cached("US-2020", lambda: DAYS, date.fromisoformat) == DAYS
