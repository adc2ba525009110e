"""Small pieces of SQL as sqlglot trees: what the statement compares, adds and chooses
by, with the pieces of `engine.book.sql_nodes`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce

from sqlglot import exp

from engine.book.sql_nodes import (
    both,
    call,
    coalesce,
    column,
    either,
    named,
    negated,
    table,
    text,
    whole,
    whole_or_decimal,
)
from engine.language.conditions import Value

__all__ = [
    "add",
    "both",
    "call",
    "case",
    "coalesce",
    "column",
    "compare_sql",
    "double",
    "either",
    "greatest",
    "grouped",
    "is_not_null",
    "is_null",
    "is_true",
    "least",
    "literal",
    "multiply",
    "named",
    "negated",
    "null",
    "product",
    "select_all",
    "star",
    "subtract",
    "table",
    "text",
    "whole",
]

Comparing = type[exp.EQ] | type[exp.LT] | type[exp.LTE] | type[exp.GT] | type[exp.GTE]

EXACT_DIGITS = 15
"""So many significant decimal digits become the nearest double whichever way an engine casts."""


def double(value: float) -> exp.Expression:
    """``value`` as a double to the last bit; as it stands, engines would read a decimal."""
    digits = repr(float(value)).removesuffix(".0")
    if len(digits.strip("-").replace(".", "")) > EXACT_DIGITS or "e" in digits:
        literal: exp.Expression = exp.Literal.string(digits)
    else:
        literal = whole_or_decimal(digits)
    return exp.cast(literal, "DOUBLE")


def literal(value: Value) -> exp.Expression:
    """A run-time value of the language."""
    match value:
        case bool():
            return exp.Boolean(this=value)
        case str():
            return text(value)
        case int():
            return whole(value)
        case float():
            return double(value)


def null(type: str | None = None) -> exp.Expression:
    """Unknown, of ``type`` where nothing else says which."""
    return exp.null() if type is None else exp.cast(exp.null(), type)


def grouped(part: exp.Expression) -> exp.Expression:
    """``part``, in parentheses if it is an AND or OR."""
    return exp.Paren(this=part) if isinstance(part, exp.Connector) else part


def is_true(truth: exp.Expression) -> exp.Expression:
    """``truth`` where unknown counts as false."""
    if isinstance(truth, exp.Boolean):
        return truth
    return coalesce(truth, exp.false())


def compare_sql(left: exp.Expression, sign: str, right: exp.Expression) -> exp.Expression:
    """``left`` ``sign`` ``right`` for one of =, <, <=, >, >=."""
    test: exp.Expression = COMPARISON_NODES[sign](this=left, expression=right)
    return test


COMPARISON_NODES: Mapping[str, Comparing] = {
    "=": exp.EQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}


def is_not_null(value: exp.Expression) -> exp.Expression:
    """IS NOT NULL."""
    return exp.Not(this=is_null(value))


def is_null(value: exp.Expression) -> exp.Expression:
    """IS NULL."""
    return exp.Is(this=value, expression=exp.null())


def add(left: exp.Expression, right: exp.Expression) -> exp.Expression:
    """The sum."""
    return exp.Paren(this=exp.Add(this=left, expression=right))


def subtract(left: exp.Expression, right: exp.Expression) -> exp.Expression:
    """The difference."""
    return exp.Paren(this=exp.Sub(this=left, expression=right))


def multiply(left: exp.Expression, right: exp.Expression) -> exp.Expression:
    """The product."""
    return exp.Mul(this=left, expression=right)


def hours(seconds: exp.Expression) -> exp.Expression:
    """``seconds`` in hours."""
    return exp.Div(this=exp.cast(seconds, "DOUBLE"), expression=double(3600.0))


def product(factors: Sequence[exp.Expression]) -> exp.Expression:
    """The product from left to right, as floating point wants it; one of nothing."""
    return reduce(multiply, factors) if factors else double(1.0)


def greatest(parts: Sequence[exp.Expression]) -> exp.Expression:
    """The largest of ``parts``, none of which may be unknown: engines differ there."""
    return _picked(exp.Greatest, parts)


def least(parts: Sequence[exp.Expression]) -> exp.Expression:
    """The smallest of ``parts``, none of which may be unknown: engines differ there."""
    return _picked(exp.Least, parts)


def _picked(
    function: type[exp.Greatest | exp.Least], parts: Sequence[exp.Expression]
) -> exp.Expression:
    # Without `ignore_nulls` sqlglot writes a guard against NULL around it, each part once more.
    if len(parts) == 1:
        return parts[0]
    return function(this=parts[0], expressions=parts[1:], ignore_nulls=True)


def case(
    *branches: tuple[exp.Expression, exp.Expression], otherwise: exp.Expression | None = None
) -> exp.Expression:
    """CASE: the value of the first branch that is true, else ``otherwise``, else unknown."""
    case = exp.Case()
    for test, value in branches:
        case = case.when(test, value, copy=False)
    return case if otherwise is None else case.else_(otherwise, copy=False)


def select_all(source: str) -> exp.Select:
    """SELECT f.* FROM ``source`` AS f, for more columns to be added. Columns are always named with
    their table: a fact may be called as a column of the calendar is.
    """
    return exp.select(star("f")).from_(table(source, "f"))


def star(owner: str) -> exp.Expression:
    """All columns of ``owner``."""
    return exp.Column(this=exp.Star(), table=exp.to_identifier(owner, quoted=True))
