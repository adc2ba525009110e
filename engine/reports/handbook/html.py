"""Format a page as a single HTML file that includes its style and its drawing.

The page is `page.html.j2`, its parts are in `blocks.html.j2`. Jinja2 escapes every text, and a
policy in the head of the page forbids scripts and loading anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import assert_never

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from engine.reports.escape import printable
from engine.reports.handbook import blocks as b
from engine.reports.handbook.content import handbook
from engine.reports.handbook.graph import drawing, graph
from engine.reports.handbook.links import safe_url
from engine.reports.handbook.scope import HandbookScope

SHORT = 18
"""Letters: a column whose cells have no more is not wrapped."""


def html_page(scope: HandbookScope) -> str:
    """Format the page on a playbook as HTML, with a drawing of its dependencies at the end."""
    assert scope.loaded.playbook is not None
    blocks = handbook(scope)
    nodes, edges = graph(scope.loaded.playbook, scope)
    return html(blocks, drawing(nodes, edges, b.anchors_in(blocks)))


def html(blocks: Sequence[b.Block], drawing: str) -> str:
    """Format ``blocks`` as a page; ``drawing`` is SVG, or empty."""
    headings = [block for block in blocks if isinstance(block, b.Heading)]
    sections = [heading for heading in headings if heading.level == 2]
    first = blocks.index(sections[0]) if sections else len(blocks)
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            title=headings[0].text if headings else "",
            sections=sections,
            introduction=blocks[:first],
            body=blocks[first:],
            drawing=drawing,
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "kind": _kind,
        "safe_url": safe_url,
        "short_columns": _short_columns,
        "slug": _slug,
    }
    return environment


def _printable(value: object) -> object:
    """Make control characters in text visible, but leave markup, which macros escaped, as it is."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return printable(value.replace("\n", " "))
    return value


def _kind(part: b.Block | b.Inline) -> str:
    match part:
        case b.Heading():
            return "heading"
        case b.Paragraph():
            return "paragraph"
        case b.Bullets():
            return "bullets"
        case b.TableBlock():
            return "table"
        case b.Link():
            return "link"
        case b.Strong():
            return "strong"
        case str():
            return "text"
        case _:
            assert_never(part)


def _short_columns(table: b.TableBlock) -> list[bool]:
    """Return for each column whether all of its cells are short."""
    columns = range(len(table.heads))
    return [all(len(_text(row[at])) <= SHORT for row in table.rows) for at in columns]


def _text(cell: b.TableCell) -> str:
    return "".join(part if isinstance(part, str) else part.text for part in cell)


def _slug(words: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in words.lower())
