"""Build small pieces of SQL as sqlglot trees: names, values, conditions, arithmetic and choice.

No text is pasted into SQL: sqlglot escapes names and literals for the dialect that a tree is
printed in. Printing and planning recurse, so that many parts are joined as a balanced tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce

from sqlglot import exp

from engine.book.sql_types import SQL_TYPES, cast
from engine.language.conditions import Value, ValueType

Joining = type[exp.And] | type[exp.Or]
Comparing = type[exp.EQ] | type[exp.LT] | type[exp.LTE] | type[exp.GT] | type[exp.GTE]

EXACT_DIGITS = 15
"""A literal with up to so many significant digits becomes the nearest double in every engine."""


def column(name: str, table: str | None = None) -> exp.Column:
    """Build ``table.name``, or ``name`` of the only table. Names are always quoted."""
    owner = None if table is None else exp.to_identifier(table, quoted=True)
    return exp.Column(this=exp.to_identifier(name, quoted=True), table=owner)


def table(name: str, alias: str | None = None) -> exp.Table:
    """Build a reference to a table or common table expression, ``name AS alias``."""
    as_ = None if alias is None else exp.TableAlias(this=exp.to_identifier(alias, quoted=True))
    return exp.Table(this=exp.to_identifier(name, quoted=True), alias=as_)


def named(value: exp.Expression, name: str, comment: str | None = None) -> exp.Expression:
    """Alias ``value AS name`` in a SELECT list, with an optional comment.

    Args:
        value: The expression.
        name: Its alias, which is quoted.
        comment: Printed unescaped, so that it must not come from a book.
    """
    alias = exp.Alias(this=value, alias=exp.to_identifier(name, quoted=True))
    if comment is not None:
        alias.add_comments([f" {comment} "])
    return alias


def call(function: str, *arguments: exp.Expression) -> exp.Expression:
    """Build ``function(arguments)``, a call whose name sqlglot does not translate."""
    return exp.Anonymous(this=function, expressions=list(arguments))


def select_all(source: str) -> exp.Select:
    """Build ``SELECT f.* FROM source AS f``, to which more columns are added."""
    # Not `SELECT *`: a fact may have the name of a column of the calendar that is joined.
    return exp.select(star("f")).from_(table(source, "f"))


def with_relations(select: exp.Select, relations: Iterable[tuple[str, exp.Query]]) -> exp.Select:
    """Put ``relations`` in front of ``select``, which is changed: ``WITH name AS (...) SELECT``.

    Args:
        select: Reads them.
        relations: The name and query of each, in the order in which they read each other.
    """
    for name, relation in relations:
        select = select.with_(exp.to_identifier(name, quoted=True), relation, copy=False)
    return select


def star(owner: str) -> exp.Expression:
    """Build ``owner.*``."""
    return exp.Column(this=exp.Star(), table=exp.to_identifier(owner, quoted=True))


def text(value: str) -> exp.Expression:
    """Build the text literal ``'value'``."""
    return exp.Literal.string(value)


def whole(value: int) -> exp.Expression:
    """Build an integer literal."""
    return whole_or_decimal(str(value))


def whole_or_decimal(digits: str) -> exp.Expression:
    """Build a number literal; a negative number is ``(-1)``, an operator and a literal."""
    literal = exp.Literal.number(digits.removeprefix("-"))
    return exp.Paren(this=exp.Neg(this=literal)) if digits.startswith("-") else literal


def double(value: float) -> exp.Expression:
    """Build ``CAST(0.5 AS DOUBLE)`` for ``value``, exact to the last bit."""
    # Without the cast it would be a decimal. A number with more digits or an exponent is not read
    # alike by all engines, but text is.
    digits = repr(float(value)).removesuffix(".0")
    if len(digits.strip("-").replace(".", "")) > EXACT_DIGITS or "e" in digits:
        literal: exp.Expression = exp.Literal.string(digits)
    else:
        literal = whole_or_decimal(digits)
    return cast(literal, "DOUBLE")


def literal(value: Value) -> exp.Expression:
    """Build the literal of a value of the language."""
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
    """Build ``NULL``, or ``CAST(NULL AS type)`` where the context does not determine its type."""
    return exp.null() if type is None else cast(exp.null(), type)


def constant(value: Value | None, type: ValueType) -> exp.Expression:
    """Build ``value``, or NULL for None, in the SQL type of ``type`` (see `SQL_TYPES`)."""
    if value is None:
        return null(SQL_TYPES[type])
    match type:
        case "number":
            return double(float(value))
        case "time" | "duration":
            return cast(whole(int(value)), "BIGINT")
        case _:
            return literal(value)


def array(items: Sequence[exp.Expression]) -> exp.Expression:
    """Build a list of ``items``."""
    return exp.Array(expressions=list(items))


def both(parts: Iterable[exp.Expression]) -> exp.Expression:
    """Build ``a AND b AND ...`` of ``parts``; true if there are no parts."""
    return _joined(list(parts), exp.And, empty=True)


def either(parts: Iterable[exp.Expression]) -> exp.Expression:
    """Build ``a OR b OR ...`` of ``parts``; false if there are no parts."""
    return _joined(list(parts), exp.Or, empty=False)


def _joined(parts: Sequence[exp.Expression], kind: Joining, empty: bool) -> exp.Expression:
    if not parts:
        return exp.Boolean(this=empty)
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2  # a balanced tree: printing and planning recurse
    halves = (_joined(half, kind, empty) for half in (parts[:middle], parts[middle:]))
    left, right = (_wrapped(half, kind) for half in halves)
    joined: exp.Expression = kind(this=left, expression=right)
    return joined


def _wrapped(part: exp.Expression, kind: Joining) -> exp.Expression:
    if isinstance(part, exp.Connector) and not isinstance(part, kind):
        return exp.Paren(this=part)
    return part


def negated(part: exp.Expression) -> exp.Expression:
    """Build ``NOT (part)``."""
    return exp.Not(this=exp.Paren(this=part))


def grouped(part: exp.Expression) -> exp.Expression:
    """Wrap ``part`` in parentheses if it is an AND or OR."""
    return exp.Paren(this=part) if isinstance(part, exp.Connector) else part


def is_true(truth: exp.Expression) -> exp.Expression:
    """Build ``COALESCE(truth, FALSE)``: unknown counts as false."""
    if isinstance(truth, exp.Boolean):
        return truth
    return coalesce(truth, exp.false())


def compare_sql(left: exp.Expression, sign: str, right: exp.Expression) -> exp.Expression:
    """Build ``left sign right``, such as ``a <= b``.

    Args:
        left: The expression on the left.
        sign: One of =, <, <=, >, >=.
        right: The expression on the right.
    """
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
    """Build ``NOT value IS NULL``."""
    return exp.Not(this=is_null(value))


def is_null(value: exp.Expression) -> exp.Expression:
    """Build ``value IS NULL``."""
    return exp.Is(this=value, expression=exp.null())


def is_any_of(value: exp.Expression, words: Sequence[str]) -> exp.Expression:
    """Build ``value IN (words)``; false if there are no words."""
    if not words:
        return exp.false()
    return exp.In(this=value, expressions=[text(word) for word in words])


def add(left: exp.Expression, right: exp.Expression) -> exp.Expression:
    """Build ``(left + right)``."""
    return exp.Paren(this=exp.Add(this=left, expression=right))


def subtract(left: exp.Expression, right: exp.Expression) -> exp.Expression:
    """Build ``(left - right)``."""
    return exp.Paren(this=exp.Sub(this=left, expression=right))


def multiply(left: exp.Expression, right: exp.Expression) -> exp.Expression:
    """Build ``left * right``."""
    return exp.Mul(this=left, expression=right)


def hours(seconds: exp.Expression) -> exp.Expression:
    """Build the conversion of ``seconds`` to hours, as a double."""
    return exp.Div(this=cast(seconds, "DOUBLE"), expression=double(3600.0))


def product(factors: Sequence[exp.Expression]) -> exp.Expression:
    """Build ``a * b * ...``; 1.0 if there are no factors."""
    # From left to right, and not balanced: the order decides how floating point rounds.
    return reduce(multiply, factors) if factors else double(1.0)


def greatest(parts: Sequence[exp.Expression]) -> exp.Expression:
    """Build ``GREATEST(parts)``; engines differ if a part is unknown, so that none may be."""
    return _picked(exp.Greatest, parts)


def least(parts: Sequence[exp.Expression]) -> exp.Expression:
    """Build ``LEAST(parts)``; engines differ if a part is unknown, so that none may be."""
    return _picked(exp.Least, parts)


def _picked(
    function: type[exp.Greatest | exp.Least], parts: Sequence[exp.Expression]
) -> exp.Expression:
    # Without `ignore_nulls` sqlglot writes a guard against NULL around it, each part once more.
    if len(parts) == 1:
        return parts[0]
    return function(this=parts[0], expressions=parts[1:], ignore_nulls=True)


def coalesce(first: exp.Expression, *rest: exp.Expression) -> exp.Expression:
    """Build ``COALESCE(first, rest)``: the first that is known."""
    return exp.Coalesce(this=first, expressions=list(rest)) if rest else first


def case(
    *branches: tuple[exp.Expression, exp.Expression], otherwise: exp.Expression | None = None
) -> exp.Expression:
    """Build ``CASE WHEN test THEN value ... ELSE otherwise END`` of (test, value) ``branches``."""
    case = exp.Case()
    for test, value in branches:
        case = case.when(test, value, copy=False)
    return case if otherwise is None else case.else_(otherwise, copy=False)


def concat(parts: Sequence[exp.Expression]) -> exp.Expression:
    """Build ``a || b || ...`` of the texts ``parts``; the empty text if there are no parts."""
    if len(parts) <= 1:
        return parts[0] if parts else text("")
    middle = len(parts) // 2
    halves = [concat(half) for half in (parts[:middle], parts[middle:])]
    left, right = (exp.Paren(this=half) if len(parts) > 8 else half for half in halves)
    return exp.DPipe(this=left, expression=right)


def null_if_any_of(value: exp.Expression, words: Iterable[str]) -> exp.Expression:
    """Build the text ``value``, or NULL if it is one of ``words``, which are in lower case."""
    found = is_any_of(exp.Lower(this=value.copy()), list(words))
    return case((found, null("VARCHAR")), otherwise=value)
