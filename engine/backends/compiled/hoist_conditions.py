"""Nest `if` statements so that a condition shared by several rules is evaluated once."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from engine.backends.compiled.codegen import and_, if_

_Part = TypeVar("_Part", bound=Hashable)
_Item = TypeVar("_Item")


def hoist_shared_conditions(
    items: Sequence[tuple[_Item, tuple[_Part, ...]]],
    test: Callable[[_Part], ast.expr],
    body: Callable[[_Item], tuple[ast.expr | None, list[ast.stmt]]],
) -> list[ast.stmt]:
    """Guard the statements of each item by its parts, and put a shared part around its items.

    ``x`` with the parts ``a`` and ``b``, and ``y`` with ``a`` and ``c``, become::

        if a:
            if b:
                x
            if c:
                y

    Args:
        items: Each item with the parts that must all hold for it.
        test: Compiles a part.
        body: Compiles an item: a further condition or None, and its statements.
    """
    found: list[ast.stmt] = []
    while True:
        # The most frequent part first: greedy, but each part is written once, and tests nest
        # no deeper than an item has parts.
        uses = Counter(part for _, parts in items for part in dict.fromkeys(parts))
        shared, count = max(uses.items(), key=lambda use: use[1], default=(None, 0))
        if shared is None or count < 2:
            return found + [each for item in items for each in _alone(item, test, body)]
        inside = [
            (item, tuple(part for part in parts if part != shared))
            for item, parts in items
            if shared in parts
        ]
        items = [each for each in items if shared not in each[1]]
        found.append(if_(test(shared), hoist_shared_conditions(inside, test, body)))


def _alone(
    item: tuple[_Item, tuple[_Part, ...]],
    test: Callable[[_Part], ast.expr],
    body: Callable[[_Item], tuple[ast.expr | None, list[ast.stmt]]],
) -> list[ast.stmt]:
    first, statements = body(item[0])
    conditions = [test(part) for part in item[1]]
    if first is not None:  # a diagnosis compares one local variable: it fails first and cheaply
        conditions.insert(0, first)
    return [if_(and_(conditions), statements)] if conditions else statements
