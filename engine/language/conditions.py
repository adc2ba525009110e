"""Conditions: one closed union of small nodes, each of which says what it means.

A value is *unknown* if the subject has no value. Every comparison but ``Known`` is unknown of an
unknown value; ``All``, ``AnyOf`` and ``Not`` follow Kleene's three-valued logic. Nodes hold no
results and do not evaluate themselves: consumers ``match`` over `Condition` and end in
``assert_never``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from engine.language.durations import Duration
from engine.language.problem import Span

ValueType = Literal["boolean", "number", "text", "choice", "time", "duration"]
Value = bool | float | int | str
"""boolean: bool; number: float; text and choice: str in Unicode NFC; time: int, whole seconds since
1970-01-01T00:00:00Z; duration: int, whole seconds."""

RefKind = Literal["fact", "column", "dark", "cause_known", "signal", "cause"]


@dataclass(frozen=True, slots=True)
class Ref:
    """What a comparison looks at: a fact, a column of a table row, or a conclusion of rules.

    ``id`` is the fact's, column's, signal's or cause's id; `dark` and `cause_known` have their own
    name. Conclusions are always known: booleans, and for a cause its confidence from 0 to 1.
    """

    kind: RefKind
    id: str
    type: ValueType

    def __str__(self) -> str:
        prefix = {"signal": "signals.", "cause": "causes."}.get(self.kind, "")
        return prefix + self.id


@dataclass(frozen=True, slots=True)
class Now:
    """The instant of the evaluation."""

    def __str__(self) -> str:
        return "now"


@dataclass(frozen=True, slots=True)
class ComparisonBase:
    """A comparison of one subject. ``span`` is its place, which does not count in equality."""

    subject: Ref
    span: Span = field(kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Equals(ComparisonBase):
    """The value equals ``value``: doubles as IEEE says, text by code point, times by the second."""

    value: Value


@dataclass(frozen=True, slots=True)
class In(ComparisonBase):
    """The value equals one of ``values`` (never empty)."""

    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class AtLeast(ComparisonBase):
    """A number, duration (seconds) or confidence that is ``bound`` or more."""

    bound: float


@dataclass(frozen=True, slots=True)
class MoreThan(ComparisonBase):
    """A number, duration (seconds) or confidence above ``bound``."""

    bound: float


@dataclass(frozen=True, slots=True)
class AtMost(ComparisonBase):
    """A number, duration (seconds) or confidence that is ``bound`` or less."""

    bound: float


@dataclass(frozen=True, slots=True)
class LessThan(ComparisonBase):
    """A number, duration (seconds) or confidence below ``bound``."""

    bound: float


@dataclass(frozen=True, slots=True)
class Between(ComparisonBase):
    """A number, duration (seconds) or confidence from ``low`` to ``high``, both included."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Known(ComparisonBase):
    """The subject has a value (``known``) or has no value. Never unknown itself."""

    known: bool


@dataclass(frozen=True, slots=True)
class OlderThan(ComparisonBase):
    """The instant lies more than ``duration`` before now, in open time if that is business."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class Within(ComparisonBase):
    """The instant lies ``duration`` or less before now, and not after now."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class InNext(ComparisonBase):
    """The instant lies ``duration`` or less after now, and not before now."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class Before(ComparisonBase):
    """The instant is earlier than ``bound`` (seconds, a time fact, or now); unknown if that is."""

    bound: int | Ref | Now


@dataclass(frozen=True, slots=True)
class After(ComparisonBase):
    """The instant is later than ``bound`` (seconds, a time fact, or now); unknown if that is."""

    bound: int | Ref | Now


@dataclass(frozen=True, slots=True)
class Contains(ComparisonBase):
    """The text contains ``text``, in upper or lower case."""

    text: str


@dataclass(frozen=True, slots=True)
class StartsWith(ComparisonBase):
    """The text begins with ``text``, in upper or lower case."""

    text: str


@dataclass(frozen=True, slots=True)
class EndsWith(ComparisonBase):
    """The text ends with ``text``, in upper or lower case."""

    text: str


@dataclass(frozen=True, slots=True)
class All:
    """False if one part is false, else unknown if one is unknown, else true. Of nothing: true."""

    parts: tuple[Condition, ...]
    span: Span = field(kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True if one part is true, else unknown if one is unknown, else false."""

    parts: tuple[Condition, ...]
    span: Span = field(kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Not:
    """True of false, false of true, unknown of unknown. `is_not` and `not_in` read as this."""

    part: Condition
    span: Span = field(kw_only=True, compare=False, repr=False)


# Families, for consumers that treat one alike: a new member is then no change to them.
OrderComparison = AtLeast | MoreThan | AtMost | LessThan
NumberComparison = OrderComparison | Between
AgeComparison = OlderThan | Within | InNext
InstantComparison = Before | After
TextComparison = Contains | StartsWith | EndsWith

Comparison = (
    Equals | In | NumberComparison | Known | AgeComparison | InstantComparison | TextComparison
)
Condition = Comparison | All | AnyOf | Not


def comparisons_in(condition: Condition) -> Iterator[Comparison]:
    """Yield every comparison in ``condition``, in the order it is written."""
    match condition:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from comparisons_in(part)
        case Not(part):
            yield from comparisons_in(part)
        case _:
            yield condition


def refs_in(condition: Condition) -> Iterator[Ref]:
    """Yield everything ``condition`` looks at, including bounds that are facts; may repeat."""
    for test in comparisons_in(condition):
        yield test.subject
        if isinstance(test, Before | After) and isinstance(test.bound, Ref):
            yield test.bound
