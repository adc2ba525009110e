"""Compile conditions to Python expressions: one for "certainly true", one for "certainly false".

Where a condition is unknown, both expressions are false, so generated code needs no third truth
value. `not` is pushed down to the comparisons. An unknown number, time or duration is NaN: every
comparison with NaN is false, so that none has to ask first. Of any other type, unknown is None.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable
from typing import assert_never

from engine.backends.compiled import codegen as py
from engine.backends.compiled.common_operands import Operand
from engine.language import conditions as c
from engine.language.conditions import Condition, ValueType
from engine.language.value_rules import fold_case
from engine.language.walk import EvidenceId, RuleId, rule_id
from engine.semantics.negation import literals, negate_inward

NegatedAsWhole = c.Between | c.AgeComparison | c.TextComparison
"""Comparisons that are negated by `not`; of the others, the operator is reversed."""

NUMERIC: frozenset[ValueType] = frozenset({"number", "time", "duration"})
"""Types of which an unknown value is NaN."""


class ConditionCompiler:
    """Compile conditions to expressions over local variables, one for each of ``names``.

    With ``note`` in ``v2`` and ``seen_at`` in ``v4``::

        {seen_at: {older_than: 2 days}}         now - v4 > 172800
        {note: {contains: Hi}}                  v2 is not None and
                                                'hi' in ('' if v2 is None else fold(v2))
        {not: {seen_at: {older_than: 2 days}}}  v4 == v4 and (not now - v4 > 172800)

    Conclusions are never unknown: they hold or, None included, do not.

    Args:
        business_day: Its length in seconds.
        names: Facts, columns and conclusions that conditions may read.
    """

    def __init__(self, business_day: int, names: Iterable[RuleId]) -> None:
        self._locals: dict[tuple[RuleId | EvidenceId, str], str] = {
            (name, ""): f"v{at}" for at, name in enumerate(dict.fromkeys(names))
        }
        self.business_day = business_day
        self._kept: dict[Operand, str] = {}

    def local(self, name: RuleId | EvidenceId, part: str = "") -> str:
        """Return the local variable for ``name``, or for a declared ``part`` of it.

        Raises:
            KeyError: It is not one of the names, or the part was not declared.
        """
        return self._locals[name, part]

    def declare(self, name: RuleId | EvidenceId, part: str) -> str:
        """Declare a local variable for ``part`` of ``name``, if there is none yet, and return it.

        Raises:
            KeyError: ``name`` is not one of the names.
        """
        self.local(name)  # a misspelled name must not get a variable of its own
        return self._locals.setdefault((name, part), f"v{len(self._locals)}")

    def declared(self, name: RuleId | EvidenceId, part: str) -> bool:
        """Return whether ``part`` of ``name`` has a local variable."""
        return (name, part) in self._locals

    def hoist(self, wanted: Iterable[Operand]) -> list[ast.stmt]:
        """Compile statements that compute each of ``wanted`` into a local variable.

        Every condition that is compiled afterwards reads that variable::

            k0 = now - v4
        """
        found = []
        for operand in wanted:
            if operand not in self._kept:
                name = f"k{len(self._kept)}"
                found.append(py.assign(name, self._operand(operand)))
                self._kept[operand] = name
        return found

    def compile_definitely(self, condition: Condition, *, holds: bool = True) -> ast.expr:
        """Compile whether ``condition`` is certainly true, or (not ``holds``) certainly false."""
        return self._compile(negate_inward(condition, holds=holds))

    def _compile(self, condition: Condition) -> ast.expr:
        match condition:
            case c.All(parts):
                return py.and_([self._compile(part) for part in parts])
            case c.AnyOf(parts):
                return py.or_([self._compile(part) for part in parts])
            case c.Unless(part):
                return py.not_(self._compile(part))
            case _:
                [(test, holds)] = literals(condition)
                return self._literal(test, holds)

    def _literal(self, test: c.Comparison, holds: bool) -> ast.expr:
        match test:
            case c.Known(subject, is_known):
                return self.known(subject, is_known == holds)
            case c.Equals() | c.In():
                return self._equal(test, holds)
            case c.AtLeast(bound=bound) | c.MoreThan(bound=bound):
                over = isinstance(test, c.AtLeast) == holds
                return self._on_a_side(test, holds, bound, or_at=over)
            case c.AtMost(bound=bound) | c.LessThan(bound=bound):
                under = isinstance(test, c.AtMost) == holds
                return self._on_a_side(test, not holds, bound, or_at=under)
            case c.Before() | c.After():
                return self._beside(test, holds)
            case _:
                met = self._met(test)
                return py.and_([self.known(test.subject, True), py.not_(met)]) if not holds else met

    def known(self, subject: c.Ref, known: bool) -> ast.expr:
        """Compile whether ``subject`` has a value, or (not ``known``) is unknown."""
        if subject.kind not in ("fact", "column"):
            return py.const(known)
        value = self.value(subject)
        if subject.type in NUMERIC:  # NaN alone is not equal to itself
            return py.comparison(value, (ast.Eq() if known else ast.NotEq(), value))
        return py.comparison(value, (ast.IsNot() if known else ast.Is(), py.const(None)))

    def value(self, subject: c.Ref) -> ast.expr:
        """Compile a read of ``subject``."""
        return py.load_name(self.local(rule_id(subject)))

    def open_age(self, name: RuleId) -> ast.expr:
        """Compile the open seconds from the time ``name`` to now; NaN if that is unknown."""
        return self._kept_or_written(("open age", name))

    def age(self, name: RuleId) -> ast.expr:
        """Compile the seconds from the time ``name`` to now; NaN if that is unknown."""
        return self._kept_or_written(("age", name))

    def _kept_or_written(self, operand: Operand) -> ast.expr:
        kept = self._kept.get(operand)
        return self._operand(operand) if kept is None else py.load_name(kept)

    def _operand(self, operand: Operand) -> ast.expr:
        what, name = operand
        value = py.load_name(self.local(name))
        match what:
            case "age":
                return py.sub(py.load_name("now"), value)
            case "open age":  # unlike a subtraction, the clock cannot take NaN
                return py.if_expr(
                    _is_number(value), open_time(value, py.load_name("now")), py.const(math.nan)
                )
            case "folded":  # may be hoisted in front of the test for None
                unknown = py.comparison(value, (ast.Is(), py.const(None)))
                return py.if_expr(unknown, py.const(""), py.call_name(py.load_name("fold"), value))

    def _equal(self, test: c.Equals | c.In, holds: bool) -> ast.expr:
        """Compile a test of equality; an unknown value equals nothing."""
        value = self.value(test.subject)
        if isinstance(test, c.In):
            among = py.comparison(
                value, (ast.In() if holds else ast.NotIn(), py.const(test.values))
            )
        elif isinstance(test.value, bool):
            return self._is(test.subject, test.value == holds)
        else:
            among = py.comparison(value, (ast.Eq() if holds else ast.NotEq(), py.const(test.value)))
        # Unlike the other operators, `!=` and `not in` are true of NaN and None.
        return among if holds else py.and_([self.known(test.subject, True), among])

    def _is(self, subject: c.Ref, wanted: bool) -> ast.expr:
        value = self.value(subject)
        if wanted:
            return value
        if subject.kind in ("fact", "column"):  # `not value` is true of None too, the unknown
            return py.comparison(value, (ast.Is(), py.const(False)))
        return py.not_(value)

    def _on_a_side(
        self, test: c.ComparisonBase, above: bool, bound: float, *, or_at: bool
    ) -> ast.expr:
        """Compile `>`, `>=`, `<` or `<=`, each of which is false for NaN."""
        sides = (ast.GtE(), ast.Gt()) if above else (ast.LtE(), ast.Lt())
        side = sides[0] if or_at else sides[1]
        return py.comparison(self.value(test.subject), (side, py.const(bound)))

    def _met(self, test: NegatedAsWhole) -> ast.expr:
        value = self.value(test.subject)
        match test:
            case c.Between(low=low, high=high):
                return py.comparison(py.const(low), (ast.LtE(), value), (ast.LtE(), py.const(high)))
            case c.OlderThan() | c.Within() | c.InNext():
                return self._aged(test, value)
            case c.Contains() | c.StartsWith() | c.EndsWith():
                return py.and_([self.known(test.subject, True), self._in_text(test)])
            case _:
                assert_never(test)

    def _aged(self, test: c.AgeComparison, at: ast.expr) -> ast.expr:
        name = rule_id(test.subject)
        length = py.const(test.duration.seconds(self.business_day))
        business = test.duration.business
        age = self.open_age(name) if business else self.age(name)
        match test:
            case c.OlderThan():
                return py.comparison(age, (ast.Gt(), length))
            case c.Within() if business:
                # Not `0 <= age`: open time is 0 too for an instant ahead, up to the next opening.
                return py.and_(
                    [
                        py.comparison(at, (ast.LtE(), py.load_name("now"))),
                        py.comparison(age, (ast.LtE(), length)),
                    ]
                )
            case c.Within():
                return py.comparison(py.const(0), (ast.LtE(), age), (ast.LtE(), length))
            case c.InNext():  # what lies ahead has an age below 0
                until = py.const(-test.duration.seconds(self.business_day))
                if not business:
                    return py.comparison(until, (ast.LtE(), age), (ast.LtE(), py.const(0)))
                return py.and_(
                    [
                        py.comparison(py.load_name("now"), (ast.LtE(), at)),
                        py.comparison(age, (ast.GtE(), until)),
                    ]
                )

    def _beside(self, test: c.InstantComparison, holds: bool) -> ast.expr:
        """Compile a comparison of two instants.

        The operator is reversed, not negated: the bound may be unknown too, and both ways have to
        be false then.
        """
        side: ast.cmpop
        if isinstance(test, c.Before) == holds:
            side = ast.Lt() if holds else ast.LtE()
        else:
            side = ast.Gt() if holds else ast.GtE()
        return py.comparison(self.value(test.subject), (side, self._bound(test)))

    def _bound(self, test: c.InstantComparison) -> ast.expr:
        match test.bound:
            case c.Now():
                return py.load_name("now")
            case c.Ref() as subject:
                return self.value(subject)
            case int() as instant:
                return py.const(instant)

    def _in_text(self, test: c.TextComparison) -> ast.expr:
        text = self._kept_or_written(("folded", rule_id(test.subject)))
        sought = py.const(fold_case(test.text))
        match test:
            case c.Contains():
                return py.comparison(sought, (ast.In(), text))
            case c.StartsWith():
                return py.call_name(
                    ast.Attribute(value=text, attr="startswith", ctx=ast.Load()), sought
                )
            case c.EndsWith():
                return py.call_name(
                    ast.Attribute(value=text, attr="endswith", ctx=ast.Load()), sought
                )


def open_time(start: ast.expr, end: ast.expr) -> ast.expr:
    """Compile the open seconds from ``start`` to ``end``, neither of which may be NaN."""
    return py.call_name(py.load_name("open_between"), start, end)


def _is_number(value: ast.expr) -> ast.expr:
    return py.comparison(value, (ast.Eq(), value))
