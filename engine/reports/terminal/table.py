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
        whole_before: Columns with a higher drop order are dropped before a cell of this one is
            truncated, and the other columns are truncated first; None if it is truncated like them.
        style: One of rich's styles.
        right: Whether cells are aligned to the right, as numbers are.
        links: The web address of each cell, None for a cell without one.
    """

    heading: str
    cells: Sequence[str]
    min_width: int | None = None
    drop_order: int = 0
    whole_before: int | None = None
    style: str = ""
    right: bool = False
    links: Sequence[str | None] = ()


def columns_text(columns: Sequence[TextColumn], style: Style) -> str:
    """Lay out headings and rows, no wider than the page if that is possible."""
    from rich.cells import cell_len

    natural = {
        column.heading: max(map(cell_len, (column.heading, *map(printable, column.cells))))
        for column in columns
    }
    widths = _fit(columns, natural, style.width)
    shown = [column for column in columns if column.heading in widths]
    laid_out = [_laid_out(column, widths[column.heading], style) for column in shown]
    lines = [(" " * _GAP).join(row).rstrip() for row in zip(*laid_out, strict=True)]
    return "\n".join(lines) + "\n"


def _laid_out(column: TextColumn, width: int, style: Style) -> list[str]:
    """Return the heading and the cells of a column, each ``width`` wide."""
    from rich.cells import cell_len

    found = []
    links = column.links or [None] * len(column.cells)
    styles = ["bold"] + [column.style] * len(column.cells)
    words = zip([column.heading, *column.cells], styles, [None, *links], strict=True)
    for text, name, link in words:
        cell = truncate(text, width)
        space = " " * (width - cell_len(cell))
        cell = style.link(style.apply(cell, name) if name else cell, link)
        found.append(space + cell if column.right else cell + space)
    return found


def _fit(columns: Sequence[TextColumn], natural: dict[str, int], width: int) -> dict[str, int]:
    """Return the width of each column that is shown."""
    kept = list(columns)
    last = [column for column in columns if column.whole_before is not None]
    for column in last:
        _drop(kept, natural, width, whole=column)
    _drop(kept, natural, width)
    widths = {column.heading: natural[column.heading] for column in kept}
    first = [column for column in kept if column not in last]
    for flexible in (first, last):
        _truncate(flexible, widths, natural, width)
    return widths


def _drop(
    kept: list[TextColumn], natural: dict[str, int], width: int, whole: TextColumn | None = None
) -> None:
    """Drop columns until the others fit at their least width, ``whole`` at its own."""
    least = 0 if whole is None or whole.whole_before is None else whole.whole_before
    while _total([natural[c.heading] if c is whole else _least(c, natural) for c in kept]) > width:
        most = max(kept, key=lambda column: column.drop_order)
        if most.drop_order <= least:
            break
        kept.remove(most)


def _truncate(
    columns: Sequence[TextColumn], widths: dict[str, int], natural: dict[str, int], width: int
) -> None:
    """Make the widest of the columns narrower until the page is wide enough, or all are narrow."""
    flexible = [column for column in columns if column.min_width is not None]
    while _total(list(widths.values())) > width:
        above = [one for one in flexible if widths[one.heading] > _least(one, natural)]
        if not above:
            break
        widths[max(above, key=lambda one: widths[one.heading]).heading] -= 1


def _least(column: TextColumn, natural: dict[str, int]) -> int:
    own = natural[column.heading]
    return own if column.min_width is None else min(own, column.min_width)


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + _GAP * (len(widths) - 1)
