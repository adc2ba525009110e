"""A page of indented items whose long lines wrap under themselves, laid out by rich."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.reports.terminal.escape import printable
from engine.reports.terminal.style import Style

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

Part = str | tuple[str, str]
"""Text, or text with a style of rich's."""


@dataclass
class Page:
    """Collects items and renders them for one style. All text may come from data."""

    style: Style
    items: list[RenderableType] = field(default_factory=list)

    def heading(self, title: str) -> None:
        """A heading, an empty line before it unless it is the first."""
        if self.items:
            self.gap()
        self.items.append(inked((title, "bold")))

    def gap(self) -> None:
        """An empty line."""
        self.items.append("")

    def line(self, *parts: Part, indent: int = 0) -> None:
        """One line; where it wraps, it goes on two columns further in."""
        self.item("", *parts, indent=indent)

    def item(self, lead: str, *parts: Part, indent: int = 0) -> None:
        """``parts`` after a ``lead`` such as a tick, wrapped beside it."""
        from rich.padding import Padding
        from rich.table import Table

        grid = Table.grid(padding=(0, 1, 0, 0))
        if lead:
            grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        text = inked(*parts)
        grid.add_row(*([inked(lead)] if lead else []), text)
        self.items.append(Padding(grid, (0, 0, 0, indent)))

    def text(self) -> str:
        """The page as it is printed."""
        return self.style.render(self.items)


def inked(*parts: Part) -> Text:
    """The parts after one another as rich's text, safe to print, without any markup."""
    from rich.text import Text

    whole = Text()
    for part in parts:
        words, style = part if isinstance(part, tuple) else (part, "")
        whole.append(printable(words), style)
    return whole
