"""Nodes of Python's syntax tree, by short names: all that compiled playbooks are made of."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast


def load_name(name: str) -> ast.expr:
    """Return the local variable ``name``."""
    return ast.Name(id=name, ctx=ast.Load())


def const(value: Any) -> ast.expr:
    """Return a value of the playbook as a constant; a tuple of values is a tuple."""
    if isinstance(value, tuple):
        return ast.Tuple(elts=[const(item) for item in value], ctx=ast.Load())
    return ast.Constant(value=value)


def call_name(function: ast.expr, *arguments: ast.expr) -> ast.expr:
    """Return a call of ``function`` with ``arguments``."""
    return ast.Call(func=function, args=list(arguments), keywords=[])


def call_method(name: str, attribute: str, *arguments: ast.expr) -> ast.expr:
    """Return a call of the method ``attribute`` of the local ``name``."""
    return call_name(
        ast.Attribute(value=load_name(name), attr=attribute, ctx=ast.Load()), *arguments
    )


def comparison(left: ast.expr, *rest: tuple[ast.cmpop, ast.expr]) -> ast.expr:
    """``left`` compared along a chain."""
    return ast.Compare(left=left, ops=[op for op, _ in rest], comparators=[to for _, to in rest])


def tuple_of(items: Iterable[ast.expr]) -> ast.expr:
    """Return a tuple of ``items``."""
    return ast.Tuple(elts=list(items), ctx=ast.Load())


def and_(parts: Sequence[ast.expr]) -> ast.expr:
    """Whether all of ``parts`` are true; of none: true."""
    return _joined(ast.And(), [part for part in parts if not is_const(part, True)], True)


def or_(parts: Sequence[ast.expr]) -> ast.expr:
    """Whether one of ``parts`` is true; of none: false."""
    return _joined(ast.Or(), [part for part in parts if not is_const(part, False)], False)


def _joined(operator: ast.boolop, parts: list[ast.expr], of_none: bool) -> ast.expr:
    if len(parts) == 1:
        return parts[0]
    return ast.BoolOp(op=operator, values=parts) if parts else const(of_none)


def is_const(part: ast.expr, value: object) -> bool:
    """Whether ``part`` is the constant ``value`` itself."""
    return isinstance(part, ast.Constant) and part.value is value


def if_expr(test: ast.expr, value: ast.expr, otherwise: ast.expr) -> ast.expr:
    """``value`` where ``test`` is true, ``otherwise`` where it is not."""
    return ast.IfExp(test=test, body=value, orelse=otherwise)


def walrus(name: str, value: ast.expr) -> ast.expr:
    """``value``, kept as ``name`` as well."""
    return ast.NamedExpr(target=ast.Name(id=name, ctx=ast.Store()), value=value)


def not_(part: ast.expr) -> ast.expr:
    """Whether ``part`` is false."""
    return ast.UnaryOp(op=ast.Not(), operand=part)


def sub(left: ast.expr, right: ast.expr) -> ast.expr:
    """Return the difference."""
    return ast.BinOp(left=left, op=ast.Sub(), right=right)


def mul(left: ast.expr, right: ast.expr) -> ast.expr:
    """Return the product."""
    return ast.BinOp(left=left, op=ast.Mult(), right=right)


def neg(value: ast.expr) -> ast.expr:
    """Return the value with its sign changed."""
    return ast.UnaryOp(op=ast.USub(), operand=value)


def assign(name: str, value: ast.expr, *more: str) -> ast.stmt:
    """``name`` (and ``more``) = ``value``."""
    targets: list[ast.expr] = [ast.Name(id=each, ctx=ast.Store()) for each in (name, *more)]
    return ast.Assign(targets=targets, value=value)


def unpack(names: Sequence[str], value: ast.expr) -> ast.stmt:
    """As many locals as ``value`` has items."""
    targets: list[ast.expr] = [ast.Name(id=name, ctx=ast.Store()) for name in names]
    target = ast.Tuple(elts=targets, ctx=ast.Store())
    return ast.Assign(targets=[target], value=value)


def add_to(name: str, value: ast.expr) -> ast.stmt:
    """``name`` += ``value``."""
    return ast.AugAssign(target=ast.Name(id=name, ctx=ast.Store()), op=ast.Add(), value=value)


def add_bit(name: str, bit: int) -> ast.stmt:
    """``name`` |= 2 ** ``bit``."""
    target = ast.Name(id=name, ctx=ast.Store())
    return ast.AugAssign(target=target, op=ast.BitOr(), value=const(1 << bit))


def for_each(name: str, items: ast.expr, body: list[ast.stmt]) -> ast.stmt:
    """``body`` for each of ``items``, called ``name``."""
    target = ast.Name(id=name, ctx=ast.Store())
    return ast.For(target=target, iter=items, body=body, orelse=[])


def set_item(mapping: str, key: str, value: ast.expr) -> ast.stmt:
    """``mapping``[``key``] = ``value``."""
    target = ast.Subscript(value=load_name(mapping), slice=const(key), ctx=ast.Store())
    return ast.Assign(targets=[target], value=value)


def statement(expression: ast.expr) -> ast.stmt:
    """``expression`` for its effect."""
    return ast.Expr(value=expression)


def if_(test: ast.expr, body: list[ast.stmt], orelse: list[ast.stmt] | None = None) -> ast.stmt:
    """If ``test``, ``body``, else ``orelse``."""
    return ast.If(test=test, body=body, orelse=orelse or [])


def compile_function(
    arguments: Sequence[str], body: list[ast.stmt], scope: Mapping[str, Any]
) -> Callable[..., Any]:
    """Compile a function of ``arguments`` with ``body``; names in it that are neither its arguments
    nor its locals are looked up in ``scope``.
    """
    function = function_def(arguments, body)
    module = ast.fix_missing_locations(ast.Module(body=[function], type_ignores=[]))
    names = dict(scope)
    exec(compile(module, "<playbook>", "exec"), names)  # noqa: S102 - from nodes of ours
    return cast("Callable[..., Any]", names["run"])


def function_def(arguments: Sequence[str], body: list[ast.stmt]) -> ast.FunctionDef:
    """`def run(ARGUMENTS): BODY`."""
    taken = ast.arguments(
        posonlyargs=[],
        args=[ast.arg(arg=name) for name in arguments],
        kwonlyargs=[],
        kw_defaults=[],
        defaults=[],
    )
    function = ast.FunctionDef(name="run", args=taken, body=body, decorator_list=[])
    if "type_params" in ast.FunctionDef._fields:  # from Python 3.12 on
        setattr(function, "type_params", [])  # noqa: B010 - Python 3.11 has no such field
    return function
