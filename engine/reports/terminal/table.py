"""Lay out columns of lists with many rows.

Not by rich, which takes seconds for ten thousand rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.reports.escape import printable
from engine.reports.terminal.style import Style, truncate

_GAP = 2


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A column of a list.

    Attributes:
        heading: The heading.
        cells: A cell for each row.
        min_width: The width down to which cells may be truncated, None if they must not be.
        drop_order: On a narrow page, the column with the highest number is dropped first; a column
            with 0 is kept.
        style: One of rich's styles.
    """

    heading: str
    cells: Sequence[str]
    min_width: int | None = None
    drop_order: int = 0
    style: str = ""


def columns_text(columns: Sequence[TextColumn], style: Style) -> str:
    """Lay out headings and rows, no wider than the page if that is possible."""
    from rich.cells import cell_len

    natural = {
        column.heading: max(map(cell_len, (column.heading, *map(printable, column.cells))))
        for column in columns
    }
    widths = _fit(columns, natural, style.width)
    shown = [column for column in columns if column.heading in widths]
    rows = zip(*([column.heading, *column.cells] for column in shown), strict=True)
    lines = []
    for number, row in enumerate(rows):
        cells = [
            truncate(text, widths[column.heading]) for column, text in zip(shown, row, strict=True)
        ]
        spaces = [
            widths[column.heading] - cell_len(text) + _GAP
            for column, text in zip(shown, cells, strict=True)
        ]
        styles = ["bold"] * len(shown) if number == 0 else [column.style for column in shown]
        styled = [
            style.apply(text, name) if name else text
            for text, name in zip(cells, styles, strict=True)
        ]
        lines.append(
            "".join(text + " " * space for text, space in zip(styled, spaces, strict=True)).rstrip()
        )
    return "\n".join(lines) + "\n"


def _fit(columns: Sequence[TextColumn], natural: dict[str, int], width: int) -> dict[str, int]:
    """Return the width of each column that is shown."""
    kept = list(columns)
    while _total([_least(column, natural) for column in kept]) > width:
        most = max(kept, key=lambda column: column.drop_order)
        if most.drop_order == 0:
            break
        kept.remove(most)
    widths = {column.heading: natural[column.heading] for column in kept}
    flexible = [column for column in kept if column.min_width is not None]
    while _total(list(widths.values())) > width:
        above = [one for one in flexible if widths[one.heading] > _least(one, natural)]
        if not above:
            break
        widths[max(above, key=lambda one: widths[one.heading]).heading] -= 1
    return widths


def _least(column: TextColumn, natural: dict[str, int]) -> int:
    own = natural[column.heading]
    return own if column.min_width is None else min(own, column.min_width)


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + _GAP * (len(widths) - 1)
