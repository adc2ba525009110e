"""Parse plain data into conditions: resolve every name and read every value by its type."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from engine.language import conditions as c
from engine.language.conditions import Condition, Value, ValueType
from engine.language.describe import describe_type
from engine.language.durations import Duration, read_duration
from engine.language.parse.contradictory_conditions import contradictory
from engine.language.parse.literals import Expected, read_literal
from engine.language.parse.symbols import Symbol, SymbolTable, suggestion_candidates
from engine.language.problem import Problem, Span
from engine.language.quoting import quoted
from engine.language.schema.duration_hints import bad_duration
from engine.language.suggest import did_you_mean
from engine.language.yaml.document import Document, KeyPath

_ORDERINGS: dict[str, Callable[..., Condition]] = {
    "at_least": c.AtLeast,
    "more_than": c.MoreThan,
    "at_most": c.AtMost,
    "less_than": c.LessThan,
}
_AGES: dict[str, Callable[..., Condition]] = {
    "older_than": c.OlderThan,
    "within": c.Within,
    "in_next": c.InNext,
}
_SIDES: dict[str, Callable[..., Condition]] = {"before": c.Before, "after": c.After}
_TEXT_PARTS: dict[str, Callable[..., Condition]] = {
    "contains": c.Contains,
    "starts_with": c.StartsWith,
    "ends_with": c.EndsWith,
}
_NAME = re.compile(r"[a-z_][a-z0-9_]*", re.ASCII | re.IGNORECASE)
"""Text that was probably meant as the id of a fact, and not as an instant."""

_EQUALITY = ("is", "is_not", "in", "not_in")

OPERATORS: dict[ValueType, tuple[str, ...]] = {
    "boolean": ("is", "is_not", "known"),
    "number": (*_EQUALITY, *_ORDERINGS, "between", "known"),
    "duration": (*_EQUALITY, *_ORDERINGS, "between", "known"),
    "text": (*_EQUALITY, *_TEXT_PARTS, "known"),
    "choice": (*_EQUALITY, "known"),
    "time": (*_EQUALITY, *_AGES, *_SIDES, "known"),
}
"""The operators allowed for each type of value."""


class ConditionReader:
    """A parser of the conditions of one document, which adds their problems to ``problems``.

    A part that has a problem is left out of the condition. Since the problem is an error, that
    condition is never evaluated. ``zone`` is the IANA zone of dates.
    """

    def __init__(self, document: Document, zone: str, problems: list[Problem]) -> None:
        self._document = document
        self._zone = zone
        self._problems = problems
        facts = document.data.get("facts") if isinstance(document.data, dict) else None
        self._facts = facts if isinstance(facts, dict) else {}

    def read(self, data: Any, place: KeyPath, scope: SymbolTable) -> Condition:
        """Parse a condition: a map whose entries must all hold.

        Args:
            data: The map.
            place: Its path in the document.
            scope: The names it may use.
        """
        span = self._document.spans[place]
        parts: list[Condition] = []
        for key, value in data.items():
            parts += self._entry(key, value, (*place, key), scope)
        return parts[0] if len(parts) == 1 else c.All(tuple(parts), span=span)

    def _entry(self, key: str, value: Any, place: KeyPath, scope: SymbolTable) -> list[Condition]:
        span = self._document.spans[place]
        # A declared name with such an id cannot be meant: the schema reserves these words.
        if key in ("any", "all") and isinstance(value, list):
            items = [self.read(item, (*place, index), scope) for index, item in enumerate(value)]
            return [(c.AnyOf if key == "any" else c.All)(tuple(items), span=span)]
        if key in ("not", "unless") and isinstance(value, dict):
            negation = c.Not if key == "not" else c.Unless
            return [negation(self.read(value, place, scope), span=span)]
        named = scope.find(key, self._document.key_spans[place], self._problems)
        if named is None or named.subject is None:
            return []
        return self._tests(named, value, place, scope)

    def _tests(
        self, named: Symbol, value: Any, place: KeyPath, scope: SymbolTable
    ) -> list[Condition]:
        if not isinstance(value, dict):
            operator = "in" if isinstance(value, list) else "is"
            return self._test(named, operator, value, place, scope)
        tests: list[Condition] = []
        flags: list[Condition] = []
        for operator, bound in value.items():
            if operator == "unreadable":
                flags += self._unreadable(named, bound, (*place, operator), scope)
            elif operator in OPERATORS[_type(named)]:
                tests += self._test(named, operator, bound, (*place, operator), scope)
            else:
                self._cannot(named, operator, self._document.key_spans[(*place, operator)])
        if contradictory(tests):
            message = f"no value of `{named.subject}` can meet all of these conditions"
            self._problem(
                place, "impossible-range", message, "check the bounds: they contradict each other"
            )
        return tests + flags

    def _test(
        self, named: Symbol, operator: str, value: Any, place: KeyPath, scope: SymbolTable
    ) -> list[Condition]:
        subject, span = named.subject, self._document.spans[place]
        assert subject is not None
        found: Condition | None
        match operator:
            case "known":
                found = self._known(subject, value, place)
            case "is" | "is_not":
                literal = self._literal(named, value, place)
                found = None if literal is None else c.Equals(subject, literal, span=span)
            case "in" | "not_in":
                found = self._one_of(named, value, place)
            case "between":
                found = self._between(named, value, place)
            case _ if operator in _ORDERINGS:
                literal = self._literal(named, value, place)
                found = (
                    None
                    if literal is None
                    else _ORDERINGS[operator](subject, float(literal), span=span)
                )
            case _ if operator in _AGES:
                duration = self._duration(value, place)
                found = None if duration is None else _AGES[operator](subject, duration, span=span)
            case _ if operator in _SIDES:
                bound = self._instant(named, value, place, scope)
                found = None if bound is None else _SIDES[operator](subject, bound, span=span)
            case _:
                literal = self._literal(named, value, place)
                found = (
                    None if literal is None else _TEXT_PARTS[operator](subject, literal, span=span)
                )
        if found is None:
            return []
        return [c.Not(found, span=span)] if operator in ("is_not", "not_in") else [found]

    def _unreadable(
        self, named: Symbol, value: Any, place: KeyPath, scope: SymbolTable
    ) -> list[Condition]:
        """Parse whether the cell of a given fact cannot be read: the test of a hidden fact."""
        subject, span = named.subject, self._document.spans[place]
        assert subject is not None
        if subject.id not in scope.given:
            message = f"`unreadable` is for given facts, and `{subject}` is not one"
            help = "only cells of the table of prospects can be unreadable"
            self._problems.append(Problem(span, "wrong-operator", message, help))
            return []
        scope.flagged.add(subject.id)
        flag = Symbol(c.Ref("fact", f"{c.UNREADABLE_PREFIX}{subject.id}", "boolean"))
        return self._test(flag, "is", value, place, scope)

    def _known(self, subject: c.Ref, value: Any, place: KeyPath) -> Condition | None:
        if isinstance(value, bool):
            return c.Known(subject, value, span=self._document.spans[place])
        # Read as a boolean fact named `known`, only for the problem that this reports.
        self._literal(Symbol(c.Ref("fact", "known", "boolean")), value, place)
        return None

    def _one_of(self, named: Symbol, values: Any, place: KeyPath) -> Condition | None:
        if not isinstance(values, list):
            values, places = [values], [place]
        else:
            places = [(*place, index) for index in range(len(values))]
        read = [self._literal(named, value, at) for value, at in zip(values, places, strict=True)]
        known = [value for value in read if value is not None]
        assert named.subject is not None
        span = self._document.spans[place]
        # Not only the values that could be read: the condition would mean something else.
        if not known or len(known) != len(read):
            return None
        # Two spellings may be one word.
        return c.In(named.subject, tuple(dict.fromkeys(known)), span=span)

    def _between(self, named: Symbol, value: Any, place: KeyPath) -> Condition | None:
        if not isinstance(value, list) or len(value) != 2:
            self._problem(
                place,
                "wrong-type",
                "`between` takes a list of two values",
                "write `between: [2, 5]`",
            )
            return None
        low, high = (self._literal(named, item, (*place, at)) for at, item in enumerate(value))
        if low is None or high is None:
            return None
        if low > high:  # type: ignore[operator]  # both have the subject's type
            message = f"no value is between `{value[0]}` and `{value[1]}`"
            self._problem(place, "impossible-range", message, "write the smaller one first")
            return None
        assert named.subject is not None
        return c.Between(named.subject, float(low), float(high), span=self._document.spans[place])

    def _literal(self, named: Symbol, value: Any, place: KeyPath) -> Value | None:
        assert named.subject is not None
        span = self._document.spans[place]
        name = str(named.subject)
        likely = suggestion_candidates(named.choices.ids, self._problems)
        expected = Expected(name, named.subject.type, named.choices, likely, self._facts)
        read = read_literal(value, expected, self._zone, span)
        if isinstance(read, Problem):
            self._problems.append(read)
            return None
        if named.subject.kind == "cause" and not 0 <= float(read) <= 1:
            message = f"{quoted(name)} is a confidence from 0 to 1, so it is never {quoted(value)}"
            self._problem(place, "impossible-range", message, "write a number from 0 to 1")
        return read

    def _duration(self, value: Any, place: KeyPath) -> Duration | None:
        found = read_duration(value) if isinstance(value, str) else None
        if found is None:
            self._problems.append(bad_duration(str(value), self._document.spans[place]))
        return found

    def _instant(
        self, named: Symbol, value: Any, place: KeyPath, scope: SymbolTable
    ) -> int | c.Ref | c.Now | None:
        if value == "now":
            return c.Now()
        # Names before instants: no id looks like a date, so that neither hides the other.
        other = scope.names.get(value) if isinstance(value, str) else None
        if other is not None and other.subject is not None:
            if other.subject.type == "time":
                return other.subject
            found = f"{quoted(value)} is {describe_type(other.subject.type)}"
            message = f"`{place[-1]}` needs a time, but {found}"
            self._problem(place, "type-mismatch", message, "name a time fact, an instant or `now`")
            return None
        if isinstance(value, str) and _NAME.fullmatch(value):
            near = did_you_mean(value, suggestion_candidates(_times(scope), self._problems))
            help = near or "write `now`, a date such as `2026-03-04`, or the id of a time fact"
            self._problem(
                place, f"unknown-{scope.what}", f"unknown {scope.what} {quoted(value)}", help
            )
            return None
        literal = self._literal(named, value, place)
        return None if literal is None else int(literal)

    def _cannot(self, named: Symbol, operator: str, span: Span) -> None:
        type = _type(named)
        allowed = ", ".join(OPERATORS[type])
        message = (
            f"`{operator}` cannot be used with `{named.subject}`, which is {describe_type(type)}"
        )
        self._problems.append(Problem(span, "wrong-operator", message, f"use one of: {allowed}"))

    def _problem(self, place: KeyPath, code: str, message: str, help: str) -> None:
        self._problems.append(Problem(self._document.spans[place], code, message, help))


def _type(named: Symbol) -> ValueType:
    assert named.subject is not None
    return named.subject.type


def _times(scope: SymbolTable) -> list[str]:
    times = [id for id, named in scope.names.items() if named.subject and _type(named) == "time"]
    return [*times, "now"]
