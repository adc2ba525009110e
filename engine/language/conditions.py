"""Conditions: one closed union of small nodes, whose docstrings define what they mean.

A value is *unknown* if the subject has no value. Every comparison but ``Known`` is unknown of an
unknown value; ``All``, ``AnyOf`` and ``Not`` follow Kleene's logic, and ``Unless`` takes unknown
for false. Consumers ``match`` over `Condition` and end in ``assert_never``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from engine.language.durations import Duration
from engine.language.problem import Span

ValueType = Literal["boolean", "number", "text", "choice", "time", "duration"]
Value = bool | float | int | str
"""boolean: bool; number: float; text and choice: str in Unicode NFC; time: int, whole seconds since
1970-01-01T00:00:00Z; duration: int, whole seconds."""

UNREADABLE_PREFIX = "_unreadable_"
"""How the id of a fact begins that says whether the cell of another one cannot be read."""

RefKind = Literal["fact", "column", "dark", "cause_known", "signal", "cause"]


@dataclass(frozen=True, slots=True)
class Ref:
    """A name in a condition: a fact, a column of a table row, or a conclusion of rules, by its id.

    Conclusions are always known: booleans, and for a cause its confidence from 0 to 1.

    YAML: the key in ``amount: {at_least: 3}``, ``signals.no_next_step: true``, ``dark: true``
    """

    kind: RefKind
    id: str
    type: ValueType

    @property
    def cell_of(self) -> str | None:
        """The fact whose cell this says to be unreadable or not; None if it is no such flag."""
        flag = self.id.startswith(UNREADABLE_PREFIX)
        return self.id.removeprefix(UNREADABLE_PREFIX) if flag else None

    def __str__(self) -> str:
        if self.cell_of is not None:
            return f"unreadable {self.cell_of}"
        prefix = {"signal": "signals.", "cause": "causes."}.get(self.kind, "")
        return prefix + self.id


@dataclass(frozen=True, slots=True)
class Now:
    """The instant of the evaluation.

    YAML: ``next_step_at: {before: now}``
    """

    def __str__(self) -> str:
        return "now"


@dataclass(frozen=True, slots=True)
class ComparisonBase:
    """What every comparison has. ``span`` does not count: written twice, a condition is equal."""

    subject: Ref
    span: Span = field(kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Equals(ComparisonBase):
    """The value equals ``value``: doubles as IEEE says, text by code point, times by the second.

    YAML: ``stage: proposal`` or ``stage: {is: proposal}``
    """

    value: Value


@dataclass(frozen=True, slots=True)
class In(ComparisonBase):
    """The value equals one of ``values`` (never empty).

    YAML: ``segment: [smb, mid_market]`` or ``segment: {in: [smb, mid_market]}``
    """

    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class AtLeast(ComparisonBase):
    """A number, duration (seconds) or confidence that is ``bound`` or more.

    YAML: ``emails_unanswered: {at_least: 3}``
    """

    bound: float


@dataclass(frozen=True, slots=True)
class MoreThan(ComparisonBase):
    """A number, duration (seconds) or confidence above ``bound``.

    YAML: ``amount: {more_than: 50000}``
    """

    bound: float


@dataclass(frozen=True, slots=True)
class AtMost(ComparisonBase):
    """A number, duration (seconds) or confidence that is ``bound`` or less.

    YAML: ``emails_unanswered: {at_most: 10}``
    """

    bound: float


@dataclass(frozen=True, slots=True)
class LessThan(ComparisonBase):
    """A number, duration (seconds) or confidence below ``bound``.

    YAML: ``causes.busy: {less_than: 0.5}``
    """

    bound: float


@dataclass(frozen=True, slots=True)
class Between(ComparisonBase):
    """A number, duration (seconds) or confidence from ``low`` to ``high``, both included.

    YAML: ``amount: {between: [10, 50]}``
    """

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Known(ComparisonBase):
    """The subject has a value (``known``) or has no value. Never unknown itself.

    YAML: ``next_step_at: {known: false}``
    """

    known: bool


@dataclass(frozen=True, slots=True)
class OlderThan(ComparisonBase):
    """The instant lies more than ``duration`` before now, in open time if that is business.

    YAML: ``silent_since: {older_than: 6 weeks}``
    """

    duration: Duration


@dataclass(frozen=True, slots=True)
class Within(ComparisonBase):
    """The instant lies ``duration`` or less before now, and not after now.

    YAML: ``proposal_sent_at: {within: 30 days}``
    """

    duration: Duration


@dataclass(frozen=True, slots=True)
class InNext(ComparisonBase):
    """The instant lies ``duration`` or less after now, and not before now.

    YAML: ``next_step_at: {in_next: 7 days}``
    """

    duration: Duration


@dataclass(frozen=True, slots=True)
class Before(ComparisonBase):
    """The instant is earlier than ``bound``: an instant (seconds since 1970 UTC), a time fact, of
    which it is unknown if that is, or now.

    YAML: ``next_step_at: {before: 2026-03-04T15:00:00Z}``
    """

    bound: int | Ref | Now


@dataclass(frozen=True, slots=True)
class After(ComparisonBase):
    """The instant is later than ``bound``, which is as in `Before`.

    YAML: ``last_reply_at: {after: proposal_sent_at}``
    """

    bound: int | Ref | Now


@dataclass(frozen=True, slots=True)
class Contains(ComparisonBase):
    """The text contains ``text``, in upper or lower case.

    YAML: ``subject: {contains: pricing}``
    """

    text: str


@dataclass(frozen=True, slots=True)
class StartsWith(ComparisonBase):
    """The text begins with ``text``, in upper or lower case.

    YAML: ``subject: {starts_with: "re:"}``
    """

    text: str


@dataclass(frozen=True, slots=True)
class EndsWith(ComparisonBase):
    """The text ends with ``text``, in upper or lower case.

    YAML: ``subject: {ends_with: "?"}``
    """

    text: str


@dataclass(frozen=True, slots=True)
class All:
    """False if one part is false, else unknown if one is unknown, else true. Of no parts: true.

    YAML: ``all: [{stage: proposal}, {dark: true}]``, or the map ``{stage: proposal, dark: true}``
    """

    parts: tuple[Condition, ...]
    span: Span = field(kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True if one part is true, else unknown if one is unknown, else false.

    YAML: ``any: [{stage: proposal}, {stage: negotiation}]``
    """

    parts: tuple[Condition, ...]
    span: Span = field(kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Not:
    """True if ``part`` is false, false if it is true, unknown if it is unknown.

    YAML: ``not: {country: NL}``, ``country: {is_not: NL}``, ``stage: {not_in: [customer, lost]}``
    """

    part: Condition
    span: Span = field(kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Unless:
    """True if ``part`` is false or unknown, false if it is true. Never unknown itself.

    YAML: ``unless: {voice_first: true}``
    """

    part: Condition
    span: Span = field(kw_only=True, compare=False, repr=False)


# Families, for consumers that treat one alike: a new member is then no change to them. What is not
# true of one range of numbers, such as "a multiple of 5", is no `RangeComparison`.
OrderComparison = AtLeast | MoreThan | AtMost | LessThan
RangeComparison = OrderComparison | Between
AgeComparison = OlderThan | Within | InNext
InstantComparison = Before | After
TextComparison = Contains | StartsWith | EndsWith

Comparison = (
    Equals | In | RangeComparison | Known | AgeComparison | InstantComparison | TextComparison
)
Condition = Comparison | All | AnyOf | Not | Unless
