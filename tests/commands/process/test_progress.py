from __future__ import annotations

import io
import sys

import pytest

from engine.commands.process.progress import LONG, progress_enabled, with_progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def seen(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, items: int, quiet: bool) -> str:
    """What ``stream``, standing in for standard error, gets while so many items are gone through.

    It is set here and not in a fixture: between set-up and call pytest puts its own in its place.
    """
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    assert list(with_progress(range(items), items, progress_enabled(quiet))) == list(range(items))
    return stream.getvalue()


def test_long_work_shows_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Evaluating" in seen(monkeypatch, Terminal(), LONG, quiet=False)


def test_short_work_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert seen(monkeypatch, Terminal(), LONG - 1, quiet=False) == ""


def test_nothing_is_shown_to_who_wants_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    assert seen(monkeypatch, Terminal(), LONG, quiet=True) == ""


def test_nothing_is_shown_anywhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    assert seen(monkeypatch, io.StringIO(), LONG, quiet=False) == ""
