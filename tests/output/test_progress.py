from __future__ import annotations

import io
import sys

import pytest

from engine.output.progress import LONG, tracked, wanted_for


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    found = Terminal()
    monkeypatch.setattr(sys, "stderr", found)
    monkeypatch.setenv("TERM", "xterm")
    return found


def test_long_work_shows_a_bar_on_a_terminal(terminal: Terminal) -> None:
    assert list(tracked(range(LONG), LONG, wanted_for(False))) == list(range(LONG))
    assert "Judging" in terminal.getvalue()


def test_short_work_shows_nothing(terminal: Terminal) -> None:
    assert list(tracked(range(3), 3, wanted_for(False))) == [0, 1, 2]
    assert terminal.getvalue() == ""


def test_nothing_is_shown_to_who_wants_quiet(terminal: Terminal) -> None:
    assert list(tracked(range(LONG), LONG, wanted_for(True))) == list(range(LONG))
    assert terminal.getvalue() == ""


def test_nothing_is_shown_anywhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = io.StringIO()
    monkeypatch.setattr(sys, "stderr", elsewhere)
    assert list(tracked(range(LONG), LONG, wanted_for(False))) == list(range(LONG))
    assert elsewhere.getvalue() == ""
