"""Format a page as Markdown, in which no text of a file can become markup.

The only exception is e-mail addresses, if the program that shows the page links them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import assert_never

from engine.reports.escape import printable
from engine.reports.handbook import blocks as b
from engine.reports.handbook.content import handbook
from engine.reports.handbook.links import safe_url
from engine.reports.handbook.scope import HandbookScope

_MARKUP = re.compile(r"([\\`*_\[\]<>|~&#$!])")
_AT_START = re.compile(r"^(?:([-+=])|(\d+)([.)]))(?=\s|$|[-+=])")
_ADDRESS = re.compile(r"(?i)\b(?:(https?|ftp)(?=://)|(www)(?=\.))")


def markdown_page(scope: HandbookScope, level: int = 0) -> str:
    """Format the page on a playbook as Markdown, every heading ``level`` levels deeper."""
    return markdown(handbook(scope), level)


def markdown(blocks: Iterable[b.Block], level: int = 0) -> str:
    """Format ``blocks`` as Markdown, every heading ``level`` levels deeper."""
    return "\n".join(_block(block, level) for block in blocks)


def _block(block: b.Block, level: int) -> str:
    match block:
        case b.Heading(depth, words):
            return f"{'#' * (depth + level)} {_escaped(words)}\n"
        case b.Paragraph(parts):
            return f"{_line(parts)}\n"
        case b.Bullets(items):
            return "".join(f"- {_line(item)}\n" for item in items)
        case b.TableBlock(heads, rows):
            lines = [heads, tuple("---" for _ in heads)]
            written = ["| " + " | ".join(line) + " |" for line in lines]
            written += ["| " + " | ".join(map(_cell, row)) + " |" for row in rows]
            return "\n".join(written) + "\n"
        case _:
            assert_never(block)


def _line(parts: b.TableCell) -> str:
    """Escape text at the start of a line, where it could look like a list, an underline or code."""
    return _AT_START.sub(r"\2\\\1\3", _cell(parts).lstrip())


def _cell(parts: b.TableCell) -> str:
    return "".join(map(_inline, parts))


def _inline(part: b.Inline) -> str:
    match part:
        case str():
            return _escaped(part)
        case b.Link(words, url):
            safe = safe_url(url)
            return f"[{_escaped(words)}](<{safe}>)" if safe else _escaped(words)
        case _:
            return f"**{_escaped(part.text)}**"


def _escaped(words: str) -> str:
    marked = _MARKUP.sub(r"\\\1", printable(words.replace("\n", " ")))
    # Many programs link bare addresses; a backslash before `://` or after `www` prevents that.
    return _ADDRESS.sub(r"\1\2\\", marked)
