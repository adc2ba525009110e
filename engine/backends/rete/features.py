"""What the forward-chaining evaluator reads off a situation, and where on its scale that lies.

A *gauge* is something that has one value, or none, in a situation: a fact, an age, a conclusion.
Its *scale* is cut at the values the playbook compares it with, so that every comparison becomes
one of two small whole numbers: which stretch between cuts the value lies in, and which cut is
asked for. That is exact for doubles, whole numbers of any size, and text by code point, and no
value and no word of a playbook ever leaves Python.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, assert_never

from engine.language.conditions import Subject, Test, Value
from engine.semantics.evaluate_conditions import judge_test
from engine.semantics.firings import Situation

ValueOf = Callable[[Subject], Value | None]


@dataclass(frozen=True, slots=True)
class Always:
    """True, in every situation."""


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether the subject has a value; never unknown itself."""

    subject: Subject


@dataclass(frozen=True, slots=True)
class Plain:
    """The subject's value as it is."""

    subject: Subject


@dataclass(frozen=True, slots=True)
class Amount:
    """The number, confidence or duration as a double."""

    subject: Subject


@dataclass(frozen=True, slots=True)
class Age:
    """Seconds from the instant to now, open ones only if ``business``; negative if it is ahead."""

    subject: Subject
    business: bool


@dataclass(frozen=True, slots=True)
class Silence:
    """Seconds since the later of the time fact ``since``, where known, and `silent_since`, open
    ones only if ``business``; none where the ball is not with them.
    """

    since: str
    business: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """The truth of one test: of text, of a list of values, of one fact beside another."""

    test: Test


@dataclass(frozen=True, slots=True)
class Step:
    """Whether the part of a condition with this number certainly holds; rules conclude it."""

    number: int


Gauge = Always | Presence | Plain | Amount | Age | Silence | Outcome | Step

Cut = tuple[Any, Literal[0, 1]]
"""A place on a scale: just below the value (0) or just above it (1)."""

Operator = Literal["$gte", "$lte", "$eq", "$neq"]


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a rule matches: a known gauge above or below a cut, at a value, or anywhere but there.

    For `$gte` and `$lte` ``cut`` is the place itself; for `$eq` and `$neq` it is the one below the
    value.
    """

    gauge: Gauge
    operator: Operator
    cut: Cut

    def cuts(self) -> tuple[Cut, ...]:
        """The places on the scale that this pattern has to tell apart."""
        value, _ = self.cut
        return (self.cut,) if self.operator in {"$gte", "$lte"} else ((value, 0), (value, 1))

    def ordinal(self, scale: Scale) -> int:
        """The ordinal on ``scale`` that this pattern compares with."""
        index = bisect_left(scale.cuts, self.cut)
        return index if self.operator == "$lte" else index + 1


@dataclass(frozen=True, slots=True)
class Scale:
    """The cuts of one gauge in ascending order; n of them make n + 1 stretches."""

    cuts: tuple[Cut, ...]

    def ordinal(self, value: Value) -> int:
        """How many cuts lie below ``value``."""
        return bisect_left(self.cuts, (value, 0.5))


def scales(patterns: Iterable[Pattern]) -> dict[Gauge, Scale]:
    """The scale of every gauge that one of ``patterns`` reads."""
    cuts: dict[Gauge, set[Cut]] = {}
    for pattern in patterns:
        cuts.setdefault(pattern.gauge, set()).update(pattern.cuts())
    return {gauge: Scale(tuple(sorted(found))) for gauge, found in cuts.items()}


def read(gauge: Gauge, situation: Situation, value_of: ValueOf) -> Value | None:
    """The value of ``gauge``, or None where it has none; `Step` is not read but concluded."""
    match gauge:
        case Always():
            return True
        case Presence(subject):
            return value_of(subject) is not None
        case Plain(subject):
            return value_of(subject)
        case Amount(subject):
            value = value_of(subject)
            return None if value is None else float(value)
        case Age(subject, business):
            value = value_of(subject)
            return None if value is None else _elapsed(int(value), business, situation)
        case Silence(since, business):
            return _silence(since, business, situation)
        case Outcome(test):
            return judge_test(test, value_of, situation.now, situation.clock)
        case Step():
            return None
        case _:
            assert_never(gauge)


def _elapsed(start: int, business: bool, situation: Situation) -> int:
    return situation.clock.elapsed(start, situation.now, business)


def _silence(since: str, business: bool, situation: Situation) -> int | None:
    silent = situation.facts.get("silent_since")
    if silent is None:
        return None
    start = max(int(silent), int(situation.facts.get(since, silent)))
    return _elapsed(start, business, situation)


def subjects_of(gauge: Gauge) -> tuple[Subject, ...]:
    """What has to be known or concluded before ``gauge`` is read."""
    match gauge:
        case Presence(subject) | Plain(subject) | Amount(subject) | Age(subject):
            return (subject,)
        case Outcome(test):
            bound = getattr(test, "bound", None)
            return (test.subject, bound) if isinstance(bound, Subject) else (test.subject,)
        case Always() | Silence() | Step():
            return ()
        case _:
            assert_never(gauge)
