"""Find gaps that a template leaves where a fact is unknown: `Hi ,` and `about  today`.

A fact without `default` is an error if it is unknown. One with `default("")`, and an `if` without
`else`, may print nothing. That is a gap if the words around do not fit together then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jinja2 import nodes

_NOTHING = "\0"
"""Stands for what may print nothing; no template has this character."""
_SOMETHING = "x"
"""Stands for what prints some words."""

_GAP = re.compile(
    r"[ \t(]\0+(?=[,.;:!?)])|[ \t]\0+(?=[ \t])|^\0+(?=[,.;:!?])|^Subject:[ \t]*\0+$", re.MULTILINE
)
_SHAPING = frozenset({"capitalize", "lower", "title", "trim", "upper"})


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    line: int


def blank_lines(tree: nodes.Template) -> tuple[int, ...]:
    """Return the lines, from 1, in which a gap is left if a fact is unknown."""
    found: set[int] = set()
    pending: list[Sequence[nodes.Node]] = [tree.body]
    while pending:
        pieces = []
        for node in pending.pop():
            pieces += list(_pieces(node))
            if isinstance(node, nodes.If):
                pending += [node.body, node.else_, *(item.body for item in node.elif_)]
        found |= set(_gaps(pieces))
    return tuple(sorted(found))


def _pieces(node: nodes.Node) -> Iterator[_Piece]:
    """Yield the text that ``node`` prints, with `_NOTHING` for what may print nothing."""
    match node:
        case nodes.Output():
            for part in node.nodes:
                if isinstance(part, nodes.TemplateData):
                    yield _Piece(part.data, part.lineno)
                else:
                    yield _Piece(_NOTHING if _may_be_empty(part) else _SOMETHING, part.lineno)
        case nodes.If():
            yield _Piece(_NOTHING if not node.else_ else _SOMETHING, node.lineno)
        case _:
            pass


def _may_be_empty(part: nodes.Expr) -> bool:
    """Return whether an expression may print nothing: by its `default`, or one side of its `if`."""
    match part:
        case nodes.Filter(name="default"):
            return not part.args or _is_blank(part.args[0])
        case nodes.Filter(name=name) if name in _SHAPING and part.node is not None:
            return _may_be_empty(part.node)
        case nodes.CondExpr():
            return any(side is not None and _is_blank(side) for side in (part.expr1, part.expr2))
        case _:
            return _is_blank(part)


def _is_blank(part: nodes.Expr) -> bool:
    return isinstance(part, nodes.Const) and isinstance(part.value, str) and not part.value.strip()


def _gaps(pieces: Sequence[_Piece]) -> Iterator[int]:
    """Yield the line of each piece that may print nothing and leaves a gap then."""
    text = "".join(piece.text for piece in pieces)
    start, lines = 0, {}
    for piece in pieces:
        if piece.text == _NOTHING:
            lines[start] = piece.line
        start += len(piece.text)
    for gap in _GAP.finditer(text):
        yield lines[text.index(_NOTHING, gap.start())]
