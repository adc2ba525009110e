"""The layout of text: its width, color and marks."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from engine.reports.escape import printable

if TYPE_CHECKING:
    from rich.console import RenderableType

_WEB_ADDRESS = re.compile(r"https?://[A-Za-z0-9\[][!-~]{0,1999}", re.IGNORECASE)
"""An address that cannot end the control sequence around it: it has neither space nor control
character, nor anything but ASCII."""

PIPE_WIDTH = 80
"""The width in columns if the output is not a terminal."""


@dataclass(frozen=True, slots=True)
class Style:
    """The layout of one output.

    Attributes:
        width: In columns.
        color: Whether to use color.
        terminal: Whether it is a terminal.
        marks: Whether its encoding has marks such as ✓.
    """

    width: int = PIPE_WIDTH
    color: bool = False
    terminal: bool = False
    marks: bool = True

    def apply(self, text: str, style: str) -> str:
        """Apply a style of rich, such as `bold red`, to ``text``, which must be safe to print."""
        if not self.color or not text:
            return text
        from rich.color import ColorSystem
        from rich.style import Style

        return Style.parse(style).render(text, color_system=ColorSystem.STANDARD)

    def link(self, text: str, url: str | None) -> str:
        """Let ``text``, which must be safe to print, link to ``url`` where the terminal can.

        An address that is not plain http or https is left out: it may come from anybody.
        """
        target = self.link_target(url)
        return text if target is None or not text else f"\x1b]8;;{target}\x1b\\{text}\x1b]8;;\x1b\\"

    def link_target(self, url: str | None) -> str | None:
        """Return ``url`` if this output can link to it, else None."""
        linking = self.terminal and self.color and url is not None
        return url if linking and _WEB_ADDRESS.fullmatch(str(url)) else None

    def tick(self, truth: bool | None) -> str:
        """Return the mark for a truth: a tick, a cross, or a question mark for unknown."""
        if truth is None:
            return "?"
        if self.marks:
            return "✓" if truth else "✗"
        return "+" if truth else "x"

    def render(self, renderables: Iterable[RenderableType]) -> str:
        """Render objects of rich as text, without spaces at the ends of lines."""
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
    """Return the layout for ``stream``.

    Args:
        stream: The output, None if it is closed.
        color: Whether to use color; None uses it on a terminal, if `NO_COLOR` is not set.
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
    """Put ``text`` on one line of at most ``width`` columns, ended by an ellipsis if truncated."""
    from rich.cells import cell_len, set_cell_size

    shown = printable(text)
    if cell_len(shown) <= width:
        return shown
    return set_cell_size(shown, width - 1).rstrip() + "…" if width > 1 else "…"[:width]
