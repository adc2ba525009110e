"""Format what `show` prints, for people and for programs."""

from __future__ import annotations

from typing import assert_never

from engine.language.load import LoadResult
from engine.reports.playbook.entry_page import PlaybookEntry, entry_json, entry_text
from engine.reports.playbook.ideas_page import Ideas, ideas_json, ideas_text
from engine.reports.playbook.overview import (
    PlaybookSection,
    overview_json,
    overview_text,
    section_json,
    section_text,
)
from engine.reports.terminal.style import Style

PageContent = LoadResult | PlaybookSection | PlaybookEntry | Ideas
"""A whole playbook, a section or an entry of it, or ideas of its sources."""


def show_text(shown: PageContent, style: Style, _verbose: bool) -> str:
    """Format the result of `show` for people.

    Args:
        shown: The playbook, a part of it, or ideas.
        style: The layout of the output.
        _verbose: Has no effect; every text format takes it.
    """
    match shown:
        case LoadResult():
            return overview_text(shown, style)
        case PlaybookSection():
            return section_text(shown, style)
        case PlaybookEntry():
            return entry_text(shown, style)
        case Ideas():
            return ideas_text(shown, style)
        case _:
            assert_never(shown)


def show_json(shown: PageContent) -> str:
    """Format ``shown`` as JSON."""
    match shown:
        case LoadResult():
            return overview_json(shown)
        case PlaybookSection():
            return section_json(shown)
        case PlaybookEntry():
            return entry_json(shown)
        case Ideas():
            return ideas_json(shown)
        case _:
            assert_never(shown)
