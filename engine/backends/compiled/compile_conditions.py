"""Conditions as Python expressions: where one certainly holds, or certainly does not.

`not` is pushed to the tests, and a test of an unknown value is neither: both expressions are false.
An unknown number, time or duration is NaN, which is neither above nor below nor equal to anything,
so that comparing says so by itself. What is unknown of any other type is None.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable
from typing import assert_never

from engine.backends.compiled.codegen import (
    assign,
    both,
    call,
    choose,
    compare,
    constant,
    either,
    load,
    minus,
    negate,
)
from engine.backends.compiled.common_operands import Operand
from engine.language.conditions import (
    After,
    All,
    AnyOf,
    AtLeast,
    AtMost,
    Before,
    Between,
    Condition,
    Contains,
    EndsWith,
    InNext,
    Is,
    Known,
    Leaf,
    LessThan,
    MoreThan,
    Not,
    Now,
    OlderThan,
    OneOf,
    StartsWith,
    Subject,
    ValueType,
    Within,
)
from engine.semantics.dependencies import name_of
from engine.semantics.evaluate_conditions import fold

Met = Between | OlderThan | Within | InNext | Contains | StartsWith | EndsWith
"""Tests that are negated as a whole; the others are turned round."""

NUMERIC: frozenset[ValueType] = frozenset({"number", "time", "duration"})
"""Types whose unknown is NaN."""


class Tests:
    """Writes expressions over local variables, and hands out the names of these.

    ``locals`` maps what conditions name (`facts.stage`, `signals.x`, `dark`) to the local variable
    that holds it. Conclusions are never unknown: they hold or, None included, do not.
    """

    def __init__(self, business_day: int) -> None:
        self.locals: dict[str, str] = {}
        self.business_day = business_day
        self._kept: dict[Operand, str] = {}

    def local(self, name: str) -> str:
        """The local variable for ``name``, always the same one."""
        return self.locals.setdefault(name, f"v{len(self.locals)}")

    def keep(self, wanted: Iterable[Operand]) -> list[ast.stmt]:
        """Statements that work out each of ``wanted``, for all tests that are written after."""
        found = []
        for operand in wanted:
            if operand not in self._kept:
                name = f"k{len(self._kept)}"
                found.append(assign(name, self._operand(operand)))
                self._kept[operand] = name
        return found

    def certainly(self, condition: Condition, *, holds: bool = True) -> ast.expr:
        """Whether ``condition`` is certainly true, or (not ``holds``) certainly false."""
        match condition:
            case All(parts) | AnyOf(parts):
                written = [self.certainly(part, holds=holds) for part in parts]
                return both(written) if isinstance(condition, All) == holds else either(written)
            case Not(part):
                return self.certainly(part, holds=not holds)
            case Known(subject, is_known):
                return self.known(subject, is_known == holds)
            case Is() | OneOf():
                return self._equal(condition, holds)
            case AtLeast(bound=bound) | MoreThan(bound=bound):
                over = isinstance(condition, AtLeast) == holds
                return self._on_a_side(condition, holds, bound, or_at=over)
            case AtMost(bound=bound) | LessThan(bound=bound):
                under = isinstance(condition, AtMost) == holds
                return self._on_a_side(condition, not holds, bound, or_at=under)
            case Before() | After():
                return self._beside(condition, holds)
            case test:
                met = self._met(test)
                return both([self.known(test.subject, True), negate(met)]) if not holds else met

    def known(self, subject: Subject, known: bool) -> ast.expr:
        """Whether ``subject`` has a value, or (not ``known``) has none."""
        if subject.kind not in ("fact", "column"):
            return constant(known)
        value = self.value(subject)
        if subject.type in NUMERIC:  # NaN alone is not equal to itself
            return compare(value, (ast.Eq() if known else ast.NotEq(), value))
        return compare(value, (ast.IsNot() if known else ast.Is(), constant(None)))

    def value(self, subject: Subject) -> ast.expr:
        """The local that holds ``subject``."""
        return load(self.local(name_of(subject)))

    def open_age(self, name: str) -> ast.expr:
        """Open seconds from the time called ``name`` until now; NaN where it is unknown."""
        return self._kept_or_written(("open age", name))

    def age(self, name: str) -> ast.expr:
        """Seconds from the time called ``name`` until now; NaN where it is unknown."""
        return self._kept_or_written(("age", name))

    def _kept_or_written(self, operand: Operand) -> ast.expr:
        kept = self._kept.get(operand)
        return self._operand(operand) if kept is None else load(kept)

    def _operand(self, operand: Operand) -> ast.expr:
        what, name = operand
        value = load(self.local(name))
        match what:
            case "age":
                return minus(load("now"), value)
            case "open age":
                return choose(_is_number(value), open_time(value, load("now")), constant(math.nan))
            case "folded":
                unknown = compare(value, (ast.Is(), constant(None)))
                return choose(unknown, constant(""), call(load("fold"), value))

    def _equal(self, test: Is | OneOf, holds: bool) -> ast.expr:
        """What is unknown equals nothing."""
        value = self.value(test.subject)
        if isinstance(test, OneOf):
            among = compare(value, (ast.In() if holds else ast.NotIn(), constant(test.values)))
        elif isinstance(test.value, bool):
            return self._is(test.subject, test.value == holds)
        else:
            among = compare(value, (ast.Eq() if holds else ast.NotEq(), constant(test.value)))
        return among if holds else both([self.known(test.subject, True), among])

    def _is(self, subject: Subject, wanted: bool) -> ast.expr:
        value = self.value(subject)
        if wanted:
            return value
        if subject.kind in ("fact", "column"):
            return compare(value, (ast.Is(), constant(False)))
        return negate(value)

    def _on_a_side(self, test: Leaf, above: bool, bound: float, *, or_at: bool) -> ast.expr:
        """The value lies above or below ``bound``, or at it: of NaN all four are false."""
        sides = (ast.GtE(), ast.Gt()) if above else (ast.LtE(), ast.Lt())
        side = sides[0] if or_at else sides[1]
        return compare(self.value(test.subject), (side, constant(bound)))

    def _met(self, test: Met) -> ast.expr:
        value = self.value(test.subject)
        match test:
            case Between(low=low, high=high):
                return compare(constant(low), (ast.LtE(), value), (ast.LtE(), constant(high)))
            case OlderThan() | Within() | InNext():
                return self._aged(test, value)
            case Contains() | StartsWith() | EndsWith():
                return both([self.known(test.subject, True), self._in_text(test)])
            case _:
                assert_never(test)

    def _aged(self, test: OlderThan | Within | InNext, at: ast.expr) -> ast.expr:
        name = name_of(test.subject)
        length = constant(test.duration.seconds(self.business_day))
        business = test.duration.business
        age = self.open_age(name) if business else self.age(name)
        match test:
            case OlderThan():
                return compare(age, (ast.Gt(), length))
            case Within() if business:
                return both(
                    [compare(at, (ast.LtE(), load("now"))), compare(age, (ast.LtE(), length))]
                )
            case Within():
                return compare(constant(0), (ast.LtE(), age), (ast.LtE(), length))
            case InNext():  # what lies ahead has an age below 0
                until = constant(-test.duration.seconds(self.business_day))
                if not business:
                    return compare(until, (ast.LtE(), age), (ast.LtE(), constant(0)))
                return both(
                    [compare(load("now"), (ast.LtE(), at)), compare(age, (ast.GtE(), until))]
                )

    def _beside(self, test: Before | After, holds: bool) -> ast.expr:
        """Turned round rather than negated, since the bound may be unknown too."""
        side: ast.cmpop
        if isinstance(test, Before) == holds:
            side = ast.Lt() if holds else ast.LtE()
        else:
            side = ast.Gt() if holds else ast.GtE()
        return compare(self.value(test.subject), (side, self._bound(test)))

    def _bound(self, test: Before | After) -> ast.expr:
        match test.bound:
            case Now():
                return load("now")
            case Subject() as subject:
                return self.value(subject)
            case int() as instant:
                return constant(instant)

    def _in_text(self, test: Contains | StartsWith | EndsWith) -> ast.expr:
        text = self._kept_or_written(("folded", name_of(test.subject)))
        sought = constant(fold(test.text))
        match test:
            case Contains():
                return compare(sought, (ast.In(), text))
            case StartsWith():
                return call(ast.Attribute(value=text, attr="startswith", ctx=ast.Load()), sought)
            case EndsWith():
                return call(ast.Attribute(value=text, attr="endswith", ctx=ast.Load()), sought)


def open_time(start: ast.expr, end: ast.expr) -> ast.expr:
    """Open seconds from ``start`` to ``end``, both known."""
    return call(load("open_between"), start, end)


def _is_number(value: ast.expr) -> ast.expr:
    return compare(value, (ast.Eq(), value))
