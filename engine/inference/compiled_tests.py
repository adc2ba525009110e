"""Conditions as Python expressions: where one certainly holds, or certainly does not.

`not` is pushed to the tests, and a test of an unknown value is neither: both expressions are false.
"""

from __future__ import annotations

import ast
from typing import assert_never

from engine.inference.python_trees import (
    both,
    call,
    compare,
    constant,
    either,
    known,
    load,
    minus,
    negate,
    unknown,
)
from engine.inference.truth import fold
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
    LessThan,
    MoreThan,
    Not,
    Now,
    OlderThan,
    OneOf,
    StartsWith,
    Subject,
    Test,
    Within,
)
from engine.language.durations import Duration


class Tests:
    """Writes expressions over local variables, and hands out the names of these.

    ``locals`` maps what conditions name (`facts.stage`, `signals.x`, `dark`) to the local variable
    that holds it. A fact's local is None where the fact is unknown; conclusions are never None.
    """

    def __init__(self, business_day: int) -> None:
        self._business_day = business_day
        self.locals: dict[str, str] = {}

    def local(self, name: str) -> str:
        """The local variable for ``name``, always the same one."""
        return self.locals.setdefault(name, f"v{len(self.locals)}")

    def certainly(self, condition: Condition, *, holds: bool = True) -> ast.expr:
        """Whether ``condition`` is certainly true, or (not ``holds``) certainly false."""
        match condition:
            case All(parts) | AnyOf(parts):
                written = [self.certainly(part, holds=holds) for part in parts]
                return both(written) if isinstance(condition, All) == holds else either(written)
            case Not(part):
                return self.certainly(part, holds=not holds)
            case Known(subject, is_known):
                name = self._name(subject)
                return known(name) if is_known == holds else unknown(name)
            case test:
                return self._test(test, holds)

    def _test(self, test: Test, holds: bool) -> ast.expr:
        name = self._name(test.subject)
        parts = [known(name)] if test.subject.kind == "fact" else []
        if isinstance(test, Before | After) and isinstance(test.bound, Subject):
            parts.append(known(self._name(test.bound)))
        met = self._met(test, load(name))
        return both([*parts, met if holds else negate(met)])

    def _name(self, subject: Subject) -> str:
        return self.local(f"facts.{subject.id}" if subject.kind == "fact" else str(subject))

    def _met(self, test: Test, value: ast.expr) -> ast.expr:
        """Whether the known ``value`` meets ``test``."""
        match test:
            case Is(value=wanted):
                return compare(value, (ast.Eq(), constant(wanted)))
            case OneOf(values=wanted):
                return compare(value, (ast.In(), constant(wanted)))
            case AtLeast(bound=bound):
                return compare(value, (ast.GtE(), constant(bound)))
            case MoreThan(bound=bound):
                return compare(value, (ast.Gt(), constant(bound)))
            case AtMost(bound=bound):
                return compare(value, (ast.LtE(), constant(bound)))
            case LessThan(bound=bound):
                return compare(value, (ast.Lt(), constant(bound)))
            case Between(low=low, high=high):
                return compare(constant(low), (ast.LtE(), value), (ast.LtE(), constant(high)))
            case OlderThan() | Within() | InNext():
                return self._aged(test, value)
            case Before() | After():
                side: ast.cmpop = ast.Lt() if isinstance(test, Before) else ast.Gt()
                return compare(value, (side, self._bound(test)))
            case Contains() | StartsWith() | EndsWith():
                return _in_text(test, value)
            case Known():
                raise AssertionError("a test of knowing has no value to meet")
            case _:
                assert_never(test)

    def _bound(self, test: Before | After) -> ast.expr:
        match test.bound:
            case Now():
                return load("now")
            case Subject() as subject:
                return load(self._name(subject))
            case int() as instant:
                return constant(instant)

    def _aged(self, test: OlderThan | Within | InNext, at: ast.expr) -> ast.expr:
        length = constant(test.duration.seconds(self._business_day))
        now = load("now")
        match test:
            case OlderThan(duration=duration):
                return compare(lasted(at, now, duration), (ast.Gt(), length))
            case Within(duration=duration):
                age = compare(lasted(at, now, duration), (ast.LtE(), length))
                return both([compare(at, (ast.LtE(), now)), age])
            case InNext(duration=duration):
                ahead = compare(lasted(now, at, duration), (ast.LtE(), length))
                return both([compare(now, (ast.LtE(), at)), ahead])


def lasted(start: ast.expr, end: ast.expr, duration: Duration) -> ast.expr:
    """Seconds from ``start`` to ``end`` on the clock of ``duration``."""
    return call(load("open_between"), start, end) if duration.business else minus(end, start)


def _in_text(test: Contains | StartsWith | EndsWith, value: ast.expr) -> ast.expr:
    text, sought = call(load("fold"), value), constant(fold(test.text))
    match test:
        case Contains():
            return compare(sought, (ast.In(), text))
        case StartsWith():
            return call(ast.Attribute(value=text, attr="startswith", ctx=ast.Load()), sought)
        case EndsWith():
            return call(ast.Attribute(value=text, attr="endswith", ctx=ast.Load()), sought)
