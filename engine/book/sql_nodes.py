"""Build small pieces of SQL as sqlglot trees.

Nothing here is text pasted into SQL: sqlglot escapes names and literals for the dialect that a tree
is printed in. Printing and planning recurse, so what has many parts becomes a balanced tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce

from sqlglot import exp

from engine.language.conditions import Value, ValueType

Joining = type[exp.And] | type[exp.Or]
Comparing = type[exp.EQ] | type[exp.LT] | type[exp.LTE] | type[exp.GT] | type[exp.GTE]

SQL_TYPES: Mapping[ValueType, str] = {
    "boolean": "BOOLEAN",
    "number": "DOUBLE",
    "text": "VARCHAR",
    "choice": "VARCHAR",
    "time": "BIGINT",
    "duration": "BIGINT",
}
"""The SQL type that values of each type are kept as; instants and durations in whole seconds."""

EXACT_DIGITS = 15
"""A literal of so many significant decimal digits becomes the nearest double in every engine."""

# Names and tables


def column(name: str, table: str | None = None) -> exp.Column:
    """Return the column ``name`` of ``table``, or of the only table. Names are always quoted."""
    owner = None if table is None else exp.to_identifier(table, quoted=True)
    return exp.Column(this=exp.to_identifier(name, quoted=True), table=owner)


def table(name: str, alias: str | None = None) -> exp.Table:
    """Return a table or common table expression."""
    as_ = None if alias is None else exp.TableAlias(this=exp.to_identifier(alias, quoted=True))
    return exp.Table(this=exp.to_identifier(name, quoted=True), alias=as_)


def named(value: exp.Expression, name: str, comment: str | None = None) -> exp.Expression:
    """``value`` AS ``name``. ``comment`` is printed unescaped: it must not come from a book."""
    alias = exp.Alias(this=value, alias=exp.to_identifier(name, quoted=True))
    if comment is not None:
        alias.add_comments([f" {comment} "])
    return alias


def call(function: str, *arguments: exp.Expression) -> exp.Expression:
    """Return a call of ``function``, whose name sqlglot does not translate."""
    return exp.Anonymous(this=function, expressions=list(arguments))


def columns_sql(columns: Mapping[str, str], dialect: str = "duckdb") -> str:
    """Return the columns of a table, as CREATE TABLE declares them in ``dialect``: type by name."""
    kinds = {name: exp.DataType.build(type) for name, type in columns.items()}
    declared = (
        exp.ColumnDef(this=exp.to_identifier(name, quoted=True), kind=kind)
        for name, kind in kinds.items()
    )
    return ", ".join(each.sql(dialect=dialect) for each in declared)


def select_all(source: str) -> exp.Select:
    """SELECT f.* FROM ``source`` AS f, for more columns to be added. Columns are always named with
    their table: a fact may be called as a column of the calendar is.
    """
    return exp.select(star("f")).from_(table(source, "f"))


def star(owner: str) -> exp.Expression:
    """All columns of ``owner``."""
    return exp.Column(this=exp.Star(), table=exp.to_identifier(owner, quoted=True))


# Values


def text(value: str) -> exp.Expression:
    """Return a text literal."""
    return exp.Literal.string(value)


def whole(value: int) -> exp.Expression:
    """Return an integer literal."""
    return whole_or_decimal(str(value))


def whole_or_decimal(digits: str) -> exp.Expression:
    """Return a number literal; that of a negative number is the operator `-` and a literal."""
    literal = exp.Literal.number(digits.removeprefix("-"))
    return exp.Paren(this=exp.Neg(this=literal)) if digits.startswith("-") else literal


def double(value: float) -> exp.Expression:
    """``value`` as a double to the last bit; as it stands, engines would read a decimal."""
    digits = repr(float(value)).removesuffix(".0")
    if len(digits.strip("-").replace(".", "")) > EXACT_DIGITS or "e" in digits:
        literal: exp.Expression = exp.Literal.string(digits)
    else:
        literal = whole_or_decimal(digits)
    return exp.cast(literal, "DOUBLE")


def literal(value: Value) -> exp.Expression:
    """Return a run-time value of the language."""
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


def constant(value: Value | None, type: ValueType) -> exp.Expression:
    """``value``, or NULL, in the SQL type that values of ``type`` are kept as."""
    if value is None:
        return null(SQL_TYPES[type])
    match type:
        case "number":
            return double(float(value))
        case "time" | "duration":
            return exp.cast(whole(int(value)), "BIGINT")
        case _:
            return literal(value)


def array(items: Sequence[exp.Expression]) -> exp.Expression:
    """Return a list of ``items``."""
    return exp.Array(expressions=list(items))


# Conditions


def both(parts: Iterable[exp.Expression]) -> exp.Expression:
    """AND of ``parts``; true if there are none."""
    return _joined(list(parts), exp.And, empty=True)


def either(parts: Iterable[exp.Expression]) -> exp.Expression:
    """OR of ``parts``; false if there are none."""
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
    """NOT ``part``."""
    return exp.Not(this=exp.Paren(this=part))


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


def is_any_of(value: exp.Expression, words: Sequence[str]) -> exp.Expression:
    """Whether ``value`` is one of ``words``; false of no words."""
    if not words:
        return exp.false()
    return exp.In(this=value, expressions=[text(word) for word in words])


# Arithmetic and choice


def add(left: exp.Expression, right: exp.Expression) -> exp.Expression:
    """Return the sum."""
    return exp.Paren(this=exp.Add(this=left, expression=right))


def subtract(left: exp.Expression, right: exp.Expression) -> exp.Expression:
    """Return the difference."""
    return exp.Paren(this=exp.Sub(this=left, expression=right))


def multiply(left: exp.Expression, right: exp.Expression) -> exp.Expression:
    """Return the product."""
    return exp.Mul(this=left, expression=right)


def hours(seconds: exp.Expression) -> exp.Expression:
    """``seconds`` in hours."""
    return exp.Div(this=exp.cast(seconds, "DOUBLE"), expression=double(3600.0))


def product(factors: Sequence[exp.Expression]) -> exp.Expression:
    """Return the product from left to right, as floating point wants it; one of nothing."""
    return reduce(multiply, factors) if factors else double(1.0)


def greatest(parts: Sequence[exp.Expression]) -> exp.Expression:
    """Return the largest of ``parts``, none of which may be unknown: engines differ there."""
    return _picked(exp.Greatest, parts)


def least(parts: Sequence[exp.Expression]) -> exp.Expression:
    """Return the smallest of ``parts``, none of which may be unknown: engines differ there."""
    return _picked(exp.Least, parts)


def _picked(
    function: type[exp.Greatest | exp.Least], parts: Sequence[exp.Expression]
) -> exp.Expression:
    # Without `ignore_nulls` sqlglot writes a guard against NULL around it, each part once more.
    if len(parts) == 1:
        return parts[0]
    return function(this=parts[0], expressions=parts[1:], ignore_nulls=True)


def coalesce(first: exp.Expression, *rest: exp.Expression) -> exp.Expression:
    """Return the first that is known."""
    return exp.Coalesce(this=first, expressions=list(rest)) if rest else first


def case(
    *branches: tuple[exp.Expression, exp.Expression], otherwise: exp.Expression | None = None
) -> exp.Expression:
    """CASE: the value of the first branch that is true, else ``otherwise``, else unknown."""
    case = exp.Case()
    for test, value in branches:
        case = case.when(test, value, copy=False)
    return case if otherwise is None else case.else_(otherwise, copy=False)


def concat(parts: Sequence[exp.Expression]) -> exp.Expression:
    """Return the texts ``parts`` one after another, as a balanced tree; the empty text of
    nothing.
    """
    if len(parts) <= 1:
        return parts[0] if parts else text("")
    middle = len(parts) // 2
    halves = [concat(half) for half in (parts[:middle], parts[middle:])]
    left, right = (exp.Paren(this=half) if len(parts) > 8 else half for half in halves)
    return exp.DPipe(this=left, expression=right)
