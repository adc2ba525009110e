"""What a page about a playbook is made of, before it is Markdown or HTML: blocks of plain text.

Nothing here is escaped: text may come from any file, and whoever writes it out makes it safe.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """Text that leads to a page of the web."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Strong:
    """Text that stands out: the name of what a row is about. ``anchor`` is where links lead to."""

    text: str
    anchor: str = ""


Inline = str | Link | Strong
TableCell = tuple[Inline, ...]
"""Parts of text after one another."""


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
    """A table; columns in which nothing stands are left out."""

    heads: tuple[str, ...]
    rows: tuple[tuple[TableCell, ...], ...]


Block = Heading | Paragraph | Bullets | TableBlock


def table_block(heads: Sequence[str], rows: Sequence[Sequence[TableCell]]) -> TableBlock:
    """A table without columns that are empty in all ``rows``."""
    kept = [at for at in range(len(heads)) if any(row[at] for row in rows)]
    return TableBlock(
        tuple(heads[at] for at in kept), tuple(tuple(row[at] for at in kept) for row in rows)
    )


def table_rows(heads: Sequence[str], rows: Sequence[Sequence[TableCell]]) -> Iterator[TableBlock]:
    """The table of ``rows``, nothing where there are none."""
    if rows:
        yield table_block(heads, rows)


def joined(parts: Sequence[TableCell], between: str) -> TableCell:
    """``parts`` in one cell with ``between`` between them."""
    found: list[Inline] = []
    for part in filter(None, parts):
        if found:
            found.append(between)
        found += part
    return tuple(found)


def titled(title: str, url: str | None) -> TableCell:
    """A cell of a title, which leads to ``url`` where there is one."""
    return (Link(title, url),) if url else (title,)


def text_of(words: str | None) -> TableCell:
    """A cell of one text; empty where there is none."""
    return (words,) if words else ()
