"""Build nodes of Python's syntax tree: short names for the few that compiled playbooks consist of.

A tree and not text: an id or a text of a playbook can only become a constant, never code.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast


def load_name(name: str) -> ast.expr:
    """Build a read of the local variable ``name``."""
    return ast.Name(id=name, ctx=ast.Load())


def const(value: Any) -> ast.expr:
    """Build a constant from a value of the playbook, or a tuple of constants from a tuple."""
    if isinstance(value, tuple):
        return ast.Tuple(elts=[const(item) for item in value], ctx=ast.Load())
    return ast.Constant(value=value)


def call_name(function: ast.expr, *arguments: ast.expr) -> ast.expr:
    """Build a call of ``function`` with ``arguments``."""
    return ast.Call(func=function, args=list(arguments), keywords=[])


def call_method(name: str, attribute: str, *arguments: ast.expr) -> ast.expr:
    """Build a call of the method ``attribute`` of the local variable ``name``."""
    return call_name(
        ast.Attribute(value=load_name(name), attr=attribute, ctx=ast.Load()), *arguments
    )


def comparison(left: ast.expr, *rest: tuple[ast.cmpop, ast.expr]) -> ast.expr:
    """Build a comparison, chained if ``rest`` has several parts: ``left < a <= b``."""
    return ast.Compare(left=left, ops=[op for op, _ in rest], comparators=[to for _, to in rest])


def tuple_of(items: Iterable[ast.expr]) -> ast.expr:
    """Build a tuple of ``items``."""
    return ast.Tuple(elts=list(items), ctx=ast.Load())


def and_(parts: Sequence[ast.expr]) -> ast.expr:
    """Build the conjunction of ``parts``; of no parts, ``True``."""
    return _joined(ast.And(), [part for part in parts if not is_const(part, True)], True)


def or_(parts: Sequence[ast.expr]) -> ast.expr:
    """Build the disjunction of ``parts``; of no parts, ``False``."""
    return _joined(ast.Or(), [part for part in parts if not is_const(part, False)], False)


def _joined(operator: ast.boolop, parts: list[ast.expr], of_none: bool) -> ast.expr:
    if len(parts) == 1:
        return parts[0]
    return ast.BoolOp(op=operator, values=parts) if parts else const(of_none)


def is_const(part: ast.expr, value: object) -> bool:
    """Return whether ``part`` is the constant ``value`` itself."""
    # By identity: 1 and 1.0 are equal to True.
    return isinstance(part, ast.Constant) and part.value is value


def if_expr(test: ast.expr, value: ast.expr, otherwise: ast.expr) -> ast.expr:
    """Build a conditional expression: ``value`` if ``test`` else ``otherwise``.

    Args:
        test: Decides.
        value: The value where ``test`` is true.
        otherwise: The value where it is not.
    """
    return ast.IfExp(test=test, body=value, orelse=otherwise)


def walrus(name: str, value: ast.expr) -> ast.expr:
    """Build an assignment expression: ``(name := value)``."""
    return ast.NamedExpr(target=ast.Name(id=name, ctx=ast.Store()), value=value)


def not_(part: ast.expr) -> ast.expr:
    """Build ``not part``."""
    return ast.UnaryOp(op=ast.Not(), operand=part)


def sub(left: ast.expr, right: ast.expr) -> ast.expr:
    """Build ``left - right``."""
    return ast.BinOp(left=left, op=ast.Sub(), right=right)


def mul(left: ast.expr, right: ast.expr) -> ast.expr:
    """Build ``left * right``."""
    return ast.BinOp(left=left, op=ast.Mult(), right=right)


def neg(value: ast.expr) -> ast.expr:
    """Build ``-value``."""
    return ast.UnaryOp(op=ast.USub(), operand=value)


def assign(name: str, value: ast.expr, *more: str) -> ast.stmt:
    """Build an assignment: ``name = value``, or ``name = more = value``."""
    targets: list[ast.expr] = [ast.Name(id=each, ctx=ast.Store()) for each in (name, *more)]
    return ast.Assign(targets=targets, value=value)


def unpack(names: Sequence[str], value: ast.expr) -> ast.stmt:
    """Build ``a, b, ... = value``, one local variable for each of ``names``."""
    targets: list[ast.expr] = [ast.Name(id=name, ctx=ast.Store()) for name in names]
    target = ast.Tuple(elts=targets, ctx=ast.Store())
    return ast.Assign(targets=[target], value=value)


def add_to(name: str, value: ast.expr) -> ast.stmt:
    """Build ``name += value``."""
    return ast.AugAssign(target=ast.Name(id=name, ctx=ast.Store()), op=ast.Add(), value=value)


def add_bit(name: str, bit: int) -> ast.stmt:
    """Build ``name |= 2 ** bit``, the power as a constant."""
    target = ast.Name(id=name, ctx=ast.Store())
    return ast.AugAssign(target=target, op=ast.BitOr(), value=const(1 << bit))


def for_each(name: str, items: ast.expr, body: list[ast.stmt]) -> ast.stmt:
    """Build ``for name in items: body``.

    Args:
        name: The loop variable.
        items: What to iterate over.
        body: At least one statement.
    """
    target = ast.Name(id=name, ctx=ast.Store())
    return ast.For(target=target, iter=items, body=body, orelse=[])


def set_item(mapping: str, key: str, value: ast.expr) -> ast.stmt:
    """Build ``mapping[key] = value``.

    Args:
        mapping: The local variable that holds the map.
        key: A constant.
        value: The value to set.
    """
    target = ast.Subscript(value=load_name(mapping), slice=const(key), ctx=ast.Store())
    return ast.Assign(targets=[target], value=value)


def statement(expression: ast.expr) -> ast.stmt:
    """Build a statement that evaluates ``expression`` for its effect."""
    return ast.Expr(value=expression)


def if_(test: ast.expr, body: list[ast.stmt], orelse: list[ast.stmt] | None = None) -> ast.stmt:
    """Build ``if test: body else: orelse``.

    Args:
        test: Decides.
        body: At least one statement.
        orelse: Statements for the other case; None for no `else`.
    """
    return ast.If(test=test, body=body, orelse=orelse or [])


def compile_function(
    arguments: Sequence[str], body: list[ast.stmt], scope: Mapping[str, Any]
) -> Callable[..., Any]:
    """Compile a function.

    Args:
        arguments: Names of its parameters.
        body: Its statements; without a `return` it returns None.
        scope: Its globals: values of the names that are neither parameters nor local variables.
    """
    function = function_def(arguments, body)
    module = ast.fix_missing_locations(ast.Module(body=[function], type_ignores=[]))
    names = dict(scope)
    exec(compile(module, "<playbook>", "exec"), names)  # noqa: S102 - from nodes of ours
    return cast("Callable[..., Any]", names["run"])


def function_def(arguments: Sequence[str], body: list[ast.stmt]) -> ast.FunctionDef:
    """Build ``def run(arguments): body``."""
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
