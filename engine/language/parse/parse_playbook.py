"""Parse an effective document into the typed tree.

The document is valid according to the schema; names, types and ranges are checked here.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Literal

from engine.language.conditions import (
    UNREADABLE_PREFIX,
    All,
)
from engine.language.durations import Duration
from engine.language.model import (
    ACTION_KINDS,
    Action,
    Cadence,
    Cause,
    Citation,
    Evidence,
    Fact,
    Guard,
    Playbook,
    Signal,
)
from engine.language.parse.parse_calendar import calendar_zone, parse_calendar
from engine.language.parse.parse_columns import ColumnsByTable, parse_columns
from engine.language.parse.parse_context import Entry, ParseContext
from engine.language.parse.parse_facts import (
    fact_type,
    parse_fact,
    typed_fact,
)
from engine.language.parse.parse_thresholds import SILENT_SINCE, UNREAD_DURATION, parse_threshold
from engine.language.parse.parse_words import parse_vocabulary
from engine.language.parse.symbols import (
    STANDARD_TYPES,
    Symbol,
    SymbolTable,
    column_scope,
    conclusion_symbol,
    fact_symbol,
)
from engine.language.problem import Problem
from engine.language.value_rules import NO_CHOICES
from engine.language.yaml.document import Document, KeyPath

_DEFAULT_GAP = Duration(Fraction(1), "business day")
_DEFAULT_STEPS = ("0 days", "5 days", "14 days", "15 days")


def parse(document: Document, invalid: frozenset[KeyPath]) -> tuple[Playbook, list[Problem]]:
    """Parse ``document``, and return the tree and its problems.

    ``invalid`` are the paths of entries (section, id) or sections that must not be read. If a
    problem is an error, parts of the tree are missing, and it must not be evaluated.
    """
    context = ParseContext(document, invalid, calendar_zone(document.data))
    channels, outcomes = (parse_vocabulary(context, each) for each in ("channels", "outcomes"))
    context.channels = channels
    columns = parse_columns(context, channels, outcomes)
    scope = _scope(context, columns)
    top, facts = Entry(context, (), document.data), _facts(context, scope, columns)
    playbook = Playbook(
        id=top.text("playbook") or "",
        title=top.text("title"),
        description=top.text("description"),
        owner=top.text("owner"),
        sources={id: _source(entry) for id, entry in context.entries("sources")},
        calendar=parse_calendar(context, scope),
        channels=channels,
        outcomes=outcomes,
        columns=columns,
        facts=facts,
        thresholds={
            id: parse_threshold(entry, scope, facts) for id, entry in context.entries("dark")
        },
        signals={id: _signal(entry, scope) for id, entry in context.entries("signals")},
        causes={id: _cause(entry, scope) for id, entry in context.entries("causes")},
        actions={id: _action(entry, scope) for id, entry in context.entries("actions")},
        guards={id: _guard(entry, scope) for id, entry in context.entries("guards")},
        cadence=_cadence(context, scope),
        diagnosed_at=_diagnosed_at(context),
        span=document.value_span(("playbook",)),
    )
    return replace(playbook, facts={**playbook.facts, **_flags(playbook, scope)}), context.problems


def _flags(playbook: Playbook, scope: SymbolTable) -> dict[str, Fact]:
    """Return the hidden facts that say which cells cannot be read."""
    flagged = [playbook.facts[id] for id in sorted(scope.flagged) if id in playbook.facts]
    return {
        f"{UNREADABLE_PREFIX}{fact.id}": Fact(
            id=f"{UNREADABLE_PREFIX}{fact.id}",
            type="boolean",
            choices=NO_CHOICES,
            unit=None,
            description=f"The cell of {fact.id} says something that cannot be read",
            ask=None,
            default=False,
            measure=None,
            when=None,
            span=fact.span,
        )
        for fact in flagged
    }


def _scope(context: ParseContext, columns: ColumnsByTable) -> SymbolTable:
    """Return every name that the playbook's conditions may use."""
    # Invalid facts are known too, without a type, so that using them is not reported again.
    names: dict[str, Symbol] = {id: Symbol(None) for id in context.declared("facts")}
    for id, entry in context.entries("facts"):
        typed = fact_type(entry, columns)
        if typed is not None and typed[0] in STANDARD_TYPES.get(id, typed):
            names[id] = fact_symbol(id, *typed)
    names |= {
        f"signals.{id}": conclusion_symbol("signal", id) for id in context.declared("signals")
    }
    names |= {f"causes.{id}": conclusion_symbol("cause", id) for id in context.declared("causes")}
    given = {
        id
        for id, data in context.declared("facts").items()
        if not (isinstance(data, dict) and {"measure", "when"} & set(data))
    }
    names |= {kind: conclusion_symbol(kind, kind) for kind in ("dark", "cause_known")}
    return SymbolTable(
        names,
        tables={table: column_scope(columns[table]) for table in columns},
        given=frozenset(given),
    )


def _facts(context: ParseContext, scope: SymbolTable, columns: ColumnsByTable) -> dict[str, Fact]:
    found = {}
    for id, entry in context.entries("facts"):
        parsed = parse_fact(entry, scope, columns)
        if parsed is not None:
            found[id] = parsed
    return found


