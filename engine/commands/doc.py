"""The answer of `doc`: a playbook as a page that people read."""

from __future__ import annotations

from dataclasses import replace

from engine.commands.process.exit_codes import FINE
from engine.commands.process.output import Output
from engine.language.load import LoadResult
from engine.reports.handbook.blocks import Block, Bullets, Heading, Paragraph, Strong, TableBlock
from engine.reports.handbook.content import handbook
from engine.reports.handbook.graph import drawing, graph
from engine.reports.handbook.html import html
from engine.reports.handbook.markdown import markdown
from engine.reports.handbook.scope import handbook_scope


def run_doc(output: Output, reading: LoadResult, own: bool) -> int:
    """Print the page, or write it; the end of the file's name says the format where none is asked
    for, as a file is opened by it. The exit code.
    """
    target = output.target
    page = target is not None and target.suffix.lower() in (".html", ".htm")
    format = output.format or ("html" if page else "markdown")
    replace(output, format=format).result(documented(reading, format, own))
    return FINE


def documented(reading: LoadResult, format: str, own: bool = False, level: int = 0) -> str:
    """The page on the playbook of ``reading`` as `markdown` or `html`; with ``own`` only what its
    file says itself. Headings of Markdown stand ``level`` levels deeper.
    """
    assert reading.playbook is not None
    blocks = handbook(reading, own)
    if format == "markdown":
        return markdown(blocks, level)
    nodes, edges = graph(reading.playbook, handbook_scope(reading, own))
    return html(blocks, drawing(nodes, edges, anchors_in(blocks)))


def anchors_in(blocks: list[Block]) -> set[str]:
    """Every place that a link can lead to."""
    found = {block.anchor for block in blocks if isinstance(block, Heading)}
    for block in blocks:
        match block:
            case TableBlock(rows=rows):
                cells = [cell for row in rows for cell in row]
            case Bullets(items=items):
                cells = list(items)
            case Paragraph(parts=parts):
                cells = [parts]
            case _:
                cells = []
        found |= {part.anchor for cell in cells for part in cell if isinstance(part, Strong)}
    return found - {""}
