"""One prospect's recommendation: state, diagnosis, next steps, put together from the firings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

from engine.language.conditions import Value
from engine.language.model import Cause, Evidence, Playbook, Signal, Threshold
from engine.semantics.evaluate_conditions import evaluate
from engine.semantics.firings import Context, Firings, value_in
from engine.semantics.ranking import BlockedAction, Step, rank
from engine.semantics.schedule import threshold_passes_at

State = Literal["dark", "waiting", "our_turn", "untouched"]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A cause that some evidence speaks for, with its confidence (0..1) and what fired."""

    cause: Cause
    confidence: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class SilenceSoFar:
    """How long they have been silent, in seconds: elapsed, and of open time."""

    since: int
    elapsed: int
    open: int


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What comes out for one prospect at one instant.

    ``causes`` are those with a confidence above 0, the likeliest first. ``facts`` holds every known
    fact, derived ones too. ``goes_dark_at`` is set only for one that waits. ``zone`` is the
    IANA zone whose hours are kept for the prospect.
    """

    prospect: str
    now: int
    zone: str
    state: State
    silence: SilenceSoFar | None
    goes_dark_at: int | None
    thresholds: tuple[Threshold, ...]
    signals: tuple[Signal, ...]
    causes: tuple[Diagnosis, ...]
    cause_known: bool
    steps: tuple[Step, ...]
    held_back: tuple[BlockedAction, ...]
    facts: Mapping[str, Value]


def recommend(
    playbook: Playbook, prospect: str, context: Context, firings: Firings
) -> Recommendation:
    """Return the recommendation that follows from ``firings``."""
    steps, held_back = rank(playbook, context, firings)
    state = state_of(context, firings)
    return Recommendation(
        prospect=prospect,
        now=context.now,
        zone=context.clock.zone,
        state=state,
        silence=_silence(context),
        goes_dark_at=goes_dark_at(playbook, context, firings) if state == "waiting" else None,
        thresholds=tuple(playbook.thresholds[name] for name in firings.thresholds),
        signals=tuple(playbook.signals[name] for name in firings.signals),
        causes=_diagnoses(playbook, firings),
        cause_known=bool(firings.diagnosed),
        steps=steps,
        held_back=held_back,
        facts=dict(context.facts) | dict(firings.derived),
    )


def state_of(context: Context, firings: Firings) -> State:
    """Whose turn it is, and whether their silence counts."""
    if firings.dark:
        return "dark"
    if "silent_since" in context.facts:
        return "waiting"
    return "our_turn" if "last_reply_at" in context.facts else "untouched"


def _silence(context: Context) -> SilenceSoFar | None:
    since = context.facts.get("silent_since")
    if since is None:
        return None
    start, now = int(since), context.now
    return SilenceSoFar(start, now - start, context.clock.open_between(start, now))


def _diagnoses(playbook: Playbook, firings: Firings) -> tuple[Diagnosis, ...]:
    found = []
    for name, fired in firings.evidence.items():
        cause, confidence = playbook.causes[name], firings.confidence[name]
        if confidence > 0:
            evidence = tuple(item for item in cause.evidence if item.id in fired)
            found.append(Diagnosis(cause, confidence, evidence))
    return tuple(sorted(found, key=lambda item: (-item.confidence, item.cause.id)))


def goes_dark_at(playbook: Playbook, context: Context, firings: Firings) -> int | None:
    """Return the earliest instant at which a threshold whose `when` holds would pass, if nothing
    else changes. Conclusions that a `when` reads are those of now.
    """
    known = partial(value_in, context, firings)
    instants = [
        threshold_passes_at(threshold, context)
        for threshold in playbook.thresholds.values()
        if evaluate(threshold.when, known, context.now, context.clock) is True
    ]
    return min((instant for instant in instants if instant is not None), default=None)
