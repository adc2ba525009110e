"""Lay out a page of indented items, whose long lines wrap under their own start, with rich."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.reports.escape import printable
from engine.reports.terminal.style import Style

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

Part = str | tuple[str, str]
"""Text, or text and one of rich's styles."""


@dataclass
class Page:
    """A list of items that is rendered for one style. All text may come from data."""

    style: Style
    items: list[RenderableType] = field(default_factory=list)

    def heading(self, title: str) -> None:
        """Add a heading, after an empty line unless it is the first."""
        if self.items:
            self.gap()
        self.items.append(styled_text((title, "bold")))

    def gap(self) -> None:
        """Add an empty line."""
        self.items.append("")

    def line(self, *parts: Part, indent: int = 0) -> None:
        """Add one line, wrapped under its start."""
        self.item("", *parts, indent=indent)

    def item(self, lead: str, *parts: Part, indent: int = 0) -> None:
        """Add ``parts`` after a ``lead`` such as a tick, wrapped beside it."""
        from rich.padding import Padding
        from rich.table import Table

        grid = Table.grid(padding=(0, 1, 0, 0))
        if lead:
            grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        text = styled_text(*parts)
        grid.add_row(*([styled_text(lead)] if lead else []), text)
        self.items.append(Padding(grid, (0, 0, 0, indent)))

    def text(self) -> str:
        """Render the page."""
        return self.style.render(self.items)


def styled_text(*parts: Part) -> Text:
    """Join the parts as rich's text, safe to print and without markup."""
    from rich.text import Text

    whole = Text()
    for part in parts:
        words, style = part if isinstance(part, tuple) else (part, "")
        whole.append(printable(words), style)
    return whole
