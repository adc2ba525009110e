"""A page about a playbook as Markdown, in which no text of a file can become markup.

Only addresses of mail become links by themselves, where whoever shows the page makes such links.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import assert_never

from engine.reports.handbook.blocks import (
    Block,
    Bullets,
    Heading,
    Inline,
    Link,
    Paragraph,
    TableBlock,
    TableCell,
)
from engine.reports.handbook.links import safe_url
from engine.reports.terminal.escape import printable

_MARKUP = re.compile(r"([\\`*_\[\]<>|~&#$!])")
_AT_START = re.compile(r"^(?:([-+=])|(\d+)([.)]))(?=\s|$|[-+=])")
_ADDRESS = re.compile(r"(?i)\b(?:(https?|ftp)(?=://)|(www)(?=\.))")


def markdown(blocks: Iterable[Block], level: int = 0) -> str:
    """The page; every heading ``level`` levels deeper."""
    return "\n".join(_block(block, level) for block in blocks)


def _block(block: Block, level: int) -> str:
    match block:
        case Heading(depth, words):
            return f"{'#' * (depth + level)} {_escaped(words)}\n"
        case Paragraph(parts):
            return f"{_line(parts)}\n"
        case Bullets(items):
            return "".join(f"- {_line(item)}\n" for item in items)
        case TableBlock(heads, rows):
            lines = [heads, tuple("---" for _ in heads)]
            told = ["| " + " | ".join(line) + " |" for line in lines]
            told += ["| " + " | ".join(map(_cell, row)) + " |" for row in rows]
            return "\n".join(told) + "\n"
        case _:
            assert_never(block)


def _line(parts: TableCell) -> str:
    """Text where a line begins: nothing may look like a list, an underline or code there."""
    return _AT_START.sub(r"\2\\\1\3", _cell(parts).lstrip())


def _cell(parts: TableCell) -> str:
    return "".join(map(_inline, parts))


def _inline(part: Inline) -> str:
    match part:
        case str():
            return _escaped(part)
        case Link(words, url):
            safe = safe_url(url)
            return f"[{_escaped(words)}](<{safe}>)" if safe else _escaped(words)
        case _:
            return f"**{_escaped(part.text)}**"


def _escaped(words: str) -> str:
    marked = _MARKUP.sub(r"\\\1", printable(words.replace("\n", " ")))
    return _ADDRESS.sub(r"\1\2\\", marked)
