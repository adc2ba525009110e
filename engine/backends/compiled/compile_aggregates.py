"""Compile what a measure keeps while it passes over rows: before, at each row, and after them.

Each measure has a local variable, and a second one with the ending `_cells` or `_seen` if it needs
one.
"""

from __future__ import annotations

import ast
import math

from engine.backends.compiled import codegen as py
from engine.backends.compiled.compile_conditions import ConditionCompiler
from engine.language.conditions import Ref
from engine.language.model import Column, Measure

MESSAGE_LOCAL = "number"
"""The local variable with the number of a row's message; None if the row is all there is of it."""


def begin(name: str, measure: Measure, copies: bool) -> list[ast.stmt]:
    """Compile the initial values, those for no rows, of the variables that a pass changes.

    Args:
        name: The local variable of the measure.
        measure: The measure.
        copies: Whether rows may be of one message, which counts once.
    """
    match measure.kind:
        case "count":
            seen = [py.assign(f"{name}_seen", _set())] if copies else []
            return [py.assign(name, py.const(0)), *seen]
        case "any":
            return [py.assign(name, py.const(False))]
        case "distinct":
            return [py.assign(name, _set())]
        case "sum":
            largest = py.assign(f"{name}_seen", ast.Dict(keys=[], values=[]))
            return [py.assign(name, _empty()), *([largest] if copies else [])]
        case "earliest" | "silence":
            return [py.assign(name, py.const(math.inf))]
        case "latest":
            return [py.assign(name, py.const(-math.inf))]
        case "last":
            return [py.assign(name, py.const(-math.inf)), py.assign(f"{name}_cells", _empty())]


def count(name: str, measure: Measure, tests: ConditionCompiler, copies: bool) -> list[ast.stmt]:
    """Compile what a row that counts changes.

    Args:
        name: The local variable of the measure.
        measure: The measure.
        tests: Has the local variables of the columns.
        copies: Whether rows may be of one message, which counts once.
    """
    match measure.kind:
        case "count":
            added = [py.add_to(name, py.const(1))]
            return _once(f"{name}_seen", added) if copies else added
        case "any":
            return [py.assign(name, py.const(True))]
        case "earliest" | "silence":
            earlier = at_is(ast.Lt(), py.load_name(name))
            return [py.if_(earlier, [py.assign(name, py.load_name("at"))])]
        case "latest":
            later = at_is(ast.Gt(), py.load_name(name))
            return [py.if_(later, [py.assign(name, py.load_name("at"))])]
        case "last":
            return _count_last(name, measure, tests)
        case "distinct" | "sum":
            known, cell = _known_cell(measure, tests)
            kept = "add" if measure.kind == "distinct" else "append"
            keep = [py.statement(py.call_method(name, kept, cell))]
            if copies and measure.kind == "sum":
                largest = py.call_name(
                    py.load_name("keep_largest"),
                    py.load_name(f"{name}_seen"),
                    py.load_name(MESSAGE_LOCAL),
                    cell,
                )
                keep = [py.if_(_alone(), keep, [py.statement(largest)])]
            return [py.if_(known, keep)]


def _count_last(name: str, measure: Measure, tests: ConditionCompiler) -> list[ast.stmt]:
    # Several rows may have the latest instant: their largest cell counts.
    later = [py.assign(name, py.load_name("at")), py.assign(f"{name}_cells", _empty())]
    known, cell = _known_cell(measure, tests)
    keep = py.statement(py.call_method(f"{name}_cells", "append", cell))
    latest = py.and_([at_is(ast.Eq(), py.load_name(name)), known])
    return [py.if_(at_is(ast.Gt(), py.load_name(name)), later), py.if_(latest, [keep])]


def end(name: str, fact: str, measure: Measure, copies: bool) -> ast.stmt:
    """Compile the assignment of the result to the fact, unless the fact was given.

    Args:
        name: The local variable of the measure.
        fact: The id of the fact.
        measure: The measure.
        copies: Whether rows may be of one message.
    """
    found, is_there = py.load_name(name), py.const(True)
    match measure.kind:
        case "count":
            found = py.call_name(py.load_name("float"), found)
        case "distinct":
            found = py.call_name(py.load_name("float"), py.call_name(py.load_name("len"), found))
        case "sum":  # at once and not by `+=`: rounded once, whatever the order of the rows
            found = py.call_name(py.load_name("summed"), _with_largest(name) if copies else found)
        case "last":
            is_there, found = (
                py.load_name(f"{name}_cells"),
                py.call_name(py.load_name("largest"), py.load_name(f"{name}_cells")),
            )
        case "earliest" | "latest" | "silence":
            nothing = -math.inf if measure.kind == "latest" else math.inf
            is_there = py.comparison(found, (ast.NotEq(), py.const(nothing)))
        case "any":
            pass
    unset = py.comparison(py.const(fact), (ast.NotIn(), py.load_name("facts")))
    return py.if_(py.and_([is_there, unset]), [py.set_item("facts", fact, found)])


def _with_largest(name: str) -> ast.expr:
    parts = (py.load_name(name), py.call_method(f"{name}_seen", "values"))
    return ast.List(
        elts=[ast.Starred(value=each, ctx=ast.Load()) for each in parts], ctx=ast.Load()
    )


def keep_largest(kept: dict[float, float], number: float, cell: float) -> None:
    """Keep the largest cell of the rows of one message.

    Args:
        kept: The largest cell so far, by the number of the message.
        number: The number of the message.
        cell: A cell of one of its rows.
    """
    kept[number] = max(cell, kept.get(number, cell))


def at_is(side: ast.cmpop, other: ast.expr) -> ast.expr:
    """Compile a comparison of the row's instant with ``other``."""
    return py.comparison(py.load_name("at"), (side, other))


def subject_of(column: Column) -> Ref:
    """Return the reference to ``column``."""
    return Ref("column", column.name, column.type)


def _once(seen: str, body: list[ast.stmt]) -> list[ast.stmt]:
    new = py.comparison(py.load_name(MESSAGE_LOCAL), (ast.NotIn(), py.load_name(seen)))
    keep = py.statement(py.call_method(seen, "add", py.load_name(MESSAGE_LOCAL)))
    return [py.if_(py.or_([_alone(), new]), [*body, keep])]


def _alone() -> ast.expr:
    return py.comparison(py.load_name(MESSAGE_LOCAL), (ast.Is(), py.const(None)))


def _known_cell(measure: Measure, tests: ConditionCompiler) -> tuple[ast.expr, ast.expr]:
    """Compile whether the row has a cell in the measure's column, and that cell."""
    assert measure.column is not None
    subject = subject_of(measure.column)
    return tests.known(subject, True), tests.value(subject)


def _set() -> ast.expr:
    return py.call_name(py.load_name("set"))


def _empty() -> ast.expr:
    return ast.List(elts=[], ctx=ast.Load())
