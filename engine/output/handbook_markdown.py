"""A page about a playbook as Markdown, in which no text of a file can become markup."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import assert_never

from engine.output.escapes import printable
from engine.output.handbook import Block, Bullets, Cell, Heading, Inline, Link, Paragraph, Table
from engine.output.weblinks import safe_url

_MARKUP = re.compile(r"([\\`*_\[\]<>|~&#$!])")
_AT_START = re.compile(r"^(\s*)([-+=]|\d+[.)])(?=\s|$|[-+=])")


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
        case Table(heads, rows):
            lines = [heads, tuple("---" for _ in heads)]
            told = ["| " + " | ".join(line) + " |" for line in lines]
            told += ["| " + " | ".join(map(_cell, row)) + " |" for row in rows]
            return "\n".join(told) + "\n"
        case _:
            assert_never(block)


def _line(parts: Cell) -> str:
    """Text where a line begins: nothing may look like a list or an underline there."""
    return _AT_START.sub(r"\1\\\2", _cell(parts))


def _cell(parts: Cell) -> str:
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
    return _MARKUP.sub(r"\\\1", printable(words.replace("\n", " ")))
