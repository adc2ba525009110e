"""How text is laid out for whoever reads it: how wide, in colour or not, with which marks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from engine.reports.terminal.escape import printable

if TYPE_CHECKING:
    from rich.console import RenderableType

PIPE_WIDTH = 80
"""Columns where nobody says how wide the page is."""


@dataclass(frozen=True, slots=True)
class Style:
    """``width`` in columns; ``terminal``: a person looks at it now; ``marks``: ✓ can be shown."""

    width: int = PIPE_WIDTH
    color: bool = False
    terminal: bool = False
    marks: bool = True

    def apply(self, text: str, style: str) -> str:
        """``text``, which is safe to print, in a style of rich's such as `bold red`."""
        if not self.color or not text:
            return text
        from rich.color import ColorSystem
        from rich.style import Style

        return Style.parse(style).render(text, color_system=ColorSystem.STANDARD)

    def tick(self, truth: bool | None) -> str:
        """A tick for true, a cross for false, a question mark for unknown."""
        if truth is None:
            return "?"
        if self.marks:
            return "✓" if truth else "✗"
        return "+" if truth else "x"

    def render(self, renderables: Iterable[RenderableType]) -> str:
        """What rich makes of ``renderables``, as text without spaces at the ends of lines."""
        import io

        from rich.console import Console

        console = Console(
            file=io.StringIO(),
            width=self.width,
            force_terminal=self.color,
            no_color=not self.color,
            color_system="standard" if self.color else None,
            markup=False,
            highlight=False,
            emoji=False,
            legacy_windows=False,
        )
        with console.capture() as captured:
            for renderable in renderables:
                console.print(renderable)
        return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def style_for(stream: TextIO | None, color: bool | None) -> Style:
    """The look of ``stream``, None where that is closed. ``color`` is what was asked for, None
    where nothing was: then a terminal is coloured unless `NO_COLOR` is set.
    """
    terminal = stream is not None and stream.isatty()
    if color is None:
        dumb = os.environ.get("TERM") == "dumb"
        color = terminal and not os.environ.get("NO_COLOR") and not dumb
    width = shutil.get_terminal_size((PIPE_WIDTH, 24)).columns
    return Style(max(width, 40), color, terminal, _encodes_marks(stream))


def _encodes_marks(stream: TextIO | None) -> bool:
    try:
        "✓✗·…—".encode((stream and stream.encoding) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def truncate(text: str, width: int) -> str:
    """``text`` on one line of at most ``width`` columns; an ellipsis says that some is left out."""
    from rich.cells import cell_len, set_cell_size

    shown = printable(text)
    if cell_len(shown) <= width:
        return shown
    return set_cell_size(shown, width - 1).rstrip() + "…" if width > 1 else "…"[:width]
