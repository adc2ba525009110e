"""The typed playbook: one frozen tree that every evaluator, check and document reads.

Spans say where something is written and do not count in equality. Maps keep the order of the
effective playbook, which is the order evidence is multiplied in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.language.conditions import UNREADABLE_PREFIX, Condition, ValueType
from engine.language.durations import Duration
from engine.language.hours.calendar_tree import Calendar
from engine.language.problem import Span
from engine.language.value_rules import NO_CHOICES, Word, Words

Basis = Literal["source", "ours"]
Outlook = Literal["recoverable", "lost"]
ActionKind = Literal["outreach", "internal", "stop"]
MeasureKind = Literal["count", "any", "distinct", "earliest", "latest", "last", "sum", "silence"]
DateMeans = Literal["start", "end"]
Table = Literal["touches", "contacts", "events"]

ACTION_KINDS: tuple[ActionKind, ...] = ("outreach", "internal", "stop")
TABLES: tuple[Table, ...] = ("touches", "contacts", "events")


@dataclass(frozen=True, slots=True)
class Citation:
    """An article, book or study that rules come from; rules cite it by ``id``.

    YAML: ``sources: {going-dark: {title: What going dark means}}``
    """

    id: str
    title: str
    url: str | None
    author: str | None
    published: str | None
    note: str | None
    span: Span = field(kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a row table: a standard one, or one the playbook declares under `tables`.

    ``default`` is the value of an empty cell. ``computed``: Relight sets it, and no file has it.

    YAML: ``tables: {touches: {minutes: {type: number}}}``
    """

    name: str
    type: ValueType
    choices: Words = NO_CHOICES
    default: bool | None = None
    computed: bool = False
    span: Span | None = field(kw_only=True, default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Measure:
    """A fact computed from a prospect's rows of ``table`` at or before now.

    ``after`` and ``before`` are ids of time facts, both strict, ignored where the fact is unknown;
    ``within`` counts back from now, inclusive. ``column`` is set for distinct, last and sum. With
    ``ahead``, the rows later than now are measured, and no others.

    YAML: ``measure: {count: touches, where: {direction: outbound}, after: last_reply_at}``
    """

    kind: MeasureKind
    table: Table
    column: Column | None
    where: Condition | None
    after: str | None
    before: str | None
    within: Duration | None
    ahead: bool = False
    span: Span = field(kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Fact:
    """What may be known of a prospect: given, measured (``measure``) or derived (``when``).

    ``date_means``: whether a cell that is a date alone is the first or the last second of it.

    YAML: ``stage: {type: choice, choices: [demo]}``, ``big: {when: {amount: {at_least: 50000}}}``
    """

    id: str
    type: ValueType
    choices: Words
    unit: str | None
    description: str | None
    ask: str | None
    default: bool | float | int | str | None
    measure: Measure | None
    when: Condition | None
    date_means: DateMeans = "start"
    span: Span = field(kw_only=True, compare=False, repr=False)

    @property
    def given(self) -> bool:
        """Whether the value comes with the prospect, neither measured nor derived."""
        return self.measure is None and self.when is None

    @property
    def hidden(self) -> bool:
        """Whether no author declares the fact: it says that a cell cannot be read."""
        return self.id.startswith(UNREADABLE_PREFIX)


@dataclass(frozen=True, slots=True)
class Threshold:
    """How long silence may last: passed when ``when`` certainly holds, silence began, and it has
    lasted ``silent_for`` since the later of the time fact ``since`` and `silent_since`. ``when`` is
    what is ``written``, and that the deal is open and its touches can be read.

    YAML: ``dark: {after_proposal: {when: {stage: proposal}, silent_for: 1 business day}}``
    """

    id: str
    title: str
    when: Condition
    silent_for: Duration
    since: str
    basis: Basis | None
    source: str | None
    because: str | None
    written: Condition | None = None
    span: Span = field(kw_only=True, compare=False, repr=False)

    @property
    def shown(self) -> Condition:
        """The condition as its author wrote it."""
        return self.when if self.written is None else self.written


@dataclass(frozen=True, slots=True)
class Signal:
    """A warning that may come before darkness. ``prevent`` names actions that answer it.

    YAML: ``signals: {no_next_step: {when: {next_step_at: {known: false}}}}``
    """

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
    """A reason for a cause (``weight``) or against it (``against``): one of the two, from 0 to 1.

    YAML: ``quarter_end: {when: {quarter_end: true}, weight: 0.4}``
    """

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

    YAML: ``causes: {busy: {evidence: {said_so: {when: {reason: busy}, weight: 0.6}}}}``
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

    YAML: ``actions: {call: {kind: internal, when: {dark: true}, score: 0.6, for: {busy: 0.8}}}``
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
    """A ban on the actions that match all of ``kinds``, ``channels`` and ``actions`` that are not
    empty: while ``condition`` certainly holds, or (``unless``) except where it certainly holds.

    YAML: ``guards: {opted_out: {blocks: {kind: outreach}, while: {opted_out: true}}}``
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
        """Return whether this guard holds back ``action`` while it applies."""
        return (
            (not self.kinds or action.kind in self.kinds)
            and (not self.channels or action.channel in self.channels)
            and (not self.actions or action.id in self.actions)
        )


@dataclass(frozen=True, slots=True)
class Cadence:
    """When the next touch is due: ``start`` + ``steps[n]``, n = ``count`` touches unanswered, not
    before ``gap_from`` + ``gap``, nor before now. ``start``, ``count``, ``gap_from``: ids of facts.

    YAML: ``cadence: {from: silent_since, steps: [0 days, 5 days], gap: 1 business day}``
    """

    start: str
    count: str
    steps: tuple[Duration, ...]
    gap: Duration
    gap_from: str
    span: Span | None = field(kw_only=True, default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Playbook:
    """One effective playbook: everything it says once `extends` is merged.

    ``diagnosed_at`` is the confidence from which a cause counts as diagnosed.

    YAML: a whole file, ``playbook: gone-dark`` and its sections
    """

    id: str
    title: str | None
    description: str | None
    owner: str | None
    sources: Mapping[str, Citation]
    calendar: Calendar
    channels: Mapping[str, Word]
    outcomes: Mapping[str, Word]
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
