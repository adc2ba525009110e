"""Show the line of a file that a problem is about, with marks under the place."""

from __future__ import annotations

import stat
from pathlib import Path

from engine.language.files.resolve import leads_out
from engine.language.problem import Span
from engine.language.yaml.reader import MAX_BYTES
from engine.reports.escape import printable

NARROWEST = 20
"""The least width of an excerpt, in columns."""

_REACH = 4
"""Characters before and after a place that are looked at, for each column there is room for; a
letter may have some marks that take no column."""


class Excerpts:
    """Excerpts of files, ``width`` columns wide; each file is read once."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._lines: dict[str, list[str]] = {}

    def show(self, span: Span) -> tuple[str, str, str] | None:
        """Return the line number, the line and the marks under it; None if there is no such line.

        A line that is too long is truncated around the place. Tabs become four spaces, and letters
        that are two columns wide have two marks.
        """
        lines = self._of(span.file)
        if not 1 <= span.line <= len(lines):
            return None
        line = lines[span.line - 1]
        end = span.end_column if span.end_line == span.line else len(line) + 1
        number = str(span.line)
        room = max(self._width - len(number) - 5, NARROWEST)
        before, marked, after = _window(line, span.column - 1, max(end, span.column + 1) - 1, room)
        return number, before + marked + after, " " * _columns(before) + "^" * _columns(marked)

    def _of(self, file: str) -> list[str]:
        if file not in self._lines:
            self._lines[file] = _read(Path(file))
        return self._lines[file]


def _read(path: Path) -> list[str]:
    """Return the lines of a text file as spans number them; empty if it cannot be read."""
    if leads_out(path):
        return []
    try:
        status = path.stat()
        # Reading a pipe or a device could wait forever, and a larger file cannot be a playbook.
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_BYTES:
            return []
        text = path.read_bytes().decode("utf-8")
    except (OSError, ValueError):
        return []
    # Not splitlines(), which ends lines at more characters than spans do.
    return [line.removesuffix("\r") for line in text.removeprefix("\ufeff").split("\n")]


def _window(line: str, start: int, end: int, room: int) -> tuple[str, str, str]:
    """Truncate ``line`` to ``room`` columns: the parts before, at and after the place."""
    # Cut first, as there may be thousands of problems on one line of a million letters.
    reach = _REACH * room
    cut, cut_after = start > reach, len(line) - end > reach
    before = _shown(line[max(start - reach, 0) : start])
    marked, after = _shown(line[start:end][:reach]), _shown(line[end : end + reach])
    if _columns(before + marked + after) <= room and not cut and not cut_after:
        return before, marked or " ", after
    if cut or _columns(before) > room // 2:
        kept = max(room // 4, room - _columns(marked + after))
        before = "…" + _last(before, min(kept, room // 2) - 1)
    left = room - _columns(before)
    if _columns(marked) > left:
        return before, _first(marked, left - 1) + "…", ""
    left -= _columns(marked)
    whole = _columns(after) <= left and not cut_after
    return before, marked, after if whole else _first(after, left - 1) + "…"


def _shown(text: str) -> str:
    return printable(text.replace("\t", "    "))


def _columns(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)


def _first(text: str, room: int) -> str:
    """Return the start of ``text`` that fits in ``room`` columns."""
    from rich.cells import set_cell_size

    return set_cell_size(text, max(room, 0))


def _last(text: str, room: int) -> str:
    kept = text[-room:] if room > 0 else ""
    while _columns(kept) > room:
        kept = kept[1:]
    return kept
