"""Format the list of problem codes that `explain` prints."""

from __future__ import annotations

from collections.abc import Mapping

from engine.reports.terminal.style import Style
from engine.reports.terminal.table import TextColumn, columns_text


def code_list(pages: Mapping[str, str], style: Style) -> str:
    """Lay out a line for each code: the code and the first sentence of its page."""
    meanings = [_first_sentence(page) for page in pages.values()]
    columns = [
        TextColumn("code", list(pages)),
        TextColumn("what it means", meanings, min_width=20),
    ]
    return columns_text(columns, style)


def _first_sentence(page: str) -> str:
    """Return the first sentence below the headings of a page in Markdown."""
    lines = [line.strip() for line in page.splitlines()]
    words = (line for line in lines if line and not line.startswith(("#", "Severity:")))
    return next(words, "").partition(". ")[0].removesuffix(".")