def _source(entry: Entry) -> Citation:
    texts = {key: entry.text(key) for key in ("url", "author", "published", "note")}
    return Citation(id=entry.id, title=entry.title(), **texts, span=entry.span)


def _signal(entry: Entry, scope: SymbolTable) -> Signal:
    return Signal(
        id=entry.id,
        title=entry.title(),
        when=entry.condition("when", scope) or All((), span=entry.span),
        prevent=entry.references("prevent", "actions", "action"),
        basis=entry.basis(),
        source=entry.reference("source", "sources", "source"),
        because=entry.text("because"),
        span=entry.span,
    )


def _cause(entry: Entry, scope: SymbolTable) -> Cause:
    evidence = tuple(
        _evidence(Entry(entry.context, (*entry.place, "evidence", id), data), scope)
        for id, data in entry.data.get("evidence", {}).items()
    )
    return Cause(
        id=entry.id,
        title=entry.title(),
        outlook="lost" if entry.data.get("outlook") == "lost" else "recoverable",
        ours=entry.data.get("ours") is True,
        when=entry.condition("when", scope),
        evidence=evidence,
        basis=entry.basis(),
        source=entry.reference("source", "sources", "source"),
        because=entry.text("because"),
        span=entry.span,
    )


def _evidence(entry: Entry, scope: SymbolTable) -> Evidence:
    weight, against = entry.data.get("weight"), entry.data.get("against")
    return Evidence(
        id=entry.id,
        when=entry.condition("when", scope) or All((), span=entry.span),
        weight=None if weight is None else float(weight),
        against=None if against is None else float(against),
        basis=entry.basis(),
        source=entry.reference("source", "sources", "source"),
        because=entry.text("because"),
        span=entry.span,
    )


def _action(entry: Entry, scope: SymbolTable) -> Action:
    kind = next(kind for kind in ACTION_KINDS if kind == entry.data["kind"])
    fits = {
        cause: float(fit)
        for cause, fit in entry.data.get("for", {}).items()
        if entry.known(cause, (*entry.place, "for", cause), "causes", "cause")
    }
    template = (*entry.place, "template")
    return Action(
        id=entry.id,
        title=entry.title(),
        kind=kind,
        channel=_channel(entry),
        when=entry.condition("when", scope) or All((), span=entry.span),
        score=float(entry.data.get("score", 0.5)),
        fits=fits,
        due=_due(entry),
        template=entry.text("template"),
        basis=entry.basis(),
        source=entry.reference("source", "sources", "source"),
        because=entry.text("because"),
        span=entry.span,
        template_span=entry.context.document.spans.get(template),
    )


def _channel(entry: Entry) -> str | None:
    name = entry.text("channel")
    return None if name is None else entry.channel(name, (*entry.place, "channel"))


def _due(entry: Entry) -> Duration | Literal["cadence", "now"]:
    match entry.data.get("due"):
        case "cadence":
            return "cadence"
        case "now":
            return "now"
        case None:
            return "cadence" if entry.data["kind"] == "outreach" else "now"
        case _:
            return entry.duration("due") or UNREAD_DURATION


def _guard(entry: Entry, scope: SymbolTable) -> Guard:
    blocks = Entry(entry.context, (*entry.place, "blocks"), entry.data["blocks"])
    kinds = [kind for _, kind in blocks.listed("kind")]
    key = "unless" if "unless" in entry else "while"
    return Guard(
        id=entry.id,
        kinds=tuple(kind for kind in ACTION_KINDS if kind in kinds),
        channels=tuple(
            channel
            for place, name in blocks.listed("channel")
            if (channel := blocks.channel(name, place)) is not None
        ),
        actions=blocks.references("actions", "actions", "action"),
        unless=key == "unless",
        condition=entry.condition(key, scope) or All((), span=entry.span),
        basis=entry.basis(),
        source=entry.reference("source", "sources", "source"),
        because=entry.text("because"),
        span=entry.span,
    )


def _cadence(context: ParseContext, scope: SymbolTable) -> Cadence:
    """Parse the section `cadence`, with a default for each missing field."""
    data = context.document.data.get("cadence")
    broken = any(place[0] == "cadence" for place in context.invalid)
    entry = Entry(context, ("cadence",), data if isinstance(data, dict) and not broken else {})
    written = entry.data.get("steps", _DEFAULT_STEPS)
    place = (*entry.place, "steps")
    steps = [entry.read_duration(step, (*place, index)) for index, step in enumerate(written)]
    return Cadence(
        start=typed_fact(entry, "from", scope, "time") or SILENT_SINCE,
        count=typed_fact(entry, "count", scope, "number") or "touches_unanswered",
        steps=tuple(step for step in steps if step is not None),
        gap=entry.duration("gap") or _DEFAULT_GAP,
        gap_from=typed_fact(entry, "gap_from", scope, "time") or "last_outbound_at",
        span=entry.span,
    )


def _diagnosed_at(context: ParseContext) -> float:
    data = context.document.data.get("diagnosis")
    level = data.get("at_least", 0.25) if isinstance(data, dict) else 0.25
    return float(level) if isinstance(level, int | float) else 0.25
