"""The typed playbook: one frozen tree that every evaluator, check and document reads.

Spans say where a thing was written and do not count in comparison. Maps keep the order of the
effective playbook, which is the order evidence is multiplied in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.language.conditions import Condition, ValueType
from engine.language.durations import Duration
from engine.language.problem import Span

Basis = Literal["source", "ours"]
Outlook = Literal["recoverable", "lost"]
ActionKind = Literal["outreach", "internal", "stop"]
MeasureKind = Literal["count", "any", "distinct", "earliest", "latest", "last", "sum"]
Table = Literal["touches", "contacts", "events"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

ACTION_KINDS: tuple[ActionKind, ...] = ("outreach", "internal", "stop")
TABLES: tuple[Table, ...] = ("touches", "contacts", "events")
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a claim comes from; rules cite it by ``id``."""

    id: str
    title: str
    url: str | None
    author: str | None
    published: str | None
    note: str | None
    span: Span = field(kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Opening hours. ``opens`` and ``closes`` are minutes of the local day (closes up to 1440);
    ``closed`` are local dates (ISO text) from first to last; ``holidays`` are codes such as
    ``US`` or ``DE-BY``.
    """

    timezone: str = "UTC"
    opens: int = 9 * 60
    closes: int = 17 * 60
    weekdays: tuple[Weekday, ...] = WEEKDAYS[:5]
    holidays: tuple[str, ...] = ()
    closed: tuple[tuple[str, str], ...] = ()
    span: Span | None = field(kw_only=True, default=None, compare=False, repr=False)

    @property
    def business_day(self) -> int:
        """Length of one business day in seconds."""
        return (self.closes - self.opens) * 60


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a row table: a standard one, or one the playbook declares under `tables`."""

    name: str
    type: ValueType
    choices: tuple[str, ...] = ()
    standard: bool = True
    span: Span | None = field(kw_only=True, default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Measure:
    """A fact computed from a prospect's rows of ``table`` at or before now.

    ``after`` and ``before`` are ids of time facts, both strict, open where the fact is unknown;
    ``within`` counts back from now, inclusive. ``column`` is set for distinct, last and sum.
    """

    kind: MeasureKind
    table: Table
    column: Column | None
    where: Condition | None
    after: str | None
    before: str | None
    within: Duration | None
    span: Span = field(kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Fact:
    """What may be known of a prospect: given, measured (``measure``) or derived (``when``)."""

    id: str
    type: ValueType
    choices: tuple[str, ...]
    unit: str | None
    description: str | None
    ask: str | None
    default: bool | float | int | str | None
    measure: Measure | None
    when: Condition | None
    span: Span = field(kw_only=True, compare=False, repr=False)

    @property
    def given(self) -> bool:
        """Whether the value comes with the prospect, neither measured nor derived."""
        return self.measure is None and self.when is None


@dataclass(frozen=True, slots=True)
class Threshold:
    """How long silence may last: passed when ``when`` certainly holds, silence began, and it has
    lasted ``silent_for`` since the later of the time fact ``since`` and `silent_since`.
    """

    id: str
    title: str
    when: Condition
    silent_for: Duration
    since: str
    basis: Basis | None
    source: str | None
    because: str | None
    span: Span = field(kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Signal:
    """A warning that may come before darkness. ``prevent`` names actions that answer it."""

    id: str
    title: str
    when: Condition
    prevent: tuple[str, ...]
    basis: Basis | None
    source: str | None
    because: str | None
    span: Span = field(kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Speaks for a cause with ``weight``, or against it: exactly one of the two, from 0 to 1."""

    id: str
    when: Condition
    weight: float | None
    against: float | None
    basis: Basis | None
    source: str | None
    because: str | None
    span: Span = field(kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a prospect may be silent. Considered if ``when`` certainly holds; without it, for dark
    prospects. ``ours``: the seller can fix it.
    """

    id: str
    title: str
    outlook: Outlook
    ours: bool
    when: Condition | None
    evidence: tuple[Evidence, ...]
    basis: Basis | None
    source: str | None
    because: str | None
    span: Span = field(kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Action:
    """A next step. ``fits`` maps cause ids to fit (0..1), empty where the action is for any cause.
    ``due`` is `cadence`, `now`, or a duration from now. ``template`` is a path as written, relative
    to the file of ``template_span``.
    """

    id: str
    title: str
    kind: ActionKind
    channel: str | None
    when: Condition
    score: float
    fits: Mapping[str, float]
    due: Literal["cadence", "now"] | Duration
    template: str | None
    basis: Basis | None
    source: str | None
    because: str | None
    span: Span = field(kw_only=True, compare=False, repr=False)
    template_span: Span | None = field(kw_only=True, default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Guard:
    """Holds back the actions that match all of ``kinds``, ``channels`` and ``actions`` that are not
    empty: while ``condition`` certainly holds, or (``unless``) except where it certainly holds.
    """

    id: str
    kinds: tuple[ActionKind, ...]
    channels: tuple[str, ...]
    actions: tuple[str, ...]
    unless: bool
    condition: Condition
    basis: Basis | None
    source: str | None
    because: str | None
    span: Span = field(kw_only=True, compare=False, repr=False)

    def blocks(self, action: Action) -> bool:
        """Return whether ``action`` is among those this guard holds back while it acts."""
        return (
            (not self.kinds or action.kind in self.kinds)
            and (not self.channels or action.channel in self.channels)
            and (not self.actions or action.id in self.actions)
        )


@dataclass(frozen=True, slots=True)
class Cadence:
    """When the next touch is due: ``start`` + ``steps[n]``, n = ``count`` touches unanswered, not
    before ``gap_from`` + ``gap``, nor before now. The three names are ids of facts.
    """

    start: str
    count: str
    steps: tuple[Duration, ...]
    gap: Duration
    gap_from: str
    span: Span | None = field(kw_only=True, default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Playbook:
    """One effective playbook: everything it says once `extends` is merged."""

    id: str
    title: str | None
    description: str | None
    owner: str | None
    sources: Mapping[str, Citation]
    calendar: Calendar
    columns: Mapping[Table, Mapping[str, Column]]
    facts: Mapping[str, Fact]
    thresholds: Mapping[str, Threshold]
    signals: Mapping[str, Signal]
    causes: Mapping[str, Cause]
    actions: Mapping[str, Action]
    guards: Mapping[str, Guard]
    cadence: Cadence
    diagnosed_at: float
    span: Span = field(kw_only=True, compare=False, repr=False)


Rule = Fact | Threshold | Signal | Cause | Action | Guard
