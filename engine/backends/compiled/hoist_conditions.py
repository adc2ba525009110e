"""Statements done where all of several parts hold, each part judged as seldom as can be."""

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
    """For each item what ``body`` gives for it, where all of its parts hold, and first the further
    condition that ``body`` may give. Parts that several items have are judged once, around them.
    """
    found: list[ast.stmt] = []
    while True:
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
    if first is not None:
        conditions.insert(0, first)
    return [if_(and_(conditions), statements)] if conditions else statements
