"""Translate conditions to SQL: TRUE, FALSE or NULL for true, false or unknown.

The three-valued logic of `not`, `any` and `all` is SQL's own. Business time is not computed in a
comparison: every such comparison counts from now, so an instant is compared with a cutoff that its
time zone has already (see `engine.backends.sql.business_time.cutoffs`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import assert_never

from sqlglot import exp

from engine.backends.sql.business_time.cutoffs import Cutoffs
from engine.backends.sql.tree.letter_case import translated
from engine.book import sql_nodes as q
from engine.language import conditions as c
from engine.language.conditions import Condition
from engine.language.value_rules import fold_case

ColumnOf = Callable[[c.Ref], exp.Expression]
SIGNS: Mapping[type[c.OrderComparison], str] = {
    c.AtLeast: ">=",
    c.MoreThan: ">",
    c.AtMost: "<=",
    c.LessThan: "<",
}


class ConditionTranslator:
    """Translate conditions to SQL expressions that are TRUE, FALSE or NULL.

    Each condition with its translation::

        not: {any: [{amount: {at_least: 5}}, {opted_out: true}]}
            NOT ("f"."amount" >= CAST(5 AS DOUBLE) OR "f"."opted_out")
        unless: {amount: {at_least: 5}}
            COALESCE(NOT "f"."amount" >= CAST(5 AS DOUBLE), TRUE)
        seen_at: {older_than: 2 days}
            "f"."seen_at" < (CAST($now AS BIGINT) - 172800)
        seen_at: {older_than: 2 business days}
            "f"."seen_at" < "f"."_not_before_57600"
        note: {contains: Hi}
            STRPOS(TRANSLATE("f"."note", 'HI', 'hi'), 'hi') > 0

    Args:
        columns: Returns the column of a fact, conclusion or cell.
        cutoffs: The instants that ages are compared with.
        for_duckdb: Whether to fold case by LOWER, which is known letter by letter for DuckDB.
    """

    def __init__(self, columns: ColumnOf, cutoffs: Cutoffs, *, for_duckdb: bool = False) -> None:
        self._columns = columns
        self._cutoffs = cutoffs
        self._folded = _lowered if for_duckdb else translated

    def truth(self, condition: Condition) -> exp.Expression:
        """Translate ``condition``; NULL is unknown."""
        match condition:
            case c.All(parts):
                return q.both([q.grouped(self.truth(part)) for part in parts])
            case c.AnyOf(parts):
                return q.either([q.grouped(self.truth(part)) for part in parts])
            case c.Not(part):
                return q.negated(self.truth(part))
            case c.Unless(part):
                return q.call("COALESCE", q.negated(self.truth(part)), exp.true())
            case _:
                return self._test(condition)

    def _test(self, test: c.Comparison) -> exp.Expression:
        value = self._columns(test.subject)
        match test:
            case c.Equals(value=bool() as wanted):
                return value if wanted else q.negated(value)
            case c.Equals(value=wanted):
                return q.compare_sql(value, "=", self._constant(test.subject, wanted))
            case c.In(values=wanted):
                listed = [self._constant(test.subject, each) for each in wanted]
                return exp.In(this=value, expressions=listed)
            case c.AtLeast() | c.MoreThan() | c.AtMost() | c.LessThan():
                bound = self._constant(test.subject, test.bound)
                return q.compare_sql(value, SIGNS[type(test)], bound)
            case c.Between(low=low, high=high):
                ends = (self._constant(test.subject, end) for end in (low, high))
                return exp.Between(this=value, low=next(ends), high=next(ends))
            case c.Known(known=is_known):
                return q.is_not_null(value) if is_known else q.is_null(value)
            case c.OlderThan() | c.Within() | c.InNext():
                return self._aged(test, value)
            case c.Before() | c.After():
                sign = "<" if isinstance(test, c.Before) else ">"
                return q.compare_sql(value, sign, self._bound(test))
            case c.Contains() | c.StartsWith() | c.EndsWith():
                return self._in_text(test, value)
            case _:
                assert_never(test)

    def _constant(self, subject: c.Ref, value: float | str) -> exp.Expression:
        """Translate a value that ``subject`` is compared with."""
        # Columns of durations hold whole seconds, but a bound may be a fraction. A bare literal
        # such as 0.4 would be a decimal, which is not the same number as the double.
        if subject.type == "duration" and float(value).is_integer():
            return q.whole(int(value))
        if isinstance(value, int | float) and subject.type != "time":
            return q.double(value)
        return q.literal(value)

    def _bound(self, test: c.InstantComparison) -> exp.Expression:
        match test.bound:
            case c.Now():
                return self._cutoffs.now
            case c.Ref() as subject:
                return self._columns(subject)
            case int() as instant:
                return q.whole(instant)

    def _aged(self, test: c.AgeComparison, at: exp.Expression) -> exp.Expression:
        cutoffs, now = self._cutoffs, self._cutoffs.now
        match test:
            # `within` has to exclude what lies ahead, `in_next` what is past.
            case c.OlderThan(duration=duration):
                return q.compare_sql(at, "<", cutoffs.not_before(duration))
            case c.Within(duration=duration):
                return q.both(
                    [
                        q.compare_sql(at, "<=", now),
                        q.compare_sql(at, ">=", cutoffs.not_before(duration)),
                    ]
                )
            case c.InNext(duration=duration):
                return q.both(
                    [
                        q.compare_sql(at, ">=", now),
                        q.compare_sql(at, "<=", cutoffs.not_after(duration)),
                    ]
                )

    def _in_text(self, test: c.TextComparison, value: exp.Expression) -> exp.Expression:
        sought = fold_case(test.text)
        folded, length = self._folded(value, sought), q.whole(len(sought))
        match test:
            case c.Contains():
                found = exp.StrPosition(this=folded, substr=q.text(sought))
                return q.compare_sql(found, ">", q.whole(0))
            case c.StartsWith():
                start = exp.Left(this=folded, expression=length)
                return q.compare_sql(start, "=", q.text(sought))
            case c.EndsWith():
                return q.compare_sql(exp.Right(this=folded, expression=length), "=", q.text(sought))


def _lowered(value: exp.Expression, sought: str) -> exp.Expression:
    """Build ``value`` folded by DuckDB's LOWER if ``sought`` is ASCII: twice as fast."""
    if not sought.isascii():
        return translated(value, sought)
    if "i" in sought:
        # Of all non-ASCII letters in NFC, LOWER gives an ASCII one for the dotted capital I alone.
        # In the language that letter folds to itself, so it is put out of the way first.
        value = q.call("REPLACE", value, q.text("\u0130"), q.text("\u0131"))
    return exp.Lower(this=value)
