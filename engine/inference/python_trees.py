"""Nodes of Python's syntax tree, by short names: all that compiled playbooks are made of."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any


def load(name: str) -> ast.expr:
    """The local variable ``name``."""
    return ast.Name(id=name, ctx=ast.Load())


def constant(value: Any) -> ast.expr:
    """A value of the playbook; a tuple of them is a tuple."""
    if isinstance(value, tuple):
        return ast.Tuple(elts=[constant(item) for item in value], ctx=ast.Load())
    return ast.Constant(value=value)


def call(function: ast.expr, *arguments: ast.expr) -> ast.expr:
    """``function`` called with ``arguments``."""
    return ast.Call(func=function, args=list(arguments), keywords=[])


def method(name: str, attribute: str, *arguments: ast.expr) -> ast.expr:
    """The method ``attribute`` of the local ``name``, called."""
    return call(ast.Attribute(value=load(name), attr=attribute, ctx=ast.Load()), *arguments)


def compare(left: ast.expr, *rest: tuple[ast.cmpop, ast.expr]) -> ast.expr:
    """``left`` compared along a chain."""
    return ast.Compare(left=left, ops=[op for op, _ in rest], comparators=[to for _, to in rest])


def known(name: str) -> ast.expr:
    """Whether the local ``name`` has a value."""
    return compare(load(name), (ast.IsNot(), constant(None)))


def unknown(name: str) -> ast.expr:
    """Whether the local ``name`` has none."""
    return compare(load(name), (ast.Is(), constant(None)))


def both(parts: Sequence[ast.expr]) -> ast.expr:
    """Whether all of ``parts`` are true; of none: true."""
    if len(parts) == 1:
        return parts[0]
    return ast.BoolOp(op=ast.And(), values=list(parts)) if parts else constant(True)


def either(parts: Sequence[ast.expr]) -> ast.expr:
    """Whether one of ``parts`` is true; of none: false."""
    if len(parts) == 1:
        return parts[0]
    return ast.BoolOp(op=ast.Or(), values=list(parts)) if parts else constant(False)


def negate(part: ast.expr) -> ast.expr:
    """Whether ``part`` is false."""
    return ast.UnaryOp(op=ast.Not(), operand=part)


def minus(left: ast.expr, right: ast.expr) -> ast.expr:
    """The difference."""
    return ast.BinOp(left=left, op=ast.Sub(), right=right)


def times(left: ast.expr, right: ast.expr) -> ast.expr:
    """The product."""
    return ast.BinOp(left=left, op=ast.Mult(), right=right)


def assign(name: str, value: ast.expr) -> ast.stmt:
    """``name`` = ``value``."""
    return ast.Assign(targets=[ast.Name(id=name, ctx=ast.Store())], value=value)


def put(mapping: str, key: str, value: ast.expr) -> ast.stmt:
    """``mapping``[``key``] = ``value``."""
    target = ast.Subscript(value=load(mapping), slice=constant(key), ctx=ast.Store())
    return ast.Assign(targets=[target], value=value)


def do(expression: ast.expr) -> ast.stmt:
    """``expression`` for its effect."""
    return ast.Expr(value=expression)


def when(test: ast.expr, body: list[ast.stmt], orelse: list[ast.stmt] | None = None) -> ast.stmt:
    """If ``test``, ``body``, else ``orelse``."""
    return ast.If(test=test, body=body, orelse=orelse or [])
