"""A page about a playbook as one HTML file that needs no other: style and drawing are in it.

Every text is escaped, and a policy in the head forbids scripts and loading anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
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

POLICY = "default-src 'none'; style-src 'unsafe-inline'"

STYLE = """\
:root{color-scheme:light dark;--ink:#1c2430;--dim:#5c6675;--line:#d9dee6;--back:#fff;--soft:#f5f7fa;
--fact:#5b7083;--warn:#b7791f;--cause:#7b4fb3;--step:#1f7a52}
@media(prefers-color-scheme:dark){:root{--ink:#e6eaf0;--dim:#9aa5b4;--line:#333c49;--back:#14181f;
--soft:#1d232c;--fact:#9db3c8;--warn:#e0a84e;--cause:#b795e6;--step:#5cc795}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1.5rem 1.25rem 4rem;max-width:78rem;background:var(--back);
color:var(--ink);font:16px/1.5 system-ui,sans-serif;overflow-wrap:break-word}
h1{font-size:1.9rem;line-height:1.2;margin:.5rem 0 1rem}
h2{margin:2.75rem 0 .75rem;padding-bottom:.3rem;border-bottom:2px solid var(--line)}
h3{margin:1.6rem 0 .2rem}
p,ul{max-width:46rem}
p{margin:.4rem 0}
ul{margin:.4rem 0;padding-left:1.3rem}
a{color:inherit;text-decoration-color:var(--dim);text-underline-offset:.15em}
nav{display:flex;flex-wrap:wrap;gap:.35rem .5rem;margin:1.25rem 0}
nav a{padding:.15rem .6rem;border:1px solid var(--line);border-radius:1rem;background:var(--soft);
font-size:.9rem;text-decoration:none}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th{text-align:left;color:var(--dim);font-weight:600;white-space:nowrap}
th,td{padding:.45rem .9rem .45rem 0;border-bottom:1px solid var(--line);vertical-align:top}
td.short{white-space:nowrap}
:target{background:color-mix(in srgb,var(--warn) 22%,transparent)}
summary{cursor:pointer}
figure{margin:0 0 1rem}
figcaption{color:var(--dim);font-size:.9rem;margin:.3rem 0}
.scroll{overflow-x:auto}
svg{display:block;font:11px system-ui,sans-serif;min-width:60rem;max-width:100%;height:auto}
svg text{fill:var(--ink)}
svg .head{font-weight:600;fill:var(--dim)}
svg path{fill:none;stroke:var(--fact);opacity:.22}
svg path.of-signals{stroke:var(--warn)}
svg path.of-causes{stroke:var(--cause)}
svg rect{fill:var(--back);stroke:var(--fact)}
svg .dark rect,svg .signals rect{stroke:var(--warn)}
svg .causes rect{stroke:var(--cause)}
svg .actions rect{stroke:var(--step)}
svg:has(.box:hover) path{opacity:.05}
.box:hover rect{stroke-width:2.5}
@media(max-width:48rem){thead{display:none}table,tbody,tr,td{display:block}
tr{padding:.6rem 0;border-bottom:1px solid var(--line)}
td,td.short{border:0;padding:.1rem 0;white-space:normal}
td:empty{display:none}
td[data-head]:not(:first-child)::before{content:attr(data-head) ": ";color:var(--dim)}
.wide{display:none}}
@media print{nav,.wide{display:none}}
"""

SHORT = 18
"""A column in which no cell has more letters keeps them on one line."""


GRAPH_LINK = '<a class="wide" href="#what-feeds-what">What feeds what</a>'


def html(blocks: Sequence[Block], drawing: str) -> str:
    """The whole page; ``drawing`` is SVG, which is folded in at the end, or nothing."""
    title = next((block.text for block in blocks if isinstance(block, Heading)), "")
    sections = [block for block in blocks if isinstance(block, Heading) and block.level == 2]
    first = next((at for at, block in enumerate(blocks) if block in sections), len(blocks))
    head = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_escaped(title)}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
    )
    links = "".join(f'<a href="#{_slug(each.text)}">{_escaped(each.text)}</a>' for each in sections)
    parts = [
        head,
        *map(_block, blocks[:first]),
        f"<nav>{links}{GRAPH_LINK if drawing else ''}</nav>\n",
        *map(_block, blocks[first:]),
        _figure(drawing) if drawing else "",
        "</body>\n</html>\n",
    ]
    return "".join(parts)


def _figure(drawing: str) -> str:
    return (
        '<section class="wide"><h2 id="what-feeds-what">What feeds what</h2>\n'
        f'<details><summary>Show the drawing</summary><figure><div class="scroll">{drawing}</div>'
        "<figcaption>Causes are looked at for those who are dark, unless they say otherwise. Rest "
        "on a box to see its lines; a box leads to where it is told.</figcaption>"
        "</figure></details></section>\n"
    )


def _block(block: Block) -> str:
    match block:
        case Heading(level, words, anchor):
            id = _escaped(anchor) or _slug(words)
            return f'<h{level} id="{id}">{_escaped(words)}</h{level}>\n'
        case Paragraph(parts):
            return f"<p>{_cell(parts)}</p>\n"
        case Bullets(items):
            return "<ul>\n" + "".join(f"<li>{_cell(item)}</li>\n" for item in items) + "</ul>\n"
        case TableBlock():
            return _table(block)
        case _:
            assert_never(block)


def _table(table: TableBlock) -> str:
    heads = "".join(f"<th>{_escaped(head)}</th>" for head in table.heads)
    short = [
        all(len(_plain(row[at])) <= SHORT for row in table.rows) for at in range(len(table.heads))
    ]
    rows = "".join(_row(table.heads, row, short) for row in table.rows)
    return f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n"


def _row(heads: Iterable[str], row: Iterable[TableCell], short: Iterable[bool]) -> str:
    cells = [
        f'<td data-head="{_escaped(head)}"{" class=short" if brief else ""}>{_cell(cell)}</td>'
        for head, cell, brief in zip(heads, row, short, strict=True)
    ]
    return f"<tr>{''.join(cells)}</tr>\n"


def _plain(cell: TableCell) -> str:
    return "".join(part if isinstance(part, str) else part.text for part in cell)


def _cell(parts: TableCell) -> str:
    return "".join(map(_inline, parts))


def _inline(part: Inline) -> str:
    match part:
        case str():
            return _escaped(part)
        case Link(words, url):
            safe = safe_url(url)
            if safe is None:
                return _escaped(words)
            return f'<a href="{escape(safe)}" rel="noreferrer">{_escaped(words)}</a>'
        case _:
            id = f' id="{_escaped(part.anchor)}"' if part.anchor else ""
            return f"<strong{id}>{_escaped(part.text)}</strong>"


def _slug(words: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in words.lower())


def _escaped(words: str) -> str:
    return escape(printable(words.replace("\n", " ")))
