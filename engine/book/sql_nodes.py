"""Build small sqlglot trees that mean the same in every dialect.

SQL is never put together from text: sqlglot escapes literals for the dialect that it prints.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlglot import exp

Joining = type[exp.And] | type[exp.Or]


def column(name: str, table: str | None = None) -> exp.Column:
    """The column ``name`` of ``table``, or of the only table. Names are always quoted."""
    owner = None if table is None else exp.to_identifier(table, quoted=True)
    return exp.Column(this=exp.to_identifier(name, quoted=True), table=owner)


def table(name: str, alias: str | None = None) -> exp.Table:
    """A table or common table expression."""
    as_ = None if alias is None else exp.TableAlias(this=exp.to_identifier(alias, quoted=True))
    return exp.Table(this=exp.to_identifier(name, quoted=True), alias=as_)


def named(value: exp.Expression, name: str, comment: str | None = None) -> exp.Expression:
    """``value`` AS ``name``. ``comment`` is printed unescaped: it must not come from a book."""
    alias = exp.Alias(this=value, alias=exp.to_identifier(name, quoted=True))
    if comment is not None:
        alias.add_comments([f" {comment} "])
    return alias


def call(function: str, *arguments: exp.Expression) -> exp.Expression:
    """A call of ``function``, whose name sqlglot does not translate."""
    return exp.Anonymous(this=function, expressions=list(arguments))


def text(value: str) -> exp.Expression:
    """A text literal."""
    return exp.Literal.string(value)


def whole(value: int) -> exp.Expression:
    """An integer literal."""
    return whole_or_decimal(str(value))


def whole_or_decimal(digits: str) -> exp.Expression:
    """A number literal; that of a negative number is the operator `-` and a literal."""
    literal = exp.Literal.number(digits.removeprefix("-"))
    return exp.Paren(this=exp.Neg(this=literal)) if digits.startswith("-") else literal


def coalesce(first: exp.Expression, *rest: exp.Expression) -> exp.Expression:
    """COALESCE, or ``first`` if it is alone."""
    return exp.Coalesce(this=first, expressions=list(rest)) if rest else first


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
