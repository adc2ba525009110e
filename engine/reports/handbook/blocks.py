"""Blocks of a page, independent of Markdown and HTML.

All text is plain and may come from any file: a writer has to escape it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """Text that links to a web page."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Strong:
    """Bold text, such as the name at the start of a row; ``anchor`` is its id as a link target."""

    text: str
    anchor: str = ""


Inline = str | Link | Strong
TableCell = tuple[Inline, ...]
"""Parts of text, one after the other."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of ``level`` 1 to 3."""

    level: int
    text: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    parts: TableCell


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: tuple[TableCell, ...]


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table: the headings of its columns, and its rows."""

    heads: tuple[str, ...]
    rows: tuple[tuple[TableCell, ...], ...]


Block = Heading | Paragraph | Bullets | TableBlock


def table_block(heads: Sequence[str], rows: Sequence[Sequence[TableCell]]) -> TableBlock:
    """Build a table, without the columns that are empty in all ``rows``."""
    kept = [at for at in range(len(heads)) if any(row[at] for row in rows)]
    return TableBlock(
        tuple(heads[at] for at in kept), tuple(tuple(row[at] for at in kept) for row in rows)
    )


def table_rows(heads: Sequence[str], rows: Sequence[Sequence[TableCell]]) -> Iterator[TableBlock]:
    """Yield the table of ``rows``, or nothing if there are no rows."""
    if rows:
        yield table_block(heads, rows)


def joined(parts: Sequence[TableCell], between: str) -> TableCell:
    """Join ``parts`` in one cell, with ``between`` between them."""
    found: list[Inline] = []
    for part in filter(None, parts):
        if found:
            found.append(between)
        found += part
    return tuple(found)


def titled(title: str, url: str | None) -> TableCell:
    """Return a cell with a title that links to ``url`` if there is one."""
    return (Link(title, url),) if url else (title,)


def text_cell(words: str | None) -> TableCell:
    """Return a cell with one text; empty for an empty text or None."""
    return (words,) if words else ()


def anchors_in(blocks: Sequence[Block]) -> set[str]:
    """Return every id that a link can target."""
    headings = {block.anchor for block in blocks if isinstance(block, Heading)}
    parts = (part for block in blocks for cell in _cells(block) for part in cell)
    return (headings | {part.anchor for part in parts if isinstance(part, Strong)}) - {""}


def _cells(block: Block) -> list[TableCell]:
    match block:
        case TableBlock(rows=rows):
            return [cell for row in rows for cell in row]
        case Bullets(items=items):
            return list(items)
        case Paragraph(parts=parts):
            return [parts]
        case Heading():
            return []
